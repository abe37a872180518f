"""Checks whether the models can be called: in the Region, by this id, by this account."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.aws import Operator, calling
from app.deploy.findings import Finding
from app.deploy.stack.context import Choices
from app.models.facts.ids import parse
from app.models.facts.reranking import RERANKING_MODELS

# member of GetFoundationModelAvailability's response, good value -> meaning of others, advice
_REFUSALS: tuple[tuple[str, str, str, str], ...] = (
    (
        "regionAvailability",
        "NOT_AVAILABLE",
        "is not available in this Region",
        "Choose another Region, or another model with `-c model_id=...`.",
    ),
    (
        "authorizationStatus",
        "NOT_AUTHORIZED",
        "is not allowed for this account or this identity",
        "Allow bedrock:InvokeModel for it, also in the organisation's policies (SCPs).",
    ),
    (
        "entitlementAvailability",
        "NOT_AVAILABLE",
        "is not open to this account",
        "Request it once in the Bedrock console; Anthropic's models need the use-case form.",
    ),
    (
        "agreementAvailability",
        "NOT_AVAILABLE",
        "waits for its agreement to be accepted",
        "Call it once in the Bedrock console's playground, as a user with Marketplace rights.",
    ),
    (
        "agreementAvailability",
        "PENDING",
        "waits for its agreement to take effect",
        "That takes some minutes; then check again.",
    ),
    (
        "agreementAvailability",
        "ERROR",
        "has an agreement that failed",
        "See Model access in the Bedrock console.",
    ),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """Bedrock's offer in the Region: foundation models by id, and inference profiles with their
    models.
    """

    region: str
    models: Mapping[str, Mapping[str, Any]]
    profiles: Mapping[str, frozenset[str]]

    def profiles_of(self, model_id: str) -> list[str]:
        """The inference profiles that lead to a model."""
        return sorted(name for name, models in self.profiles.items() if model_id in models)


def models(aws: Operator, choices: Choices) -> Iterator[Finding]:
    """Check the model that answers, the one that embeds, and the one that reranks, if any."""
    region_offer = offer(aws)
    yield _model(aws, region_offer, "The model that answers", choices.model_id)
    for model_id in choices.further_model_ids:
        yield _model(aws, region_offer, f"The model {model_id}", model_id)
    yield _model(aws, region_offer, "The model that embeds", choices.embedding_model_id)
    if choices.rerank_model_id:
        yield _reranking_model(aws, region_offer, choices.rerank_model_id)


def _reranking_model(aws: Operator, region_offer: Offer, model_id: str) -> Finding:
    """As for other models; where the Region has not got it, with the Regions that have."""
    finding = _model(aws, region_offer, "The model that reranks", model_id)
    regions = ", ".join(sorted(RERANKING_MODELS.get(model_id, ())))
    if model_id in region_offer.models or not regions:
        return finding
    return replace(finding, mend=f"It is offered in {regions}; or deploy without rerank_model_id.")


def offer(aws: Operator) -> Offer:
    """The offer by ListFoundationModels and ListInferenceProfiles."""
    with calling("ListFoundationModels"):
        summaries = aws.bedrock.list_foundation_models()["modelSummaries"]
    with calling("ListInferenceProfiles"):
        pages = list(aws.bedrock.get_paginator("list_inference_profiles").paginate())
    return Offer(
        aws.region,
        {summary["modelId"]: summary for summary in summaries},
        {
            profile["inferenceProfileId"]: frozenset(
                parse(model["modelArn"]).model for model in profile["models"]
            )
            for page in pages
            for profile in page["inferenceProfileSummaries"]
        },
    )


def _model(aws: Operator, region_offer: Offer, check: str, model_id: str) -> Finding:
    if model_id.startswith("arn:"):
        state = f"{model_id} is an ARN: only a call shows whether it can be called"
        return Finding(check, well=None, found=state)
    name = parse(model_id).model
    if wrong := _uncallable(region_offer, check, model_id, name):
        return wrong
    with calling("GetFoundationModelAvailability"):
        answer = aws.bedrock.get_foundation_model_availability(modelId=name)
    agreement = answer["agreementAvailability"]
    statuses = {**answer, "agreementAvailability": agreement["status"]}
    for member, value, meaning, mend in _REFUSALS:
        if statuses.get(member) == value:
            reason = f" ({agreement['errorMessage']})" if value == "ERROR" else ""
            return Finding(check, well=False, found=f"{model_id} {meaning}{reason}", mend=mend)
    ending = region_offer.models[name].get("modelLifecycle", {}).get("status") == "LEGACY"
    note = (
        "It is LEGACY: Bedrock may refuse accounts that have not called it recently."
        if ending
        else None
    )
    return Finding(check, well=True, found=f"{model_id} can be called", mend=note)


def _uncallable(region_offer: Offer, check: str, model_id: str, name: str) -> Finding | None:
    """The finding for an id that cannot be called in this Region; None for one that can."""
    summary = region_offer.models.get(name)
    profiles = region_offer.profiles_of(name)
    through = f"Through an inference profile: `-c model_id={profiles[0]}`." if profiles else None
    if model_id != name:
        if model_id in region_offer.profiles:
            return None
        state = f"there is no inference profile {model_id} in {region_offer.region}"
        others = f"There are {', '.join(profiles)}." if profiles else None
        return Finding(check, False, state, others or "Choose another Region, or another model.")
    if summary is None:
        state = f"{name} is not offered in {region_offer.region}"
        mend = through or "Choose another Region, or another model with `-c model_id=...`."
        return Finding(check, False, state, mend)
    if "ON_DEMAND" not in summary.get("inferenceTypesSupported", ["ON_DEMAND"]):
        state = f"{name} can be called through an inference profile only"
        return Finding(check, False, state, through or "None of this Region reaches it.")
    return None
