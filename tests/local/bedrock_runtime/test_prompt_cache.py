"""The prompt cache: what is read and written, for how long, by which models, and its counts."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.local import bedrock_runtime
from app.local.bedrock import foundation_models
from app.local.bedrock_runtime.cache_points import pieces
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Writer
from tests.local.engines import engine_of
from tests.wire_server import serving

JSON = dict[str, Any]
TODAY = datetime(2026, 11, 20, tzinfo=UTC)
SONNET, HAIKU, OPUS = (
    "us.anthropic.claude-sonnet-4-6",
    "us.anthropic.claude-haiku-4-5-20251001-v1:0",
    "us.anthropic.claude-opus-5",
)
NOVA, QWEN = "amazon.nova-lite-v1:0", "qwen.qwen3-32b-v1:0"
LONG = "Quartz is a hard mineral. " * 250  # 1,500 tokens
POINT: JSON = {"cachePoint": {"type": "default"}}
HOUR: JSON = {"cachePoint": {"type": "default", "ttl": "1h"}}


@dataclass
class Clock:
    """A clock that stands, until it is set."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(encoder: Encoder, clock: Clock) -> Iterator[Any]:
    handlers = bedrock_runtime.handlers(
        engine_of(encoder, Writer(encoder)), foundation_models, lambda: TODAY, clock=clock
    )
    with serving({"bedrock-runtime": handlers}) as server:
        yield server.client("bedrock-runtime")


def said(*content: JSON) -> list[JSON]:
    return [{"role": "user", "content": list(content)}]


def used(client: Any, *content: JSON, model: str = SONNET, **members: Any) -> JSON:
    usage: JSON = client.converse(modelId=model, messages=said(*content), **members)["usage"]
    return usage


def counts(usage: JSON) -> tuple[int, int]:
    return usage["cacheReadInputTokens"], usage["cacheWriteInputTokens"]


def test_a_cached_prompt_is_written_once_and_read_the_next_time(
    client: Any, encoder: Encoder
) -> None:
    system = [{"text": LONG}, POINT]
    first = used(client, {"text": "Hi"}, system=system)
    again = used(client, {"text": "Hello there"}, system=system)
    tokens = encoder.count(LONG)
    assert counts(first) == (0, tokens)
    assert counts(again) == (tokens, 0)
    assert first["cacheDetails"] == [{"ttl": "5m", "inputTokens": tokens}]
    for usage in (first, again):
        assert usage["totalTokens"] == (
            usage["inputTokens"] + usage["outputTokens"] + sum(counts(usage))
        )
    plain = used(client, {"text": "Hi"}, system=[{"text": LONG}])
    assert plain["inputTokens"] == first["inputTokens"] + tokens


def test_converse_sends_cache_counts_under_both_spellings(client: Any) -> None:
    raw: list[bytes] = []
    client.meta.events.register(
        "before-parse.bedrock-runtime.Converse",
        lambda response_dict, **_: raw.append(response_dict["body"]),
    )
    used(client, {"text": LONG}, POINT, {"text": "Hi"})
    usage = json.loads(raw[0])["usage"]
    assert usage["cacheWriteInputTokens"] == usage["cacheWriteInputTokenCount"] > 1000
    assert usage["cacheReadInputTokens"] == usage["cacheReadInputTokenCount"] == 0
    assert usage["serverToolUsage"] == {}


def test_a_conversation_grows_by_what_is_new(client: Any) -> None:
    first = used(client, {"text": LONG}, POINT)
    turns = [
        {"role": "user", "content": [{"text": LONG}]},
        {"role": "assistant", "content": [{"text": "It is."}]},
        {"role": "user", "content": [{"text": "Why so?"}, POINT]},
    ]
    usage = client.converse(modelId=SONNET, messages=turns)["usage"]
    read, written = counts(usage)
    assert read == counts(first)[1]
    assert 0 < written < 20


@pytest.mark.parametrize(("point", "seconds"), [(POINT, 300), (HOUR, 3600)])
def test_a_cache_entry_expires_its_time_after_the_last_read(
    client: Any, clock: Clock, point: JSON, seconds: int
) -> None:
    model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    content = ({"text": LONG}, point, {"text": "Hi"})
    assert counts(used(client, *content, model=model))[0] == 0
    clock.seconds = seconds - 1
    assert counts(used(client, *content, model=model))[0] > 0
    clock.seconds += seconds - 1
    assert counts(used(client, *content, model=model))[0] > 0
    clock.seconds += seconds
    assert counts(used(client, *content, model=model))[0] == 0


def test_cached_tokens_are_counted_by_time_to_live(client: Any) -> None:
    content = ({"text": LONG}, HOUR, {"text": LONG}, POINT, {"text": "Hi"})
    details = used(client, *content, model=OPUS)["cacheDetails"]
    assert [one["ttl"] for one in details] == ["5m", "1h"]


