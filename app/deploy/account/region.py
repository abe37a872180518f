"""Checks whether the Region has what the stack is made of, CloudFormation's resource types and the
layer of the Lambda Web Adapter, and whether API Gateway's log role is somebody else's.
"""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from app.aws import Operator, calling
from app.deploy.findings import Finding
from app.deploy.stack.context import Choices
from app.errors import OutcropError
from app.resources import adapter_arn

ALWAYS = (
    "AWS::Bedrock::KnowledgeBase",
    "AWS::Bedrock::DataSource",
    "AWS::Bedrock::Guardrail",
    "AWS::Bedrock::GuardrailVersion",
    "AWS::Scheduler::Schedule",
    "AWS::WAFv2::WebACL",
    "AWS::Cognito::ManagedLoginBranding",
)
"""Types that not every Region has, and that every stack needs."""

STORES = {
    "opensearch-serverless": ("AWS::OpenSearchServerless::Collection",),
    "opensearch-managed": ("AWS::OpenSearchService::Domain",),
    "s3-vectors": ("AWS::S3Vectors::VectorBucket", "AWS::S3Vectors::Index"),
    "aurora": ("AWS::RDS::DBCluster",),
    "managed": (),
}
NEXTGEN = ("AWS::OpenSearchServerless::CollectionGroup",)
PAGE = ("AWS::CloudFront::Distribution", "AWS::CloudFront::ResponseHeadersPolicy")
AGENT = ("AWS::Bedrock::Agent", "AWS::Bedrock::AgentAlias")

MISSING = ("TypeNotFoundException", "CFNRegistryException")
NO_LAYER = ("ResourceNotFoundException", "AccessDeniedException")
OTHER_REGION = "Choose another Region"


def resource_types(aws: Operator, choices: Choices) -> Iterator[Finding]:
    """Whether CloudFormation has each type in this Region."""
    types = (
        *ALWAYS,
        *(PAGE if choices.page == "cloudfront" else ()),
        *STORES[choices.vector_store],
        *(NEXTGEN if choices.nextgen else ()),
        *(AGENT if choices.agent == "bedrock-agent" else ()),
    )
    missing = [name for name in types if not _has_type(aws, name)]
    if missing:
        mend = f"{OTHER_REGION}."
        if set(missing) & set(STORES[choices.vector_store]):
            mend = f"{OTHER_REGION}, or another vector_store."
        if set(missing) <= set(PAGE):
            mend = "Have the API's function serve the page: `-c page=function`."
        state = f"{aws.region} has no {', '.join(missing)}"
        yield Finding("Resource types", well=False, found=state, mend=mend)
        return
    yield Finding("Resource types", well=True, found=f"{aws.region} has all {len(types)}")


def adapter(aws: Operator, _: Choices) -> Iterator[Finding]:
    """Whether the layer of the Lambda Web Adapter can be used here."""
    arn = adapter_arn(aws.region)
    try:
        with calling("GetLayerVersionByArn"):
            aws.lambda_.get_layer_version_by_arn(Arn=arn)
    except OutcropError as error:
        if _code(error) not in NO_LAYER:
            raise
        # A layer of another account that is not there is refused like one that one may not read.
        certain = _code(error) == "ResourceNotFoundException"
        state = f"{arn} cannot be read: {aws.region} has no such layer, or this identity may not"
        mend = f"{OTHER_REGION}; or allow lambda:GetLayerVersion on it, and check again."
        yield Finding("Lambda Web Adapter", False if certain else None, state, mend)
        return
    yield Finding("Lambda Web Adapter", well=True, found=f"{aws.region} has its layer")


def gateway_log_role(aws: Operator, choices: Choices) -> Iterator[Finding]:
    """Whether the account's one log role for API Gateway is the stack's to set."""
    check = "API Gateway's log role"
    with calling("GetAccount"):
        role = aws.client("apigateway").get_account().get("cloudwatchRoleArn")
    ours = role is not None and f":role/{choices.stack}-ApiLogRole" in role
    if choices.gateway_log_role == "account":
        if role:
            yield Finding(check, well=True, found=f"{role} stays")
            return
        state = "the account has none, and without one no API can log"
        yield Finding(check, False, state, "Leave `-c gateway_log_role=account` out.")
    elif role and not ours:
        state = f"{role} would be replaced for all APIs of this account and Region"
        yield Finding(check, False, state, "Leave it in place: `-c gateway_log_role=account`.")
    else:
        yield Finding(check, well=True, found="it is the stack's to set")


def _has_type(aws: Operator, name: str) -> bool:
    try:
        with calling("DescribeType"):
            aws.cloudformation.describe_type(Type="RESOURCE", TypeName=name)
    except OutcropError as error:
        if _code(error) not in MISSING:
            raise
        return False
    return True


def _code(error: OutcropError) -> str:
    cause = error.__cause__
    return cause.response["Error"]["Code"] if isinstance(cause, ClientError) else ""
