"""The Knowledge Base: its role, its store, and the documents bucket as its data source."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.aws_bedrock import CfnDataSource, CfnKnowledgeBase
from constructs import Construct

from infra.context import Context
from infra.documents import admit
from infra.models import embedding_model, reranking
from infra.names import definition, generated
from infra.permissions import allow, arn, service_role
from infra.stores import vector_store

CHUNKING: dict[str, dict[str, object] | None] = {
    "default": None,
    "none": {"chunkingStrategy": "NONE"},
    "fixed": {
        "chunkingStrategy": "FIXED_SIZE",
        "fixedSizeChunkingConfiguration": {"maxTokens": 300, "overlapPercentage": 20},
    },
    "hierarchical": {
        "chunkingStrategy": "HIERARCHICAL",
        "hierarchicalChunkingConfiguration": {
            "levelConfigurations": [{"maxTokens": 1500}, {"maxTokens": 300}],
            "overlapTokens": 60,
        },
    },
    "semantic": {
        "chunkingStrategy": "SEMANTIC",
        "semanticChunkingConfiguration": {
            "maxTokens": 300,
            "bufferSize": 0,
            "breakpointPercentileThreshold": 95,
        },
    },
}
"""Chunking, as parameters of the API; the numbers are those of Bedrock's console."""


class KnowledgeBase(Construct):
    """The Knowledge Base: it parses, chunks, embeds and indexes documents, and searches them."""

    def __init__(
        self, scope: Construct, name: str, context: Context, bucket: s3.Bucket, key: kms.IKey
    ) -> None:
        super().__init__(scope, name)
        model = embedding_model(context)
        role = _role(self, model, bucket, key, reranking(context))
        admit(bucket, role, "s3:GetObject")
        store = vector_store(self, context, role)
        self.search_type = store.search_type
        self.kind = "MANAGED" if context.vector_store == "managed" else "VECTOR"
        # A change of its definition replaces it, so the new one needs another name.
        self._name = generated(self, "docs", *definition(context))
        self.base = CfnKnowledgeBase(
            self,
            "Base",
            name=self._name,
            role_arn=role.role_arn,
            knowledge_base_configuration=_configuration(context, model),
            storage_configuration=store.configuration,
        )
        self.base.node.add_dependency(*store.ready)
        self.id = self.base.attr_knowledge_base_id
        self.arn = self.base.attr_knowledge_base_arn
        self.source = self._data_source(context, bucket)
        self.data_source_id = self.source.attr_data_source_id

    def _data_source(self, context: Context, bucket: s3.Bucket) -> CfnDataSource:
        """The bucket as a data source. Its chunks are deleted with the store and not with the data
        source: that deletion would fail if the store does not answer, and leave the stack half
        deleted. Only for a managed store, which is not the stack's to delete, they are deleted with
        the data source.
        """
        chunking = CHUNKING[context.chunking]
        return CfnDataSource(
            self,
            "Source",
            name=self._name,
            knowledge_base_id=self.id,
            data_deletion_policy="DELETE" if context.vector_store == "managed" else "RETAIN",
            data_source_configuration=_source(context, bucket),
            vector_ingestion_configuration=chunking
            and CfnDataSource.VectorIngestionConfigurationProperty(chunking_configuration=chunking),
        )


def _role(
    scope: Construct,
    model: str,
    bucket: s3.Bucket,
    key: kms.IKey,
    reranks: Sequence[iam.PolicyStatement],
) -> iam.Role:
    """Bedrock's role for ingestion and retrieval; the store adds the permissions for itself."""
    return service_role(
        scope,
        "Role",
        "bedrock.amazonaws.com",
        allow(["bedrock:InvokeModel"], model),
        *reranks,
        allow(["s3:ListBucket"], bucket.bucket_arn),
        allow(["kms:Decrypt"], key.key_arn),
        source=arn("bedrock", "knowledge-base/*"),
    )


def _configuration(
    context: Context, model: str
) -> CfnKnowledgeBase.KnowledgeBaseConfigurationProperty:
    if context.vector_store == "managed":
        return CfnKnowledgeBase.KnowledgeBaseConfigurationProperty(
            type="MANAGED",
            managed_knowledge_base_configuration=(
                CfnKnowledgeBase.ManagedKnowledgeBaseConfigurationProperty(
                    embedding_model_type="CUSTOM", embedding_model_arn=model
                )
            ),
        )
    return CfnKnowledgeBase.KnowledgeBaseConfigurationProperty(
        type="VECTOR",
        vector_knowledge_base_configuration=(
            CfnKnowledgeBase.VectorKnowledgeBaseConfigurationProperty(embedding_model_arn=model)
        ),
    )


def _source(context: Context, bucket: s3.Bucket) -> CfnDataSource.DataSourceConfigurationProperty:
    if context.vector_store == "managed":
        return CfnDataSource.DataSourceConfigurationProperty(
            type="MANAGED_KNOWLEDGE_BASE_CONNECTOR",
            managed_knowledge_base_connector_configuration=(
                CfnDataSource.ManagedKnowledgeBaseConnectorConfigurationProperty(
                    # The only connector of a managed base that takes documents directly.
                    connector_parameters={"type": "CUSTOM", "version": "1", "aclEnabled": False}
                )
            ),
        )
    return CfnDataSource.DataSourceConfigurationProperty(
        type="S3",
        s3_configuration=CfnDataSource.S3DataSourceConfigurationProperty(
            bucket_arn=bucket.bucket_arn, bucket_owner_account_id=Aws.ACCOUNT_ID
        ),
    )
