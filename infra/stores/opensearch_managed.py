"""A domain of OpenSearch Service: nodes that always run. Bedrock searches it by meaning only.

Bedrock reaches domains on public endpoints only, so the domain cannot be in a network: it answers
the signed requests of two roles, over TLS, and no others.
"""

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct

from infra.context import Context
from infra.names import definition, generated
from infra.permissions import allow, arn, on_behalf_of
from infra.retention import log_group
from infra.stores.store import INDEX, METADATA, TEXT, VECTOR, VectorStore
from infra.stores.vector_index import VectorIndex

CfnDomain = opensearch.CfnDomain

VERSION = "OpenSearch_2.19"
USING = ("es:ESHttpGet", "es:ESHttpHead", "es:ESHttpPost", "es:ESHttpPut", "es:ESHttpDelete")
LONGEST_NAME = 28  # characters
DISK = 20  # GB a node
NODES = 2  # each in a zone of its own
INSTANCE = {False: "t3.small.search", True: "r7g.large.search"}
"""In production or not."""

LOGS = ("ES_APPLICATION_LOGS", "INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS")


class OpenSearchManaged(VectorStore):
    """A domain, and its index."""

    def __init__(self, scope: Construct, name: str, context: Context, reader: iam.Role) -> None:
        super().__init__(scope, name)
        self._name = generated(self, "docs", *definition(context), longest=LONGEST_NAME)
        self._arn = arn("es", f"domain/{self._name}")
        domain = self._domain(context)
        access = self.grant(reader, allow(["es:DescribeDomain"], self._arn))
        resource = VectorIndex(
            self,
            "Index",
            context,
            service="es",
            endpoint=f"https://{domain.attr_domain_endpoint}",
            engine="faiss",
            allowed=[],
        )
        domain.access_policies = _only(
            self._arn, [reader.role_arn, resource.function.own_role.role_arn]
        )
        self.ready = (resource.index, access)
        self.configuration = bedrock.CfnKnowledgeBase.StorageConfigurationProperty(
            type="OPENSEARCH_MANAGED_CLUSTER",
            opensearch_managed_cluster_configuration=(
                bedrock.CfnKnowledgeBase.OpenSearchManagedClusterConfigurationProperty(
                    domain_arn=domain.attr_arn,
                    domain_endpoint=f"https://{domain.attr_domain_endpoint}",
                    vector_index_name=INDEX,
                    field_mapping={
                        "vectorField": VECTOR,
                        "textField": TEXT,
                        "metadataField": METADATA,
                    },
                )
            ),
        )

    def _domain(self, context: Context) -> CfnDomain:
        log = log_group(self, "Log", context)
        policy = _may_write(self, log, self._arn)
        cluster = CfnDomain.ClusterConfigProperty(
            instance_type=INSTANCE[context.production],
            instance_count=NODES,
            zone_awareness_enabled=True,
            zone_awareness_config=CfnDomain.ZoneAwarenessConfigProperty(
                availability_zone_count=NODES
            ),
        )
        domain = CfnDomain(
            self,
            "Domain",
            domain_name=self._name,
            engine_version=VERSION,
            cluster_config=cluster,
            ebs_options=CfnDomain.EBSOptionsProperty(
                ebs_enabled=True, volume_size=DISK, volume_type="gp3"
            ),
            domain_endpoint_options=CfnDomain.DomainEndpointOptionsProperty(
                enforce_https=True, tls_security_policy="Policy-Min-TLS-1-2-PFS-2023-10"
            ),
            encryption_at_rest_options=CfnDomain.EncryptionAtRestOptionsProperty(enabled=True),
            node_to_node_encryption_options=CfnDomain.NodeToNodeEncryptionOptionsProperty(
                enabled=True
            ),
            log_publishing_options={
                kind: CfnDomain.LogPublishingOptionProperty(
                    enabled=True, cloud_watch_logs_log_group_arn=log.log_group_arn
                )
                for kind in LOGS
            },
            off_peak_window_options=CfnDomain.OffPeakWindowOptionsProperty(enabled=True),
            software_update_options=CfnDomain.SoftwareUpdateOptionsProperty(
                auto_software_update_enabled=True
            ),
        )
        domain.apply_removal_policy(RemovalPolicy.DESTROY)
        domain.add_resource_dependency(policy)
        return domain


def _only(domain: str, roles: list[str]) -> dict[str, object]:
    """The domain's own policy: these roles, on this index, and nobody else."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": roles},
                "Action": list(USING),
                "Resource": [f"{domain}/{INDEX}", f"{domain}/{INDEX}/*"],
            }
        ],
    }


def _may_write(scope: VectorStore, log: logs.LogGroup, domain: str) -> logs.CfnResourcePolicy:
    """The policy of CloudWatch by which OpenSearch Service may write logs."""
    statement = iam.PolicyStatement(
        principals=[iam.ServicePrincipal("es.amazonaws.com")],
        actions=["logs:CreateLogStream", "logs:PutLogEvents"],
        resources=[log.log_group_arn],
        conditions=on_behalf_of(domain),
    )
    return logs.CfnResourcePolicy(
        scope,
        "LogPolicy",
        policy_name=generated(scope, "logs"),
        policy_document=Stack.of(scope).to_json_string(
            iam.PolicyDocument(statements=[statement]).to_json()
        ),
    )
