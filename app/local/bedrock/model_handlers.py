"""ListFoundationModels, GetFoundationModel and GetFoundationModelAvailability."""

from collections.abc import Callable
from datetime import UTC, datetime

from app.local.bedrock.availability import partition
from app.local.bedrock.foundation_models import ENDED, INVALID, FoundationModel, models
from app.local.bedrock.names import FOUNDATION_MODEL, parse
from app.local.wire import JSON, Call, Service, ServiceError

Clock = Callable[[], datetime]


def handlers(now: Clock = lambda: datetime.now(UTC)) -> Service:
    """The operations on foundation models. `now` says which are past their end of life."""

    def list_foundation_models(call: Call) -> JSON:
        """Those that the Region has and that have not ended, narrowed by the request's filters."""
        filters = call.params
        offered = [
            _describe(model, call.region)
            for model in models().values()
            if not model.ended(now())
            and filters.get("byProvider", model.provider).lower() == model.provider.lower()
            and filters.get("byOutputModality", model.output[0]) in model.output
            and "byCustomizationType" not in filters  # there is nothing to customise here
        ]
        inference = filters.get("byInferenceType")
        return {
            "modelSummaries": [
                summary
                for summary in offered
                if summary["inferenceTypesSupported"]
                and inference in (None, *summary["inferenceTypesSupported"])
            ]
        }

    def get_foundation_model(call: Call) -> JSON:
        model = _named(call.params["modelIdentifier"])
        if model is not None and model.ended(now()):
            raise ServiceError("ResourceNotFoundException", ENDED)
        if model is None or not model.availability.inference(call.region):
            raise ServiceError("ValidationException", INVALID)
        return {"modelDetails": _describe(model, call.region)}

    def get_foundation_model_availability(call: Call) -> JSON:
        """Every model that the Region has is open to the account."""
        model = _named(call.params["modelId"])
        if model is None:
            raise ServiceError("ValidationException", INVALID)
        offered = not model.ended(now()) and model.availability.inference(call.region)
        return {
            "modelId": model.id,
            "agreementAvailability": {"status": "AVAILABLE"},
            "authorizationStatus": "AUTHORIZED",
            "entitlementAvailability": "AVAILABLE",
            "regionAvailability": "AVAILABLE" if offered else "NOT_AVAILABLE",
        }

    return {
        "ListFoundationModels": list_foundation_models,
        "GetFoundationModel": get_foundation_model,
        "GetFoundationModelAvailability": get_foundation_model_availability,
    }


def _named(identifier: str) -> FoundationModel | None:
    """The model by its own id or ARN."""
    name = parse(identifier)
    return models().get(name.model) if name.kind == FOUNDATION_MODEL else None


def _describe(model: FoundationModel, region: str) -> JSON:
    """Bedrock's FoundationModelSummary, which is its FoundationModelDetails, too."""
    return {
        "modelArn": f"arn:{partition(region)}:bedrock:{region}::foundation-model/{model.id}",
        "modelId": model.id,
        "modelName": model.name,
        "providerName": model.provider,
        "inputModalities": list(model.input),
        "outputModalities": list(model.output),
        "responseStreamingSupported": model.streaming,
        "customizationsSupported": [],
        "inferenceTypesSupported": list(model.availability.inference(region)),
        "modelLifecycle": {"status": model.status, **model.times},
    }
