"""Reasoning: which models do it, how they are told to, what they show, and what is refused."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.local import bedrock_runtime
from app.local.bedrock import foundation_models
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Writer
from tests.local.engines import engine_of
from tests.wire_server import serving

JSON = dict[str, Any]
TODAY = datetime(2026, 11, 20, tzinfo=UTC)
SONNET, OPUS, OLD = (
    "us.anthropic.claude-sonnet-4-6",
    "us.anthropic.claude-opus-4-8",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
)
NOVA, NOVA_1, GPT = "us.amazon.nova-2-lite-v1:0", "amazon.nova-lite-v1:0", "openai.gpt-oss-20b-1:0"
QUESTION = "How hard is quartz on the Mohs scale?"
TEXT = f"Context:\n[1] Quartz has a hardness of 7.\n[2] Talc is soft.\n\nQuestion: {QUESTION}"
MESSAGES: list[JSON] = [{"role": "user", "content": [{"text": TEXT}]}]
ENABLED: JSON = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
ADAPTIVE: JSON = {"thinking": {"type": "adaptive"}}
NOVAS: JSON = {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "low"}}


@pytest.fixture(scope="module")
def client(encoder: Encoder) -> Iterator[Any]:
    handlers = bedrock_runtime.handlers(
        engine_of(encoder, Writer(encoder)), foundation_models, lambda: TODAY
    )
    with serving({"bedrock-runtime": handlers}) as server:
        yield server.client("bedrock-runtime")


def converse(client: Any, model: str, fields: JSON, **config: Any) -> list[JSON]:
    reply = client.converse(
        modelId=model,
        messages=MESSAGES,
        inferenceConfig={"maxTokens": 2000, **config},
        additionalModelRequestFields=fields,
    )
    content: list[JSON] = reply["output"]["message"]["content"]
    return content


def body(**members: Any) -> str:
    return json.dumps(
        {
            "anthropic_version": "bedrock-2023-05-31",
            "max_tokens": 2000,
            "messages": [{"role": "user", "content": TEXT}],
            **members,
        }
    )


@pytest.mark.parametrize(
    ("model", "fields"), [(SONNET, ENABLED), (SONNET, ADAPTIVE), (OPUS, ADAPTIVE), (OLD, ENABLED)]
)
def test_claudes_reasoning_names_the_question_and_the_passage_that_it_quotes(
    client: Any, model: str, fields: JSON
) -> None:
    thoughts, answer = converse(client, model, fields)
    told = thoughts["reasoningContent"]["reasoningText"]
    assert told["text"] == (
        f'The question is: "{QUESTION}" I looked for an answer in 2 passages. I quote passage 1.'
    )
    assert told["signature"]
    assert answer["text"] == "Quartz has a hardness of 7."


def test_claudes_body_has_a_block_of_thinking_whole_and_streamed(client: Any) -> None:
    reply = client.invoke_model(modelId=SONNET, body=body(**ENABLED))
    thinking, text = json.loads(reply["body"].read())["content"]
    assert thinking["type"] == "thinking"
    stream = client.invoke_model_with_response_stream(modelId=SONNET, body=body(**ENABLED))
    with closing(stream["body"]) as events:
        chunks = [json.loads(event["chunk"]["bytes"]) for event in events]
    starts = [one["content_block"]["type"] for one in chunks if "content_block" in one]
    assert starts == ["thinking", "text"]
    deltas = [one["delta"] for one in chunks if one["type"] == "content_block_delta"]
    assert "".join(one.get("thinking", "") for one in deltas) == thinking["thinking"]
    assert [one["signature"] for one in deltas if "signature" in one] == [thinking["signature"]]
    assert "".join(one.get("text", "") for one in deltas) == text["text"]


def test_thoughts_may_be_left_out_and_count_all_the_same(client: Any) -> None:
    omitted = {"thinking": {"type": "adaptive", "display": "omitted"}}
    replies = [
        json.loads(client.invoke_model(modelId=SONNET, body=body(**how))["body"].read())
        for how in ({}, ADAPTIVE, omitted)
    ]
    plain, shown, hidden = (one["usage"]["output_tokens"] for one in replies)
    assert plain < shown == hidden
    assert replies[2]["content"][0]["thinking"] == ""
    assert replies[2]["content"][0]["signature"]


def test_nova_2_redacts_its_thoughts(client: Any) -> None:
    thoughts, answer = converse(client, NOVA, NOVAS)
    assert thoughts == {"reasoningContent": {"reasoningText": {"text": "[REDACTED]"}}}
    assert answer["text"] == "Quartz has a hardness of 7."
    [alone] = converse(client, NOVA, {})
    assert alone == answer


def test_gpt_oss_always_reasons_unless_it_is_told_not_to(client: Any) -> None:
    thoughts, _ = converse(client, GPT, {"reasoning_effort": "low"})
    assert "I quote passage 1." in thoughts["reasoningContent"]["reasoningText"]["text"]
    assert "signature" not in thoughts["reasoningContent"]["reasoningText"]
    assert len(converse(client, GPT, {})) == 2
    assert len(converse(client, GPT, {"reasoning_effort": "none"})) == 1


def test_the_answer_and_its_thoughts_keep_to_the_longest_length(client: Any) -> None:
    reply = client.converse(modelId=GPT, messages=MESSAGES, inferenceConfig={"maxTokens": 32})
    assert reply["usage"]["outputTokens"] <= 40
    assert reply["stopReason"] == "max_tokens"


@pytest.mark.parametrize(
    ("model", "fields", "config", "wrong"),
    [
        (SONNET, {"thinking": {"type": "enabled", "budget_tokens": 2000}}, {},
         "`max_tokens` must be greater than `thinking.budget_tokens`."),
        (SONNET, {"thinking": {"type": "enabled", "budget_tokens": 100}}, {},
         "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"),
        (SONNET, ENABLED, {"temperature": 0.5}, "`temperature` may only be set to 1 when thinking"),
        (SONNET, ENABLED, {"topP": 0.5}, "`top_p` must be greater than or equal to 0.95"),
        (SONNET, ENABLED | {"top_k": 5}, {}, "`top_k` must be unset when thinking is enabled"),
        (OPUS, ENABLED, {}, '"thinking.type.enabled" is not supported for this model.'),
        (OLD, ADAPTIVE, {}, "adaptive thinking is not supported on this model"),
        (NOVA_1, NOVAS, {}, "extraneous key [reasoningConfig] is not permitted"),
        (NOVA, {"reasoningConfig": {"type": "enabled", "maxReasoningEffort": "high"}}, {},
         "have to be left out where maxReasoningEffort is high"),
    ],
)  # fmt: skip
def test_reasoning_parameters_that_the_model_refuses_are_refused(
    client: Any, model: str, fields: JSON, config: JSON, wrong: str
) -> None:
    with pytest.raises(ClientError) as error:
        converse(client, model, fields, **config)
    assert error.value.response["Error"]["Code"] == "ValidationException"
    assert wrong in error.value.response["Error"]["Message"]
