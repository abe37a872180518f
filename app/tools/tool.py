"""A tool, and the outcome of a call of it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import Unauthenticated
from app.tools.json_schema import unknown_keywords

Arguments = Mapping[str, Any]
"""The arguments that the model wrote, by the names in the tool's input schema."""

SessionAttributes = Mapping[str, str]
"""The session's attributes, which the runner sets and the model cannot change."""

PRINCIPAL = "principal"
"""The session attribute with the person who asks."""

CALL = "call"
"""The session attribute with the key of a call. It is equal when the same call is made again, so
that a tool which changes something does it once for a key."""

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""Converse's rule for a tool's name."""


@dataclass(frozen=True, slots=True)
class Output:
    """A tool's result: a text for the model to read, mostly JSON."""

    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reason why a tool has no result, in words for the model to read.

    Attributes:
        misuse: whether the arguments were wrong, so that the model may try others. Otherwise the
            requested item does not exist, or is not available at the moment.
    """

    message: str
    misuse: bool = False


Outcome = Output | Refusal


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that an agent may call.

    Attributes:
        name: 1 to 64 letters, digits, dashes and underscores.
        description: what it does and when to use it, by which the model chooses it.
        input_schema: the JSON Schema of its arguments, an object.
        call: calls it. It raises an OutcropError for a failure that the model cannot handle: the
            tool is not set up, or did not answer.
        confirms: whether the person who asks has to confirm each call first, because it changes
            something.
        group: the name of its action group; None if it stands alone.
    """

    name: str
    description: str
    input_schema: Mapping[str, Any]
    call: Callable[[Arguments, SessionAttributes], Outcome]
    confirms: bool = False
    group: str | None = None

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(
                f"A tool's name has 1 to 64 letters, digits, dashes and underscores, unlike "
                f"{self.name!r}."
            )
        if self.input_schema.get("type") != "object":
            raise ValueError(f"The input schema of {self.name} has to be of the type object.")
        if unchecked := sorted(unknown_keywords(self.input_schema)):
            raise ValueError(
                f"The input schema of {self.name} has {', '.join(unchecked)}, which nothing checks."
            )


def principal_of(session: SessionAttributes) -> str:
    """The principal who asks.

    Raises:
        Unauthenticated: the session has none.
    """
    if principal := session.get(PRINCIPAL):
        return principal
    raise Unauthenticated("Nobody is signed in, so there is nothing of theirs to look up.")


def call_of(session: SessionAttributes) -> str | None:
    """The key of the call; None if whoever runs the tool gives none, as a Bedrock agent: a function
    that changes something is then written so that a second call does no more.
    """
    return session.get(CALL) or None
