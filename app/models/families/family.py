"""What the families of models have in common: a shape of request, and two of response."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.events import StopReason
from app.models.prompt import Prompt

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """What a response body says, or one chunk of a stream.

    Attributes:
        text: of the answer; of a chunk, what it adds.
        stop: why the model stopped, in the family's own word, once it has.
        input_tokens: so far, where the body tells.
        output_tokens: so far, where the body tells.
        last: this is the family's terminal chunk. A stream that ends before it was cut.
    """

    text: str = ""
    stop: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    last: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """Models that take the same body and answer in the same one.

    Attributes:
        name: what the family is called in errors.
        request: the body of InvokeModel and of InvokeModelWithResponseStream.
        reply: reads the body that InvokeModel answers with.
        chunk: reads one chunk of InvokeModelWithResponseStream.
        stops: the family's words for the ends that an answer may have. Any other word is a
            failure: a tool that was never offered, malformed output, or a word that is newer
            than this table and might mean that the answer is not whole.
        reasoning: tags around the reasoning that some models write before their answer.
        streamed: what the body of a request has besides, where the answer is to be streamed.

    `reply` and `chunk` may raise KeyError, IndexError, TypeError, AttributeError or ValueError
    where a body is not of this family's shape.
    """

    name: str
    request: Callable[[Prompt], JSON]
    reply: Callable[[JSON], Piece]
    chunk: Callable[[JSON], Piece]
    stops: Mapping[str, StopReason]
    reasoning: tuple[str, ...] = ()
    streamed: JSON = field(default_factory=dict)


def given(**members: Any) -> JSON:
    """The members that were given: what is left out is the model's own default.

    >>> given(temperature=0.0, top_p=None, stop=())
    {'temperature': 0.0}
    """
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in members.items()
        if value is not None and value != ()
    }


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
