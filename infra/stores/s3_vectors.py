"""S3 Vectors: billed by storage and requests only. Searches by meaning only."""

from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3vectors as s3vectors
from constructs import Construct

from infra.context import Context
from infra.names import definition, generated
from infra.permissions import allow
from infra.stores.store import VectorStore

NOT_FILTERED = ("AMAZON_BEDROCK_TEXT", "AMAZON_BEDROCK_METADATA")
"""Bedrock's own metadata of a chunk, which is too long for a filter, so it must not be indexed."""

USING = ("GetIndex", "QueryVectors", "PutVectors", "GetVectors", "ListVectors", "DeleteVectors")


class S3Vectors(VectorStore):
    """A vector bucket with one index."""

    def __init__(self, scope: Construct, name: str, context: Context, reader: iam.Role) -> None:
        super().__init__(scope, name)
        bucket = s3vectors.CfnVectorBucket(
            self,
            "Bucket",
            encryption_configuration=s3vectors.CfnVectorBucket.EncryptionConfigurationProperty(
                sse_type="AES256"
            ),
        )
        index = s3vectors.CfnIndex(
            self,
            "Index",
            index_name=generated(self, "docs", *definition(context)),
            vector_bucket_arn=bucket.attr_vector_bucket_arn,
            data_type="float32",
            dimension=context.dimensions,
            distance_metric="cosine",
            metadata_configuration=s3vectors.CfnIndex.MetadataConfigurationProperty(
                non_filterable_metadata_keys=list(NOT_FILTERED)
            ),
        )
        actions = [f"s3vectors:{action}" for action in USING]
        self.ready = (self.grant(reader, allow(actions, index.attr_index_arn)),)
        self.configuration = bedrock.CfnKnowledgeBase.StorageConfigurationProperty(
            type="S3_VECTORS",
            s3_vectors_configuration=bedrock.CfnKnowledgeBase.S3VectorsConfigurationProperty(
                index_arn=index.attr_index_arn
            ),
        )
