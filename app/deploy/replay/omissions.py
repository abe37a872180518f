"""The types of resources that the laptop lacks, each with the reason and with its stand-ins.

Other resources refer to these types all the same, so `Ref` and `Fn::GetAtt` return values in AWS's
form. A pattern may contain `{name}`, the resource's physical name; `{digest}`, twenty hexadecimal
digits of its own, and `{uuid}`, a UUID of its own; `{region}` and `{account}`; and any property by
its name.
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
        reason: why the laptop lacks it.
        ref: the pattern of the result of `Ref`.
        attributes: the patterns of the results of `Fn::GetAtt`.
        named: the property with the name, if the template may set it.
    """

    reason: str
    ref: str = "{name}"
    attributes: Mapping[str, str] = field(default_factory=dict)
    named: str = ""

    def stand_for(self, resource: Resource, scope: Scope) -> PhysicalResource:
        """The name and identifiers by which others refer to a resource of this type."""
        names = _Names(self, resource, scope)
        attributes = {name: pattern.format_map(names) for name, pattern in self.attributes.items()}
        return PhysicalResource(self.ref.format_map(names), attributes, omission=self.reason)


class _Names(dict[str, Any]):
    """The names in a pattern. Properties are resolved only when a pattern uses them, because the
    others may refer to values that exist in AWS only.
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


def _omit(
    reason: str, *types: str, ref: str = "{name}", name_property: str = "", **attributes: str
) -> dict[str, Omission]:
    """These types, omitted for the same reason, with the same patterns."""
    return dict.fromkeys(types, Omission(reason, ref, attributes, name_property))


def _omit_with_identifier(
    reason: str, pattern: str, types: Mapping[str, str]
) -> dict[str, Omission]:
    """These types, each with the attribute for its identifier, which is also the result of
    `Ref`.
    """
    return {kind: Omission(reason, pattern, {name: pattern}) for kind, name in types.items()}


_IAM = "the stand-in has no IAM: every caller may do everything"
_KMS = "nothing is encrypted on the laptop"
_GATEWAY = "`outcrop up` serves the application itself, on a port of the laptop"
_PAGE = "the laptop's application serves the page itself"
_SIGN_IN = "the laptop has one user, who need not sign in"
_WATCH = "the laptop has no CloudWatch: logs are files of its home"
_NETWORK = "the laptop has the loopback network only"
_STORE = "the Knowledge Base keeps its vectors in the stand-in's own store"
_CLOCK = "the laptop has no schedules; the bucket's events do the work by day and by night"
_BILL = "nothing on the laptop is billed"
_POOL = "{region}_{digest:.9}"
_DOMAIN = "{name}.{region}.es.amazonaws.com"

OMISSIONS: Mapping[str, Omission] = {
    **_omit(
        _IAM, "AWS::IAM::Role", name_property="RoleName", Arn="arn:aws:iam::{account}:role/{name}"
    ),
    **_omit(_IAM, "AWS::IAM::Policy", "AWS::IAM::InstanceProfile"),
    **_omit(_IAM, "AWS::IAM::ManagedPolicy", ref="arn:aws:iam::{account}:policy/{name}"),
    **_omit(
        _KMS,
        "AWS::KMS::Key",
        ref="{uuid}",
        Arn="arn:aws:kms:{region}:{account}:key/{uuid}",
        KeyId="{uuid}",
    ),
    **_omit(_KMS, "AWS::KMS::Alias", name_property="AliasName"),
    **_omit(
        _KMS,
        "AWS::SecretsManager::Secret",
        "AWS::SecretsManager::SecretTargetAttachment",
        ref="arn:aws:secretsmanager:{region}:{account}:secret:{name}",
        Id="arn:aws:secretsmanager:{region}:{account}:secret:{name}",
    ),
    **_omit(
        _GATEWAY,
        "AWS::ApiGateway::RestApi",
        ref="{digest:.10}",
        RestApiId="{digest:.10}",
        RootResourceId="{digest:.9}r",
    ),
    **_omit_with_identifier(
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
    **_omit(_GATEWAY, "AWS::ApiGateway::Method", "AWS::ApiGateway::Model"),
    **_omit(_GATEWAY, "AWS::ApiGateway::Stage", name_property="StageName"),
    **_omit(
        _GATEWAY,
        "AWS::WAFv2::WebACL",
        ref="{name}|{uuid}|REGIONAL",
        Arn="arn:aws:wafv2:{region}:{account}:regional/webacl/{name}/{uuid}",
        Id="{uuid}",
    ),
    **_omit(_GATEWAY, "AWS::WAFv2::WebACLAssociation", "AWS::WAFv2::LoggingConfiguration"),
    **_omit(
        _PAGE,
        "AWS::CloudFront::Distribution",
        ref="E{digest:.13}",
        Id="E{digest:.13}",
        DomainName="d{digest:.13}.cloudfront.net",
    ),
    **_omit_with_identifier(
        _PAGE,
        "{uuid}",
        {
            "AWS::CloudFront::OriginAccessControl": "Id",
            "AWS::CloudFront::ResponseHeadersPolicy": "Id",
        },
    ),
    **_omit(
        _PAGE,
        "AWS::CloudFront::Function",
        ref="arn:aws:cloudfront::{account}:function/{name}",
        name_property="Name",
        FunctionARN="arn:aws:cloudfront::{account}:function/{name}",
    ),
    **_omit(_PAGE, "Custom::Page"),
    **_omit(
        _SIGN_IN,
        "AWS::Cognito::UserPool",
        ref=_POOL,
        Arn="arn:aws:cognito-idp:{region}:{account}:userpool/" + _POOL,
        ProviderName="cognito-idp.{region}.amazonaws.com/" + _POOL,
        ProviderURL="https://cognito-idp.{region}.amazonaws.com/" + _POOL,
        UserPoolId=_POOL,
    ),
    **_omit(_SIGN_IN, "AWS::Cognito::UserPoolClient", ref="{digest}", ClientId="{digest}"),
    **_omit(_SIGN_IN, "AWS::Cognito::UserPoolDomain", name_property="Domain"),
    **_omit(_SIGN_IN, "AWS::Cognito::UserPoolResourceServer"),
    **_omit_with_identifier(
        _SIGN_IN,
        "{digest:.10}",
        {
            "AWS::ApiGateway::Authorizer": "AuthorizerId",
            "AWS::Cognito::ManagedLoginBranding": "ManagedLoginBrandingId",
        },
    ),
    **_omit(
        _WATCH,
        "AWS::Logs::LogGroup",
        name_property="LogGroupName",
        Arn="arn:aws:logs:{region}:{account}:log-group:{name}:*",
    ),
    **_omit(
        _WATCH,
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::CompositeAlarm",
        name_property="AlarmName",
        Arn="arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
    ),
    **_omit(_WATCH, "AWS::CloudWatch::Dashboard", name_property="DashboardName"),
    **_omit(
        _WATCH,
        "AWS::Logs::MetricFilter",
        "AWS::Logs::QueryDefinition",
        "AWS::Logs::ResourcePolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::TopicPolicy",
        "Custom::LogRetention",
    ),
    **_omit(
        _WATCH,
        "AWS::SNS::Topic",
        ref="arn:aws:sns:{region}:{account}:{name}",
        TopicArn="arn:aws:sns:{region}:{account}:{name}",
        TopicName="{name}",
    ),
    **_omit(
        _CLOCK,
        "AWS::Scheduler::Schedule",
        Arn="arn:aws:scheduler:{region}:{account}:schedule/default/{name}",
    ),
    **_omit(_BILL, "AWS::Budgets::Budget"),
    **_omit(_CLOCK, "AWS::Events::Rule", Arn="arn:aws:events:{region}:{account}:rule/{name}"),
    **_omit(
        _NETWORK,
        "AWS::EC2::VPC",
        ref="vpc-{digest:.17}",
        VpcId="vpc-{digest:.17}",
        CidrBlock="{CidrBlock}",
        DefaultSecurityGroup="sg-{digest:.17}",
    ),
    **_omit(
        _NETWORK,
        "AWS::EC2::SecurityGroup",
        ref="sg-{digest:.17}",
        GroupId="sg-{digest:.17}",
        VpcId="{VpcId}",
    ),
    **_omit(
        _NETWORK,
        "AWS::EC2::Subnet",
        ref="subnet-{digest:.17}",
        SubnetId="subnet-{digest:.17}",
        AvailabilityZone="{AvailabilityZone}",
        CidrBlock="{CidrBlock}",
    ),
    **_omit_with_identifier(
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
    **_omit(_NETWORK, "AWS::EC2::Route", "Custom::VpcRestrictDefaultSG"),
    **_omit(
        _STORE,
        "AWS::OpenSearchServerless::Collection",
        ref="{digest}",
        Arn="arn:aws:aoss:{region}:{account}:collection/{digest}",
        CollectionEndpoint="https://{digest}.{region}.aoss.amazonaws.com",
        DashboardEndpoint="https://{digest}.{region}.aoss.amazonaws.com/_dashboards",
        Id="{digest}",
    ),
    **_omit(
        _STORE,
        "AWS::OpenSearchServerless::CollectionGroup",
        ref="{digest}",
        Arn="arn:aws:aoss:{region}:{account}:collectiongroup/{digest}",
        Id="{digest}",
    ),
    **_omit(
        _STORE,
        "AWS::OpenSearchServerless::AccessPolicy",
        "AWS::OpenSearchServerless::Index",
        "AWS::OpenSearchServerless::SecurityPolicy",
        name_property="Name",
    ),
    **_omit(
        _STORE,
        "AWS::OpenSearchService::Domain",
        name_property="DomainName",
        Arn="arn:aws:es:{region}:{account}:domain/{name}",
        DomainArn="arn:aws:es:{region}:{account}:domain/{name}",
        DomainEndpoint=_DOMAIN,
        Id="{account}/{name}",
    ),
    **_omit(
        _STORE,
        "AWS::S3Vectors::VectorBucket",
        name_property="VectorBucketName",
        ref="arn:aws:s3vectors:{region}:{account}:bucket/{name}",
        VectorBucketArn="arn:aws:s3vectors:{region}:{account}:bucket/{name}",
    ),
    **_omit(
        _STORE,
        "AWS::S3Vectors::Index",
        name_property="IndexName",
        ref="{VectorBucketArn}/index/{name}",
        IndexArn="{VectorBucketArn}/index/{name}",
    ),
    **_omit(
        _STORE,
        "AWS::RDS::DBCluster",
        name_property="DBClusterIdentifier",
        DBClusterArn="arn:aws:rds:{region}:{account}:cluster:{name}",
        **{
            "Endpoint.Address": "{name}.cluster.{region}.rds.amazonaws.com",
            "Endpoint.Port": "5432",
            "MasterUserSecret.SecretArn": (
                "arn:aws:secretsmanager:{region}:{account}:secret:rds-{digest}"
            ),
        },
    ),
    **_omit(
        _STORE,
        "AWS::RDS::DBClusterParameterGroup",
        "AWS::RDS::DBInstance",
        "AWS::RDS::DBSubnetGroup",
    ),
    **_omit(
        "there is no vector database here: the Knowledge Base uses the stand-in's own store",
        "Custom::VectorIndex",
        "Custom::VectorTable",
    ),
    **_omit(
        "nothing of a stack is deleted on the laptop; remove the home's folder instead",
        "Custom::S3AutoDeleteObjects",
    ),
    **_omit("it tells AWS which constructs were used", "AWS::CDK::Metadata"),
}
