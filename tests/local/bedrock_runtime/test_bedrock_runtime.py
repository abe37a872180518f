"""bedrock-runtime over HTTP: botocore writes and reads, for every operation."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import httpx2
import numpy as np
import pytest
from botocore.exceptions import ClientError, EventStreamError

from app.local import bedrock_runtime
from app.local.bedrock import foundation_models
from app.local.engine.multilingual import MultilingualEncoder
from app.local.engine.transformer import Encoder
from app.local.engine.writer import (
    Citation,
    Delta,
    Finish,
    Model,
    ModelError,
    ModelTimeout,
    Prompt,
    Sampling,
    TextDelta,
    Writer,
)
from app.local.engine.writer.counting import AROUND_A_MESSAGE, BEFORE_AN_ANSWER
from tests.local.engines import engine_of
from tests.wire_server import Server, serving

JSON = dict[str, Any]
TODAY = datetime(2026, 11, 20, tzinfo=UTC)
CLAUDE = "anthropic.claude-sonnet-4-6"
SONNET, NOVA, J2 = f"us.{CLAUDE}", "amazon.nova-lite-v1:0", "ai21.j2-mid-v1"
TITAN = "amazon.titan-embed-text-v2:0"
METRICS = "amazon-bedrock-invocationMetrics"
SYSTEM = "Answer from the passages, and cite them, like [1]."
QUESTION = """\
<passages>
<passage n="1">Quartz is a mineral. It has a hardness of 7 on the Mohs scale.</passage>
<passage n="2">Talc is a clay mineral. It has a hardness of 1.</passage>
</passages>

