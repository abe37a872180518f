"""OpenSearch Serverless: a collection that only Bedrock can reach, and the index function.

The collection is not public. Bedrock reaches it as a service; the function that makes the index
reaches it through an endpoint in a network without a way out. A classic collection has an endpoint
of OpenSearch Serverless's own and the host `<id>.<region>.aoss.amazonaws.com`; a NextGen one an
endpoint of EC2's for the service `aoss-data`, and the host `<id>.aoss.<region>.on.aws`.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-collection-endpoints.html
"""

from typing import Any

from aws_cdk import Aws, Stack
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_opensearchserverless as aoss
from constructs import Construct

from infra.context import Context
from infra.names import definition, generated
from infra.network import Network
from infra.permissions import allow
from infra.stores.store import INDEX, METADATA, TEXT, VECTOR, SearchType, VectorStore
from infra.stores.vector_index import VectorIndex

READING = ("aoss:UpdateIndex", "aoss:DescribeIndex", "aoss:ReadDocument", "aoss:WriteDocument")
MAKING = ("aoss:CreateIndex", "aoss:DeleteIndex", "aoss:DescribeIndex", "aoss:ReadDocument")
NETWORK_INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)
"""The actions of Lambda, on a function's behalf, to put it into a network."""

SEARCH_CAPACITY, INDEXING_CAPACITY = 4, 4  # the most OCU, which limits the cost of a runaway load


