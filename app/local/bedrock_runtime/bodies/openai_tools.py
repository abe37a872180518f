"""Tools and structured output in chat completions, OpenAI's and those that are shaped like them.

    tools            [{"type": "function", "function": {"name", "description", "parameters",
                     "strict"}}]
    tool_choice      "auto", "none", "required" (Mistral's "any"), or {"type": "function",
                     "function": {"name"}}; "parallel_tool_calls": false for one call at most
    messages         {"role": "assistant", "tool_calls": [{"id", "type": "function", "function":
                     {"name", "arguments": JSON as text}}]}, then for each of them
                     {"role": "tool", "tool_call_id", "content"}
    response_format  {"type": "json_schema", "json_schema": {"name", "schema"}}, or "json_object"

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html
"""

import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from app.local.bedrock_runtime.bodies.family import JSON, InvalidBody
from app.local.bedrock_runtime.bodies.schema import Body
from app.local.bedrock_runtime.bodies.strict_schema import violation
from app.local.engine.writer.content import ToolUse
from app.local.engine.writer.prompt import Tool, ToolChoice, Turn

ANY_OBJECT: JSON = {"type": "object"}  # the schema of a json_object


class Function(Body):
    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_.-]{1,64}$")]
    description: str | None = None
    parameters: JSON | None = None
    strict: bool | None = None


class FunctionTool(Body):
    type: Literal["function"]
    function: Function


class Called(Body):
    name: str
    arguments: str


class ToolCall(Body):
    id: Annotated[str, Field(min_length=1)]
    function: Called
    type: Literal["function"] | None = None
    index: int | None = None


class NamedFunction(Body):
    name: str


class ToolChoiceBody(Body):
    type: Literal["auto", "none", "any", "required", "function"]
    function: NamedFunction | None = None


def _choice(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


Choice = Annotated[ToolChoiceBody, BeforeValidator(_choice)]  # a word, or an object with a name


class JsonSchema(Body):
    name: str
    schema_: Annotated[JSON | None, Field(alias="schema")] = None
    description: str | None = None
    strict: bool | None = None


class ResponseFormat(Body):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None


def read_tools(tools: Sequence[FunctionTool] | None) -> tuple[Tool, ...]:
    """The functions that the caller defines.

    Raises:
        InvalidBody: two have one name, or one cannot be held to its schema.
    """
    functions = [tool.function for tool in tools or ()]
    for place, function in enumerate(functions):
        if function.name in {other.name for other in functions[:place]}:
            raise InvalidBody(f"tools: Tool names must be unique: {function.name}")
        if function.strict and (problem := violation(function.parameters or {})):
            raise InvalidBody(f"tools.{place}.function.parameters: {problem}")
    return tuple(
        Tool(
            function.name,
            function.description or "",
            function.parameters or {"type": "object", "properties": {}},
            bool(function.strict),
        )
        for function in functions
    )


def read_choice(
    choice: Choice | None, tools: Sequence[Tool], *, parallel: bool | None
) -> ToolChoice:
    """Whether the model may or must use a tool.

    Raises:
        InvalidBody: there is no such tool, or none at all.
    """
    at_once = parallel is not False
    kind = choice.type if choice else "auto"
    if kind in ("none", "auto"):
        return ToolChoice("none" if kind == "none" else "auto", parallel=at_once)
    if not tools:
        raise InvalidBody("When using `tool_choice`, `tools` must be set.")
    if kind != "function":
        return ToolChoice("any", parallel=at_once)
    if choice is None or choice.function is None:
        raise InvalidBody("tool_choice.function: Field required")
    name = choice.function.name
    if name not in {tool.name for tool in tools}:
        raise InvalidBody(f"The tool {name} of `tool_choice` is not among the `tools`.")
    return ToolChoice("tool", name, at_once)


def read_output_schema(form: ResponseFormat | None) -> JSON | None:
    """The schema of a structured answer. A `json_object` has any members.

    Raises:
        InvalidBody: there is none, or none that an answer can be held to.
    """
    if form is None or form.type == "text":
        return None
    if form.type == "json_object":
        return dict(ANY_OBJECT)
    schema = form.json_schema and form.json_schema.schema_
    if not schema:
        raise InvalidBody("response_format.json_schema.schema: Field required")
    if problem := violation(schema):
        raise InvalidBody(f"response_format.json_schema.schema: {problem}")
    return schema


def read_calls(calls: Sequence[ToolCall] | None, where: str) -> tuple[ToolUse, ...]:
    """The tool_calls of an assistant's message.

    Raises:
        InvalidBody: the arguments of one are no JSON object.
    """
    uses = []
    for place, call in enumerate(calls or ()):
        try:
            arguments = json.loads(call.function.arguments or "{}")
        except ValueError:
            arguments = None
        if not isinstance(arguments, dict):
            raise InvalidBody(
                f"{where}.tool_calls.{place}.function.arguments: Input should be a JSON object"
            )
        uses.append(ToolUse(call.id, call.function.name, call.function.arguments))
    return tuple(uses)


def check_tool_turns(turns: Sequence[Turn]) -> None:
    """Check that each call has its message of the role `tool` behind it, and no other has one.

    Args:
        turns: those of one side that follow each other made one.

    Raises:
        InvalidBody: in OpenAI's words.
    """
    for problem in _mismatches(turns):
        raise InvalidBody(problem)


def _mismatches(turns: Sequence[Turn]) -> Iterator[str]:
    for n, turn in enumerate(turns):
        called = {use.id for use in turns[n - 1].tool_uses} if n else set()
        if any(result.id not in called for result in turn.tool_results):
            yield (
                "messages with role 'tool' must be a response to a preceeding message with "
                "'tool_calls'."
            )
        after = {result.id for result in turns[n + 1].tool_results} if turns[n + 1 :] else set()
        if missing := [use.id for use in turn.tool_uses if use.id not in after]:
            yield (
                "An assistant message with 'tool_calls' must be followed by tool messages "
                "responding to each 'tool_call_id'. The following tool_call_ids did not have "
                f"response messages: {', '.join(missing)}"
            )
