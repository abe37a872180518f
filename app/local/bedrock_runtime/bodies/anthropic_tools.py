"""Tools and structured output in Claude's bodies.

    tools         [{"name", "description", "input_schema": {..}, "strict": true}]
    tool_choice   {"type": "auto" or "any" or "tool" or "none", "name", "disable_parallel_tool_use"}
    blocks        {"type": "tool_use", "id", "name", "input": {..}}, of the assistant
                  {"type": "tool_result", "tool_use_id", "content", "is_error"}, of the user
    output_config {"format": {"type": "json_schema", "schema": {..}}}; `output_format` is its
                  older place

What breaks a rule is named as Claude names it, by the place in the body and the words of its
validator: "tools.0.custom.name: Field required".

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-tool-use.html
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from app.local.bedrock_runtime.bodies.documents import claude_document
from app.local.bedrock_runtime.bodies.family import JSON, InvalidBody
from app.local.bedrock_runtime.bodies.images import claude_image
from app.local.bedrock_runtime.bodies.parts import parts_of
from app.local.bedrock_runtime.bodies.schema import Body
from app.local.bedrock_runtime.bodies.strict_schema import violation
from app.local.engine.writer.content import ToolResult, ToolUse
from app.local.engine.writer.prompt import Tool, ToolChoice, Turn

APART = frozenset(  # blocks without text
    {
        "tool_use",
        "tool_result",
        "thinking",
        "redacted_thinking",
        "image",
        "document",
        "search_result",
    }
)
_MEDIA = frozenset({"image", "document", "search_result"})  # parts of a result that are no text
_T = TypeVar("_T", bound=BaseModel)


class CustomTool(Body):
    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,128}$")]
    input_schema: JSON
    type: Literal["custom"] | None = None
    description: str | None = None
    strict: bool | None = None
    cache_control: JSON | None = None
    input_examples: list[JSON] | None = None
    eager_input_streaming: bool | None = None


class Choice(Body):
    type: Literal["auto", "any", "tool", "none"]
    name: str | None = None
    disable_parallel_tool_use: bool = False


class ToolUseBlock(Body):
    type: Literal["tool_use"]
    id: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    input: JSON
    cache_control: JSON | None = None
    caller: JSON | None = None


class ToolResultBlock(Body):
    type: Literal["tool_result"]
    tool_use_id: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$")]
    content: str | list[JSON] | None = None
    is_error: bool | None = None
    cache_control: JSON | None = None


class Format(Body):
    type: Literal["json_schema"]
    schema_: Annotated[JSON, Field(alias="schema")]


def parsed(kind: type[_T], value: Any, where: str) -> _T:
    """A value of the body as its type.

    >>> try:
    ...     parsed(Choice, {"type": "auto", "tool": "clock"}, "tool_choice")
    ... except InvalidBody as error:
    ...     print(error.message)
    tool_choice.tool: Extra inputs are not permitted

    Raises:
        InvalidBody: naming the first member that is wrong, and the rule.
    """
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, (where, *first["loc"])))
        raise InvalidBody(f"{place}: {first['msg']}") from None


def read_tools(tools: Sequence[JSON] | None) -> tuple[Tool, ...]:
    """The tools that the caller defines.

    Raises:
        InvalidBody: one breaks a rule, or is one of Anthropic's, which the stand-in has not.
    """
    read = tuple(_tool(one, place) for place, one in enumerate(tools or ()))
    if len({tool.name for tool in read}) < len(read):
        raise InvalidBody("tools: Tool names must be unique.")
    return read


def _tool(one: JSON, place: int) -> Tool:
    kind = one.get("type") or "custom"
    if kind != "custom":
        raise InvalidBody(
            f"tools.{place}: the stand-in has no tools of the type {kind}. Define a tool of your "
            "own, with an input_schema."
        )
    where = f"tools.{place}.custom"
    tool = parsed(CustomTool, one, where)
    schema = tool.input_schema
    if "type" not in schema:
        raise InvalidBody(f"{where}.input_schema.type: Field required")
    if schema["type"] != "object":
        raise InvalidBody(f"{where}.input_schema.type: Input should be 'object'")
    if schema.keys() & {"oneOf", "allOf", "anyOf"}:
        raise InvalidBody(
            f"{where}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the "
            "top level"
        )
    if tool.strict and (problem := violation(schema)):
        raise InvalidBody(f"{where}: {problem}")
    return Tool(tool.name, tool.description or "", schema, bool(tool.strict))


def read_choice(choice: JSON | None, tools: Sequence[Tool], *, thinks: bool) -> ToolChoice:
    """Whether the model may or must use a tool.

    Raises:
        InvalidBody: there is no such tool, or none at all, or the model is to think as well.
    """
    if choice is None:
        return ToolChoice()
    read = parsed(Choice, choice, "tool_choice")
    if not tools:
        raise InvalidBody("tool_choice: tool_choice may only be specified while providing tools.")
    if read.type == "tool" and read.name is None:
        raise InvalidBody("tool_choice.tool.name: Field required")
    if read.type == "tool" and read.name not in {tool.name for tool in tools}:
        raise InvalidBody(f"Tool '{read.name}' not found in provided tools")
    if read.type in ("any", "tool") and thinks:
        raise InvalidBody("Thinking may not be enabled when tool_choice forces tool use.")
    return ToolChoice(read.type, read.name or "", not read.disable_parallel_tool_use)


def read_output_schema(config: JSON | None, older: JSON | None) -> JSON | None:
    """The schema of a structured answer, from `output_config` or from `output_format`.

    Raises:
        InvalidBody: the schema is none that an answer can be held to.
    """
    form, where = (config or {}).get("format"), "output_config.format"
    if form is None:
        form, where = older, "output_format"
    if form is None:
        return None
    schema = parsed(Format, form, where).schema_
    if problem := violation(schema):
        raise InvalidBody(f"{where}.schema: {problem}")
    return schema


def read_tool_blocks(
    role: str, content: Sequence[JSON], where: str
) -> tuple[tuple[ToolUse, ...], tuple[ToolResult, ...]]:
    """The tool_use and tool_result blocks of a message.

    Raises:
        InvalidBody: one breaks a rule, or stands in a message of the other side.
    """
    uses, results = [], []
    for place, block in enumerate(content):
        at = f"{where}.content.{place}"
        match block.get("type"):
            case "tool_use":
                if role != "assistant":
                    raise InvalidBody(
                        f"{where}: `tool_use` blocks can only be in `assistant` messages"
                    )
                use = parsed(ToolUseBlock, block, f"{at}.tool_use")
                uses.append(ToolUse(use.id, use.name, json.dumps(use.input)))
            case "tool_result":
                if role != "user":
                    raise InvalidBody(
                        f"{where}: `tool_result` blocks can only be in `user` messages"
                    )
                results.append(_result(block, f"{at}.tool_result"))
    return tuple(uses), tuple(results)


def _result(block: JSON, where: str) -> ToolResult:
    result = parsed(ToolResultBlock, block, where)
    content = result.content or []
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    images = parts_of(parts, where, claude_image)
    texts = [
        _text(part, f"{where}.content.{place}")
        for place, part in enumerate(parts)
        if part.get("type") not in _MEDIA
    ]
    documents = parts_of(parts, where, claude_document)
    failed = bool(result.is_error)
    return ToolResult(result.tool_use_id, "\n".join(texts), failed, images, documents)


def _text(part: JSON, where: str) -> str:
    match part:
        case {"type": "text", "text": str(text)}:
            return text
        case _:
            raise InvalidBody(
                f"{where}: the stand-in reads no {part.get('type')} in a tool result. Send its "
                "text."
            )


def check_tool_turns(
    turns: Sequence[Turn], contents: Sequence[Sequence[JSON]], tools: Sequence[Tool]
) -> None:
    """Check that each tool_use has its tool_result in the message behind it, and no other has one.

    Args:
        turns: of the messages, in order.
        contents: the same, as the body has them.
        tools: which there are.

    Raises:
        InvalidBody: in Claude's words.
    """
    if not tools and any(turn.tool_uses or turn.tool_results for turn in turns):
        raise InvalidBody(
            "Requests which include `tool_use` or `tool_result` blocks must define tools"
        )
    for problem in _mismatches(turns, contents):
        raise InvalidBody(problem)


def _mismatches(turns: Sequence[Turn], contents: Sequence[Sequence[JSON]]) -> Iterator[str]:
    """What does not fit. Messages of one side that follow each other count as one."""
    ids = Counter(use.id for turn in turns for use in turn.tool_uses)
    sides = [list(side) for _, side in groupby(range(len(turns)), lambda n: turns[n].role)]
    for before, side, after in zip([[], *sides], sides, [*sides[1:], []], strict=False):
        called = {use.id for n in before for use in turns[n].tool_uses}
        results = Counter(result.id for n in side for result in turns[n].tool_results)
        answered = {result.id for n in after for result in turns[n].tool_results}
        for n in side:
            for place, block in enumerate(contents[n]):
                at = f"messages.{n}.content.{place}"
                if block.get("type") == "tool_use" and ids[block["id"]] > 1:
                    yield f"{at}: `tool_use` ids must be unique"
                if block.get("type") == "tool_result":
                    yield from _of_result(block["tool_use_id"], at, called, results)
            if missing := [use.id for use in turns[n].tool_uses if use.id not in answered]:
                yield (
                    f"messages.{n}: `tool_use` ids were found without `tool_result` blocks "
                    f"immediately after: {', '.join(missing)}. Each `tool_use` block must have a "
                    "corresponding `tool_result` block in the next message."
                )


def _of_result(name: str, at: str, called: set[str], results: Counter[str]) -> Iterator[str]:
    if name not in called:
        yield (
            f"{at}: unexpected `tool_use_id` found in `tool_result` blocks: {name}. Each "
            "`tool_result` block must have a corresponding `tool_use` block in the previous "
            "message."
        )
    if results[name] > 1:
        yield (
            f"{at}: each tool_use must have a single result. Found multiple `tool_result` blocks "
            f"with id: {name}"
        )
