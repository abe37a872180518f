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


def profile(model_id: str) -> str | None:
    """The ARN of the inference profile that is called; None for a foundation model."""
    model = parse(model_id)
    if model.arn:
        return model_id
    if model.geography:
        return arn("bedrock", f"inference-profile/{model_id}")
    return None


def behind(context: Context, model_id: str) -> str:
    """The id of the foundation model that answers."""
    model = parse(model_id)
    return (model.opaque and context.base_model_id) or model.model


def profiles(context: Context) -> dict[str, str]:
    """The inference profiles that may be called, by ARN, and the foundation model of each."""
    return {
        through: behind(context, model_id)
        for model_id in context.model_ids
        if (through := profile(model_id))
    }


def invocable(context: Context) -> list[iam.PolicyStatement]:
    """The permissions for the models that may answer.

    A profile passes a request on to another Region, where its model may be called only through it.
    For a global one the Region may be left open, which the pattern `bedrock:*::` fits as well.
    """
    direct = [
        _foundation_model(behind(context, model_id), Aws.REGION)
        for model_id in context.model_ids
        if profile(model_id) is None
    ]
    return [
        *([allow(INVOKING, *direct)] if direct else []),
        *(
            statement
            for through, model in profiles(context).items()
            for statement in (
                allow(INVOKING, through),
                allow(
                    INVOKING,
                    _foundation_model(model, "*"),
                    conditions={"StringEquals": {"bedrock:InferenceProfileArn": through}},
                ),
            )
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
