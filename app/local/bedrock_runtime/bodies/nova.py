"""Amazon Nova: messages-v1, which is Converse in a body.

    request   {"schemaVersion": "messages-v1", "system": [{"text": ".."}],
               "messages": [{"role": "user", "content": [{"text": ".."}]}],
               "inferenceConfig": {"maxTokens", "temperature", "topP", "topK", "stopSequences"},
               "toolConfig": {"tools": [{"toolSpec": {"name", "description", "inputSchema":
               {"json": {..}}}}], "toolChoice": {"auto" or "any": {}, or "tool": {"name"}}}}
    reply     {"output": {"message": {"role": "assistant", "content": [{"text": ".."}]}},
               "stopReason": "end_turn", "usage": {"inputTokens", "outputTokens", "totalTokens"}}
    chunks    messageStart, contentBlockStart (of a tool use), contentBlockDelta ..,
              contentBlockStop, messageStop, metadata
    blocks    {"text"}, {"reasoningContent": {"reasoningText": {"text", "signature"}}},
              {"toolUse": {"toolUseId", "name", "input": {..}}},
              {"toolResult": {"toolUseId", "content": [{"text"} or {"json"}], "status"}}

https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
"""

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from app.local.bedrock_runtime.bodies.citations import converse_citation
from app.local.bedrock_runtime.bodies.conversation import conversation, text_of
from app.local.bedrock_runtime.bodies.documents import converse_document
from app.local.bedrock_runtime.bodies.family import (
    JSON,
    Cached,
    Family,
    Opening,
    Reply,
    Request,
)
from app.local.bedrock_runtime.bodies.images import converse_image
from app.local.bedrock_runtime.bodies.nova_tools import ToolConfig, check_tool_blocks
from app.local.bedrock_runtime.bodies.parts import parts_of
from app.local.bedrock_runtime.bodies.schema import (
    CamelBody,
    Count,
    Stops,
    Unit,
    check,
)
from app.local.bedrock_runtime.bodies.thinking import nova_reasoning
from app.local.bedrock_runtime.bodies.tool_configuration import (
    APART,
    check_tool_turns,
    read_choice,
    read_tool_blocks,
    read_tools,
)
from app.local.engine.writer.content import Block, Reasoning, Text, ToolUse
from app.local.engine.writer.deltas import (
    BlockDelta,
    BlockEvent,
    BlockStart,
    BlockStop,
    PartDelta,
    QuoteDelta,
    ReasoningDelta,
    TextDelta,
    ToolInputDelta,
)
from app.local.engine.writer.prompt import Prompt, Turn
from app.local.engine.writer.writing import Finish

STOPS = {
    "end": "end_turn",
    "length": "max_tokens",
    "stop": "stop_sequence",
    "tool_use": "tool_use",
}


class Message(CamelBody):
    role: Literal["user", "assistant"]
    content: Annotated[list[JSON], Field(min_length=1)]


class InferenceConfig(CamelBody):
    max_tokens: Count | None = None
    temperature: Unit | None = None
    top_p: Unit | None = None
    top_k: Annotated[int, Field(ge=0, le=128)] | None = None
    stop_sequences: Stops | None = None


class MessagesV1(CamelBody):
    messages: Annotated[list[Message], Field(min_length=1)]
    schema_version: Literal["messages-v1"] = "messages-v1"
    system: list[JSON] | None = None
    inference_config: InferenceConfig = InferenceConfig()
    tool_config: ToolConfig | None = None
    reasoning_config: JSON | None = None


def read(body: JSON) -> Request:
    request = check(MessagesV1, body)
    configuration = request.tool_config.configuration() if request.tool_config else None
    tools = read_tools(configuration)
    turns = [(f"messages.{n}", _turn(one, n)) for n, one in enumerate(request.messages)]
    check_tool_turns(turns, tools)
    config = request.inference_config
    thinking, effort = nova_reasoning(request.reasoning_config)
    return Request.of(
        Prompt(
            conversation(turn for _, turn in turns),
            text_of(request.system or [], "system"),
            tools=tools,
            tool_choice=read_choice(configuration, tools),
        ),
        max_tokens=config.max_tokens,
        temperature=config.temperature,
        top_p=config.top_p,
        top_k=config.top_k,
        stop=config.stop_sequences or (),
        effort=effort,
        thinking=thinking,
    )


