"""OpenAI's path on bedrock-runtime's endpoint: answers, streams and refusals of its shape."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from app.local.bedrock import foundation_models
from app.local.bedrock_runtime import chat_completions
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Writer
from tests.local.engines import engine_of
from tests.wire_server import serving

JSON = dict[str, Any]
TODAY = datetime(2026, 11, 20, tzinfo=UTC)
PATH = "/openai/v1/chat/completions"
MODEL = "openai.gpt-oss-20b-1:0"
PROMPT = """\
<passages>
<passage n="1">Quartz is a mineral. It has a hardness of 7 on the Mohs scale.</passage>
</passages>

<question>What is the hardness of quartz on the Mohs scale?</question>"""
BODY: JSON = {"model": MODEL, "messages": [{"role": "user", "content": PROMPT}]}


@pytest.fixture(scope="module")
def http(encoder: Encoder) -> Iterator[httpx2.Client]:
    engine = engine_of(encoder, Writer(encoder))
    endpoints = chat_completions.endpoints(engine, foundation_models, lambda: TODAY)
    with (
        serving({}, endpoints=endpoints) as server,
        httpx2.Client(base_url=server.url, trust_env=False) as client,
    ):
        yield client


def chunks_of(text: str) -> list[JSON]:
    *data, end = [line.removeprefix("data: ") for line in text.split("\n\n") if line]
    assert end == "[DONE]"
    return [json.loads(each) for each in data]


def test_openais_path_lists_the_models_that_it_answers_for(http: httpx2.Client) -> None:
    listed = http.get("/openai/v1/models").json()
    assert listed["object"] == "list"
    assert MODEL in [each["id"] for each in listed["data"]]
    assert all(not each["id"].startswith("amazon.") for each in listed["data"])


def test_a_completion_says_who_wrote_it(http: httpx2.Client) -> None:
    answer = http.post(PATH, json=BODY)
    assert answer.headers["x-outcrop-author"] == "stand-in"
    assert answer.headers["x-amzn-requestid"]
    completion = answer.json()
    assert completion["object"] == "chat.completion"
    (choice,) = completion["choices"]
    assert "hardness of 7" in choice["message"]["content"]
    assert choice["finish_reason"] == "stop"


@pytest.mark.parametrize("include_usage", [True, False])
def test_a_stream_is_the_same_answer_in_chunks(http: httpx2.Client, include_usage: bool) -> None:
    options = {"stream": True, "stream_options": {"include_usage": include_usage}}
    answer = http.post(PATH, json=BODY | options)
    assert answer.headers["content-type"] == "text/event-stream"
    chunks = chunks_of(answer.text)
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    whole = http.post(PATH, json=BODY).json()
    content = "".join(delta.get("content") or "" for delta in deltas)
    assert content == whole["choices"][0]["message"]["content"]
    told = [chunk["usage"] for chunk in chunks if "usage" in chunk]
    assert told == [whole["usage"]] * include_usage


@pytest.mark.parametrize(
    ("body", "status", "code", "words"),
    [
        ({}, 400, "validation_error", "model: Field required"),
        (BODY | {"model": "gpt-4o"}, 400, "validation_error", "model identifier is invalid"),
        (BODY | {"model": "amazon.nova-lite-v1:0"}, 400, "validation_error", "The stand-in"),
        ({"model": MODEL, "messages": []}, 400, "validation_error", "messages"),
    ],
)
def test_a_refusal_has_openais_shape(
    http: httpx2.Client, body: JSON, status: int, code: str, words: str
) -> None:
    for stream in (False, True):
        answer = http.post(PATH, json=body | {"stream": stream})
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (status, code)
        assert error["type"] == "invalid_request_error"
        assert words in error["message"]


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        ("{", {"content-type": "application/json"}, 400),
        ("[]", {"content-type": "application/json"}, 400),
        ("[" * 100_000, {"content-type": "application/json"}, 400),
        ("{}", {"content-type": "text/plain"}, 400),
        ("{}", {"content-type": "application/json", "origin": "http://evil.example"}, 403),
        ("{}", {"content-type": "application/json", "host": "evil.example"}, 403),
    ],
)
def test_malformed_bodies_and_requests_of_web_pages_are_refused(
    http: httpx2.Client, content: str, headers: dict[str, str], status: int
) -> None:
    answer = http.post(PATH, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
