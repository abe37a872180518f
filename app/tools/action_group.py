"""The wire between a runner and a Lambda function with tools: the events of a Bedrock agent's
action group with a function schema.

    event       a runner writes it, the function reads it
    response    the function writes it, a runner reads it with `outcome_of`
    describe    writes the tools' parameters of CreateAgentActionGroup; `lambda_tools` reads them

https://docs.aws.amazon.com/bedrock/latest/userguide/agents-lambda.html

A body that is an object with only the member `error` is a refusal. `responseState` REPROMPT says
that the arguments were wrong.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from app.errors import ToolFailed
from app.tools.tool import Arguments, Outcome, Output, Refusal, SessionAttributes, Tool

JSON = dict[str, Any]
VERSION = "1.0"
AGENT = {"name": "outcrop", "id": "OUTCROP", "alias": "OUTCROP", "version": VERSION}
"""The agent in the events of Outcrop's own runner."""

Invoke = Callable[[JSON], object]
"""Invokes a Lambda with an event and returns its response, whatever JSON that is; raises an
OutcropError if the function fails."""


def lambda_tools(description: Mapping[str, Any], invoke: Invoke) -> tuple[Tool, ...]:
    """The tools of a Lambda function.

    Args:
        description: from `describe`: the function's `action_group.json`.
    """
    group = str(description["actionGroupName"])
    return tuple(
        _lambda_tool(group, function, invoke)
        for function in description["functionSchema"]["functions"]
    )


def describe(name: str, description: str, tools: Sequence[Tool]) -> JSON:
    """A group of tools as parameters of CreateAgentActionGroup.

    A function schema has only types: the function itself checks other rules of an input schema.

    Raises:
        KeyError: a parameter has no description, so a model could only guess its meaning.
    """
    return {
        "actionGroupName": name,
        "description": description,
        "functionSchema": {"functions": [_describe_function(tool) for tool in tools]},
    }


def event(
    group: str, function: str, arguments: Arguments, session: SessionAttributes, types: JSON
) -> JSON:
    """The event that calls a function; every value in it is a string. A null argument is left out.

    Args:
        types: the JSON Schema types of the parameters, by name.
    """
    return {
        "messageVersion": VERSION,
        "agent": AGENT,
        "inputText": "",
        "sessionId": "",
        "actionGroup": group,
        "function": function,
        "parameters": [
            {
                "name": name,
                "type": types.get(name, "string"),
                "value": value if isinstance(value, str) else json.dumps(value),
            }
            for name, value in arguments.items()
            if value is not None
        ],
        "sessionAttributes": dict(session),
        "promptSessionAttributes": {},
    }


def response(event: Mapping[str, Any], body: str, state: Literal["REPROMPT"] | None = None) -> JSON:
    """The response of a Lambda function to an event."""
    result: JSON = {"responseBody": {"TEXT": {"body": body}}}
    if state:
        result["responseState"] = state
    return {
        "messageVersion": VERSION,
        "response": {
            "actionGroup": event["actionGroup"],
            "function": event["function"],
            "functionResponse": result,
        },
    }


def outcome_of(response: object, event: Mapping[str, Any]) -> Outcome:
    """The outcome in a Lambda function's response to an event.

    Raises:
        ToolFailed: the response has the state FAILURE, or is none of this event. Its own words are
            not repeated.

    >>> call = {"actionGroup": "g", "function": "f"}
    >>> outcome_of(response(call, '{"error": "No."}', "REPROMPT"), call)
    Refusal(message='No.', misuse=True)
    """
    match response:
        case {
            "response": {
                "actionGroup": group,
                "function": function,
                "functionResponse": {"responseBody": {"TEXT": {"body": str(body)}}, **rest},
            }
        } if (group, function) == (event["actionGroup"], event["function"]):
            state = rest.get("responseState")
        case _:
            raise ToolFailed(f"The tool {event['function']} gave no answer that can be read.")
    if state not in (None, "REPROMPT"):
        raise ToolFailed(f"The tool {event['function']} failed.")
    message = _error_in(body)
    if message is None and state is None:
        return Output(body)
    return Refusal(message or body, misuse=state == "REPROMPT")


def error_body(message: str) -> str:
    """The body of a refusal."""
    return json.dumps({"error": message})


def _error_in(body: str) -> str | None:
    try:
        match json.loads(body):
            case {"error": str(message), **others} if not others:
                return message
    except (ValueError, RecursionError):
        pass
    return None


def _lambda_tool(group: str, function: Mapping[str, Any], invoke: Invoke) -> Tool:
    name = str(function["name"])
    parameters: Mapping[str, Any] = function.get("parameters", {})
    types = {each: parameter["type"] for each, parameter in parameters.items()}

    def call(arguments: Arguments, session: SessionAttributes) -> Outcome:
        request = event(group, name, arguments, session, types)
        return outcome_of(invoke(request), request)

    schema = {
        "type": "object",
        "properties": {
            each: {"type": parameter["type"], "description": parameter["description"]}
            for each, parameter in parameters.items()
        },
        "required": [each for each, parameter in parameters.items() if parameter["required"]],
        "additionalProperties": False,
    }
    confirms = function.get("requireConfirmation") == "ENABLED"
    return Tool(name, str(function["description"]), schema, call, confirms, group)


def _describe_function(tool: Tool) -> JSON:
    required = tool.input_schema.get("required", ())
    return {
        "name": tool.name,
        "description": tool.description,
        **({"requireConfirmation": "ENABLED"} if tool.confirms else {}),
        "parameters": {
            name: {
                "type": schema["type"],
                "description": schema["description"],
                "required": name in required,
            }
            for name, schema in tool.input_schema["properties"].items()
        },
    }