def _turn(one: Message, place: int) -> Turn:
    where = f"messages.{place}"
    check_tool_blocks(one.content, ("messages", place, "content"))
    uses, results = read_tool_blocks(one.role, one.content, where)
    return Turn(
        one.role,
        text_of(one.content, where, APART),
        uses,
        results,
        parts_of(one.content, where, converse_image),
        parts_of(one.content, where, converse_document),
    )


def whole(reply: Reply) -> JSON:
    return {
        "output": message(reply),
        "stopReason": STOPS[reply.finish.reason],
        "usage": usage(reply.finish, reply.cached),
    }


def message(reply: Reply) -> JSON:
    """The `output` of a reply, as Converse has it, too."""
    return {"message": {"role": "assistant", "content": [_block(one) for one in reply.content]}}


def _block(block: Block) -> JSON:
    match block:
        case Text(text, ()):
            return {"text": text}
        case Text(text, quotes):
            citations = [converse_citation(one) for one in quotes]
            return {"citationsContent": {"content": [{"text": text}], "citations": citations}}
        case Reasoning(text, signature):
            signed = {"signature": signature} if signature else {}
            return {"reasoningContent": {"reasoningText": {"text": text, **signed}}}
        case ToolUse(id, name):
            return {"toolUse": {"toolUseId": id, "name": name, "input": block.parameters_so_far()}}


def opening(_: Opening) -> list[JSON]:
    return [{"messageStart": {"role": "assistant"}}]


def event(_: Opening, event: BlockEvent, __: int) -> list[JSON]:
    """The chunks of what happens to a block. Only a tool use has a contentBlockStart."""
    return block_events(event)


def block_events(event: BlockEvent) -> list[JSON]:
    """The same, as the events of ConverseStream."""
    match event:
        case BlockStart(index=index, block=ToolUse(id, name)):
            start = {"toolUse": {"toolUseId": id, "name": name}}
            return [{"contentBlockStart": {"start": start, "contentBlockIndex": index}}]
        case BlockStart():
            return []
        case BlockDelta(index=index, delta=delta):
            return [
                {"contentBlockDelta": {"delta": one, "contentBlockIndex": index}}
                for one in _deltas(delta)
            ]
        case BlockStop(index):
            return [{"contentBlockStop": {"contentBlockIndex": index}}]


def _deltas(delta: PartDelta) -> list[JSON]:
    match delta:
        case QuoteDelta(quote):
            return [{"citation": converse_citation(quote)}]
        case TextDelta(text):
            return [{"text": text}]
        case ReasoningDelta(text, signature):
            parts = {"text": text, "signature": signature}
            return [{"reasoningContent": {name: part}} for name, part in parts.items() if part]
        case ToolInputDelta(json):
            return [{"toolUse": {"input": json}}]


def closing(reply: Reply) -> list[JSON]:
    return [
        {"messageStop": {"stopReason": STOPS[reply.finish.reason]}},
        {"metadata": {"usage": usage(reply.finish, reply.cached), "metrics": {}, "trace": {}}},
    ]


def usage(finish: Finish, cached: Cached | None) -> JSON:
    """As Converse has it, too."""
    total = {
        "inputTokens": finish.input_tokens,
        "outputTokens": finish.output_tokens,
        "totalTokens": finish.input_tokens + finish.output_tokens,
    }
    if cached is None:
        return total
    return {
        **total,
        "inputTokens": cached.beside(finish.input_tokens),
        "cacheReadInputTokens": cached.read,
        "cacheWriteInputTokens": cached.written,
    }


def extend(fields: JSON, request: Request) -> Request:
    """A Converse request, with members of this body that Converse has none for."""
    thinking, effort = nova_reasoning(fields.get("reasoningConfig"))
    return replace(request, sampling=replace(request.sampling, thinking=thinking, effort=effort))


NOVA = Family(
    read,
    whole,
    opening,
    event,
    closing,
    top_k=("inferenceConfig", "topK"),
    more=frozenset({"reasoningConfig"}),
    extend=extend,
)
