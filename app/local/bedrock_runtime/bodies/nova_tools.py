"""The shapes of tools in Nova's bodies. What they mean is read as Converse's: they are the same."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from app.local.bedrock_runtime.bodies.family import JSON
from app.local.bedrock_runtime.bodies.schema import CamelBody, check

ToolUseId = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_.:-]{1,64}$")]


class InputSchema(CamelBody):
    schema_: Annotated[JSON, Field(alias="json")]


class ToolSpecification(CamelBody):
    name: Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
    input_schema: InputSchema
    description: str | None = None


class Tool(CamelBody):
    tool_spec: ToolSpecification | None = None
    system_tool: JSON | None = None
    cache_point: JSON | None = None


class Named(CamelBody):
    name: str


class Choice(CamelBody):
    auto: JSON | None = None
    any: JSON | None = None
    tool: Named | None = None


class ToolConfig(CamelBody):
    tools: Annotated[list[Tool], Field(min_length=1)]
    tool_choice: Choice | None = None

    def configuration(self) -> JSON:
        """As Converse has it."""
        return self.model_dump(by_alias=True, exclude_none=True)


class ToolUseBlock(CamelBody):
    tool_use_id: ToolUseId
    name: str
    input: JSON


class ToolResultBlock(CamelBody):
    tool_use_id: ToolUseId
    content: list[JSON]
    status: Literal["success", "error"] | None = None


def check_tool_blocks(content: Sequence[JSON], where: tuple[str | int, ...]) -> None:
    """Check the shape of the tool blocks of a message whose content stands at this place."""
    for place, block in enumerate(content):
        if "toolUse" in block:
            check(ToolUseBlock, block["toolUse"], (*where, place, "toolUse"))
        if "toolResult" in block:
            check(ToolResultBlock, block["toolResult"], (*where, place, "toolResult"))
