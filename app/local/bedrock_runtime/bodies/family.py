"""What a family of models is: how its bodies are read, and how an answer is put into them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.local.engine.writer.prompt import (
    Citation,
    Finish,
    Prompt,
    Sampling,
)

JSON = dict[str, Any]


class InvalidBody(Exception):
    """The body breaks a rule of its family. The message is worded as Bedrock words it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Request:
    """What a body asks for. `given` are the parameters of the Sampling that it names."""

    prompt: Prompt
    sampling: Sampling
    given: frozenset[str]

    @classmethod
    def of(cls, prompt: Prompt, *, stop: Sequence[str] = (), **parameters: Any) -> "Request":
        """With the parameters of a Sampling, None for those that the body leaves out."""
        given = {name: value for name, value in parameters.items() if value is not None}
        return cls(prompt, Sampling(**given, stop=tuple(stop)), frozenset(given))


@dataclass(frozen=True)
class Reply:
    """An answer that is to be put into a body.

    Attributes:
        model: the id of the model that is to have answered.
        id: of this answer, 24 letters and digits.
        body: the request's body, some of which some families repeat; empty behind Converse.
        spans: the tokenizer: the characters of every token of a text.
    """

    model: str
    id: str
    body: JSON
    text: str
    finish: Finish
    citations: Sequence[Citation]
    spans: Callable[[str], list[tuple[int, int]]]


@dataclass(frozen=True)
class Opening:
    """What is known of an answer before its first piece."""

    model: str
    id: str
    body: JSON
    input_tokens: int


@dataclass(frozen=True)
class Family:
    """The bodies of a family.

    Attributes:
        read: a request's body -> what it asks for. Raises InvalidBody.
        whole: the body of a whole answer.
        opening: the chunks before the first piece.
        piece: the chunks of a piece of text, told how many tokens have been written with it.
        closing: the chunks after the last piece; to the very last one Bedrock adds its metrics.
        top_k: where a body has top_k, which Converse has no member for: the path that a caller
            writes it by in `additionalModelRequestFields`.
    """

    read: Callable[[JSON], Request]
    whole: Callable[[Reply], JSON]
    opening: Callable[[Opening], list[JSON]]
    piece: Callable[[Opening, str, int], list[JSON]]
    closing: Callable[[Reply], list[JSON]]
    top_k: tuple[str, ...] = ()
