"""Blocks of every kind in the bodies of the families that have a place for them, and refusals."""

import json
from dataclasses import replace
from typing import Any

import pytest

from app.errors import InvalidRequest
from app.events import Usage
from app.models import (
    Block,
    Completion,
    Document,
    Image,
    Message,
    Prompt,
    Reasoning,
    Text,
    ToolResult,
    find,
    user,
)
from app.models.content import KINDS, Role
from app.models.facts.catalogue import MODELS
from app.models.families.anthropic import ANTHROPIC
from app.models.families.family import Family
from app.models.families.nova import NOVA
from app.models.families.openai import CHAT
from app.models.reply import PartialReply
from tests.models.conversation import (
    CALL,
    EMPTY_CALL,
    FAILURE,
    IMAGE,
    PDF,
    PROMPT,
    REDACTED,
    RESULT,
    SCHEMA,
    THOUGHT,
)
from tests.models.test_converse import EVENTS, REPLY, REQUEST

JSON = dict[str, Any]
BASE64_IMAGE = {"type": "base64", "media_type": "image/png", "data": "cG5n"}
CONTENT = (THOUGHT, REDACTED, Text("Let me look."), CALL, EMPTY_CALL)


def read(family: Family, *chunks: JSON) -> Completion:
    """The completion of a stream."""
    reply = PartialReply("model", family, tools=True)
    for chunk in chunks:
        reply.add(json.dumps(chunk).encode(), family.chunk)
    return reply.completion({})


def read_whole(family: Family, body: JSON) -> Completion:
    """The completion of a reply that is whole."""
    reply = PartialReply("model", family, tools=True)
    reply.add(json.dumps(body).encode(), family.reply)
    return reply.completion({})


def test_claude_is_written_every_kind() -> None:
    body = ANTHROPIC.request(PROMPT)
    assert json.loads(json.dumps(body)) == body
    asked, said, answered = body["messages"]
    assert asked["content"] == [
        {"type": "text", "text": "Where is my order?"},
        {"type": "image", "source": BASE64_IMAGE},
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERg=="},
            "title": "bill",
        },
    ]
    assert said["content"] == [
        {"type": "thinking", "thinking": "It is about an order.", "signature": "c2lnbmVk"},
        {"type": "redacted_thinking", "data": "c2VjcmV0"},
        {"type": "text", "text": "Let me look."},
        {"type": "tool_use", "id": "t1", "name": "order", "input": {"id": "A1"}},
        {"type": "tool_use", "id": "t2", "name": "order", "input": {}},
    ]
    assert answered["content"] == [
        {
            "type": "tool_result",
            "tool_use_id": "t1",
            "content": [
                {"type": "text", "text": "in Oslo"},
                {"type": "image", "source": BASE64_IMAGE},
            ],
        },
        {
            "type": "tool_result",
            "tool_use_id": "t2",
            "content": [{"type": "text", "text": "which one?"}],
            "is_error": True,
        },
        {"type": "text", "text": "Well?"},
    ]
    assert body["tools"] == [
        {"name": "order", "description": "Finds an order.", "input_schema": SCHEMA}
    ]


def test_claude_is_written_documents_that_are_text_as_text() -> None:
    page = Document("notes", "md", "# Ö\n".encode())
    (message,) = ANTHROPIC.request(Prompt((Message("user", (page,)),)))["messages"]
    (block,) = message["content"]
    assert block["source"] == {"type": "text", "media_type": "text/plain", "data": "# Ö\n"}


def test_claudes_blocks_are_read_whole_and_in_chunks() -> None:
    content = ANTHROPIC.request(PROMPT)["messages"][1]["content"]
    body = {"content": content, "stop_reason": "tool_use", "usage": {"input_tokens": 1}}
    assert read_whole(ANTHROPIC, body).content == CONTENT

    def start(block: JSON) -> JSON:
        return {"type": "content_block_start", "content_block": block}

    def delta(**members: Any) -> JSON:
        return {"type": "content_block_delta", "delta": members}

    stop = {"type": "content_block_stop"}
    completion = read(
        ANTHROPIC,
        {"type": "message_start", "message": {"usage": {"input_tokens": 1}}},
        start({"type": "thinking", "thinking": ""}),
        delta(type="thinking_delta", thinking="It is about"),
        delta(type="thinking_delta", thinking=" an order."),
        delta(type="signature_delta", signature="c2lnbmVk"),
        stop,
        start({"type": "redacted_thinking", "data": "c2VjcmV0"}),
        stop,
        start({"type": "text", "text": ""}),
        delta(type="text_delta", text="Let me look."),
        stop,
        start({"type": "tool_use", "id": "t1", "name": "order", "input": {}}),
        delta(type="input_json_delta", partial_json=""),
        delta(type="input_json_delta", partial_json='{"id": "A'),
        delta(type="input_json_delta", partial_json='1"}'),
        stop,
        start({"type": "tool_use", "id": "t2", "name": "order", "input": {}}),
        stop,
        {
            "type": "message_delta",
            "delta": {"stop_reason": "tool_use"},
            "usage": {"output_tokens": 2},
        },
        {"type": "message_stop"},
    )
    assert completion == Completion(CONTENT, "tool_use", Usage(1, 2))


