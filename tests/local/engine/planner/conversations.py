"""Tools and conversations for the planner's tests."""

import json
from typing import Any

from app.local.engine.writer import Prompt, Tool, ToolChoice, ToolResult, ToolUse, Turn

AUTO = ToolChoice()
ANY = ToolChoice("any")


def tool(name: str, description: str, required: str = "", **properties: Any) -> Tool:
    """A tool; each property is its description, or its schema."""
    schemas = {
        key: {"type": "string", "description": one} if isinstance(one, str) else one
        for key, one in properties.items()
    }
    schema = {"type": "object", "properties": schemas, "required": required.split()}
    return Tool(name, description, schema)


ORDERS = (
    tool("get_order_status", "Look up the status of an order.", "order_id", order_id="Its id"),
    tool(
        "cancel_order",
        "Cancel an order that has not been shipped.",
        "order_id",
        order_id="The id of the order",
        reason="Why it is cancelled",
    ),
)
WEATHER = (
    tool(
        "get_weather",
        "Get the current weather for a location.",
        "location",
        location="City and state, e.g. San Francisco, CA",
        unit={"type": "string", "enum": ["celsius", "fahrenheit"]},
    ),
)

MANUALS = tool(
    "search_documents",
    "The shop's manuals: warranty, care and returns.",
    "query",
    query="What to look for",
)


def prompt(
    tools: tuple[Tool, ...],
    *turns: str | Turn,
    choice: ToolChoice = AUTO,
    system: str = "",
) -> Prompt:
    """A conversation whose turns are the user's, where they are only texts."""
    said = tuple(Turn("user", one) if isinstance(one, str) else one for one in turns)
    return Prompt(said, system, tools=tools, tool_choice=choice)


def called(name: str, result: str, failed: bool = False, **parameters: Any) -> tuple[Turn, Turn]:
    """The turns of a call and of its result."""
    use = ToolUse("call-1", name, json.dumps(parameters))
    return (
        Turn("assistant", "", (use,)),
        Turn("user", "", (), (ToolResult("call-1", result, failed),)),
    )
