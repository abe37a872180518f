"""What a model is asked. Nothing in here knows a model."""

from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from app.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A conversation that waits for the assistant's next turn, and how that is to be written.

    Attributes:
        turns: oldest first; the user begins and speaks last. Blank turns say nothing and are
            left out.
        system: what the model is told about its task, apart from the conversation.
        max_tokens: the longest answer, in tokens. It is always sent: a model's own default is
            counted against the account's quota in full.
        temperature: 0 for the likeliest answer, more for variety; None is the model's default.
        top_p: draw from the likeliest tokens that together have this probability.
        top_k: draw from this many likeliest tokens.
        stop: texts that end the answer, and are not part of it.

    Raises:
        InvalidRequest: where the turns are not such a conversation.
    """

    turns: tuple[Turn, ...]
    system: str = ""
    max_tokens: int = 1024
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        roles = [turn.role for turn in self.alternating()]
        if not roles or roles[0] != "user" or roles[-1] != "user":
            raise InvalidRequest(
                "The conversation has to begin and to end with a turn of the user that says "
                "something.",
                field="turns",
            )
        if self.max_tokens < 1:
            raise InvalidRequest("max_tokens has to be at least 1.", field="max_tokens")

    def alternating(self) -> tuple[Turn, ...]:
        r"""The turns, with those of one side that follow each other made one.

        >>> hello, there = Turn("user", "Hello."), Turn("user", "Anyone there?")
        >>> Prompt((hello, there)).alternating()
        (Turn(role='user', text='Hello.\n\nAnyone there?'),)
        """
        said = [turn for turn in self.turns if turn.text.strip()]
        return tuple(
            Turn(role, "\n\n".join(turn.text for turn in turns))
            for role, turns in groupby(said, key=lambda turn: turn.role)
        )
