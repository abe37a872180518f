"""What a creator is given: the services, and the resource that is to be there."""

import base64
import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from botocore import xform_name
from botocore.exceptions import ClientError

from app.aws import Clients, Deployer
from app.deploy.replay.document import JSON, TemplateError
from app.deploy.replay.scope import Made
from app.deploy.replay.translate import translate

GONE = {
    "404",
    "AWS.SimpleQueueService.NonExistentQueue",
    "NoSuchBucket",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
}
"""The errors that say that something is not there."""


class Unchangeable(TemplateError):
    """A property has changed that nothing can change any more."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """The services, through boto3.

    Attributes:
        clients: by the names that boto3 has for the services.
        assets: what the template carries, by its keys in the assets' bucket.
    """

    clients: Mapping[str, Any]
    assets: Mapping[str, Path]

    @classmethod
    def of(cls, aws: Clients, deployer: Deployer, assets: Mapping[str, Path]) -> Self:
        """The services that a stack is made in."""
        return cls(
            {
                "bedrock": aws.bedrock,
                "bedrock-agent": aws.bedrock_agent,
                "dynamodb": deployer.dynamodb,
                "lambda": deployer.lambda_,
                "s3": aws.s3,
                "sqs": deployer.sqs,
            },
            assets,
        )

    def call(self, service: str, operation: str, /, **parameters: Any) -> JSON:
        """The service's answer, without what is said of the request.

        Raises:
            ClientError, BotoCoreError: the service, or botocore, refuses it.
        """
        answer: JSON = getattr(self.clients[service], xform_name(operation))(**parameters)
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}

    def find(self, service: str, operation: str, /, **parameters: Any) -> JSON | None:
        """The service's answer; None if what it is asked for is not there."""
        try:
            return self.call(service, operation, **parameters)
        except ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                return None
            raise

    def input(self, service: str, operation: str) -> Any:
        """The shape of what an operation takes."""
        return self.clients[service].meta.service_model.operation_model(operation).input_shape

    def members(self, service: str, operation: str, properties: JSON) -> JSON:
        """Properties as the parameters of an operation.

        Raises:
            UnknownProperty: the operation has no such parameter.
        """
        parameters: JSON = translate(self.input(service, operation), properties)
        return parameters


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource that is to be there.

    Attributes:
        properties: resolved.
        before: what it was in the template that was replayed before; None if it is not there.
        changed: the properties that are others than before.
    """

    stack: str
    id: str
    properties: JSON
    before: Made | None = None
    changed: Set[str] = frozenset()

    @property
    def removed(self) -> Set[str]:
        """The properties that there were, and are no more."""
        return self.changed - self.properties.keys()

    def without(self, *names: str) -> JSON:
        """The properties but these."""
        return {name: value for name, value in self.properties.items() if name not in names}

    def name(self, property_name: str, most: int) -> str:
        """The name that the property gives, or else one of at most so many characters, made of
        the stack's, the logical id and a digest, as CloudFormation makes them.

        >>> Wanted("Shop", "Orders", {}).name("QueueName", 80)
        'Shop-Orders-LV2R7OSQUMZP'
        """
        given = self.properties.get(property_name)
        return str(given) if given else self.generated(most)

    def generated(self, most: int) -> str:
        """The name of what cannot be given one."""
        return physical_name(self.stack, self.id, most)

    @property
    def token(self) -> str:
        """The same for the same request, so that one that is made again makes nothing twice."""
        said = json.dumps([self.stack, self.id, self.properties], sort_keys=True, default=str)
        return sha256(said.encode()).hexdigest()

    def keep(self, *names: str) -> None:
        """Refuse a change of these properties.

        Raises:
            Unchangeable: one of them has changed.
        """
        if changed := sorted(self.changed & set(names)):
            raise Unchangeable(
                f"{', '.join(changed)} changed since this home was made, and no call changes that. "
                "Start from an empty home: set OUTCROP_HOME to another folder."
            )


def physical_name(stack: str, logical_id: str, most: int) -> str:
    """`<stack>-<logical id>-<digest>`, the same at each replay."""
    digest = base64.b32encode(sha256(f"{stack}/{logical_id}".encode()).digest()).decode()[:12]
    stem = f"{stack}-{logical_id}"[: most - len(digest) - 1]
    return f"{stem}-{digest}"