def test_novas_bodies_are_in_converses_shape() -> None:
    body = NOVA.request(PROMPT)
    assert json.loads(json.dumps(body)) == body
    for member in ("messages", "system", "toolConfig"):
        assert body[member] == REQUEST[member]
    content = (THOUGHT, REDACTED, Text("Let me look."), CALL)
    assert read_whole(NOVA, REPLY) == Completion(content, "tool_use", Usage(21, 5))
    chunks = [{name: payload} for name, payload in EVENTS]
    assert read(NOVA, *chunks) == Completion(
        (THOUGHT, Text("Let me look."), CALL), "tool_use", Usage(21, 5)
    )


CHAT_CALLS = [
    {"id": "t1", "type": "function", "function": {"name": "order", "arguments": '{"id": "A1"}'}},
    {"id": "t2", "type": "function", "function": {"name": "order", "arguments": "{}"}},
]


def test_chat_completions_have_calls_results_and_images() -> None:
    result = replace(RESULT, content=(Text("in Oslo"),))
    messages = (
        Message("user", (Text("Where is this?"), IMAGE)),
        Message("assistant", (Text("Let me look."), CALL, EMPTY_CALL)),
        Message("user", (result, FAILURE, Text("Well?"))),
    )
    body = CHAT.request(replace(PROMPT, messages=messages))
    url = {"url": "data:image/png;base64,cG5n"}
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Where is this?"},
                {"type": "image_url", "image_url": url},
            ],
        },
        {"role": "assistant", "content": "Let me look.", "tool_calls": CHAT_CALLS},
        {"role": "tool", "tool_call_id": "t1", "content": "in Oslo"},
        {"role": "tool", "tool_call_id": "t2", "content": "Error: which one?"},
        {"role": "user", "content": "Well?"},
    ]
    specification = {"name": "order", "description": "Finds an order.", "parameters": SCHEMA}
    assert body["tools"] == [{"type": "function", "function": specification}]


def test_calls_in_chat_completions_are_read_whole_and_in_chunks() -> None:
    message = {"content": None, "tool_calls": CHAT_CALLS}
    choice = {"message": message, "finish_reason": "tool_calls"}
    assert read_whole(CHAT, {"choices": [choice]}).content == (CALL, EMPTY_CALL)

    def chunk(stop: str | None = None, **delta: Any) -> JSON:
        return {"choices": [{"delta": delta, "finish_reason": stop}]}

    def call(id_: str | None, name: str | None, arguments: str) -> JSON:
        return {"id": id_, "function": {"name": name, "arguments": arguments}}

    completion = read(
        CHAT,
        chunk(content="<think>Hm.</think>Let me"),
        chunk(content=" look."),
        chunk(tool_calls=[call("t1", "order", "")]),
        chunk(tool_calls=[call(None, None, '{"id": ')]),
        chunk(tool_calls=[call(None, None, '"A1"}'), call("t2", "order", "{}")]),
        chunk("tool_calls"),
    )
    assert completion.content == (Reasoning("Hm."), Text("Let me look."), CALL, EMPTY_CALL)
    assert completion.stop_reason == "tool_use"


BLOCKS: tuple[Block, ...] = (Text("Hi"), THOUGHT, CALL, RESULT, IMAGE, PDF)


@pytest.mark.parametrize("model_id", sorted({row.family: row.id for row in MODELS}.values()))
def test_what_a_body_has_no_place_for_is_refused_by_name(model_id: str) -> None:
    model = find(model_id)
    assert {type(block) for block in BLOCKS} == set(KINDS)
    for block in BLOCKS:
        kind = KINDS[type(block)]
        role: Role = "assistant" if block in (THOUGHT, CALL) else "user"
        prompt = Prompt((user("Hi"), Message(role, (block,)), user("Hi")))
        taken = (
            type(block) in model.family.blocks
            and (model.facts.images or not isinstance(block, Image | ToolResult))
            and (model.facts.tools or "tool" not in kind)
            and (Image in model.family.results or not isinstance(block, ToolResult))
        )
        if taken:
            model.check(prompt, model.family)
            assert model.family.request(prompt)
        else:
            with pytest.raises(InvalidRequest, match=f"block of the kind {kind}|kind image") as one:
                model.check(prompt, model.family)
            assert one.value.detail.startswith(model_id)
            assert one.value.field == "messages"


def test_a_document_of_another_format_is_refused_by_its_format() -> None:
    claude = find("anthropic.claude-sonnet-4-6")
    sheet = Prompt((Message("user", (Document("sheet", "xlsx", b"PK"), Text("Sum?"))),))
    with pytest.raises(InvalidRequest, match="no document of the format xlsx"):
        claude.check(sheet, claude.family)
    nova = find("amazon.nova-lite-v1:0")
    nova.check(sheet, nova.family)


def test_tools_are_refused_where_the_bodies_have_none() -> None:
    llama = find("meta.llama3-3-70b-instruct-v1:0")
    with pytest.raises(InvalidRequest, match="call it through Converse") as raised:
        llama.check(replace(PROMPT, stop=(), messages=(user("Hi"),)), llama.family)
    assert raised.value.field == "tools"
