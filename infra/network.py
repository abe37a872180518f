"""A network without a way out, for resources that must not be reached from outside.

It has a subnet in each of two zones or more, no gateway to the internet, no NAT. S3 is reached
through a gateway endpoint, which costs nothing: the responses of custom resources are written
there.
"""

from typing import Any

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.context import Context
from infra.names import digest
from infra.permissions import allow, arn, service_role
from infra.retention import log_group


class Network(Construct):
    """The network. Everything in it may talk to each other, over TLS."""

    def __init__(self, scope: Construct, name: str, context: Context) -> None:
        # Subnets cannot move to another zone, nor can two have the same addresses: other zones are
        # another network.
        super().__init__(scope, name + (digest(*context.zone_names) if context.zones else ""))
        zones: dict[str, Any] = (
            {"availability_zones": list(context.zone_names)} if context.zones else {"max_azs": 2}
        )
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            **zones,
            nat_gateways=0,
            restrict_default_security_group=False,  # it would need a function of the CDK
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=26
                )
            ],
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)
            },
        )
        self._flow_log(context)

    def _flow_log(self, context: Context) -> None:
        log: logs.LogGroup = log_group(self, "FlowLog", context)
        role = service_role(
            self,
            "FlowLogRole",
            "vpc-flow-logs.amazonaws.com",
            allow(
                ("logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"),
                log.log_group_arn,
            ),
            source=arn("ec2", "vpc-flow-log/*"),
        )
        ec2.CfnFlowLog(
            self,
            "Flows",
            resource_type="VPC",
            resource_id=self.vpc.vpc_id,
            traffic_type="REJECT",
            log_destination_type="cloud-watch-logs",
            log_group_name=log.log_group_name,
            deliver_logs_permission_arn=role.role_arn,
        )
