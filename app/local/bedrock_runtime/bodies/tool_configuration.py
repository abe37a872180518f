"""Tools in Converse's shape, which Nova's own bodies share: which there are, which the model asked
for, and what they answered.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.local.bedrock_runtime.bodies.documents import converse_document
from app.local.bedrock_runtime.bodies.family import JSON, InvalidBody
from app.local.bedrock_runtime.bodies.images import converse_image
from app.local.bedrock_runtime.bodies.parts import parts_of
from app.local.engine.writer.content import ToolResult, ToolUse
from app.local.engine.writer.prompt import Tool, ToolChoice, Turn

_MEDIA = frozenset({"image", "document", "searchResult"})  # parts of a result that are no text
APART = frozenset(  # blocks without text
    {"toolUse", "toolResult", "reasoningContent", "image", "document", "searchResult"}
)


def read_tools(configuration: JSON | None) -> tuple[Tool, ...]:
    """The tools of a toolConfig, none where there is none.

    Raises:
        InvalidBody: one is not defined by the caller, has no object as its input, or has the name
            of another.
    """
    if not configuration:
        return ()
    places = list(enumerate(configuration.get("tools", ())))
    tools = [_tool(tool, f"toolConfig.tools.{n}") for n, tool in places if "cachePoint" not in tool]
    names = Counter(tool.name for tool in tools)
    if names and (most := names.most_common(1)[0])[1] > 1:
        raise InvalidBody(f"toolConfig.tools: Tool names must be unique: {most[0]}")
    return tuple(tools)


def _tool(tool: JSON, where: str) -> Tool:
    if "systemTool" in tool:
        raise InvalidBody(
            f"{where}.systemTool: the stand-in has no system tools. Define a toolSpec of your own."
        )
    specification = tool["toolSpec"]
    schema = specification["inputSchema"].get("json")
    place = f"{where}.toolSpec.inputSchema.json"
    if not isinstance(schema, dict):
        raise not_an_object(place)
    if schema.get("type") != "object":
        raise InvalidBody(f"The value at {place}.type must be one of the following: object.")
    return Tool(
        specification["name"],
        specification.get("description", ""),
        schema,
        specification.get("strict", False),
    )


def not_an_object(where: str) -> InvalidBody:
    """The refusal of a value that has to be an object of JSON, and is something else."""
    return InvalidBody(
        f"The format of the value at {where} is invalid. Provide a json object for the field and "
        "try again."
    )


def read_choice(configuration: JSON | None, tools: Sequence[Tool]) -> ToolChoice:
    """The toolChoice: `auto`, `any` or the name of a tool.

    Raises:
        InvalidBody: there is no tool of that name.
    """
    match (configuration or {}).get("toolChoice"):
        case {"tool": {"name": name}}:
            if name not in {tool.name for tool in tools}:
                raise InvalidBody(f"Tool '{name}' not found in provided tools")
            return ToolChoice("tool", name)
        case {"any": _}:
            return ToolChoice("any")
        case _:
            return ToolChoice("auto")


def read_tool_blocks(
    role: str, content: Sequence[JSON], where: str
) -> tuple[tuple[ToolUse, ...], tuple[ToolResult, ...]]:
    """The toolUse and toolResult blocks of a message.

    Raises:
        InvalidBody: one does not belong to the side that speaks, or what it holds is not read.
    """
    uses, results = [], []
    for place, block in enumerate(content):
        at = f"{where}.content.{place}"
        if "toolUse" in block:
            if role != "assistant":
                raise InvalidBody(f"{where}: `toolUse` blocks can only be in `assistant` messages")
            uses.append(_use(block["toolUse"], f"{at}.toolUse"))
        if "toolResult" in block:
            if role != "user":
                raise InvalidBody(f"{where}: `toolResult` blocks can only be in `user` messages")
            results.append(_result(block["toolResult"], f"{at}.toolResult"))
    return tuple(uses), tuple(results)


def _use(block: JSON, where: str) -> ToolUse:
    if not isinstance(block["input"], dict):
        raise not_an_object(f"{where}.input")
    return ToolUse(block["toolUseId"], block["name"], json.dumps(block["input"]))


def _result(block: JSON, where: str) -> ToolResult:
    content = block["content"]
    texts = [
        _text(part, f"{where}.content.{n}")
        for n, part in enumerate(content)
        if not part.keys() & _MEDIA
    ]
    return ToolResult(
        block["toolUseId"],
        "\n".join(texts),
        block.get("status") == "error",
        parts_of(content, where, converse_image),
        parts_of(content, where, converse_document),
    )


def _text(content: JSON, where: str) -> str:
    match content:
        case {"text": text}:
            return str(text)
        case {"json": dict() as value}:
            return json.dumps(value, ensure_ascii=False)
        case {"json": _}:
            raise not_an_object(f"{where}.json")
        case _:
            raise InvalidBody(
                f"{where}: the stand-in reads no {next(iter(content))} in a tool result. Send its "
                "text, or JSON."
            )


def check_tool_turns(turns: Sequence[tuple[str, Turn]], tools: Sequence[Tool]) -> None:
    """Check that each call of a conversation is answered in the turn behind it, and nothing else,
    and that the conversation says which tools there are.

    Args:
        turns: each with where it stands.

    Raises:
        InvalidBody: in Bedrock's words.
    """
    if not tools and any(turn.tool_uses or turn.tool_results for _, turn in turns):
        raise InvalidBody(
            "The toolConfig field must be defined when using toolUse and toolResult content blocks."
        )
    for problem in _mismatches(turns):
        raise InvalidBody(problem)


def _mismatches(turns: Sequence[tuple[str, Turn]]) -> Iterator[str]:
    begin = [("", Turn("assistant", ""))]
    for (_, before), (where, turn) in pairwise([*begin, *turns]):
        if turn.role != "user":
            continue
        answered = [result.id for result in turn.tool_results]
        if doubled := [name for name, times in Counter(answered).items() if times > 1]:
            yield (
                f"The toolResult blocks at {where}.content contain duplicate Ids: "
                f"{', '.join(doubled)}"
            )
        if len(answered) > len(before.tool_uses):
            yield (
                f"The number of toolResult blocks at {where}.content exceeds the number of toolUse "
                "blocks of previous turn."
            )
        if missing := [use.id for use in before.tool_uses if use.id not in answered]:
            yield (
                f"Expected toolResult blocks at {where}.content for the following Ids: "
                f"{', '.join(missing)}"
            )
