"""Images, documents and reasoning beside tools and in their results, by each family's blocks."""

import json
from base64 import b64encode
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.local.engine.writer import (
    Image,
    TextDelta,
    ToolResult,
    ToolUse,
    Turn,
)
from tests.local.bedrock_runtime.scripted import (
    CLAUDE,
    HI,
    JSON,
    NOVA,
    PIXTRAL,
    QWEN,
    RESULT,
    SCHEMA,
    USE,
    Scripted,
    talk,
)
from tests.local.engine.writer.pictures import picture

PNG = picture("png", 2, 3)
PNG64 = b64encode(PNG).decode()
CONVERSE_IMAGE: JSON = {"image": {"format": "png", "source": {"bytes": PNG}}}
NOVA_IMAGE: JSON = {"image": {"format": "png", "source": {"bytes": PNG64}}}
CLAUDE_IMAGE: JSON = {
    "type": "image",
    "source": {"type": "base64", "media_type": "image/png", "data": PNG64},
}
CHAT_IMAGE: JSON = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG64}"}}
CHAT_TEXT = {"type": "text", "text": "What is it?"}
TEXT_FILE: JSON = {"document": {"format": "txt", "name": "note", "source": {"bytes": b"Snow."}}}
SEARCH_RESULT: JSON = {
    "searchResult": {
        "source": "https://example.com",
        "title": "Oslo",
        "content": [{"text": "It snows."}],
        "citations": {"enabled": False},
    }
}


@pytest.mark.parametrize(
    ("model", "content"),
    [
        (NOVA, [NOVA_IMAGE, {"text": "What is it?"}]),
        (CLAUDE, [CLAUDE_IMAGE, CHAT_TEXT]),
        ("qwen.qwen3-vl-235b-a22b", [CHAT_IMAGE, CHAT_TEXT]),
        (PIXTRAL, [CHAT_IMAGE, CHAT_TEXT]),
    ],
)
def test_an_image_reaches_a_model_that_sees(
    client: Any, scripted: Scripted, model: str, content: list[JSON]
) -> None:
    scripted.scripts += [(TextDelta("A stone."),)] * 2
    claudes = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9}
    body: JSON = {"messages": [{"role": "user", "content": content}]}
    body |= claudes if model == CLAUDE else {}
    client.invoke_model(modelId=model, body=json.dumps(body))
    messages = [{"role": "user", "content": [CONVERSE_IMAGE, {"text": "What is it?"}]}]
    client.converse(modelId=model, messages=messages)
    for prompt in scripted.prompts[-2:]:
        assert prompt.turns == (Turn("user", "What is it?", images=(Image("png", PNG),)),)


def test_an_image_in_a_result_reaches_the_model(client: Any, scripted: Scripted) -> None:
    result = {"toolUseId": "t1", "content": [{"text": "Here"}, CONVERSE_IMAGE], "status": "success"}
    scripted.scripts.append((TextDelta("A stone."),))
    client.converse(modelId=NOVA, **talk(HI, [USE], [{"toolResult": result}]))
    (read,) = scripted.prompts[-1].turns[-1].tool_results
    assert read == ToolResult("t1", "Here", images=(Image("png", PNG),))


@pytest.mark.parametrize(
    ("model", "block", "wrong"),
    [
        (QWEN, CONVERSE_IMAGE, "This model doesn't support the image content block that you"),
        (NOVA, {"image": {"format": "png", "source": {"s3Location": {"uri": "s3://photos/b.png"}}}},
         "messages.0.content.0.image.source: the stand-in fetches no images; send its bytes."),
    ],
)  # fmt: skip
def test_an_image_that_is_not_seen_is_refused_by_its_place(
    client: Any, model: str, block: JSON, wrong: str
) -> None:
    with pytest.raises(ClientError) as raised:
        client.converse(modelId=model, messages=[{"role": "user", "content": [block, *HI]}])
    assert wrong in raised.value.response["Error"]["Message"]


def test_earlier_reasoning_is_passed_over(client: Any, scripted: Scripted) -> None:
    thought = {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}}
    scripted.scripts += [(TextDelta("4."),)] * 2
    client.converse(modelId=CLAUDE, **talk(HI, [thought, USE], [RESULT]))
    messages = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
            {"type": "redacted_thinking", "data": "c2ln"},
            {"type": "tool_use", "id": "t1", "name": "order", "input": {}},
        ]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "4"}]},
    ]  # fmt: skip
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": messages}
    body["tools"] = [{"name": "order", "input_schema": SCHEMA}]
    client.invoke_model(modelId=CLAUDE, body=json.dumps(body))
    converse, claude = (prompt.turns for prompt in scripted.prompts[-2:])
    assert converse == claude
    assert converse[1] == Turn("assistant", "", (ToolUse("t1", "order", "{}"),))


def test_documents_in_a_result_are_part_of_its_text(client: Any, scripted: Scripted) -> None:
    result = {"toolUseId": "t1", "content": [{"text": "Here"}, TEXT_FILE, SEARCH_RESULT]}
    scripted.scripts += [(TextDelta("Snow."),)] * 2
    client.converse(modelId=CLAUDE, **talk(HI, [USE], [{"toolResult": result}]))
    claudes = [
        {"type": "text", "text": "Here"},
        {"type": "document", "title": "note",
         "source": {"type": "text", "media_type": "text/plain", "data": "Snow."}},
        {"type": "search_result", "source": "https://example.com", "title": "Oslo",
         "content": [{"type": "text", "text": "It snows."}]},
    ]  # fmt: skip
    messages = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "t1", "name": "order", "input": {}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "t1", "content": claudes}]},
    ]  # fmt: skip
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": messages}
    body["tools"] = [{"name": "order", "input_schema": SCHEMA}]
    client.invoke_model(modelId=CLAUDE, body=json.dumps(body))
    for prompt in scripted.prompts[-2:]:
        (read,) = prompt.turns[-1].tool_results
        assert read.text.split("\n\n")[:3] == ["Here", "note", "Snow."]
        assert read.text.endswith("It snows.")


@pytest.mark.parametrize(
    ("model", "part", "kind"),
    [
        (PIXTRAL, CONVERSE_IMAGE, "image"),
        ("qwen.qwen3-vl-235b-a22b", CONVERSE_IMAGE, "image"),
        ("qwen.qwen3-vl-235b-a22b", TEXT_FILE, "document"),
    ],
)
def test_a_model_that_reads_no_such_result_refuses_it(
    client: Any, model: str, part: JSON, kind: str
) -> None:
    result = {"toolResult": {"toolUseId": "t1", "content": [part]}}
    wrong = f"This model doesn't support the {kind} content block that you provided"
    with pytest.raises(ClientError, match=wrong):
        client.converse(modelId=model, **talk(HI, [USE], [result]))