<question>What is the hardness of quartz on the Mohs scale?</question>"""
AROUND = AROUND_A_MESSAGE + BEFORE_AN_ANSWER
SENTENCE = "It has a hardness of 7 on the Mohs scale [1]."
TEXT = [{"text": QUESTION}]
ASKED: JSON = {
    "system": [{"text": SYSTEM}],
    "messages": [{"role": "user", "content": TEXT}],
}
BODY: JSON = {
    "anthropic_version": "bedrock-2023-05-31",
    "max_tokens": 200,
    "system": SYSTEM,
    "messages": [{"role": "user", "content": QUESTION}],
}


@pytest.fixture(scope="module")
def server(encoder: Encoder, multilingual: MultilingualEncoder) -> Iterator[Server]:
    handlers = bedrock_runtime.handlers(
        engine_of(encoder, Writer(encoder), multilingual=multilingual),
        foundation_models,
        lambda: TODAY,
    )
    with serving({"bedrock-runtime": handlers}) as running:
        yield running


@pytest.fixture(scope="module")
def client(server: Server) -> Any:
    return server.client("bedrock-runtime")


def invoke(client: Any, model: str, body: JSON, **members: Any) -> JSON:
    reply = client.invoke_model(modelId=model, body=json.dumps(body), **members)
    assert reply["contentType"] == "application/json"
    found: JSON = json.loads(reply["body"].read())
    return found


def streamed(client: Any, model: str, body: JSON, **members: Any) -> list[JSON]:
    reply = client.invoke_model_with_response_stream(
        modelId=model, body=json.dumps(body), **members
    )
    assert reply["contentType"] == "application/json"
    with closing(reply["body"]) as events:
        return [json.loads(event["chunk"]["bytes"]) for event in events]


def refused(call: Any, *arguments: Any, **members: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as error:
        call(*arguments, **members)
    told = error.value.response["Error"]
    return told["Code"], told["Message"]


def test_invoke_model_answers_in_the_familys_body(client: Any, encoder: Encoder) -> None:
    body = invoke(client, SONNET, BODY)
    assert SENTENCE in body["content"][0]["text"]
    assert body["usage"]["input_tokens"] == encoder.count(SYSTEM) + encoder.count(QUESTION) + AROUND
    assert body["usage"]["output_tokens"] == encoder.count(body["content"][0]["text"])


def test_invoke_model_tells_counts_and_time_in_headers(client: Any) -> None:
    reply = client.invoke_model(modelId=SONNET, body=json.dumps(BODY))
    headers = reply["ResponseMetadata"]["HTTPHeaders"]
    usage = json.loads(reply["body"].read())["usage"]
    assert headers["x-amzn-bedrock-input-token-count"] == str(usage["input_tokens"])
    assert headers["x-amzn-bedrock-output-token-count"] == str(usage["output_tokens"])
    assert int(headers["x-amzn-bedrock-invocation-latency"]) >= 1


def test_a_stream_is_the_same_answer_in_chunks_with_metrics_in_the_last(client: Any) -> None:
    chunks = streamed(client, SONNET, BODY)
    text = "".join(one["delta"]["text"] for one in chunks if one["type"] == "content_block_delta")
    whole = invoke(client, SONNET, BODY)
    assert text == whole["content"][0]["text"]
    assert len(chunks) > 10
    assert [METRICS in one for one in chunks] == [False] * (len(chunks) - 1) + [True]
    metrics = chunks[-1][METRICS]
    assert metrics["inputTokenCount"] == whole["usage"]["input_tokens"]
    assert metrics["outputTokenCount"] == whole["usage"]["output_tokens"]
    assert 1 <= metrics["firstByteLatency"] <= metrics["invocationLatency"]


def test_coheres_multilingual_model_compares_texts_across_languages(client: Any) -> None:
    texts = [
        "The pump is in the cellar.",
        "Die Pumpe steht im Keller.",
        "地下室にポンプがあります。",
    ]
    body = {"texts": texts, "input_type": "search_document"}
    near, far = (
        np.array(invoke(client, f"cohere.embed-{name}-v3", body)["embeddings"])
        for name in ("multilingual", "english")
    )
    assert near.shape == far.shape == (3, 1024)
    assert np.allclose(np.linalg.norm(near, axis=1), 1, atol=1e-5)
    for other in (1, 2):
        assert near[0] @ near[other] > 0.6 > far[0] @ far[other]


def test_a_vector_comes_through_invoke_model(client: Any, encoder: Encoder) -> None:
    reply = client.invoke_model(modelId=TITAN, body=json.dumps({"inputText": "Quartz."}))
    body = json.loads(reply["body"].read())
    assert len(body["embedding"]) == 1024
    headers = reply["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amzn-bedrock-input-token-count"] == str(encoder.count("Quartz."))
    assert int(headers["x-amzn-bedrock-invocation-latency"]) >= 1


@pytest.mark.parametrize(
    "model",
    [
        SONNET,
        f"global.{CLAUDE}",
        f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/global.{CLAUDE}",
    ],
)
def test_a_model_goes_by_its_profiles_and_arns(client: Any, model: str) -> None:
    assert invoke(client, model, BODY)["model"] == "claude-sonnet-4-6"
    assert client.converse(modelId=model, **ASKED)["stopReason"] == "end_turn"


def test_converse_answers_with_text_and_counts(client: Any, encoder: Encoder) -> None:
    reply = client.converse(modelId=NOVA, **ASKED)
    message = reply["output"]["message"]
    assert message["role"] == "assistant"
    assert SENTENCE in message["content"][0]["text"]
    read, written = (
        encoder.count(SYSTEM) + encoder.count(QUESTION) + AROUND,
        reply["usage"]["outputTokens"],
    )
    assert written == encoder.count(message["content"][0]["text"])
    assert reply["usage"] == {
        "inputTokens": read,
        "outputTokens": written,
        "totalTokens": read + written,
        "cacheReadInputTokens": 0,
        "cacheWriteInputTokens": 0,
    }
    assert reply["metrics"]["latencyMs"] >= 1


def test_converse_stream_answers_event_by_event(client: Any) -> None:
    events = list(client.converse_stream(modelId=NOVA, **ASKED)["stream"])
    names = [next(iter(event)) for event in events]
    pieces = names.count("contentBlockDelta")
    assert pieces > 5
    assert names == [
        "messageStart",
        *["contentBlockDelta"] * pieces,
        "contentBlockStop",
        "messageStop",
        "metadata",
    ]
    deltas = [event["contentBlockDelta"] for event in events if "contentBlockDelta" in event]
    text = "".join(one["delta"]["text"] for one in deltas)
    whole = client.converse(modelId=NOVA, **ASKED)
    assert text == whole["output"]["message"]["content"][0]["text"]
    assert events[-2]["messageStop"]["stopReason"] == "end_turn"
    assert events[-1]["metadata"]["usage"] == whole["usage"]


@pytest.mark.parametrize(
    ("config", "reason", "text"),
    [
        ({"maxTokens": 3}, "max_tokens", "Quartz is a"),
        ({"stopSequences": ["hardness"]}, "stop_sequence", "Quartz is a mineral [1]. It has a "),
    ],
)
def test_converse_tells_why_it_stopped(client: Any, config: JSON, reason: str, text: str) -> None:
    reply = client.converse(modelId=SONNET, inferenceConfig=config, **ASKED)
    assert reply["stopReason"] == reason
    assert reply["output"]["message"]["content"][0]["text"] == text


def test_fields_of_the_familys_own_body_come_along_where_they_are_asked_for(client: Any) -> None:
    config = {"stopSequences": ["hardness"]}
    reply = client.converse(
        modelId=SONNET,
        inferenceConfig=config,
        additionalModelResponseFieldPaths=["/stop_sequence", "/nothing"],
        **ASKED,
    )
    assert reply["additionalModelResponseFields"] == {"stop_sequence": "hardness"}
    events = client.converse_stream(
        modelId=SONNET,
        inferenceConfig=config,
        additionalModelResponseFieldPaths=["/delta/stop_sequence"],
        **ASKED,
    )["stream"]
    [stop] = [event["messageStop"] for event in events if "messageStop" in event]
    assert stop["additionalModelResponseFields"] == {"delta": {"stop_sequence": "hardness"}}


@pytest.mark.parametrize(
    ("model", "fields"),
    [(SONNET, {"top_k": 5}), (NOVA, {"inferenceConfig": {"topK": 5}}), (NOVA, {})],
)
def test_top_k_is_an_additional_field(client: Any, model: str, fields: JSON) -> None:
    reply = client.converse(modelId=model, additionalModelRequestFields=fields, **ASKED)
    assert reply["stopReason"] == "end_turn"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"top_k": 5, "thinking": {}}, "thinking"),
        ({"reasoning": 1}, "reasoning"),
        ({"top_k": "x"}, "top_k"),
    ],
)
def test_other_additional_fields_are_refused(client: Any, fields: JSON, named: str) -> None:
    code, message = refused(
        client.converse, modelId=SONNET, additionalModelRequestFields=fields, **ASKED
    )
    assert code == "ValidationException"
    assert named in message


def test_what_was_asked_of_performance_and_tier_is_echoed(client: Any) -> None:
    told = {"performanceConfig": {"latency": "optimized"}, "serviceTier": {"type": "flex"}}
    reply = client.converse(modelId=NOVA, **told, **ASKED)
    assert {name: reply[name] for name in told} == told
    [*_, last] = client.converse_stream(modelId=NOVA, **told, **ASKED)["stream"]
    assert {name: last["metadata"][name] for name in told} == told
    invoked = client.invoke_model(
        modelId=SONNET,
        body=json.dumps(BODY),
        performanceConfigLatency="optimized",
        serviceTier="flex",
    )
    assert (invoked["performanceConfigLatency"], invoked["serviceTier"]) == ("optimized", "flex")


def test_tokens_are_counted_of_both_kinds_of_request(client: Any, encoder: Encoder) -> None:
    expected = encoder.count(SYSTEM) + encoder.count(QUESTION) + AROUND
    counted = client.count_tokens(modelId=CLAUDE, input={"converse": ASKED})
    assert counted["inputTokens"] == expected
    for more in ({}, {"amazon-bedrock-guardrailConfig": {"tagSuffix": "xyz"}}):
        body = json.dumps({**BODY, **more}).encode()
        counted = client.count_tokens(modelId=CLAUDE, input={"invokeModel": {"body": body}})
        assert counted["inputTokens"] == expected


GUARDRAIL = {"guardrailIdentifier": "abc123", "guardrailVersion": "1"}


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("converse", ASKED | {"guardrailConfig": GUARDRAIL}),
        ("converse_stream", ASKED | {"guardrailConfig": GUARDRAIL}),
        ("invoke_model", {"body": json.dumps(BODY)} | GUARDRAIL),
        ("invoke_model_with_response_stream", {"body": json.dumps(BODY)} | GUARDRAIL),
    ],
)
def test_a_guardrail_that_is_not_there_is_never_passed_over(
    client: Any, operation: str, members: JSON
) -> None:
    code, message = refused(getattr(client, operation), modelId=SONNET, **members)
    assert code == "ValidationException"
    assert message == (
        "The guardrail identifier or version provided in the request does not exist."
    )


TOOLS = {"tools": [{"toolSpec": {"name": "a", "inputSchema": {"json": {"type": "object"}}}}]}
USER, ASSISTANT = ({"role": role, "content": [{"text": "Hi"}]} for role in ("user", "assistant"))
IMAGE = {"image": {"format": "png", "source": {"bytes": b"x"}}}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"toolConfig": TOOLS}, "The stand-in's writer uses no tools and fills no schemas."),
        ({"messages": [ASSISTANT]}, "A conversation must start with a user message."),
        ({"messages": []}, "A conversation must start with a user message."),
        ({"messages": [USER, USER]}, "must alternate between user and assistant roles"),
        ({"messages": [USER, ASSISTANT]}, "The conversation must end with a user message."),
        ({"messages": [{"role": "user", "content": [{"text": " "}]}]},
         "The text field in the ContentBlock object at messages.0.content.0 is blank."),
        ({"messages": [{"role": "user", "content": [{"text": "Hi"}, IMAGE]}]},
         "messages.0.content.1.image.source.bytes: Could not process image"),
        ({"inferenceConfig": {"temperature": 0.5, "topP": 0.5}},
         "The model returned the following errors: `temperature` and `top_p` cannot both be"),
        ({"inferenceConfig": {"maxTokens": 199999}}, "exceeds the model limit of 128000."),
    ],
)  # fmt: skip
def test_converse_names_what_it_refuses(client: Any, change: JSON, wrong: str) -> None:
    for operation in (client.converse, client.converse_stream):
        code, message = refused(operation, modelId=SONNET, **(ASKED | change))
        assert code == "ValidationException"
        assert wrong in message


def test_converse_reads_guarded_text_and_passes_over_cache_points(client: Any) -> None:
    blocks = [{"guardContent": {"text": {"text": QUESTION}}}, {"cachePoint": {"type": "default"}}]
    messages = [{"role": "user", "content": blocks}]
    reply = client.converse(modelId=NOVA, **(ASKED | {"messages": messages}))
    assert SENTENCE in reply["output"]["message"]["content"][0]["text"]


@pytest.mark.parametrize(
    ("model", "members", "wrong"),
    [
        (SONNET, {"temperature": 0.5, "top_p": 0.5}, "`temperature` and `top_p` cannot both"),
        ("us.anthropic.claude-opus-4-7", {"temperature": 0.5},
         "`temperature` is deprecated for this model."),
        ("us.anthropic.claude-opus-5-5", {"top_k": 5}, "`top_k` is deprecated for this model."),
        (SONNET, {"max_tokens": "many"}, "max_tokens: Input should be a valid integer"),
    ],
)  # fmt: skip
def test_invoke_model_names_what_the_model_refuses(
    client: Any, model: str, members: JSON, wrong: str
) -> None:
    for operation in (client.invoke_model, client.invoke_model_with_response_stream):
        code, message = refused(operation, modelId=model, body=json.dumps(BODY | members))
        assert code == "ValidationException"
        assert wrong in message


@pytest.mark.parametrize(
    ("members", "wrong"),
    [
        ({"body": b"not json"}, "Malformed input request, please reformat your input"),
        ({"body": b"[]"}, "Malformed input request, please reformat your input"),
        ({"contentType": "text/css"}, "The provided Content Type is invalid"),
        ({"accept": "text/plain"}, "The provided Accept Type is invalid"),
    ],
)
def test_a_body_that_is_no_json_is_refused(client: Any, members: JSON, wrong: str) -> None:
    call = {"modelId": SONNET, "body": json.dumps(BODY)} | members
    code, message = refused(client.invoke_model, **call)
    assert code == "ValidationException"
    assert wrong in message


@pytest.mark.parametrize("accept", ["*/*", "application/json; charset=utf-8"])
def test_types_that_mean_json_are_taken(client: Any, accept: str) -> None:
    assert invoke(client, SONNET, BODY, accept=accept, contentType=accept)["type"] == "message"


@pytest.mark.parametrize(
    ("operation", "model", "code", "wrong"),
    [
        ("invoke_model", "acme.rocket-v1", "ValidationException",
         "The provided model identifier is invalid."),
        ("invoke_model", "anthropic.claude-v2", "ResourceNotFoundException",
         "This model version has reached the end of its life."),
        ("invoke_model_with_response_stream", J2, "ValidationException",
         "The model is unsupported for streaming."),
        ("invoke_model_with_response_stream", TITAN, "ValidationException",
         "The model is unsupported for streaming."),
        ("converse", TITAN, "ValidationException",
         "This action doesn't support the model that you provided."),
        ("count_tokens", TITAN, "ValidationException", "doesn't support counting tokens"),
    ],
)  # fmt: skip
def test_a_model_that_lacks_the_operation_is_refused(
    client: Any, operation: str, model: str, code: str, wrong: str
) -> None:
    members: dict[str, JSON] = {
        "converse": ASKED,
        "count_tokens": {"input": {"converse": ASKED}},
    }
    call = members.get(operation, {"body": json.dumps(BODY)})
    told = refused(getattr(client, operation), modelId=model, **call)
    assert told[0] == code
    assert wrong in told[1]


class Failing:
    """A model that says what it is told to say, and then fails."""

    finish: Finish
    input_tokens: int
    uses_tools = False
    author = "größer:70b"

    def __init__(self, *pieces: str, error: ModelError) -> None:
        self._pieces = pieces
        self._error = error
        self.citations: tuple[Citation, ...] = ()
        self.closed = threading.Event()

    async def write(self, prompt: Prompt, sampling: Sampling) -> "Failing":
        assert sampling.max_tokens
        if not self._pieces:
            raise self._error
        self.input_tokens = self.count(prompt)
        return self

    def count(self, prompt: Prompt) -> int:
        return len(prompt.texts)

    async def __aiter__(self) -> AsyncIterator[Delta]:
        for piece in self._pieces:
            yield TextDelta(piece)
        raise self._error

    async def aclose(self) -> None:
        self.closed.set()


def failing(encoder: Encoder, model: Model) -> Any:
    return serving(
        {
            "bedrock-runtime": bedrock_runtime.handlers(
                engine_of(encoder, model), foundation_models, lambda: TODAY
            )
        }
    )


AUTHOR = "x-outcrop-author"


@pytest.mark.parametrize(
    "operation",
    ["converse", "converse_stream", "invoke_model", "invoke_model_with_response_stream"],
)
def test_an_answer_says_who_wrote_it(client: Any, operation: str) -> None:
    members = ASKED if operation.startswith("converse") else {"body": json.dumps(BODY)}
    reply = getattr(client, operation)(modelId=SONNET, **members)
    for content in (reply[name] for name in ("stream", "body") if name in reply):
        with closing(content):
            assert list(content)
    assert reply["ResponseMetadata"]["HTTPHeaders"][AUTHOR] == "stand-in"


def test_the_model_of_a_server_is_named_as_it_is_called(encoder: Encoder) -> None:
    with failing(encoder, Failing("Very", error=ModelError("later"))) as server:
        reply = server.client("bedrock-runtime").converse_stream(modelId=NOVA, **ASKED)
        with closing(reply["stream"]) as events, pytest.raises(EventStreamError):
            list(events)
    author = reply["ResponseMetadata"]["HTTPHeaders"][AUTHOR]
    assert unquote(author) == "größer:70b"


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (ModelError("out of memory", 500), "ModelErrorException", 424),
        (ModelTimeout("too slow"), "ModelTimeoutException", 408),
    ],
)
def test_a_model_that_fails_at_once_is_a_plain_error(
    encoder: Encoder, error: ModelError, code: str, status: int
) -> None:
    with failing(encoder, Failing(error=error)) as server:
        client = server.client("bedrock-runtime")
        for operation in ("converse", "converse_stream"):
            with pytest.raises(ClientError) as raised:
                getattr(client, operation)(modelId=NOVA, **ASKED)
            assert raised.value.response["Error"] == {"Code": code, "Message": error.message}
            assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.parametrize(
    ("error", "in_invoke", "in_converse"),
    [
        (ModelError("out of memory"), "modelStreamErrorException", "modelStreamErrorException"),
        (ModelTimeout("too slow"), "modelTimeoutException", "modelStreamErrorException"),
    ],
)
def test_a_model_that_fails_later_is_an_exception_of_the_stream(
    encoder: Encoder, error: ModelError, in_invoke: str, in_converse: str
) -> None:
    with failing(encoder, Failing("Very", " hard", error=error)) as server:
        client = server.client("bedrock-runtime")
        said: list[str] = []
        with (
            closing(client.converse_stream(modelId=NOVA, **ASKED)["stream"]) as events,
            pytest.raises(EventStreamError, match=in_converse),
        ):
            said.extend(next(iter(event)) for event in events)
        assert said == ["messageStart", "contentBlockDelta", "contentBlockDelta"]
        with pytest.raises(EventStreamError, match=in_invoke):
            streamed(client, SONNET, BODY)


class Silent(Failing):
    """A model that never says anything more."""

    async def __aiter__(self) -> AsyncIterator[Delta]:
        for piece in self._pieces:
            yield TextDelta(piece)
        self.begun.set()
        await asyncio.Event().wait()

    def __init__(self, *pieces: str) -> None:
        super().__init__(*pieces, error=ModelError("never raised"))
        self.begun = threading.Event()


@pytest.mark.parametrize("path", ["converse-stream", "converse", "invoke-with-response-stream"])
def test_a_client_that_leaves_closes_what_the_model_is_writing(encoder: Encoder, path: str) -> None:
    model = Silent("Very")
    body = ASKED if path.startswith("converse") else BODY

    async def test(url: str) -> None:
        async with httpx2.AsyncClient(trust_env=False) as client:
            call = asyncio.create_task(client.post(f"{url}/model/{SONNET}/{path}", json=body))
            assert await asyncio.to_thread(model.begun.wait, 10)
            assert not model.closed.is_set()
            call.cancel()
        assert await asyncio.to_thread(model.closed.wait, 10)

    with failing(encoder, model) as server:
        asyncio.run(test(server.url))
