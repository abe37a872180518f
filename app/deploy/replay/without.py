"""The second table: the types that the laptop does without, by the reason."""

from collections.abc import Mapping

from app.deploy.replay.absent import Absent


def _absent(
    reason: str, *types: str, ref: str = "{name}", named: str = "", **attributes: str
) -> dict[str, Absent]:
    """These types, left out for the same reason, with the same patterns."""
    return dict.fromkeys(types, Absent(reason, ref, attributes, named))


def _identified(reason: str, pattern: str, types: Mapping[str, str]) -> dict[str, Absent]:
    """These types, each with the attribute that gives its identifier, as `Ref` does."""
    return {kind: Absent(reason, pattern, {name: pattern}) for kind, name in types.items()}


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

ABSENT: Mapping[str, Absent] = {
    **_absent(_IAM, "AWS::IAM::Role", named="RoleName", Arn="arn:aws:iam::{account}:role/{name}"),
    **_absent(_IAM, "AWS::IAM::Policy", "AWS::IAM::InstanceProfile"),
    **_absent(_IAM, "AWS::IAM::ManagedPolicy", ref="arn:aws:iam::{account}:policy/{name}"),
    **_absent(
        _KMS,
        "AWS::KMS::Key",
        ref="{uuid}",
        Arn="arn:aws:kms:{region}:{account}:key/{uuid}",
        KeyId="{uuid}",
    ),
    **_absent(_KMS, "AWS::KMS::Alias", named="AliasName"),
    **_absent(
        _KMS,
        "AWS::SecretsManager::Secret",
        "AWS::SecretsManager::SecretTargetAttachment",
        ref="arn:aws:secretsmanager:{region}:{account}:secret:{name}",
        Id="arn:aws:secretsmanager:{region}:{account}:secret:{name}",
    ),
    **_absent(
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
    **_absent(_GATEWAY, "AWS::ApiGateway::Method", "AWS::ApiGateway::Model"),
    **_absent(_GATEWAY, "AWS::ApiGateway::Stage", named="StageName"),
    **_absent(
        _GATEWAY,
        "AWS::WAFv2::WebACL",
        ref="{name}|{uuid}|REGIONAL",
        Arn="arn:aws:wafv2:{region}:{account}:regional/webacl/{name}/{uuid}",
        Id="{uuid}",
    ),
    **_absent(_GATEWAY, "AWS::WAFv2::WebACLAssociation", "AWS::WAFv2::LoggingConfiguration"),
    **_absent(
        _SIGN_IN,
        "AWS::Cognito::UserPool",
        ref=_POOL,
        Arn="arn:aws:cognito-idp:{region}:{account}:userpool/" + _POOL,
        ProviderName="cognito-idp.{region}.amazonaws.com/" + _POOL,
        ProviderURL="https://cognito-idp.{region}.amazonaws.com/" + _POOL,
        UserPoolId=_POOL,
    ),
    **_absent(_SIGN_IN, "AWS::Cognito::UserPoolClient", ref="{digest}", ClientId="{digest}"),
    **_absent(_SIGN_IN, "AWS::Cognito::UserPoolDomain", named="Domain"),
    **_absent(_SIGN_IN, "AWS::Cognito::UserPoolResourceServer"),
    **_identified(
        _SIGN_IN,
        "{digest:.10}",
        {
            "AWS::ApiGateway::Authorizer": "AuthorizerId",
            "AWS::Cognito::ManagedLoginBranding": "ManagedLoginBrandingId",
        },
    ),
    **_absent(
        _WATCH,
        "AWS::Logs::LogGroup",
        named="LogGroupName",
        Arn="arn:aws:logs:{region}:{account}:log-group:{name}:*",
    ),
    **_absent(
        _WATCH,
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::CompositeAlarm",
        named="AlarmName",
        Arn="arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
    ),
    **_absent(_WATCH, "AWS::CloudWatch::Dashboard", named="DashboardName"),
    **_absent(
        _WATCH,
        "AWS::Logs::MetricFilter",
        "AWS::Logs::QueryDefinition",
        "AWS::Logs::ResourcePolicy",
        "AWS::SNS::Subscription",
        "AWS::SNS::TopicPolicy",
        "Custom::LogRetention",
    ),
    **_absent(
        _WATCH,
        "AWS::SNS::Topic",
        ref="arn:aws:sns:{region}:{account}:{name}",
        TopicArn="arn:aws:sns:{region}:{account}:{name}",
        TopicName="{name}",
    ),
    **_absent(
        _CLOCK,
        "AWS::Scheduler::Schedule",
        Arn="arn:aws:scheduler:{region}:{account}:schedule/default/{name}",
    ),
    **_absent(_CLOCK, "AWS::Events::Rule", Arn="arn:aws:events:{region}:{account}:rule/{name}"),
    **_absent(
        _NETWORK,
        "AWS::EC2::VPC",
        ref="vpc-{digest:.17}",
        VpcId="vpc-{digest:.17}",
        CidrBlock="{CidrBlock}",
        DefaultSecurityGroup="sg-{digest:.17}",
    ),
    **_absent(
        _NETWORK,
        "AWS::EC2::SecurityGroup",
        ref="sg-{digest:.17}",
        GroupId="sg-{digest:.17}",
        VpcId="{VpcId}",
    ),
    **_absent(
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
    **_absent(_NETWORK, "AWS::EC2::Route", "Custom::VpcRestrictDefaultSG"),
    **_absent(
        _STORE,
        "AWS::OpenSearchServerless::Collection",
        ref="{digest}",
        Arn="arn:aws:aoss:{region}:{account}:collection/{digest}",
        CollectionEndpoint="https://{digest}.{region}.aoss.amazonaws.com",
        DashboardEndpoint="https://{digest}.{region}.aoss.amazonaws.com/_dashboards",
        Id="{digest}",
    ),
    **_absent(
        _STORE,
        "AWS::OpenSearchServerless::CollectionGroup",
        ref="{digest}",
        Arn="arn:aws:aoss:{region}:{account}:collectiongroup/{digest}",
        Id="{digest}",
    ),
    **_absent(
        _STORE,
        "AWS::OpenSearchServerless::AccessPolicy",
        "AWS::OpenSearchServerless::Index",
        "AWS::OpenSearchServerless::SecurityPolicy",
        named="Name",
    ),
    **_absent(
        _STORE,
        "AWS::OpenSearchService::Domain",
        named="DomainName",
        Arn="arn:aws:es:{region}:{account}:domain/{name}",
        DomainArn="arn:aws:es:{region}:{account}:domain/{name}",
        DomainEndpoint=_DOMAIN,
        Id="{account}/{name}",
    ),
    **_absent(
        _STORE,
        "AWS::S3Vectors::VectorBucket",
        named="VectorBucketName",
        ref="arn:aws:s3vectors:{region}:{account}:bucket/{name}",
        VectorBucketArn="arn:aws:s3vectors:{region}:{account}:bucket/{name}",
    ),
    **_absent(
        _STORE,
        "AWS::S3Vectors::Index",
        named="IndexName",
        ref="{VectorBucketArn}/index/{name}",
        IndexArn="{VectorBucketArn}/index/{name}",
    ),
    **_absent(
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
    **_absent(
        _STORE,
        "AWS::RDS::DBClusterParameterGroup",
        "AWS::RDS::DBInstance",
        "AWS::RDS::DBSubnetGroup",
    ),
    **_absent(
        "there is no vector database here: the Knowledge Base uses the stand-in's own store",
        "Custom::VectorIndex",
        "Custom::VectorTable",
    ),
    **_absent(
        "nothing of a stack is deleted on the laptop; remove the home's folder instead",
        "Custom::S3AutoDeleteObjects",
    ),
    **_absent("it tells AWS which constructs were used", "AWS::CDK::Metadata"),
}
