import json
from dataclasses import replace
from typing import Any

import pytest

from app.errors import InvalidRequest
from app.models import (
    MODELS,
    Prompt,
    Turn,
    find,
)
from app.models.facts import catalogue
from tests.models.golden import PROMPT

ASK = Prompt((Turn("user", "Hi"),))


def test_every_row_is_found_by_its_own_id_and_names_a_successor_that_is_there() -> None:
    ids = [model.id for model in MODELS]
    assert len(set(ids)) == len(ids)
    for model in MODELS:
        assert find(model.id) is model
        assert find(f"us.{model.id}") is model
        if model.successor:
            assert find(model.successor).state != "gone"
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
        find(model_id).check(replace(ASK, **asked))
    assert raised.value.field == field
    assert model_id in raised.value.detail


def test_what_a_model_takes_goes_through() -> None:
    claude = find("anthropic.claude-sonnet-4-6")
    claude.check(replace(ASK, temperature=0.5, top_k=5, stop=("END",), max_tokens=64_000))
    claude.check(replace(ASK, top_p=0.5))
    find("anthropic.claude-3-haiku-20240307-v1:0").check(replace(ASK, temperature=1, top_p=0.5))
    find("anthropic.claude-opus-5-5").check(replace(ASK, stop=("END",)))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_a_parameter_that_the_row_has_is_one_that_the_body_has(model: catalogue.Model) -> None:
    """The table and the bodies agree: what is accepted is sent, what is not has nowhere to go."""
    plain = replace(PROMPT, temperature=None, stop=())
    values: dict[str, Any] = {"temperature": 0.123, "top_p": 0.456, "top_k": 789, "stop": ("STOP",)}
    marks = {"temperature": "0.123", "top_p": "0.456", "top_k": "789", "stop": "STOP"}
    taken = {
        name
        for name, value in values.items()
        if marks[name] in json.dumps(model.family.request(replace(plain, **{name: value})))
    }
    assert model.takes <= taken
    if model.family.name != "anthropic":  # newer models of it take less
        assert model.takes == taken
