"""Parameters of a question: sent to the model as its bodies have them, or refused by name."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.local.bedrock_runtime.bodies import FAMILIES
from app.models import MODELS, Prompt, find, user
from app.models.facts.parameters import ranges
from app.turn import Sampling
from tests.web.backend import Backend

Json = dict[str, Any]
HAIKU = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
LLAMA = "meta.llama3-8b-instruct-v1:0"


def shapes(parameters: Json, **more: Any) -> list[Json]:
    """A question in both shapes."""
    said = {"id": "m", "role": "user", "parts": [{"type": "text", "text": "How hard?"}]}
    both: list[Json] = [{"message": "How hard?"}, {"id": "c-1", "messages": [said]}]
    return [one | {"parameters": parameters} | more for one in both]


def test_parameters_reach_the_model_in_both_shapes(http: TestClient, backend: Backend) -> None:
    parameters = {"temperature": 0.25, "topK": 7, "maxTokens": 50}
    for body in shapes(parameters):
        assert http.post("/chat", json=body).status_code == 200
        sent = json.loads(backend.asked("InvokeModelWithResponseStream")[-1]["body"])
        assert sent["inferenceConfig"] == parameters


def test_a_share_of_the_likeliest_takes_the_place_of_our_temperature(
    http: TestClient, backend: Backend
) -> None:
    http.post("/chat", json=shapes({"topP": 0.5})[0])
    sent = json.loads(backend.asked("InvokeModelWithResponseStream")[-1]["body"])
    assert sent["inferenceConfig"]["topP"] == 0.5
    assert "temperature" not in sent["inferenceConfig"]


@pytest.mark.parametrize(
    ("parameters", "more", "field"),
    [
        ({"topK": 129}, {}, "topK"),
        ({"temperature": 1.5}, {}, "temperature"),
        ({"topP": -0.1}, {}, "topP"),
        ({"maxTokens": 0}, {}, "maxTokens"),
        ({"maxTokens": 1025}, {}, "maxTokens"),
        ({"stop": ["x"]}, {}, "stop"),
        ({"topK": "many"}, {}, "topK"),
        ({"topK": 5}, {"model": LLAMA}, "topK"),
        ({"temperature": 0.5, "topP": 0.5}, {"model": HAIKU}, "topP"),
        ({"topK": 129}, {"mode": "agent"}, "topK"),
    ],
    ids=str,
)
def test_what_a_model_does_not_take_is_refused_by_name(
    http: TestClient, backend: Backend, parameters: Json, more: Json, field: str
) -> None:
    for body in shapes(parameters, **more):
        answer = http.post("/chat", json=body)
        assert answer.status_code == 400, answer.text
        assert [one["field"] for one in answer.json()["errors"]] == [f"parameters.{field}"]
    assert not backend.calls


def test_an_agent_takes_them_too(http: TestClient, backend: Backend) -> None:
    backend.replies = [(["It is 7."], "end_turn")]
    body = shapes({"temperature": 0.25, "topK": 7}, mode="agent")[0]
    assert http.post("/chat", json=body).status_code == 200
    [sent] = backend.asked("ConverseStream")
    assert sent["inferenceConfig"]["temperature"] == 0.25
    assert sent["additionalModelRequestFields"] == {"inferenceConfig": {"topK": 7}}


@pytest.mark.parametrize("model", [one.id for one in MODELS if one.state != "gone"])
def test_the_stand_in_takes_what_the_ranges_say(model: str) -> None:
    found = find(model)
    name = found.facts.family
    read = FAMILIES[{"chat completions": "openai"}.get(name, name.rstrip("34"))].read
    for one in ranges(found.facts, 1024):
        for value in (one.least, one.most):
            prompt = Prompt((user("Hi"),), max_tokens=16)
            sampled = Sampling(**{one.name: value}).apply(prompt)  # type: ignore[arg-type]
            found.check(sampled, found.family)
            assert read(json.loads(json.dumps(found.family.request(sampled))))