class OpenSearchServerless(VectorStore):
    """A collection of type VECTORSEARCH, its policies, its index."""

    search_type: SearchType = "HYBRID"

    def __init__(self, scope: Construct, name: str, context: Context, reader: iam.Role) -> None:
        super().__init__(scope, name)
        self._name = generated(self, "docs", *definition(context))
        network = Network(self, "Network", context)
        inside, endpoint = self._endpoint(network, context)
        collection = self._collection(context)
        for policy in (self._encryption(), self._network(endpoint)):
            collection.add_resource_dependency(policy)
        access = self.grant(reader, allow(["aoss:APIAccessAll"], collection.attr_arn))
        resource = VectorIndex(
            self,
            "Index",
            context,
            service="aoss",
            endpoint=collection.attr_collection_endpoint,
            engine=None if context.opensearch_generation == "nextgen" else "faiss",
            allowed=[
                allow(["aoss:APIAccessAll"], collection.attr_arn),
                allow(NETWORK_INTERFACES, "*"),
            ],
            vpc=network.vpc,
            security_groups=[inside],
        )
        # The way to the collection, and to S3, where the function's answer is put, is there before
        # the index and goes after it.
        access_policy = self._data_access(reader, resource.function.own_role)
        resource.index.node.add_dependency(access_policy, network, inside)
        self.ready = (resource.index, access)
        self.configuration = bedrock.CfnKnowledgeBase.StorageConfigurationProperty(
            type="OPENSEARCH_SERVERLESS",
            opensearch_serverless_configuration=(
                bedrock.CfnKnowledgeBase.OpenSearchServerlessConfigurationProperty(
                    collection_arn=collection.attr_arn,
                    vector_index_name=INDEX,
                    field_mapping=bedrock.CfnKnowledgeBase.OpenSearchServerlessFieldMappingProperty(
                        vector_field=VECTOR, text_field=TEXT, metadata_field=METADATA
                    ),
                )
            ),
        )

    def _collection(self, context: Context) -> aoss.CfnCollection:
        standby = context.standby
        if context.opensearch_generation == "classic":
            return aoss.CfnCollection(
                self, "Collection", name=self._name, type="VECTORSEARCH", standby_replicas=standby
            )
        group = aoss.CfnCollectionGroup(
            self,
            "Group",
            name=self._name,
            generation="NEXTGEN",
            standby_replicas=standby,
            capacity_limits=aoss.CfnCollectionGroup.CapacityLimitsProperty(
                min_indexing_capacity_in_ocu=0,
                min_search_capacity_in_ocu=0,
                max_indexing_capacity_in_ocu=INDEXING_CAPACITY,
                max_search_capacity_in_ocu=SEARCH_CAPACITY,
            ),
        )
        collection = aoss.CfnCollection(
            self,
            "Collection",
            name=self._name,
            type="VECTORSEARCH",
            collection_group_name=group.name,
            standby_replicas=standby,
        )
        collection.add_resource_dependency(group)
        return collection

    def _endpoint(self, network: Network, context: Context) -> tuple[ec2.SecurityGroup, str]:
        """The id of the endpoint from the network to the collection, and its security group."""
        # The id of the network's construct is in its path: another network has another group.
        inside = ec2.SecurityGroup(
            network,
            "Inside",
            vpc=network.vpc,
            description="The index function, and the endpoint that it calls.",
            allow_all_outbound=False,
        )
        inside.add_ingress_rule(inside, ec2.Port.HTTPS, "The function calls the endpoint.")
        inside.add_egress_rule(inside, ec2.Port.HTTPS, "The function calls the endpoint.")
        inside.add_egress_rule(
            ec2.Peer.any_ipv4(), ec2.Port.HTTPS, "S3's gateway; there is no other way out."
        )
        # One zone is enough for one call in a deployment, and each zone is billed by the hour.
        subnets = [network.vpc.isolated_subnets[0].subnet_id]
        groups = [inside.security_group_id]
        if context.opensearch_generation == "nextgen":
            interface = ec2.CfnVPCEndpoint(
                network,
                "Interface",
                service_name=f"com.amazonaws.{Aws.REGION}.aoss-data",
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                vpc_id=network.vpc.vpc_id,
                subnet_ids=subnets,
                security_group_ids=groups,
            )
            return inside, interface.ref
        endpoint = aoss.CfnVpcEndpoint(
            network,
            "Endpoint",
            # A network has one such endpoint, whatever collections there are.
            name=generated(self, "docs", *context.zone_names),
            vpc_id=network.vpc.vpc_id,
            subnet_ids=subnets,
            security_group_ids=groups,
        )
        return inside, endpoint.attr_id

    def _encryption(self) -> aoss.CfnSecurityPolicy:
        """OpenSearch's own key: collections with different keys do not share capacity."""
        return self._policy(
            "encryption", {"Rules": [self._rule("collection")], "AWSOwnedKey": True}
        )

    def _network(self, endpoint: str) -> aoss.CfnSecurityPolicy:
        return self._policy(
            "network",
            [
                {
                    "Rules": [self._rule("collection")],
                    "AllowFromPublic": False,
                    "SourceVPCEs": [endpoint],
                    "SourceServices": ["bedrock.amazonaws.com"],
                }
            ],
        )

    def _policy(self, kind: str, policy: Any) -> aoss.CfnSecurityPolicy:
        text = Stack.of(self).to_json_string(policy)
        return aoss.CfnSecurityPolicy(
            self, f"{kind.title()}Policy", name=self._name, type=kind, policy=text
        )

    def _data_access(self, reader: iam.Role, maker: iam.Role) -> aoss.CfnAccessPolicy:
        return aoss.CfnAccessPolicy(
            self,
            "DataAccess",
            name=self._name,
            type="data",
            policy=Stack.of(self).to_json_string(
                [
                    self._permission(READING, reader.role_arn),
                    self._permission(MAKING, maker.role_arn),
                ]
            ),
        )

    def _permission(self, actions: tuple[str, ...], principal: str) -> dict[str, Any]:
        index = self._rule("index") | {"Permission": list(actions)}
        items = self._rule("collection") | {"Permission": ["aoss:DescribeCollectionItems"]}
        return {"Rules": [index, items], "Principal": [principal]}

    def _rule(self, kind: str) -> dict[str, Any]:
        resource = (
            f"collection/{self._name}" if kind == "collection" else f"index/{self._name}/{INDEX}"
        )
        return {"ResourceType": kind, "Resource": [resource]}
