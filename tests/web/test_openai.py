"""The OpenAI API: members are obeyed or refused by name, and responses have OpenAI's form."""

import base64
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.local.wire import JSON, Call
from tests.web.backend import Backend, behind, called, settings

CHAT = "/v1/chat/completions"
QUESTION: JSON = {"role": "user", "content": "How hard is quartz?"}
MODEL = settings().model_id


class Embedding(Backend):
    """A backend that embeds: Titan's vector is as many twos as it was asked for."""

    def invoke(self, call: Call) -> JSON:
        self.calls.append(call)
        body = json.loads(call.params["body"])
        vector = [2.0] * body.get("dimensions", 3)
        answer = {"embedding": vector} if "inputText" in body else {"embeddings": [[1.0], [3.0]]}
        return {
            "body": json.dumps(answer).encode(),
            "contentType": "application/json",
            "$headers": {"x-amzn-bedrock-input-token-count": "4"},
        }


def request(*messages: JSON, **more: Any) -> JSON:
    return {"model": MODEL, "messages": [*messages, QUESTION], **more}


def chunks_of(text: str) -> list[JSON]:
    """The chunks of a stream, which has to end with [DONE]."""
    *data, end = [line.removeprefix("data: ") for line in text.split("\n\n") if line]
    assert end == "[DONE]"
    return [json.loads(each) for each in data]


def asked(backend: Backend) -> JSON:
    """The body that the model was asked with."""
    (call,) = backend.asked("InvokeModelWithResponseStream")
    body: JSON = json.loads(call["body"])
    return body


def test_an_answer_is_a_completion_whose_marks_are_annotations(http: TestClient) -> None:
    answer = http.post(CHAT, json=request())
    assert answer.status_code == 200, answer.text
    completion = answer.json()
    assert completion["object"] == "chat.completion"
    assert completion["model"] == MODEL
    (choice,) = completion["choices"]
    content = choice["message"]["content"]
    assert (choice["finish_reason"], content) == ("stop", "It is 7 [1].")
    (annotation,) = choice["message"]["annotations"]
    cited = annotation["url_citation"]
    assert content[cited["start_index"] : cited["end_index"]] == "[1]"
    assert (cited["url"], cited["title"]) == ("s3://documents/minerals.md", "minerals.md")
    assert completion["usage"] == {
        "prompt_tokens": 9,
        "completion_tokens": 4,
        "total_tokens": 13,
    }


def test_a_stream_has_a_role_the_content_the_annotations_and_an_end(http: TestClient) -> None:
    options = {"include_usage": True}
    answer = http.post(CHAT, json=request(stream=True, stream_options=options))
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "x-vercel-ai-ui-message-stream" not in answer.headers
    *chunks, last = chunks_of(answer.text)
    assert last["choices"] == []
    assert last["usage"]["total_tokens"] == 13
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk["id"] for chunk in [*chunks, last]}) == 1
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert deltas[0] == {"role": "assistant", "content": ""}
    assert "".join(delta.get("content", "") for delta in deltas) == "It is 7 [1]."
    (annotations,) = [delta["annotations"] for delta in deltas if "annotations" in delta]
    assert annotations[0]["url_citation"]["url"] == "s3://documents/minerals.md"
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks[-2:]] == [None, "stop"]


def test_a_stream_tells_no_usage_that_nobody_asked_for(http: TestClient) -> None:
    chunks = chunks_of(http.post(CHAT, json=request(stream=True)).text)
    assert all("usage" not in chunk for chunk in chunks)


def test_the_conversation_is_the_callers_and_is_not_stored(
    http: TestClient, backend: Backend
) -> None:
    listed = http.get("/conversations").json()
    earlier: list[JSON] = [
        {"role": "user", "content": "What is quartz?"},
        {"role": "assistant", "content": "A mineral [1].", "annotations": []},
    ]
    assert http.post(CHAT, json=request(*earlier)).status_code == 200
    (rewriting,) = backend.asked("InvokeModel")
    assert "What is quartz?" in json.loads(rewriting["body"])["messages"][0]["content"][0]["text"]
    first, second, _ = asked(backend)["messages"]
    assert first["content"][0]["text"] == "What is quartz?"
    assert "A mineral" in second["content"][0]["text"]
    assert http.get("/conversations").json() == listed


def test_a_system_message_is_obeyed_behind_our_own_rules(
    http: TestClient, backend: Backend
) -> None:
    system = {"role": "system", "content": "Answer like a pirate."}
    http.post(CHAT, json=request(system))
    text = asked(backend)["system"][0]["text"]
    assert text.startswith("You answer questions about the user's documents")
    assert text.endswith("Answer like a pirate.")


