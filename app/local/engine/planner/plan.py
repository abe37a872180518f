"""What the planner decides: the nouns of this package."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """A tool to call, and its parameters."""

    name: str
    input: dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """What to do now.

    Attributes:
        calls: the calls to make, side by side.
        text: what to say instead: a question that asks back for a missing argument, the answer from
            the results of tools, or the JSON of a structured output.

    Both are empty where no tool fits.
    """

    calls: tuple[Call, ...] = ()
    text: str = ""
