"""What every vector store has to say of itself."""

from collections.abc import Sequence
from typing import Literal

from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from constructs import Construct, IDependable

INDEX = "outcrop"
VECTOR, TEXT, METADATA = "vector", "text", "metadata"
"""The fields of an index: the vector, the chunk, and what Bedrock remembers of it."""

SearchType = Literal["HYBRID", "SEMANTIC"]


class VectorStore(Construct):
    """A vector store, made.

    Attributes:
        configuration: how the Knowledge Base is told of it; a managed one needs no telling.
        search_type: HYBRID where Retrieve can search by words too.
        ready: what has to be there before the Knowledge Base.
    """

    configuration: bedrock.CfnKnowledgeBase.StorageConfigurationProperty | None = None
    search_type: SearchType = "SEMANTIC"
    ready: Sequence[IDependable] = ()

    def grant(self, reader: iam.IRole, *statements: iam.PolicyStatement) -> iam.Policy:
        """What the Knowledge Base's role may do here, as a policy of its own: the store is made
        after the role, since it has to know whom to let in.
        """
        return iam.Policy(self, "Access", roles=[reader], statements=list(statements))
