"""What has to be allowed for a model to be asked, by what it is called.

    amazon.nova-lite-v1:0               a foundation model, in this Region
    us.amazon.nova-lite-v1:0            an inference profile: the model in whatever Region it takes
    arn:...:application-inference-...   a profile of the account's own
"""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from infra.context import Context
from infra.permissions import allow, arn

INVOKING = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
PROFILES = ("us", "us-gov", "eu", "apac", "au", "ca", "jp", "global")
"""How the ids of AWS's inference profiles begin."""


def invocable(context: Context) -> list[iam.PolicyStatement]:
    """What the model that answers needs.

    A profile hands a request to another Region, and only through it may its model be asked there.
    """
    model = context.model_id
    group, _, rest = model.partition(".")
    if model.startswith("arn:"):
        profile, behind = model, context.base_model_id
    elif group in PROFILES:
        profile, behind = arn("bedrock", f"inference-profile/{model}"), rest
    else:
        return [allow(INVOKING, _foundation_model(model, Aws.REGION))]
    return [
        allow(INVOKING, profile),
        allow(
            INVOKING,
            _foundation_model(behind or "", "*"),
            conditions={"StringEquals": {"bedrock:InferenceProfileArn": profile}},
        ),
    ]


def _foundation_model(model: str, region: str) -> str:
    return f"arn:{Aws.PARTITION}:bedrock:{region}::foundation-model/{model}"
