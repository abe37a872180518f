"""What the families of models have in common: a shape of request, and two of response."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from app.models.content import (
    Block,
    BlockEnd,
    Delta,
    DocumentFormat,
    Message,
    ReplyStop,
    Text,
    TextDelta,
    ToolInputDelta,
    ToolUseStart,
)
from app.models.prompt import Prompt

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """What a response body says, or one chunk of a stream.

    Attributes:
        deltas: of the reply's blocks; of a chunk, what it adds. A BlockEnd may be left out: a
            block ends where one of another kind begins.
        stop: why the model stopped, in the family's own word, once it has.
        input_tokens: so far, where the body tells.
        output_tokens: so far, where the body tells.
        last: this is the family's terminal chunk. A stream that ends before it was cut.
        trace: what the guardrail judged, where the family's own body says it.
    """

    deltas: tuple[Delta, ...] = ()
    stop: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    last: bool = False
    trace: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """Models that take the same body and answer in the same one.

    Attributes:
        name: what the family is called in errors.
        request: the body of InvokeModel and of InvokeModelWithResponseStream.
        reply: reads the body that InvokeModel answers with.
        chunk: reads one chunk of InvokeModelWithResponseStream.
        stops: the family's words for the ends that an answer may have. Any other word is a
            failure: malformed output, or a word that is newer than this table and might mean that
            the answer is not whole.
        reasoning: tags around the reasoning that some models write before their answer.
        streamed: what the body of a request has besides, where the answer is to be streamed.
        blocks: the kinds of content that the bodies have a place for.
        documents: the formats of documents that they have a place for.
        results: the kinds of content that a tool's result may hold.
        choices: the tool choices but "auto" that they have a place for: "any", "none", and "tool"
            for a tool's name.
        schemas: whether they have a place for the schema of the answer, and for strict tools.

    `reply` and `chunk` may raise KeyError, IndexError, TypeError, AttributeError or ValueError
    where a body is not of this family's shape.
    """

    name: str
    request: Callable[[Prompt], JSON]
    reply: Callable[[JSON], Piece]
    chunk: Callable[[JSON], Piece]
    stops: Mapping[str, ReplyStop]
    reasoning: tuple[str, ...] = ()
    streamed: JSON = field(default_factory=dict)
    blocks: frozenset[type[Block]] = frozenset({Text})
    documents: frozenset[DocumentFormat] = frozenset()
    results: frozenset[type[Block]] = frozenset({Text})
    choices: frozenset[Literal["any", "tool", "none"]] = frozenset()
    schemas: bool = False

    def write(self, prompt: Prompt) -> JSON:
        """The body of a request. Where there is no choice of none, no tools are offered instead."""
        if prompt.tool_choice == "none" and "none" not in self.choices:
            prompt = replace(prompt, tools=(), tool_choice="auto")
        return self.request(prompt)


def drop_missing(**members: Any) -> JSON:
    """Drop the members without a value: what is left out is the model's own default.

    >>> drop_missing(temperature=0.0, top_p=None, stop=())
    {'temperature': 0.0}
    """
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in members.items()
        if value is not None and value != ()
    }


def plain(message: Message) -> str:
    r"""The texts of a message, for bodies in which it is one text.

    >>> plain(Message("user", (Text("Hello."), Text("Is it?"))))
    'Hello.\n\nIs it?'
    """
    return "\n\n".join(block.text for block in message.content if isinstance(block, Text))


def text_deltas(value: Any) -> tuple[Delta, ...]:
    """The delta of a text in a body; none where it is null or empty."""
    words = string(value)
    return (TextDelta(words),) if words else ()


def tool_use_deltas(id_: Any, name: Any, arguments: Any) -> tuple[Delta, ...]:
    """The deltas of a call of a tool that a body holds whole.

    Args:
        arguments: a JSON object, or its text.
    """
    written = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return ToolUseStart(string(id_), string(name)), ToolInputDelta(written), BlockEnd()


def string(value: Any) -> str:
    """A text of a body; null is no text."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a string")
    return value


def count(value: Any) -> int | None:
    """A number of tokens in a body; it may be missing."""
    if value is not None and (not isinstance(value, int) or value < 0):
        raise TypeError(f"{value!r} is not a number of tokens")
    return value
