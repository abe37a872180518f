"""What a model is asked. Nothing in here knows a model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import InvalidRequest
from app.models.content import KINDS, Block, Message, Reasoning, Text, ToolResult, ToolUse

CHOICES = ("auto", "any", "none")
"""The words of a tool choice; any other is a tool's name."""


@dataclass(frozen=True, slots=True)
class ToolSpecification:
    """A tool that a model may call.

    Attributes:
        name: at most 64 letters, digits, `_` and `-`.
        description: what it does and when it is of use, for the model to read.
        input_schema: a JSON Schema of its input, an object.
        strict: whether the input is held to the schema to the letter.
    """

    name: str
    description: str
    input_schema: Mapping[str, Any]
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """A conversation that waits for the assistant's next message, and how that is to be written.

    Attributes:
        messages: oldest first; the user begins and speaks last. Blank texts say nothing and are
            left out.
        system: what the model is told about its task, apart from the conversation.
        tools: what the model may call.
        tool_choice: whether it may ("auto"), must ("any"), may not ("none"), or must call the tool
            of this name.
        output_schema: a JSON Schema, an object; the answer is JSON by it.
        max_tokens: the longest answer, in tokens. It is always sent: a model's own default is
            counted against the account's quota in full.
        temperature: 0 for the likeliest answer, more for variety; None is the model's default.
        top_p: draw from the likeliest tokens that together have this probability.
        top_k: draw from this many likeliest tokens.
        stop: texts that end the answer, and are not part of it.

    Raises:
        InvalidRequest: where the messages are not such a conversation.
    """

    messages: tuple[Message, ...]
    system: str = ""
    tools: tuple[ToolSpecification, ...] = ()
    tool_choice: str = "auto"
    output_schema: Mapping[str, Any] | None = None
    max_tokens: int = 1024
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        messages = self.alternating()
        if not messages or messages[0].role != "user" or messages[-1].role != "user":
            raise InvalidRequest(
                "The conversation has to begin and to end with a message of the user that says "
                "something.",
                field="messages",
            )
        for message in messages:
            _check_side(message)
        self._check_tools()
        if self.max_tokens < 1:
            raise InvalidRequest("max_tokens has to be at least 1.", field="max_tokens")

    @property
    def chosen_tool(self) -> str | None:
        """The name of the tool that has to be called, where there is one."""
        return None if self.tool_choice in CHOICES else self.tool_choice

    @property
    def uses_tools(self) -> bool:
        """Whether a message calls a tool, or has what one came to."""
        return any(
            isinstance(block, ToolUse | ToolResult)
            for message in self.messages
            for block in message.content
        )

    def _check_tools(self) -> None:
        names = [tool.name for tool in self.tools]
        for name in names:
            if names.count(name) > 1 or name in CHOICES:
                raise InvalidRequest(
                    f"{name!r} cannot be the name of a tool: each has a name of its own, and none "
                    f"is called {', '.join(CHOICES)}.",
                    field="tools",
                )
        if self.tool_choice != "auto" and not names:
            raise InvalidRequest("tool_choice is set, and there are no tools.", field="tool_choice")
        if self.chosen_tool is not None and self.chosen_tool not in names:
            raise InvalidRequest(
                f"tool_choice is one of {', '.join((*CHOICES, *names))}, and not "
                f"{self.tool_choice!r}.",
                field="tool_choice",
            )

    def alternating(self) -> tuple[Message, ...]:
        r"""The messages, with those of one side that follow each other made one.

        >>> from app.models.content import user
        >>> [message.text for message in Prompt((user("Hello."), user("Is it?"))).alternating()]
        ['Hello.\n\nIs it?']
        """
        merged: list[Message] = []
        for message in self.messages:
            content = tuple(block for block in message.content if _says(block))
            if not content:
                continue
            if merged and merged[-1].role == message.role:
                content = _merge(merged.pop().content, content)
            merged.append(Message(message.role, content))
        return tuple(merged)


def _says(block: Block) -> bool:
    return not isinstance(block, Text) or bool(block.text.strip())


def _merge(before: tuple[Block, ...], after: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks of two messages of one side; two texts that meet become one."""
    match before[-1], after[0]:
        case Text(first, None), Text(second, None):
            return (*before[:-1], Text(f"{first}\n\n{second}"), *after[1:])
    return before + after


def _check_side(message: Message) -> None:
    """Reasoning and calls of tools are the assistant's; all else but text is the user's."""
    for block in message.content:
        owner = "assistant" if isinstance(block, Reasoning | ToolUse) else "user"
        if not isinstance(block, Text) and message.role != owner:
            raise InvalidRequest(
                f"A message of the {message.role} cannot hold a block of the kind "
                f"{KINDS[type(block)]}: it belongs to the {owner}.",
                field="messages",
            )
