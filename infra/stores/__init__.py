"""The vector stores of the Knowledge Base, one in each file.

A store makes the resources for one index, and has the configuration with which a Knowledge Base
uses it. prices.py has the cost of each without any questions.
"""

from collections.abc import Callable

from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.context import Context, VectorStoreName
from infra.stores.aurora import Aurora
from infra.stores.managed import Managed
from infra.stores.opensearch_managed import OpenSearchManaged
from infra.stores.opensearch_serverless import OpenSearchServerless
from infra.stores.s3_vectors import S3Vectors
from infra.stores.store import VectorStore

STORES: dict[VectorStoreName, Callable[[Construct, str, Context, iam.Role], VectorStore]] = {
    "opensearch-serverless": OpenSearchServerless,
    "opensearch-managed": OpenSearchManaged,
    "s3-vectors": S3Vectors,
    "aurora": Aurora,
    "managed": Managed,
}


def vector_store(scope: Construct, context: Context, reader: iam.Role) -> VectorStore:
    """The chosen store, for the Knowledge Base whose role is `reader`."""
    return STORES[context.vector_store](scope, "Store", context, reader)
