"""What the laptop has no counterpart of: each type with the reason, and with what stands for it.

Other resources refer to these all the same, so that `Ref` and `Fn::GetAtt` give what AWS's would
look like. In the patterns stand `{name}`, the resource's physical name; `{digest}`, twenty
hexadecimal digits of its own, and `{uuid}`, a UUID of its own; `{region}` and `{account}`; and any
property by its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from app.deploy.endpoint import ACCOUNT, REGION
from app.deploy.replay.document import Resource, TemplateError
from app.deploy.replay.intrinsics import resolve
from app.deploy.replay.request import physical_name
from app.deploy.replay.scope import PhysicalResource, Scope

LONGEST = 64  # characters of a name


@dataclass(frozen=True, slots=True)
class Omission:
    """A type that is left out.

    Attributes:
        reason: why the laptop has none of it.
        ref: the pattern of what `Ref` gives.
        attributes: the patterns of what `Fn::GetAtt` gives.
        named: the property that gives the name, if the template sets it.
    """

    reason: str
    ref: str = "{name}"
    attributes: Mapping[str, str] = field(default_factory=dict)
    named: str = ""

    def stand_for(self, resource: Resource, scope: Scope) -> PhysicalResource:
        """The names and identifiers by which others refer to a resource of this type."""
        names = _Names(self, resource, scope)
        attributes = {name: pattern.format_map(names) for name, pattern in self.attributes.items()}
        return PhysicalResource(self.ref.format_map(names), attributes, omission=self.reason)


class _Names(dict[str, Any]):
    """What a pattern may hold. Properties are resolved when they are asked for: the others may
    refer to what is known in AWS only.
    """

    def __init__(self, omission: Omission, resource: Resource, scope: Scope) -> None:
        stack = scope.template.stack
        digest = sha256(f"{stack}/{resource.id}".encode()).hexdigest()
        own = str(UUID(digest[:32]))
        super().__init__(account=ACCOUNT, region=REGION, digest=digest[:20], uuid=own)
        self._resource, self._scope = resource, scope
        name = resource.properties.get(omission.named)
        self["name"] = resolve(scope, name) if name else physical_name(stack, resource.id, LONGEST)

    def __missing__(self, name: str) -> Any:
        if name not in self._resource.properties:
            raise TemplateError(f"{name} is not set")
        return resolve(self._scope, self._resource.properties[name])


def _omitted(
    reason: str, *types: str, ref: str = "{name}", named: str = "", **attributes: str
) -> dict[str, Omission]:
    """These types, left out for the same reason, with the same patterns."""
    return dict.fromkeys(types, Omission(reason, ref, attributes, named))


def _identified(reason: str, pattern: str, types: Mapping[str, str]) -> dict[str, Omission]:
    """These types, each with the attribute that gives its identifier, as `Ref` does."""
    return {kind: Omission(reason, pattern, {name: pattern}) for kind, name in types.items()}


_IAM = "the stand-in has no IAM: every caller may do everything"
_KMS = "nothing is encrypted on the laptop"
_GATEWAY = "`outcrop up` serves the application itself, on a port of the laptop"
_SIGN_IN = "the laptop has one user, who need not sign in"
_WATCH = "the laptop has no CloudWatch: logs are files of its home"
_NETWORK = "the laptop has the loopback network only"
_STORE = "the Knowledge Base keeps its vectors in the stand-in's own store"
_CLOCK = "the laptop has no schedules; the bucket's events do the work by day and by night"
_POOL = "{region}_{digest:.9}"
_DOMAIN = "{name}.{region}.es.amazonaws.com"

OMISSIONS: Mapping[str, Omission] = {
    **_omitted(_IAM, "AWS::IAM::Role", named="RoleName", Arn="arn:aws:iam::{account}:role/{name}"),
    **_omitted(_IAM, "AWS::IAM::Policy", "AWS::IAM::InstanceProfile"),
    **_omitted(_IAM, "AWS::IAM::ManagedPolicy", ref="arn:aws:iam::{account}:policy/{name}"),
    **_omitted(
        _KMS,
        "AWS::KMS::Key",
        ref="{uuid}",
        Arn="arn:aws:kms:{region}:{account}:key/{uuid}",
        KeyId="{uuid}",
    ),
    **_omitted(_KMS, "AWS::KMS::Alias", named="AliasName"),
    **_omitted(
        _KMS,
        "AWS::SecretsManager::Secret",
        "AWS::SecretsManager::SecretTargetAttachment",
        ref="arn:aws:secretsmanager:{region}:{account}:secret:{name}",
        Id="arn:aws:secretsmanager:{region}:{account}:secret:{name}",
    ),
    **_omitted(
        _GATEWAY,
        "AWS::ApiGateway::RestApi",
        ref="{digest:.10}",
        RestApiId="{digest:.10}",
        RootResourceId="{digest:.9}r",
    ),
    **_identified(
        _GATEWAY,
        "{digest:.10}",
        {
            "AWS::ApiGateway::Account": "Id",
            "AWS::ApiGateway::ApiKey": "APIKeyId",
            "AWS::ApiGateway::Deployment": "DeploymentId",
            "AWS::ApiGateway::GatewayResponse": "Id",
            "AWS::ApiGateway::RequestValidator": "RequestValidatorId",
            "AWS::ApiGateway::Resource": "ResourceId",
            "AWS::ApiGateway::UsagePlan": "Id",
            "AWS::ApiGateway::UsagePlanKey": "Id",
        },
    ),
    **_omitted(_GATEWAY, "AWS::ApiGateway::Method", "AWS::ApiGateway::Model"),
    **_omitted(_GATEWAY, "AWS::ApiGateway::Stage", named="StageName"),
    **_omitted(
        _GATEWAY,
        "AWS::WAFv2::WebACL",
        ref="{name}|{uuid}|REGIONAL",
        Arn="arn:aws:wafv2:{region}:{account}:regional/webacl/{name}/{uuid}",
        Id="{uuid}",
    ),
    **_omitted(_GATEWAY, "AWS::WAFv2::WebACLAssociation", "AWS::WAFv2::LoggingConfiguration"),
    **_omitted(
        _SIGN_IN,
        "AWS::Cognito::UserPool",
        ref=_POOL,
        Arn="arn:aws:cognito-idp:{region}:{account}:userpool/" + _POOL,
        ProviderName="cognito-idp.{region}.amazonaws.com/" + _POOL,
        ProviderURL="https://cognito-idp.{region}.amazonaws.com/" + _POOL,
        UserPoolId=_POOL,
    ),
    **_omitted(_SIGN_IN, "AWS::Cognito::UserPoolClient", ref="{digest}", ClientId="{digest}"),
    **_omitted(_SIGN_IN, "AWS::Cognito::UserPoolDomain", named="Domain"),
    **_omitted(_SIGN_IN, "AWS::Cognito::UserPoolResourceServer"),
    **_identified(
        _SIGN_IN,
        "{digest:.10}",
        {
            "AWS::ApiGateway::Authorizer": "AuthorizerId",
            "AWS::Cognito::ManagedLoginBranding": "ManagedLoginBrandingId",
        },
    ),
    **_omitted(
        _WATCH,
        "AWS::Logs::LogGroup",
        named="LogGroupName",
        Arn="arn:aws:logs:{region}:{account}:log-group:{name}:*",
    ),
    **_omitted(
        _WATCH,
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::CompositeAlarm",
        named="AlarmName",
        Arn="arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
    ),
    **_omitted(_WATCH, "AWS::CloudWatch::Dashboard", named="DashboardName"),
    **_omitted(
        _WATCH,
        "AWS::Logs::MetricFilter",
        "AWS::Logs::QueryDefinition",
        "AWS::Logs::ResourcePolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::TopicPolicy",
        "Custom::LogRetention",
    ),
    **_omitted(
        _WATCH,
        "AWS::SNS::Topic",
        ref="arn:aws:sns:{region}:{account}:{name}",
        TopicArn="arn:aws:sns:{region}:{account}:{name}",
        TopicName="{name}",
    ),
    **_omitted(
        _CLOCK,
        "AWS::Scheduler::Schedule",
        Arn="arn:aws:scheduler:{region}:{account}:schedule/default/{name}",
    ),
    **_omitted(_CLOCK, "AWS::Events::Rule", Arn="arn:aws:events:{region}:{account}:rule/{name}"),
    **_omitted(
        _NETWORK,
        "AWS::EC2::VPC",
        ref="vpc-{digest:.17}",
        VpcId="vpc-{digest:.17}",
        CidrBlock="{CidrBlock}",
        DefaultSecurityGroup="sg-{digest:.17}",
    ),
    **_omitted(
        _NETWORK,
        "AWS::EC2::SecurityGroup",
        ref="sg-{digest:.17}",
        GroupId="sg-{digest:.17}",
        VpcId="{VpcId}",
    ),
    **_omitted(
        _NETWORK,
        "AWS::EC2::Subnet",
        ref="subnet-{digest:.17}",
        SubnetId="subnet-{digest:.17}",
        AvailabilityZone="{AvailabilityZone}",
        CidrBlock="{CidrBlock}",
    ),
    **_identified(
        _NETWORK,
        "id-{digest:.17}",
        {
            "AWS::EC2::FlowLog": "Id",
            "AWS::EC2::RouteTable": "RouteTableId",
            "AWS::EC2::SecurityGroupEgress": "Id",
            "AWS::EC2::SecurityGroupIngress": "Id",
            "AWS::EC2::SubnetRouteTableAssociation": "Id",
            "AWS::EC2::VPCEndpoint": "Id",
            "AWS::OpenSearchServerless::VpcEndpoint": "Id",
        },
    ),
    **_omitted(_NETWORK, "AWS::EC2::Route", "Custom::VpcRestrictDefaultSG"),
    **_omitted(
        _STORE,
        "AWS::OpenSearchServerless::Collection",
        ref="{digest}",
        Arn="arn:aws:aoss:{region}:{account}:collection/{digest}",
        CollectionEndpoint="https://{digest}.{region}.aoss.amazonaws.com",
        DashboardEndpoint="https://{digest}.{region}.aoss.amazonaws.com/_dashboards",
        Id="{digest}",
    ),
    **_omitted(
        _STORE,
        "AWS::OpenSearchServerless::CollectionGroup",
        ref="{digest}",
        Arn="arn:aws:aoss:{region}:{account}:collectiongroup/{digest}",
        Id="{digest}",
    ),
    **_omitted(
        _STORE,
        "AWS::OpenSearchServerless::AccessPolicy",
        "AWS::OpenSearchServerless::Index",
        "AWS::OpenSearchServerless::SecurityPolicy",
        named="Name",
    ),
    **_omitted(
        _STORE,
        "AWS::OpenSearchService::Domain",
        named="DomainName",
        Arn="arn:aws:es:{region}:{account}:domain/{name}",
        DomainArn="arn:aws:es:{region}:{account}:domain/{name}",
        DomainEndpoint=_DOMAIN,
        Id="{account}/{name}",
    ),
    **_omitted(
        _STORE,
        "AWS::S3Vectors::VectorBucket",
        named="VectorBucketName",
        ref="arn:aws:s3vectors:{region}:{account}:bucket/{name}",
        VectorBucketArn="arn:aws:s3vectors:{region}:{account}:bucket/{name}",
    ),
    **_omitted(
        _STORE,
        "AWS::S3Vectors::Index",
        named="IndexName",
        ref="{VectorBucketArn}/index/{name}",
        IndexArn="{VectorBucketArn}/index/{name}",
    ),
    **_omitted(
        _STORE,
        "AWS::RDS::DBCluster",
        named="DBClusterIdentifier",
        DBClusterArn="arn:aws:rds:{region}:{account}:cluster:{name}",
        **{
            "Endpoint.Address": "{name}.cluster.{region}.rds.amazonaws.com",
            "Endpoint.Port": "5432",
            "MasterUserSecret.SecretArn": (
                "arn:aws:secretsmanager:{region}:{account}:secret:rds-{digest}"
            ),
        },
    ),
    **_omitted(
        _STORE,
        "AWS::RDS::DBClusterParameterGroup",
        "AWS::RDS::DBInstance",
        "AWS::RDS::DBSubnetGroup",
    ),
    **_omitted(
        "there is no vector database here: the Knowledge Base uses the stand-in's own store",
        "Custom::VectorIndex",
        "Custom::VectorTable",
    ),
    **_omitted(
        "nothing of a stack is deleted on the laptop; remove the home's folder instead",
        "Custom::S3AutoDeleteObjects",
    ),
    **_omitted("it tells AWS which constructs were used", "AWS::CDK::Metadata"),
}
