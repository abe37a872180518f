"""Aurora PostgreSQL with pgvector: Serverless, paused while nobody asks. Bedrock sends SQL through
the Data API, so that nothing reaches its network from outside.
"""

from aws_cdk import CustomResource, Duration, RemovalPolicy
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rds as rds
from constructs import Construct

from infra.context import Context
from infra.function import Function
from infra.names import definition, digest, generated
from infra.network import Network
from infra.permissions import allow
from infra.retention import log_group
from infra.stores.store import METADATA, TEXT, VECTOR, SearchType, VectorStore
from infra.stores.vector_index import BUNDLE

LOG = "postgresql"
DATABASE, PORT = "outcrop", 5433
KEY, ATTRIBUTES = "id", "custom_metadata"
CAPACITY = {False: (0, 4), True: (0.5, 16)}
"""By production: the least and the most ACU. With 0 as the least, the database pauses."""

PAUSE = Duration.minutes(10)
TIMEOUT = Duration.minutes(10)  # a database that was never used wakes in a minute or so
STATEMENTS = ("rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement")


class Aurora(VectorStore):
    """A cluster, and the table in it."""

    search_type: SearchType = "HYBRID"

    def __init__(self, scope: Construct, name: str, context: Context, reader: iam.Role) -> None:
        super().__init__(scope, name)
        cluster = self._cluster(context)
        resource = cluster.node.default_child
        assert isinstance(resource, rds.CfnDBCluster)
        # RDS makes the password, keeps it and changes it every week.
        secret = resource.get_att("MasterUserSecret.SecretArn").to_string()
        used = (
            allow(STATEMENTS, cluster.cluster_arn),
            allow(["secretsmanager:GetSecretValue"], secret),
        )
        access = self.grant(reader, *used, allow(["rds:DescribeDBClusters"], cluster.cluster_arn))
        table = f"chunks_{digest(*definition(context))}"
        function = Function(
            self,
            "Function",
            context,
            description="Makes the table that the Knowledge Base keeps its vectors in.",
            bundle=BUNDLE,
            handler="lambdas.vector_index.aurora.handler",
            timeout=TIMEOUT,
            memory=256,
            environment={},
            allowed=used,
        )
        vector_table = CustomResource(
            self,
            "Table",
            resource_type="Custom::VectorTable",
            service_token=function.function_arn,
            service_timeout=TIMEOUT,
            properties={
                "ClusterArn": cluster.cluster_arn,
                "SecretArn": secret,
                "Database": DATABASE,
                "Table": table,
                "Statements": statements(table, context.dimensions),
            },
        )
        vector_table.node.add_dependency(cluster)  # its instance too
        self.ready = (vector_table, access)
        self.configuration = bedrock.CfnKnowledgeBase.StorageConfigurationProperty(
            type="RDS",
            rds_configuration=bedrock.CfnKnowledgeBase.RdsConfigurationProperty(
                resource_arn=cluster.cluster_arn,
                credentials_secret_arn=secret,
                database_name=DATABASE,
                table_name=table,
                field_mapping=bedrock.CfnKnowledgeBase.RdsFieldMappingProperty(
                    primary_key_field=KEY,
                    vector_field=VECTOR,
                    text_field=TEXT,
                    metadata_field=METADATA,
                    custom_metadata_field=ATTRIBUTES,
                ),
            ),
        )

    def _cluster(self, context: Context) -> rds.DatabaseCluster:
        least, most = CAPACITY[context.production]
        # Its network is fixed, so that another network has another cluster. Its log needs its name:
        # RDS would make a log without end.
        own = digest(*context.zone_names) if context.zones else ""
        name = generated(self, "docs", *context.zone_names)
        log = log_group(self, f"ClusterLog{own}", context, name=f"/aws/rds/cluster/{name}/{LOG}")
        cluster = rds.DatabaseCluster(
            self,
            f"Cluster{own}",
            cluster_identifier=name,
            engine=rds.DatabaseClusterEngine.aurora_postgres(
                version=rds.AuroraPostgresEngineVersion.VER_17_7
            ),
            vpc=Network(self, "Network", context).vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            port=PORT,
            writer=rds.ClusterInstance.serverless_v2("Writer"),
            serverless_v2_min_capacity=least,
            serverless_v2_max_capacity=most,
            serverless_v2_auto_pause_duration=None if least else PAUSE,
            credentials=rds.Credentials.from_username("outcrop"),
            manage_master_user_password=True,
            default_database_name=DATABASE,
            enable_data_api=True,
            iam_authentication=True,
            storage_encrypted=True,
            backup=rds.BackupProps(retention=Duration.days(7)),
            copy_tags_to_snapshot=True,
            cloudwatch_logs_exports=[LOG],
            deletion_protection=context.production,
            removal_policy=RemovalPolicy.DESTROY,  # all of it can be made again of the documents
        )
        cluster.node.add_dependency(log)
        return cluster


def statements(table: str, dimensions: int) -> list[str]:
    """The SQL that makes the table as Bedrock's guide requires: vectors by cosine, words,
    attributes.
    """
    columns = (
        f"{KEY} uuid PRIMARY KEY",
        f"{VECTOR} vector({dimensions})",
        f"{TEXT} text",
        f"{METADATA} json",
        f"{ATTRIBUTES} jsonb",
    )
    indices = {
        "vector": f"hnsw ({VECTOR} vector_cosine_ops) WITH (ef_construction=256)",
        "text": f"gin (to_tsvector('simple', {TEXT}))",
        "attributes": f"gin ({ATTRIBUTES})",
    }
    return [
        "CREATE EXTENSION IF NOT EXISTS vector",
        f"CREATE TABLE IF NOT EXISTS {table} ({', '.join(columns)})",
        *(
            f"CREATE INDEX IF NOT EXISTS {table}_{name} ON {table} USING {method}"
            for name, method in indices.items()
        ),
    ]