def test_sampling_reaches_the_model(http: TestClient, backend: Backend) -> None:
    http.post(
        CHAT, json=request(temperature=0.5, max_tokens=33, max_completion_tokens=44, stop="###")
    )
    config = asked(backend)["inferenceConfig"]
    assert config == {"temperature": 0.5, "maxTokens": 33, "stopSequences": ["###"]}


def test_a_top_p_takes_the_place_of_our_temperature(http: TestClient, backend: Backend) -> None:
    http.post(CHAT, json=request(top_p=0.5))
    config = asked(backend)["inferenceConfig"]
    assert config["topP"] == 0.5
    assert "temperature" not in config


def test_a_filter_narrows_the_search(http: TestClient, backend: Backend) -> None:
    team = {"equals": {"key": "team", "value": "south"}}
    http.post(CHAT, json=request(filter=team))
    (search,) = backend.asked("Retrieve")
    assert search["retrievalConfiguration"]["vectorSearchConfiguration"]["filter"] == team


def test_what_clients_send_by_default_is_taken(http: TestClient) -> None:
    usual = {
        "n": 1,
        "presence_penalty": 0,
        "frequency_penalty": 0.0,
        "logit_bias": {},
        "logprobs": False,
        "response_format": {"type": "text"},
        "user": "ada",
        "seed": 7,
        "stream": None,
        "metadata": {"chat": "1"},
        "tools": [],
        "store": False,
    }
    parts = {"role": "user", "content": [{"type": "text", "text": "How hard is quartz?"}]}
    answer = http.post(CHAT, json={"model": MODEL, "messages": [parts], **usual})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"n": 2}, "n"),
        ({"presence_penalty": 0.5}, "presence_penalty"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
        ({"response_format": {"type": "json_object"}}, "response_format.type"),
        ({"reasoning_effort": "high"}, "reasoning_effort"),
        ({"model": "gpt-4o"}, "model"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"messages": [{"role": "assistant", "content": "Hi"}]}, "messages"),
        ({"messages": [{"role": "user", "content": " "}]}, "messages"),
        ({"messages": [{"role": "user", "content": "x" * 10_001}]}, "messages"),
        ({"messages": [{"role": "tool", "content": "x", "tool_call_id": "1"}]}, "messages.role"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages.content.list[TextPart].type",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_would_have_no_effect_is_refused_by_name(
    http: TestClient, backend: Backend, change: JSON, param: str, stream: bool
) -> None:
    answer = http.post(CHAT, json=request(stream=stream) | change)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert (error["type"], error["code"]) == ("invalid_request_error", "invalid-request")
    assert error["message"]
    if "content" not in param:  # pydantic's names of the members of a union
        assert error["param"] == param
    assert not backend.calls


def test_errors_before_any_route_have_openais_form(http: TestClient) -> None:
    for answer, status in (
        (http.get("/v1/files"), 404),
        (http.post(CHAT, content="hello", headers={"content-type": "text/plain"}), 415),
        (http.post(CHAT, json=request(), headers={"origin": "http://evil.example"}), 403),
    ):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["error"]["message"]
        assert int(answer.headers["content-length"]) == len(answer.content)


def test_errors_outside_v1_are_problems(http: TestClient) -> None:
    assert http.get("/v2").json()["code"] == "not-found"


def test_a_stream_that_fails_says_so_in_the_stream(http: TestClient, backend: Backend) -> None:
    def broken() -> Iterator[str]:
        yield "It is"
        raise RuntimeError

    whole, backend.pieces = backend.pieces, broken()
    try:
        *_, last = chunks_of(http.post(CHAT, json=request(stream=True)).text)
    finally:
        backend.pieces = whole
    assert last["error"]["type"] == "server_error"


@pytest.fixture
def guarded(backend: Backend, tmp_path: Path) -> Iterator[TestClient]:
    backend.calls.clear()
    with behind(backend, tmp_path), called(settings(guardrail_id="gr123")) as http:
        yield http


BLOCKED: JSON = {
    "action": "GUARDRAIL_INTERVENED",
    "outputs": [{"text": "I cannot say that."}],
    "assessments": [
        {
            "topicPolicy": {"topics": [{"name": "gold", "type": "DENY", "action": "BLOCKED"}]},
        }
    ],
}


