"""The route of the models that can answer: the catalogue, joined with Bedrock's list."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from fastapi import APIRouter

from app import models
from app.aws import Clients, calling
from app.budgets.ledger import read_prices
from app.models import Image
from app.models.allowed import allowed
from app.models.facts.ids import parse
from app.models.facts.model_facts import ModelFacts
from app.models.facts.parameters import ranges
from app.models.facts.regions import profiles
from app.models.facts.token_prices import token_price
from app.models.families import FAMILIES
from app.settings import Settings
from app.web import schemas
from app.web.sampling import WIRE

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
        entries = [_entry(model, here, region, settings) for model in models.MODELS]
        ids = allowed(settings)
        if ids is not None:
            entries = [_restrict(entry, ids) for entry in entries if _is_allowed(entry, ids)]
        return schemas.Models(default=settings.model_id, items=entries)

    return routes


def _is_allowed(entry: schemas.Model, ids: Collection[str]) -> bool:
    """Whether the model may be called by any of its ids."""
    return any(parse(each).model == entry.id for each in ids)


def _restrict(entry: schemas.Model, ids: Collection[str]) -> schemas.Model:
    """The entry with those ids only by which the model may be called."""
    profiles = [each for each in ids if each != entry.id and parse(each).model == entry.id]
    return entry.model_copy(
        update={
            "needs_inference_profile": entry.id not in ids,
            "inference_profiles": profiles,
        }
    )


def _inputs(model: ModelFacts) -> list[Literal["text", "image", "document"]]:
    """What a model reads, by the bodies of its family."""
    inputs: list[Literal["text", "image", "document"]] = ["text"]
    family = FAMILIES[model.family]
    if model.images and Image in family.blocks:
        inputs.append("image")
    if family.documents:
        inputs.append("document")
    return inputs


def _price(ids: Sequence[str], settings: Settings) -> schemas.Price | None:
    """The price by the first of these ids for which it is known."""
    own = read_prices(settings.prices)
    for each in ids:
        if price := own.get(each) or token_price(each):
            return schemas.Price(input=price.input, output=price.output, verified=price.is_verified)
    return None


def _entry(
    model: ModelFacts, here: Mapping[str, Any], region: str, settings: Settings
) -> schemas.Model:
    types = here.get(model.id, {}).get("inferenceTypesSupported")
    needs_profile = "ON_DEMAND" not in types if types else model.profile
    known = profiles(model.id, model.geographies, region)
    ids = known if needs_profile else [model.id, *known]
    return schemas.Model(
        id=model.id,
        family=model.family,
        offered=model.id in here,
        state=model.state,
        end_of_life=model.end or None,
        successor=model.successor or None,
        context_tokens=model.context,
        output_tokens=model.output,
        parameters=[
            schemas.ModelParameter(
                name=WIRE[one.name], least=one.least, most=one.most, default=one.default
            )
            for one in ranges(model, settings.max_tokens)
        ],
        inputs=_inputs(model),
        price=_price(ids, settings),
        one_sampler=model.one_sampler,
        streams=model.streams,
        needs_inference_profile=needs_profile,
        inference_profiles=known,
        note=model.note or None,
    )
