"""The rounds of an agent's turn: a reply of the model that calls tools, and what the calls came
to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.events import Passage
from app.models import Block, ToolUse


@dataclass(frozen=True, slots=True)
class CallResult:
    """What a call came to, for the model.

    Attributes:
        call: the id of its ToolUse.
        text: what the model reads; empty where there are passages.
        passages: what a search of the documents found.
    """

    call: str
    tool: str
    text: str
    is_error: bool = False
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Round:
    """A reply that calls tools, with its blocks as the model wrote them, and the results."""

    reply: Sequence[Block]
    results: Sequence[CallResult]

    @property
    def uses(self) -> tuple[ToolUse, ...]:
        """The calls of the reply."""
        return tuple(block for block in self.reply if isinstance(block, ToolUse))
