"""A tool, and what a call of it comes to."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import Unauthenticated

Arguments = Mapping[str, Any]
"""What the model wants a tool to be called with, by the names of the tool's input schema."""

SessionAttributes = Mapping[str, str]
"""What the runner knows of the session, and the model cannot change."""

PRINCIPAL = "principal"
"""The session attribute that names who is asking."""

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""A tool's name, as Converse takes it."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a tool answers: a text for the model to read, mostly JSON."""

    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a tool has no answer, in words for the model to read.

    Attributes:
        misuse: the arguments were wrong: the model may try again with others. Otherwise what was
            asked for is not there, or cannot be had at the moment.
    """

    message: str
    misuse: bool = False


Outcome = Output | Refusal


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that an agent may call.

    Attributes:
        name: 1 to 64 letters, digits, dashes and underscores.
        description: what it does and when to use it, for the model to choose by.
        input_schema: the JSON Schema of its arguments, an object.
        call: calls it. It raises an OutcropError where nothing could be said to the model: the
            tool is not set up, or did not answer.
    """

    name: str
    description: str
    input_schema: Mapping[str, Any]
    call: Callable[[Arguments, SessionAttributes], Outcome]

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(
                f"A tool's name has 1 to 64 letters, digits, dashes and underscores, unlike "
                f"{self.name!r}."
            )
        if self.input_schema.get("type") != "object":
            raise ValueError(f"The input schema of {self.name} has to be of the type object.")


def principal_of(session: SessionAttributes) -> str:
    """Who is asking.

    Raises:
        Unauthenticated: the runner has not said.
    """
    if principal := session.get(PRINCIPAL):
        return principal
    raise Unauthenticated("Nobody is signed in, so there is nothing of theirs to look up.")
