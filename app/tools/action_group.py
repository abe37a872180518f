"""The wire between a runner and a Lambda function with tools: the events of a Bedrock agent's
action group.

    event       a runner writes it, the function reads it
    response    the function writes it, a runner reads it with `outcome_of`
    tool_specs  writes the tools' names, descriptions and input schemas; `lambda_tools` reads them

https://docs.aws.amazon.com/bedrock/latest/userguide/agents-lambda.html

A tool with flat parameters gets the event of a function schema, another that of an API schema, with
a body. A body of a response that is an object with only the member `error` is a refusal.
`responseState` REPROMPT, or a status 400 or 422 of an API, says that the arguments were wrong.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from app.errors import ToolFailed
from app.tools.input_schema import is_flat
from app.tools.tool import Arguments, Outcome, Output, Refusal, SessionAttributes, Tool

JSON = dict[str, Any]
VERSION = "1.0"
AGENT = {"name": "outcrop", "id": "OUTCROP", "alias": "OUTCROP", "version": VERSION}
"""The agent in the events of Outcrop's own runner."""
JSON_TYPE, TEXT = "application/json", "TEXT"
MISUSE = (400, 422)
"""The statuses of a response that say that the arguments were wrong."""
MOST_BYTES = 25 * 1024
"""The most bytes of a response: Bedrock's limit."""

Invoke = Callable[[JSON], object]
"""Invokes a Lambda with an event and returns its response, whatever JSON that is; raises an
OutcropError if the function fails."""


def tool_specs(group: str, tools: Sequence[Tool]) -> JSON:
    """A group of tools, each as Converse's toolSpec: the content of its `tool_specs.json`."""
    return {
        "actionGroup": group,
        "tools": [
            {
                "toolSpec": {
                    "name": tool.name,
                    "description": tool.description,
                    "inputSchema": {"json": tool.input_schema},
                },
                "requireConfirmation": "ENABLED" if tool.confirms else "DISABLED",
            }
            for tool in tools
        ],
    }


def lambda_tools(specs: Mapping[str, Any], invoke: Invoke) -> tuple[Tool, ...]:
    """The tools of a Lambda function.

    Args:
        specs: from `tool_specs`: the function's `tool_specs.json`.
    """
    group = str(specs["actionGroup"])
    return tuple(_lambda_tool(group, each, invoke) for each in specs["tools"])


def event(
    group: str, function: str, arguments: Arguments, session: SessionAttributes, schema: JSON
) -> JSON:
    """The event that calls a function; every value in it is a string. A null argument is left out.

    Args:
        schema: the function's input schema.
    """
    common = {
        "messageVersion": VERSION,
        "agent": AGENT,
        "inputText": "",
        "sessionId": "",
        "actionGroup": group,
        "sessionAttributes": dict(session),
        "promptSessionAttributes": {},
    }
    values = list(_values(arguments, schema))
    if is_flat(schema):
        return common | {"function": function, "parameters": values}
    return common | {
        "apiPath": f"/{function}",
        "httpMethod": "POST",
        "parameters": [],
        "requestBody": {"content": {JSON_TYPE: {"properties": values}}},
    }


def response(event: Mapping[str, Any], body: str, status: int) -> JSON:
    """The response of a Lambda function to an event.

    Args:
        status: 200; 400 or 422 if the arguments were wrong, or another status of a refusal.
    """
    if "function" in event:
        result: JSON = {"responseBody": {TEXT: {"body": body}}}
        if status in MISUSE:
            result["responseState"] = "REPROMPT"
        answer = {"function": event["function"], "functionResponse": result}
    else:
        answer = {
            "apiPath": event["apiPath"],
            "httpMethod": event["httpMethod"],
            "httpStatusCode": status,
            "responseBody": {JSON_TYPE: {"body": body}},
        }
    return {
        "messageVersion": VERSION,
        "response": {"actionGroup": event["actionGroup"], **answer},
    }


def outcome_of(response: object, event: Mapping[str, Any]) -> Outcome:
    """The outcome in a Lambda function's response to an event.

    Raises:
        ToolFailed: the response has the state FAILURE, or is none of this event. Its own words are
            not repeated.

    >>> call = {"actionGroup": "g", "function": "f"}
    >>> outcome_of(response(call, '{"error": "No."}', 422), call)
    Refusal(message='No.', misuse=True)
    """
    name = function_of(event)
    members = ("actionGroup", "function", "apiPath", "httpMethod")
    match response:
        case {"response": dict(answer)} if all(
            answer.get(one) == event.get(one) for one in members
        ):
            body, state = _result(answer)
        case _:
            body, state = None, None
    if body is None:
        raise ToolFailed(f"The tool {name} gave no answer that can be read.")
    message = _error_in(body)
    if state in (None, "REPROMPT"):
        if message is None and state is None:
            return Output(body)
        return Refusal(message or body, misuse=state == "REPROMPT")
    if state == "ERROR" and message is not None:
        return Refusal(message)
    raise ToolFailed(f"The tool {name} failed.")


def _result(answer: Mapping[str, Any]) -> tuple[str | None, object]:
    """The body of a response, None if it has none, and its state: that of a function's response, or
    what an API's status stands for: REPROMPT, or ERROR for another one from 400 on.
    """
    match answer:
        case {"functionResponse": {"responseBody": {"TEXT": {"body": str(body)}}, **rest}}:
            return body, rest.get("responseState")
        case {
            "httpStatusCode": int(status),
            "responseBody": {"application/json": {"body": str(body)}},
        }:
            return body, "REPROMPT" if status in MISUSE else "ERROR" if status >= 400 else None
    return None, None


def function_of(event: Mapping[str, Any]) -> str:
    """The name of the function that an event calls.

    >>> function_of({"apiPath": "/my_orders", "httpMethod": "GET"})
    'my_orders'
    """
    return str(event.get("function") or str(event.get("apiPath", "")).removeprefix("/"))


def error_body(message: str) -> str:
    """The body of a refusal."""
    return json.dumps({"error": message})


def _values(arguments: Arguments, schema: JSON) -> Iterator[JSON]:
    for name, value in arguments.items():
        if value is not None:
            kind = schema["properties"].get(name, {}).get("type", "string")
            text = value if isinstance(value, str) else json.dumps(value)
            yield {"name": name, "type": kind, "value": text}


def _error_in(body: str) -> str | None:
    try:
        match json.loads(body):
            case {"error": str(message), **others} if not others:
                return message
    except (ValueError, RecursionError):
        pass
    return None


def _lambda_tool(group: str, entry: Mapping[str, Any], invoke: Invoke) -> Tool:
    spec = entry["toolSpec"]
    name, schema = str(spec["name"]), spec["inputSchema"]["json"]

    def call(arguments: Arguments, session: SessionAttributes) -> Outcome:
        request = event(group, name, arguments, session, schema)
        return outcome_of(invoke(request), request)

    confirms = entry["requireConfirmation"] == "ENABLED"
    return Tool(name, str(spec["description"]), schema, call, confirms, group)
