import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.errors import InvalidRequest
from app.local.bedrock.foundation_models import invoked
from app.local.bedrock.foundation_models import models as foundation_models
from app.local.stand_in import REGION
from app.models import MODELS, Prompt, find, user
from app.models.facts.embedding import DEFAULT_EMBEDDING_MODEL
from app.models.facts.ids import parse
from app.models.facts.model_facts import ModelFacts
from app.models.facts.regions import SOURCES, names_of
from app.models.families import FAMILIES
from app.settings import Settings
from tests.models.golden import PROMPT

ASK = Prompt((user("Hi"),))


def check(model_id: str, prompt: Prompt) -> None:
    model = find(model_id)
    model.check(prompt, model.family)


def test_every_row_is_found_by_its_own_id_and_names_a_successor_that_is_there() -> None:
    ids = [model.id for model in MODELS]
    assert len(set(ids)) == len(ids)
    for model in MODELS:
        assert find(model.id).facts is model
        assert find(f"us.{model.id}").facts is model
        if model.successor:
            assert find(model.successor).facts.state != "gone"
        assert model.end == "" or model.state != "active"


@pytest.mark.parametrize(
    ("model_id", "asked", "field"),
    [
        ("anthropic.claude-opus-4-7", {"temperature": 0.0}, "temperature"),
        ("anthropic.claude-opus-5-5", {"top_p": 0.5}, "top_p"),
        ("anthropic.claude-haiku-5-5", {"top_k": 5}, "top_k"),
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", {"temperature": 0.0, "top_p": 0.5}, "top_p"),
        ("meta.llama3-3-70b-instruct-v1:0", {"stop": ("END",)}, "stop"),
        ("meta.llama3-3-70b-instruct-v1:0", {"top_k": 5}, "top_k"),
        ("mistral.mistral-7b-instruct-v0:2", {"stop": tuple("abcdefghijk")}, "stop"),
        ("cohere.command-text-v14", {"stop": tuple("abcde")}, "stop"),
        ("amazon.titan-text-lite-v1", {"max_tokens": 4097}, "max_tokens"),
        ("openai.gpt-oss-20b-1:0", {"top_k": 5}, "top_k"),
    ],
)
def test_what_a_model_does_not_take_is_refused_by_name(
    model_id: str, asked: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRequest) as raised:
        check(model_id, replace(ASK, **asked))
    assert raised.value.field == field
    assert model_id in raised.value.detail


def test_what_a_model_takes_goes_through() -> None:
    claude = "anthropic.claude-sonnet-4-6"
    check(claude, replace(ASK, temperature=0.5, top_k=5, stop=("END",), max_tokens=128_000))
    check(claude, replace(ASK, top_p=0.5))
    check("anthropic.claude-3-haiku-20240307-v1:0", replace(ASK, temperature=1, top_p=0.5))
    check("anthropic.claude-opus-5-5", replace(ASK, stop=("END",)))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_a_parameter_that_the_row_has_is_one_that_the_body_has(model: ModelFacts) -> None:
    """The table and the bodies agree: what is accepted is sent, what is not has nowhere to go."""
    plain = replace(PROMPT, temperature=None, stop=())
    request = FAMILIES[model.family].request
    values: dict[str, Any] = {"temperature": 0.123, "top_p": 0.456, "top_k": 789, "stop": ("STOP",)}
    marks = {"temperature": "0.123", "top_p": "0.456", "top_k": "789", "stop": "STOP"}
    taken = {
        name
        for name, value in values.items()
        if marks[name] in json.dumps(request(replace(plain, **{name: value})))
    }
    assert model.takes <= taken
    if model.family != "anthropic":  # newer models of it take less
        assert model.takes == taken


def test_the_stand_in_offers_what_the_table_says() -> None:
    """It imports nothing of the application, and so has a list of its own."""
    offered = foundation_models()
    for model in MODELS:
        one = offered[model.id]
        assert ("IMAGE" in one.input) == model.images, model.id
        assert one.streaming or not model.streams, model.id
        if model.output and one.max_tokens:
            assert one.max_tokens == model.output, model.id
        assert one.context == model.context, model.id
        assert one.system == model.system, model.id


@pytest.mark.parametrize(
    "model", [model for model in MODELS if model.state != "gone"], ids=lambda model: model.id
)
def test_the_stand_in_has_the_profiles_that_the_table_says(model: ModelFacts) -> None:
    where = foundation_models()[model.id].availability
    assert set(model.geographies) == where.profiles.keys() or foundation_models()[model.id].gone
    for geography in model.geographies:
        assert where.profiles[geography] <= SOURCES[geography]
    in_most = where.inference("us-east-1") or where.inference("us-west-2")
    assert model.profile == ("ON_DEMAND" not in in_most) or foundation_models()[model.id].gone


@pytest.mark.parametrize("region", ["us-east-1", "us-west-2", "eu-west-1", "ap-southeast-2"])
def test_every_name_that_the_table_gives_a_model_is_one_that_bedrock_takes(region: str) -> None:
    today = datetime(2026, 11, 20, tzinfo=UTC)
    for model in MODELS:
        offered = foundation_models()[model.id]
        inference = offered.availability.inference(region)
        if model.state == "active" and inference and not offered.ended(today):
            names = names_of(model.id, model.geographies, inference, region)
            assert names, model.id
            assert {invoked(name, region, today).id for name in names} == {model.id}


def test_every_default_is_an_id_that_bedrock_takes_where_the_laptop_is() -> None:
    today = datetime(2026, 11, 20, tzinfo=UTC)
    for model_id in (Settings.model_fields["model_id"].default, DEFAULT_EMBEDDING_MODEL):
        assert invoked(model_id, REGION, today).id == parse(model_id).model
