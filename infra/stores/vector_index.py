"""The index in OpenSearch: a custom resource, because CloudFormation cannot make an index in a
domain, and gives up on a collection whose policies have not taken effect yet.
"""

from collections.abc import Sequence
from typing import Any

from aws_cdk import CustomResource, Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.bundle import Bundle
from infra.context import Context
from infra.function import Function
from infra.stores.store import INDEX, METADATA, TEXT, VECTOR

BUNDLE = Bundle("vector_index", "requirements-vector-index.txt", limit=45)
TIMEOUT = Duration.minutes(14)  # a collection's policies take minutes to take effect


class VectorIndex(Construct):
    """The index, and the function that makes it.

    Args:
        service: the service name in signatures: `aoss` for a collection, `es` for a domain.
        engine: the library behind k-NN; None for a NextGen collection, which takes no such name.
        allowed: the function's permissions.
        network: the function's network, if it is not Lambda's own.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        context: Context,
        *,
        service: str,
        endpoint: str,
        engine: str | None,
        allowed: Sequence[iam.PolicyStatement],
        **network: Any,
    ) -> None:
        super().__init__(scope, name)
        self.function = Function(
            self,
            "Function",
            context,
            description="Makes the index that the Knowledge Base keeps its vectors in.",
            bundle=BUNDLE,
            handler="lambdas.vector_index.handler.handler",
            timeout=TIMEOUT,
            memory=256,
            environment={},
            allowed=allowed,
            **network,
        )
        self.index = CustomResource(
            self,
            "Index",
            resource_type="Custom::VectorIndex",
            service_token=self.function.function_arn,
            service_timeout=TIMEOUT,
            properties={
                "Service": service,
                "Endpoint": endpoint,
                "IndexName": INDEX,
                "Dimension": context.dimensions,
                **({"Engine": engine} if engine else {}),
                "SpaceType": "l2",
                "VectorField": VECTOR,
                "TextField": TEXT,
                "MetadataField": METADATA,
            },
        )
