"""ListFoundationModels and GetFoundationModel."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from app.local.bedrock.foundation_models import FoundationModel, find, models
from app.local.wire import JSON, Call, Service, ServiceError

Clock = Callable[[], datetime]

_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[a-z0-9-]+)/")
DEFAULT_REGION = "us-east-1"  # of a caller that does not sign


def handlers(now: Clock = lambda: datetime.now(UTC)) -> Service:
    """The operations on foundation models. `now` says which are past their end of life."""

    def list_foundation_models(call: Call) -> JSON:
        """Those that have not ended, narrowed by the filters of the request."""
        filters = call.params
        offered = [
            model
            for model in models().values()
            if not model.ended(now())
            and filters.get("byProvider", model.provider).lower() == model.provider.lower()
            and filters.get("byOutputModality", model.output[0]) in model.output
            and filters.get("byInferenceType", model.inference[0]) in model.inference
            and "byCustomizationType" not in filters  # there is nothing to customise here
        ]
        return {"modelSummaries": [_describe(model, region(call)) for model in offered]}

    def get_foundation_model(call: Call) -> JSON:
        model = find(call.params["modelIdentifier"])
        if model is None:
            raise ServiceError("ValidationException", "The provided model identifier is invalid.")
        if model.ended(now()):
            raise ServiceError(
                "ResourceNotFoundException", "This model version has reached the end of its life."
            )
        return {"modelDetails": _describe(model, region(call))}

    return {
        "ListFoundationModels": list_foundation_models,
        "GetFoundationModel": get_foundation_model,
    }


def region(call: Call) -> str:
    """The Region that the caller signed for."""
    scope = _SCOPE.search(call.headers.get("authorization", ""))
    return scope["region"] if scope else DEFAULT_REGION


def _describe(model: FoundationModel, region: str) -> JSON:
    """Bedrock's FoundationModelSummary, which is its FoundationModelDetails, too."""
    return {
        "modelArn": f"arn:aws:bedrock:{region}::foundation-model/{model.id}",
        "modelId": model.id,
        "modelName": model.name,
        "providerName": model.provider,
        "inputModalities": list(model.input),
        "outputModalities": list(model.output),
        "responseStreamingSupported": model.streaming,
        "customizationsSupported": [],
        "inferenceTypesSupported": list(model.inference),
        "modelLifecycle": {"status": model.status, **model.times},
    }
