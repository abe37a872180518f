"""Tools in a Converse request: which there are, which the model asked for, what they answered.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
"""

import json
from collections.abc import Sequence

from app.local.bedrock_runtime.bodies import InvalidBody
from app.local.bedrock_runtime.bodies.conversation import NO_TOOLS
from app.local.engine.writer import Tool, ToolChoice, ToolResult, ToolUse, Turn
from app.local.wire import JSON


def read_tools(params: JSON, *, may_use_tools: bool) -> tuple[Tool, ...]:
    """The tools of a toolConfig, none where there is none.

    Raises:
        InvalidBody: the model cannot use them, or one is not defined by the caller.
    """
    configuration = params.get("toolConfig")
    if not configuration:
        return ()
    if not may_use_tools:
        raise InvalidBody(NO_TOOLS)
    return tuple(_tool(tool) for tool in configuration["tools"] if "cachePoint" not in tool)


def _tool(tool: JSON) -> Tool:
    if "toolSpec" not in tool:
        raise InvalidBody(f"This model doesn't support the {next(iter(tool))} tool.")
    specification = tool["toolSpec"]
    schema = specification["inputSchema"].get("json", {"type": "object"})
    return Tool(specification["name"], specification.get("description", ""), schema)


def read_choice(params: JSON) -> ToolChoice:
    """The toolChoice: `auto`, `any` or the name of a tool."""
    match params.get("toolConfig", {}).get("toolChoice"):
        case {"tool": {"name": name}}:
            return ToolChoice("tool", name)
        case {"any": _}:
            return ToolChoice("any")
        case _:
            return ToolChoice("auto")


def read_use(block: JSON) -> ToolUse:
    """A toolUse block of an assistant's message."""
    return ToolUse(block["toolUseId"], block["name"], json.dumps(block["input"]))


def read_result(block: JSON) -> ToolResult:
    """A toolResult block of a user's message.

    Raises:
        InvalidBody: it holds neither text nor JSON.
    """
    texts = [_result_text(content) for content in block["content"]]
    return ToolResult(block["toolUseId"], "\n".join(texts), block.get("status") == "error")


def _result_text(content: JSON) -> str:
    match content:
        case {"text": text}:
            return str(text)
        case {"json": value}:
            return json.dumps(value, ensure_ascii=False)
        case _:
            raise InvalidBody(
                f"This model doesn't support the {next(iter(content))} content block in a tool "
                "result. Send its text, or JSON."
            )


def check_configured(turns: Sequence[Turn], tools: Sequence[Tool]) -> None:
    """Check that a conversation that used tools still says which there are.

    Raises:
        InvalidBody: in Bedrock's words.
    """
    if not tools and any(turn.tool_uses or turn.tool_results for turn in turns):
        raise InvalidBody(
            "The toolConfig field must be defined when using toolUse and toolResult content blocks."
        )
