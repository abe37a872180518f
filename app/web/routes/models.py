"""The route of the models that can answer: the catalogue, joined with Bedrock's list."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from app import models
from app.aws import Clients, calling
from app.models.facts.model_facts import ModelFacts
from app.models.facts.regions import profiles
from app.settings import Settings
from app.web import schemas

TAG = "models"


def router(clients: Clients, settings: Settings) -> APIRouter:
    """`/models`."""
    routes = APIRouter()

    @routes.get("/models")
    def listing() -> schemas.Models:
        """List the models that can answer, in the order of the catalogue."""
        with calling("ListFoundationModels"):
            response = clients.bedrock.list_foundation_models(byOutputModality="TEXT")
        here = {one["modelId"]: one for one in response["modelSummaries"]}
        region = clients.bedrock.meta.region_name
        return schemas.Models(
            default=settings.model_id,
            items=[_entry(model, here, region) for model in models.MODELS],
        )

    return routes


def _entry(model: ModelFacts, here: Mapping[str, Any], region: str) -> schemas.Model:
    types = here.get(model.id, {}).get("inferenceTypesSupported")
    return schemas.Model(
        id=model.id,
        family=model.family,
        offered=model.id in here,
        state=model.state,
        end_of_life=model.end or None,
        successor=model.successor or None,
        context_tokens=model.context,
        output_tokens=model.output,
        parameters=sorted(model.takes),
        one_sampler=model.one_sampler,
        streams=model.streams,
        needs_inference_profile="ON_DEMAND" not in types if types else model.profile,
        inference_profiles=profiles(model.id, model.geographies, region),
        note=model.note or None,
    )
