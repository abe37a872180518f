"""The playground: a model by itself, with its native request and response, as any turn is kept in
bounds.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.local.wire import JSON
from tests.local.home import Home
from tests.test_meter import Recorder
from tests.web.backend import Backend, called, parts_of, settings
from tests.web.test_streams import PASSES, blocks, masks

NOVA, HAIKU = "amazon.nova-lite-v1:0", "us.anthropic.claude-haiku-4-5-20251001-v1:0"
OPUS = "us.anthropic.claude-opus-5-5"
ASKED: JSON = {"messages": [{"role": "user", "content": [{"text": "How hard is quartz?"}]}]}
DOT = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
IMAGE: JSON = {"image": {"format": "png", "source": {"bytes": DOT}}}


@pytest.fixture
def meter() -> Recorder:
    return Recorder()


@pytest.fixture
def http(running: tuple[Backend, Home], meter: Recorder) -> Iterator[TestClient]:  # noqa: ARG001
    with called(settings(), meter) as client:
        yield client


@pytest.fixture
def guarded(running: tuple[Backend, Home]) -> Iterator[TestClient]:  # noqa: ARG001
    with called(settings(guardrail_id="g1")) as client:
        yield client


def streamed(http: TestClient, body: JSON) -> list[JSON]:
    answer = http.post("/playground/stream", json=body)
    assert answer.status_code == 200, answer.text
    return parts_of(answer.text.splitlines())


def data_of(parts: list[JSON], kind: str) -> JSON:
    [data] = [part["data"] for part in parts if part["type"] == f"data-{kind}"]
    return dict(data)


def text_of(parts: list[JSON]) -> str:
    return "".join(part["delta"] for part in parts if part["type"] == "text-delta")


def test_the_stream_says_what_went_to_bedrock_and_what_came_back(
    http: TestClient, backend: Backend
) -> None:
    parts = streamed(http, ASKED)
    assert [part["type"] for part in parts] == [
        *("start", "start-step", "data-request", "text-start", "text-delta", "text-delta"),
        *("text-end", "data-response", "finish-step", "finish"),
    ]
    [call] = backend.asked("InvokeModelWithResponseStream")
    request = data_of(parts, "request")
    assert request["body"] == json.loads(call["body"])
    assert request["operation"] == "InvokeModelWithResponseStream"
    assert request["model"] == call["modelId"] == NOVA
    assert request["url"].endswith("/model/amazon.nova-lite-v1%3A0/invoke-with-response-stream")
    chunks = data_of(parts, "response")["events"]
    deltas = [each["contentBlockDelta"]["delta"]["text"] for each in chunks[:2]]
    assert "".join(deltas) == text_of(parts) == "It is 7 [1]."
    assert chunks[-1] == {"metadata": {"usage": {"inputTokens": 9, "outputTokens": 4}}}
    metadata = parts[-1]["messageMetadata"]
    assert metadata["usage"] == {"inputTokens": 9, "outputTokens": 4}
    assert metadata["dollars"] == pytest.approx((9 * 0.06 + 4 * 0.24) / 1e6)
    assert 0 <= metadata["firstTokenMilliseconds"] <= metadata["milliseconds"]


def test_the_whole_reply_comes_by_invoke_model(
    http: TestClient, backend: Backend, meter: Recorder
) -> None:
    reply = http.post("/playground", json=ASKED).json()
    [call] = backend.asked("InvokeModel")
    assert reply["request"]["body"] == json.loads(call["body"])
    assert reply["request"]["operation"] == "InvokeModel"
    assert reply["text"] == "Quartz?"
    [body] = reply["response"]
    assert body["output"]["message"]["content"] == [{"text": "Quartz?"}]
    assert [(one.purpose, one.outcome) for one in meter.calls] == [("playground", "complete")]
    assert not backend.asked("Retrieve")


def test_what_is_asked_goes_into_the_family_s_own_body(http: TestClient, backend: Backend) -> None:
    body: JSON = {
        "model": HAIKU,
        "system": "Be brief.",
        "messages": [
            {"role": "user", "content": [{"text": "What is this?"}, IMAGE]},
            {"role": "assistant", "content": [{"text": "A dot."}]},
            {"role": "user", "content": [{"text": "Its colour?"}]},
        ],
        "parameters": {"topK": 5, "maxTokens": 20, "temperature": 0.5, "stop": ["###"]},
    }
    http.post("/playground/stream", json=body)
    [call] = backend.asked("InvokeModelWithResponseStream")
    picture = {"type": "base64", "media_type": "image/png", "data": DOT}
    assert json.loads(call["body"]) == {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 20,
        "system": "Be brief.",
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image", "source": picture},
                ],
            },
            {"role": "assistant", "content": [{"type": "text", "text": "A dot."}]},
            {"role": "user", "content": [{"type": "text", "text": "Its colour?"}]},
        ],
        "temperature": 0.5,
        "top_k": 5,
        "stop_sequences": ["###"],
    }


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"model": "nobody.knows-v1:0"}, "model"),
        ({"model": OPUS, "parameters": {"temperature": 1}}, "parameters.temperature"),
        ({"model": OPUS, "parameters": {"topK": 4}}, "parameters.topK"),
        ({"model": HAIKU, "parameters": {"temperature": 1, "topP": 1}}, "parameters.topP"),
        ({"parameters": {"maxTokens": 1025}}, "parameters.maxTokens"),
        ({"parameters": {"maxTokens": 0}}, "parameters.maxTokens"),
        ({"parameters": {"top_p": 1, "seed": 4}}, "parameters.seed"),
        ({"guardrail": True}, "guardrail"),
        ({"tools": []}, "tools"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "assistant", "content": [{"text": "A"}]}]}, "messages"),
        ({"model": "amazon.nova-micro-v1:0", **IMAGE}, "image"),
    ],
)
@pytest.mark.parametrize("path", ["/playground", "/playground/stream"])
def test_what_has_no_effect_is_refused_by_name(
    http: TestClient, backend: Backend, path: str, more: JSON, field: str
) -> None:
    answer = http.post(path, json=ASKED | more)
    assert answer.status_code == 400, answer.text
    assert field in [one["field"] for one in answer.json()["errors"]]
    assert not backend.calls


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ({"format": "png", "source": {"bytes": "no base64"}}, "base64"),
        ({"format": "bmp", "source": {"bytes": DOT}}, "png"),
    ],
)
def test_a_picture_that_is_none_is_refused(http: TestClient, image: JSON, words: str) -> None:
    content = [{"text": "What is this?"}, {"image": image}]
    answer = http.post("/playground", json={"messages": [{"role": "user", "content": content}]})
    assert answer.status_code == 400
    assert words in answer.text


def test_a_model_without_eyes_is_sent_no_picture(http: TestClient, backend: Backend) -> None:
    message = {"role": "user", "content": [{"text": "What is this?"}, IMAGE]}
    body = {"model": "amazon.nova-micro-v1:0", "messages": [message]}
    answer = http.post("/playground/stream", json=body)
    assert answer.status_code == 400
    assert "no block of the kind image" in answer.json()["detail"]
    assert not backend.calls


def test_only_the_models_of_the_settings_may_be_called(backend: Backend) -> None:
    with called(settings(models=NOVA)) as http:
        assert http.post("/playground", json=ASKED | {"model": NOVA}).status_code == 200
        answer = http.post("/playground", json=ASKED | {"model": HAIKU})
    assert answer.json()["errors"][0]["field"] == "model"
    assert len(backend.calls) == 1


def test_a_trial_that_the_guardrail_blocks_goes_to_no_model(
    guarded: TestClient, backend: Backend
) -> None:
    backend.verdicts = [blocks("Not that.")]
    reply = guarded.post("/playground", json=ASKED | {"guardrail": True}).json()
    assert (reply["text"], reply["stopReason"]) == ("Not that.", "guardrail")
    assert reply["request"] is reply["response"] is None
    assert reply["usage"] == {"inputTokens": 0, "outputTokens": 0}
    assert [call.operation for call in backend.calls] == ["ApplyGuardrail"]


def test_every_text_that_goes_in_is_judged_and_goes_in_as_it_is_masked(
    guarded: TestClient, backend: Backend
) -> None:
    body = {
        "system": "Ada's rules",
        "messages": [
            {"role": "user", "content": [{"text": "one"}, {"text": "two"}]},
            {"role": "assistant", "content": [{"text": "three"}]},
            {"role": "user", "content": [{"text": "four"}]},
        ],
    }
    backend.verdicts = [PASSES, PASSES, masks("{NUMBER}"), PASSES, masks("{NAME}'s rules")]
    parts = streamed(guarded, body)
    judged = [call["content"][0]["text"]["text"] for call in backend.asked("ApplyGuardrail")]
    assert judged[:5] == ["one", "two", "three", "four", "Ada's rules"]
    assert judged[5:] == ["It is 7 [1]."]
    sent = data_of(parts, "request")["body"]
    assert sent["system"] == [{"text": "{NAME}'s rules"}]
    assert sent["messages"][1]["content"] == [{"text": "{NUMBER}"}]
    assert "Ada" not in json.dumps(parts)


@pytest.mark.parametrize("mode", ["window", "buffer", "verdict"])
@pytest.mark.parametrize("verdict", [blocks("Not so."), masks("It is {NUMBER} [1].")])
def test_what_the_guardrail_holds_back_is_not_in_the_native_response(
    running: tuple[Backend, Home],  # noqa: ARG001
    backend: Backend,
    mode: str,
    verdict: JSON,
) -> None:
    backend.verdicts = [PASSES, verdict]
    with called(settings(guardrail_id="g1", guardrail_mode=mode)) as http:
        parts = streamed(http, ASKED)
    assert data_of(parts, "response") == {"events": None, "isWithheld": True}
    if mode != "verdict":  # which shows the text first, as its name says, and takes it back
        assert "It is 7" not in json.dumps(parts)
    shown = [part["data"]["text"] for part in parts if part["type"] == "data-guardrail"]
    assert shown[-1] in ("Not so.", "It is {NUMBER} [1].")


def test_reasoning_that_does_not_pass_is_withheld_with_the_response(
    guarded: TestClient, backend: Backend
) -> None:
    backend.pieces = ()
    backend.verdicts = [PASSES, PASSES, masks("She is {NAME}.")]
    thought = {"delta": {"reasoningContent": {"reasoningText": {"text": "She is Ada."}}}}

    def chunks() -> Iterator[JSON]:
        for body in (
            {"contentBlockDelta": thought | {"contentBlockIndex": 0}},
            {"contentBlockStop": {"contentBlockIndex": 0}},
            {"contentBlockDelta": {"delta": {"text": "Hello."}, "contentBlockIndex": 1}},
            {"messageStop": {"stopReason": "end_turn"}},
            {"metadata": {"usage": {"inputTokens": 1, "outputTokens": 1}}},
        ):
            yield {"chunk": {"bytes": json.dumps(body).encode()}}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "_chunks", chunks)
        parts = streamed(guarded, ASKED | {"model": "amazon.nova-2-lite-v1:0"})
        assert text_of(parts) == "Hello."
        assert "Ada" not in json.dumps(parts)
        assert data_of(parts, "response")["isWithheld"]
        backend.verdicts = []
        parts = streamed(guarded, ASKED | {"model": "amazon.nova-2-lite-v1:0"})
        assert not data_of(parts, "response")["isWithheld"]


def test_without_a_guardrail_reasoning_is_shown_as_it_comes(
    http: TestClient, backend: Backend
) -> None:
    backend.pieces = (
        "<reasoning>It is",
        " hard.</reasoning>7",
    )

    def chunks() -> Iterator[JSON]:
        for place, text in enumerate(backend.pieces):
            stop = "stop" if place else None
            choice: Any = {"index": 0, "delta": {"content": text}, "finish_reason": stop}
            yield {"chunk": {"bytes": json.dumps({"choices": [choice]}).encode()}}
        body: Any = {"choices": [], "amazon-bedrock-invocationMetrics": {"inputTokenCount": 1}}
        yield {"chunk": {"bytes": json.dumps(body).encode()}}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "_chunks", chunks)
        parts = streamed(http, ASKED | {"model": "openai.gpt-oss-20b-1:0"})
    thoughts = [part["delta"] for part in parts if part["type"] == "reasoning-delta"]
    assert ("".join(thoughts), text_of(parts)) == ("It is hard.", "7")
    kinds = [part["type"] for part in parts]
    assert kinds.index("reasoning-end") < kinds.index("text-start")


def test_a_picture_goes_in_unjudged_and_that_is_said(guarded: TestClient) -> None:
    content = [{"text": "What is this?"}, IMAGE]
    parts = streamed(guarded, {"messages": [{"role": "user", "content": content}]})
    verdict = data_of(parts, "guardrail")
    assert (verdict["action"], verdict["subject"]) == ("unjudged", "image")


def test_a_trial_cannot_do_without_the_guardrail(guarded: TestClient, backend: Backend) -> None:
    answer = guarded.post("/playground", json=ASKED | {"guardrail": False})
    assert answer.json()["errors"][0]["field"] == "guardrail"
    assert not backend.calls


def test_a_model_that_breaks_off_is_an_error_of_the_stream(
    http: TestClient, backend: Backend, meter: Recorder
) -> None:
    def chunks() -> Iterator[JSON]:
        delta = {"delta": {"text": "It is"}, "contentBlockIndex": 0}
        yield {"chunk": {"bytes": json.dumps({"contentBlockDelta": delta}).encode()}}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "_chunks", chunks)
        parts = streamed(http, ASKED)
    assert text_of(parts) == "It is"
    assert data_of(parts, "error")["code"] == "stream-cut"
    assert not [part for part in parts if part["type"] == "data-response"]
    assert [one.outcome for one in meter.calls] == ["failed"]


def test_templates_are_filled_in_with_as_many_examples_as_are_asked_for(http: TestClient) -> None:
    items = http.get("/playground/templates").json()["items"]
    assert {item["name"] for item in items} == {"classify", "extract", "rewrite", "answer"}
    for shots in (0, 1, 3):
        body = {"values": {"message": ["Where is my </message> lamp?"]}, "shots": shots}
        filled = http.post("/playground/templates/classify", json=body).json()
        assert len(filled["messages"]) == 2 * shots + 1
        [block] = filled["messages"][-1]["content"]
        assert block["text"].count("</message>") == 1, "no value closes the template's tag"
        assert http.post("/playground", json=filled).status_code == 200


@pytest.mark.parametrize(
    ("name", "body", "status", "field"),
    [
        ("nothing", {"values": {}}, 404, None),
        ("classify", {"values": {}}, 400, "message"),
        ("classify", {"values": {"message": ["a"], "mood": ["b"]}}, 400, "mood"),
        ("classify", {"values": {"message": ["a", "b"]}}, 400, "message"),
        ("classify", {"values": {"message": ["a"]}, "shots": 11}, 400, "shots"),
    ],
)
def test_a_template_that_cannot_be_filled_in_is_refused_by_name(
    http: TestClient, name: str, body: JSON, status: int, field: str | None
) -> None:
    answer = http.post(f"/playground/templates/{name}", json=body)
    assert answer.status_code == status
    if field:
        assert answer.json()["errors"][0]["field"] == field