@pytest.mark.parametrize(
    ("model", "repeated", "kept"),
    [(SONNET, 1, True), (HAIKU, 1, False), (HAIKU, 3, True), (NOVA, 1, True)],
)
def test_a_beginning_that_is_too_short_is_not_kept(
    client: Any, model: str, repeated: int, kept: bool
) -> None:
    usage = used(client, {"text": LONG * repeated}, POINT, {"text": "Hi"}, model=model)
    assert (usage["cacheWriteInputTokens"] > 0) is kept


@pytest.mark.parametrize(
    "change",
    [
        {"modelId": OPUS},
        {"system": [{"text": "Be brief."}]},
        {"messages": said({"text": f"{LONG}."}, POINT, {"text": "Hi"})},
    ],
)
def test_another_beginning_or_model_has_a_cache_of_its_own(client: Any, change: JSON) -> None:
    call: JSON = {"modelId": SONNET, "messages": said({"text": LONG}, POINT, {"text": "Hi"})}
    client.converse(**call)
    assert counts(client.converse(**(call | change))["usage"])[0] == 0


def body(*blocks: JSON, **members: Any) -> JSON:
    return {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 50,
        "messages": [{"role": "user", "content": list(blocks)}],
        **members,
    }


CONTROL: JSON = {"cache_control": {"type": "ephemeral"}}
CACHED: JSON = body(
    {"type": "text", "text": "Hi"}, system=[{"type": "text", "text": LONG, **CONTROL}]
)


def test_claudes_body_counts_in_its_own_words_and_in_headers(client: Any, encoder: Encoder) -> None:
    tokens = encoder.count(LONG)
    for read, written in ((0, tokens), (tokens, 0)):
        reply = client.invoke_model(modelId=SONNET, body=json.dumps(CACHED))
        headers = reply["ResponseMetadata"]["HTTPHeaders"]
        usage = json.loads(reply["body"].read())["usage"]
        assert usage["cache_read_input_tokens"] == read
        assert usage["cache_creation_input_tokens"] == written
        assert usage["cache_creation"]["ephemeral_5m_input_tokens"] == written
        assert headers["x-amzn-bedrock-cache-read-input-token-count"] == str(read)
        assert headers["x-amzn-bedrock-cache-write-input-token-count"] == str(written)


def test_streams_report_cache_counts_too(client: Any, encoder: Encoder) -> None:
    tokens = encoder.count(LONG)
    stream = client.invoke_model_with_response_stream(modelId=SONNET, body=json.dumps(CACHED))
    with closing(stream["body"]) as events:
        chunks = [json.loads(event["chunk"]["bytes"]) for event in events]
    assert chunks[0]["message"]["usage"]["cache_creation_input_tokens"] == tokens
    metrics = chunks[-1]["amazon-bedrock-invocationMetrics"]
    assert metrics["cacheWriteInputTokenCount"] == tokens
    assert metrics["cacheReadInputTokenCount"] == 0
    reply = client.converse_stream(
        modelId=SONNET, messages=said({"text": "Hi"}), system=[{"text": LONG}, POINT]
    )
    with closing(reply["stream"]) as events:
        [usage] = [event["metadata"]["usage"] for event in events if "metadata" in event]
    assert counts(usage) == (0, tokens)


TOOL: JSON = {
    "toolSpec": {"name": "clock", "description": LONG, "inputSchema": {"json": {"type": "object"}}}
}


def test_tools_come_before_system_and_messages_in_the_cache() -> None:
    request = {
        "toolConfig": {"tools": [TOOL, POINT]},
        "system": [{"text": "Be brief."}, POINT],
        "messages": said({"text": "Hi"}),
    }
    order = [(one.where, one.ttl) for one in pieces(request, (), len)]
    assert order == [("tools.0", "5m"), ("system.0", "5m"), ("messages.0.content.0", "")]


@pytest.mark.parametrize(
    ("model", "content", "code", "wrong"),
    [
        (QWEN, [{"text": LONG}, POINT], "AccessDeniedException",
         "You invoked an unsupported model or your request did not allow prompt caching."),
        (SONNET, [{"text": "a"}, POINT] * 5, "ValidationException",
         "A maximum of 4 blocks with cache_control may be provided. Found 5."),
        (OPUS, [{"text": "a"}, POINT, {"text": "b"}, HOUR], "ValidationException",
         "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block."),
        (NOVA, [{"text": "a"}, HOUR], "ValidationException", "keeps a prompt for 5m, and not"),
    ],
)  # fmt: skip
def test_cache_points_that_the_model_does_not_allow_are_refused(
    client: Any, model: str, content: list[JSON], code: str, wrong: str
) -> None:
    with pytest.raises(ClientError) as error:
        used(client, *content, model=model)
    told = error.value.response["Error"]
    assert told["Code"] == code
    assert wrong in told["Message"]


def test_a_model_without_a_cache_counts_none(client: Any) -> None:
    assert "cacheReadInputTokens" not in used(client, {"text": "Hi"}, model=QWEN)
    assert counts(used(client, {"text": "Hi"}, model=NOVA)) == (0, 0)
