"""A store that Bedrock manages: nothing to make. Retrieve searches by meaning and by words."""

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.context import Context
from infra.stores.store import SearchType, VectorStore


class Managed(VectorStore):
    """Nothing of ours."""

    search_type: SearchType = "HYBRID"

    def __init__(self, scope: Construct, name: str, _context: Context, _reader: iam.Role) -> None:
        super().__init__(scope, name)
