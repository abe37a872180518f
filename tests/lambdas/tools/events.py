"""What a Bedrock agent, or the agent loop, sends to the Lambda of an action group."""

import json
from typing import Any

JSON = dict[str, Any]


def function_event(function: str, principal: str | None = "ada", **parameters: str) -> JSON:
    """Of an action group with a function schema. All values are strings."""
    return _common(principal, parameters) | {"function": function}


def api_event(path: str, principal: str | None = "ada", **parameters: str) -> JSON:
    """Of an action group with an API schema."""
    return _common(principal, parameters) | {"apiPath": path, "httpMethod": "GET"}


def said(answer: JSON) -> Any:
    """What an answer to a function's event tells the model."""
    return json.loads(answer["response"]["functionResponse"]["responseBody"]["TEXT"]["body"])


def state(answer: JSON) -> str | None:
    """Its responseState."""
    value: str | None = answer["response"]["functionResponse"].get("responseState")
    return value


def _common(principal: str | None, parameters: dict[str, str]) -> JSON:
    return {
        "messageVersion": "1.0",
        "agent": {"name": "outcrop", "id": "AGENT00001", "alias": "ALIAS00001", "version": "1"},
        "inputText": "Where is my order?",
        "sessionId": "a-session",
        "actionGroup": "a-group",
        "parameters": [
            {"name": name, "type": "string", "value": value} for name, value in parameters.items()
        ],
        "sessionAttributes": {"principal": principal} if principal else {},
        "promptSessionAttributes": {},
    }
