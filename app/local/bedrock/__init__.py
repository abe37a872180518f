"""bedrock: which foundation models there are."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from app.local.bedrock.foundation_models import FoundationModel, find, models
from app.local.wire import JSON, Call, Service, ServiceError

Clock = Callable[[], datetime]

_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[a-z0-9-]+)/")
HOME = "us-east-1"  # of who does not sign


def handlers(now: Clock = lambda: datetime.now(UTC)) -> Service:
    """The operations of bedrock. `now` says which models are past their end of life."""

    def list_foundation_models(call: Call) -> JSON:
        """Those that have not ended, narrowed by what the caller asks for."""
        wanted = call.params
        found = [
            model
            for model in models().values()
            if not model.ended(now())
            and wanted.get("byProvider", model.provider).lower() == model.provider.lower()
            and wanted.get("byOutputModality", model.output[0]) in model.output
            and wanted.get("byInferenceType", model.inference[0]) in model.inference
            and "byCustomizationType" not in wanted  # there is nothing to customise here
        ]
        return {"modelSummaries": [_told(model, region(call)) for model in found]}

    def get_foundation_model(call: Call) -> JSON:
        model = find(call.params["modelIdentifier"])
        if model is None:
            raise ServiceError("ValidationException", "The provided model identifier is invalid.")
        if model.ended(now()):
            raise ServiceError(
                "ResourceNotFoundException", "This model version has reached the end of its life."
            )
        return {"modelDetails": _told(model, region(call))}

    return {
        "ListFoundationModels": list_foundation_models,
        "GetFoundationModel": get_foundation_model,
    }


def region(call: Call) -> str:
    """The Region that the caller signed for."""
    scope = _SCOPE.search(call.headers.get("authorization", ""))
    return scope["region"] if scope else HOME


def _told(model: FoundationModel, region: str) -> JSON:
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
