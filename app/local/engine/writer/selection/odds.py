"""The candidates for an answer with their scores, before any of them is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.selection import Scores


@dataclass(frozen=True)
class Odds:
    """What the writer draws from.

    Attributes:
        candidates: sentences, rows and blocks of the passages.
        scores: the log-odds of each to hold the answer, (candidates,); -inf if it is ruled out.
        is_answered: whether the writer takes it that the passages hold an answer. If not, it
            abstains, whatever the scores.
    """

    candidates: Sequence[Candidate]
    scores: Scores
    is_answered: bool
