"""Tools in Command R's bodies. A call has no id: its result repeats the call.

    tools          [{"name", "description", "parameter_definitions": {"city": {"type": "str",
                   "description", "required": true}}}]
    tool_calls     of a reply, or of an earlier message: [{"name", "parameters": {..}}]
    tool_results   [{"call": {"name", "parameters"}, "outputs": [{..}]}]: with the message that
                   was asked, or with an empty one behind a message that has the calls

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command-r-plus.html
"""

import json
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from app.local.bedrock_runtime.bodies.family import JSON, InvalidBody
from app.local.bedrock_runtime.bodies.schema import Body
from app.local.engine.writer.content import Block, ToolResult, ToolUse
from app.local.engine.writer.prompt import Tool, Turn

_TYPES = {
    "str": {"type": "string"},
    "string": {"type": "string"},
    "int": {"type": "integer"},
    "integer": {"type": "integer"},
    "float": {"type": "number"},
    "number": {"type": "number"},
    "bool": {"type": "boolean"},
    "boolean": {"type": "boolean"},
    "dict": {"type": "object"},
    "object": {"type": "object"},
    "list": {"type": "array"},
    "array": {"type": "array"},
}


class Parameter(Body):
    type: str
    description: str | None = None
    required: bool = False


class ToolDefinition(Body):
    name: Annotated[str, Field(min_length=1)]
    description: str
    parameter_definitions: dict[str, Parameter] | None = None


class Call(Body):
    name: str
    parameters: JSON


class Result(Body):
    call: Call
    outputs: list[JSON]


def read_tools(tools: Sequence[ToolDefinition] | None) -> tuple[Tool, ...]:
    """The tools that the caller defines.

    Raises:
        InvalidBody: two of them have one name.
    """
    read = tuple(Tool(one.name, one.description, _schema(one)) for one in tools or ())
    if len({tool.name for tool in read}) < len(read):
        raise InvalidBody("tools: Tool names must be unique.")
    return read


def _schema(tool: ToolDefinition) -> JSON:
    """The parameters of a tool as JSON Schema.

    >>> lines = {"type": "List[int]", "required": True}
    >>> _schema(ToolDefinition(name="a", description="b", parameter_definitions={"lines": lines}))
    {'type': 'object', 'properties': {'lines': {'type': 'array', 'items': {'type': 'integer'}}}, \
'required': ['lines']}
    """
    parameters = tool.parameter_definitions or {}
    return {
        "type": "object",
        "properties": {
            name: _type(one.type)
            | ({"description": one.description} if one.description is not None else {})
            for name, one in parameters.items()
        },
        "required": [name for name, one in parameters.items() if one.required],
    }


def _type(name: str) -> JSON:
    """A type of Python's as JSON Schema; one that is not known may be anything."""
    outer, _, inner = name.lower().removesuffix("]").partition("[")
    kind: JSON = dict(_TYPES.get(outer, {}))
    if kind.get("type") == "array" and inner:
        kind["items"] = _type(inner)
    return kind


def read_calls(calls: Sequence[Call] | None, place: int | str) -> tuple[ToolUse, ...]:
    """The calls of a message, with ids by its place and theirs."""
    return tuple(
        ToolUse(f"call_{place}_{n}", call.name, json.dumps(call.parameters))
        for n, call in enumerate(calls or ())
    )


def read_results(
    results: Sequence[Result], uses: Sequence[ToolUse], where: str
) -> tuple[ToolResult, ...]:
    """What the calls came to. Each result belongs to the first call that it repeats.

    Raises:
        InvalidBody: one repeats no call.
    """
    left = list(uses)
    read = []
    for place, result in enumerate(results):
        use = next((one for one in left if _is_call(one, result.call)), None)
        if use is None:
            raise InvalidBody(
                f"{where}.{place}.call: the model made no call of {result.call.name} with these "
                "parameters."
            )
        left.remove(use)
        text = "\n".join(json.dumps(output, ensure_ascii=False) for output in result.outputs)
        read.append(ToolResult(use.id, text))
    if left:
        raise InvalidBody(f"{where}: the call of {left[0].name} has no result.")
    return tuple(read)


def _is_call(use: ToolUse, call: Call) -> bool:
    return use.name == call.name and use.parameters() == call.parameters


def turns_of(
    history: Sequence[Turn], message: str, results: Sequence[Result] | None
) -> tuple[Turn, ...]:
    """The conversation that ends with a message, or with results of tools.

    Raises:
        InvalidBody: neither is there, or the results are of no call.
    """
    if not results:
        if not message:
            raise InvalidBody("message: must be at least 1 token long or tool results provided.")
        return (*history, Turn("user", message))
    uses = history[-1].tool_uses if history else ()
    if message and not uses:
        uses = read_calls([result.call for result in results], "now")
        history = [*history, Turn("user", message), Turn("assistant", "", uses)]
        message = ""
    return (*history, Turn("user", message, (), read_results(results, uses, "tool_results")))


def tool_calls(content: Sequence[Block]) -> list[JSON]:
    """The calls of a reply."""
    return [
        {"name": block.name, "parameters": block.parameters_so_far()}
        for block in content
        if isinstance(block, ToolUse)
    ]
