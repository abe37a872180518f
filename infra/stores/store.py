"""The interface of every vector store."""

from collections.abc import Sequence
from typing import Literal

from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from constructs import Construct, IDependable

INDEX = "outcrop"
VECTOR, TEXT, METADATA = "vector", "text", "metadata"
"""The fields of an index: the vector, the chunk, and Bedrock's metadata of it."""

SearchType = Literal["HYBRID", "SEMANTIC"]


class VectorStore(Construct):
    """A vector store.

    Attributes:
        configuration: the Knowledge Base's storage configuration; None for a managed store.
        search_type: HYBRID if Retrieve can search by words too.
        ready: the resources that have to exist before the Knowledge Base.
    """

    configuration: bedrock.CfnKnowledgeBase.StorageConfigurationProperty | None = None
    search_type: SearchType = "SEMANTIC"
    ready: Sequence[IDependable] = ()

    def grant(self, reader: iam.IRole, *statements: iam.PolicyStatement) -> iam.Policy:
        """Grant the Knowledge Base's role permissions here, in a policy of its own: the store is
        made after the role, because it has to name the role in its own policies.
        """
        return iam.Policy(self, "Access", roles=[reader], statements=list(statements))
