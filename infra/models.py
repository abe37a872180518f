"""The permissions for calling a model, by the form of its id.

amazon.nova-lite-v1:0               a foundation model, in this Region
us.amazon.nova-lite-v1:0            an inference profile: the model in one of several Regions
arn:...:application-inference-...   an inference profile of the account's own
"""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam

from app.models.facts.ids import parse
from infra.context import Context
from infra.permissions import allow, arn

INVOKING = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")


def profile(context: Context) -> str | None:
    """The ARN of the inference profile that is called; None for a foundation model."""
    model = parse(context.model_id)
    if model.arn:
        return context.model_id
    if model.geography:
        return arn("bedrock", f"inference-profile/{context.model_id}")
    return None


def behind(context: Context) -> str:
    """The id of the foundation model that answers."""
    model = parse(context.model_id)
    return context.base_model_id or model.model if model.arn else model.model


def invocable(context: Context) -> list[iam.PolicyStatement]:
    """The permissions for the model that answers.

    A profile passes a request on to another Region, where its model may be called only through it.
    """
    through = profile(context)
    if through is None:
        return [allow(INVOKING, _foundation_model(context.model_id, Aws.REGION))]
    return [
        allow(INVOKING, through),
        allow(
            INVOKING,
            _foundation_model(behind(context), "*"),
            conditions={"StringEquals": {"bedrock:InferenceProfileArn": through}},
        ),
    ]


def embedding_model(context: Context) -> str:
    """The ARN of the model that embeds documents, queries and the texts of /v1/embeddings."""
    return _foundation_model(context.embedding_model_id, Aws.REGION)


def reranking(context: Context) -> list[iam.PolicyStatement]:
    """The permissions for the model that reranks; none if there is no such model."""
    if context.rerank_model_id is None:
        return []
    return [
        allow(["bedrock:Rerank"], "*"),
        allow(["bedrock:InvokeModel"], _foundation_model(context.rerank_model_id, Aws.REGION)),
    ]


def _foundation_model(model: str, region: str) -> str:
    return arn("bedrock", f"foundation-model/{model}", region=region, account="")
