"""A store that Bedrock manages: the stack makes nothing. Retrieve searches by meaning and by
words.
"""

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.context import Context
from infra.stores.store import SearchType, VectorStore


class Managed(VectorStore):
    """No resources."""

    search_type: SearchType = "HYBRID"

    def __init__(self, scope: Construct, name: str, _context: Context, _reader: iam.Role) -> None:
        super().__init__(scope, name)
