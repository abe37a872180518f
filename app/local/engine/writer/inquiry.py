"""A question that is put to passages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.message.records import Passage
from app.local.engine.writer.rewrite import Meaning
from app.local.engine.writer.selection import Scores

Draw = Callable[[Scores], list[int]]
"""The scores of candidates to their places, in the order in which they are drawn."""


@dataclass(frozen=True)
class Inquiry:
    """A question, the passages that it is put to, and what may be said of them.

    Attributes:
        candidates: of the passages, or those of them that are asked.
    """

    meaning: Meaning
    candidates: Sequence[Candidate]
    passages: Sequence[Passage]

    @property
    def names(self) -> list[str]:
        """Those of the passages' documents."""
        return [one.name for one in self.passages]