def test_no_word_is_shown_before_the_guardrail_has_judged_the_answer(
    guarded: TestClient, backend: Backend
) -> None:
    backend.verdicts[:] = [{}, {}, BLOCKED]  # question, passages, answer
    *chunks, last = chunks_of(guarded.post(CHAT, json=request(stream=True)).text)
    contents = [chunk["choices"][0]["delta"].get("content", "") for chunk in chunks]
    assert "".join(contents) == "I cannot say that."
    assert last["choices"][0]["finish_reason"] == "content_filter"


def test_text_that_was_judged_streams_and_an_answer_that_is_blocked_later_ends_there(
    guarded: TestClient, backend: Backend
) -> None:
    whole, backend.pieces = backend.pieces, [*["It is 7, as all quartz is. "] * 80]
    backend.verdicts[:] = [{}, {}, {}, BLOCKED]  # question, passages, two windows
    try:
        *chunks, last = chunks_of(guarded.post(CHAT, json=request(stream=True)).text)
    finally:
        backend.pieces = whole
    contents = [chunk["choices"][0]["delta"].get("content", "") for chunk in chunks]
    assert "".join(contents).strip() == ("It is 7, as all quartz is. " * 8).strip()
    assert last["choices"][0]["finish_reason"] == "content_filter"


def test_the_guardrail_judges_every_text_that_the_caller_sends(
    guarded: TestClient, backend: Backend
) -> None:
    earlier = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is quartz?"},
        {"role": "assistant", "content": "A mineral."},
    ]
    guarded.post(CHAT, json=request(*earlier))
    judged = [call["content"][0]["text"]["text"] for call in backend.asked("ApplyGuardrail")]
    assert judged[:4] == [
        "How hard is quartz?",
        "What is quartz?",
        "A mineral.",
        "Be brief.",
    ]


def test_a_blocked_system_message_ends_the_turn(guarded: TestClient, backend: Backend) -> None:
    backend.verdicts[:] = [{}, BLOCKED]
    answer = guarded.post(CHAT, json=request({"role": "system", "content": "Praise gold."})).json()
    assert answer["choices"][0]["message"]["content"] == "I cannot say that."
    assert answer["choices"][0]["finish_reason"] == "content_filter"
    assert not backend.asked("Retrieve")


@pytest.fixture
def embedding(tmp_path: Path) -> Iterator[tuple[TestClient, Backend]]:
    backend = Embedding()
    with behind(backend, tmp_path), called(settings()) as http:
        yield http, backend


def test_embeddings_are_numbers_or_their_bytes(embedding: tuple[TestClient, Backend]) -> None:
    http, _ = embedding
    body = {"model": "amazon.titan-embed-text-v2:0", "input": ["a", "b"], "dimensions": 256}
    answer = http.post("/v1/embeddings", json=body).json()
    assert [each["index"] for each in answer["data"]] == [0, 1]
    assert answer["data"][0]["embedding"] == [2.0] * 256
    assert answer["usage"] == {"prompt_tokens": 8, "total_tokens": 8}
    coded = http.post("/v1/embeddings", json=body | {"encoding_format": "base64"}).json()
    packed = base64.b64decode(coded["data"][1]["embedding"])
    assert struct.unpack("<256f", packed) == (2.0,) * 256


def test_cohere_embeds_several_texts_in_a_call(embedding: tuple[TestClient, Backend]) -> None:
    http, backend = embedding
    body = {"model": "cohere.embed-english-v3", "input": ["a", "b"]}
    answer = http.post("/v1/embeddings", json=body).json()
    assert [each["embedding"] for each in answer["data"]] == [[1.0], [3.0]]
    (call,) = backend.asked("InvokeModel")
    assert json.loads(call["body"]) == {"texts": ["a", "b"], "input_type": "search_document"}


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"dimensions": 300}, "dimensions"),
        ({"model": "text-embedding-3-small"}, "model"),
        ({"input": []}, "input"),
        ({"input": [""]}, "input"),
        ({"input": [[1, 2]]}, "input"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_embedded_is_refused_by_name(
    embedding: tuple[TestClient, Backend], change: JSON, param: str
) -> None:
    http, backend = embedding
    body: JSON = {"model": "amazon.titan-embed-text-v2:0", "input": "a"}
    answer = http.post("/v1/embeddings", json=body | change)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param
    assert not backend.calls


def test_a_vector_that_did_not_come_is_the_models_failure(
    embedding: tuple[TestClient, Backend],
) -> None:
    http, _ = embedding
    answer = http.post(
        "/v1/embeddings", json={"model": "cohere.embed-english-v3", "input": "only one"}
    )
    assert answer.status_code == 502
    assert "2 vectors" in answer.json()["error"]["message"]
