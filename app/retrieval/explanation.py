"""Explains the places of passages in a search."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.events import Passage

WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a passage is at its place.

    Attributes:
        semantic_rank: its place by meaning alone, from 1; None if it is not among the candidates,
            or if the Knowledge Base is managed.
        words: the query's words in it, as they are written there.
        used: whether an answer would use it.
        reason: why an answer would not.
    """

    semantic_rank: int | None
    words: tuple[str, ...]
    used: bool
    reason: str | None = None


def explain(
    passage: Passage, query: str, by_meaning: Sequence[Passage], answer_limit: int
) -> Explanation:
    """Explain one passage of a search.

    Args:
        by_meaning: the results of the same search by meaning alone, best first.
        answer_limit: the number of passages that an answer uses.
    """
    used = passage.number <= answer_limit
    return Explanation(
        semantic_rank=_rank(passage, by_meaning),
        words=_shared_words(query, passage.text),
        used=used,
        reason=None if used else f"an answer reads the first {answer_limit} only",
    )


def _rank(passage: Passage, others: Sequence[Passage]) -> int | None:
    """The rank of a passage among others. Two searches may join a chunk to more or less of what
    stands beside it, so one text may hold the other.
    """
    same = (
        other.number
        for other in others
        if other.uri == passage.uri
        and other.text
        and (passage.text in other.text or other.text in passage.text)
    )
    return next(same, None)


def _shared_words(query: str, text: str) -> tuple[str, ...]:
    """The words that a query and a text share, as the text has them, in order.

    >>> _shared_words("how hard is quartz?", "Quartz is HARD, quartz!")
    ('Quartz', 'is', 'HARD')
    """
    query_words = {word.lower() for word in WORD.findall(query)}
    spellings: dict[str, str] = {}
    for word in WORD.findall(text):
        if word.lower() in query_words:
            spellings.setdefault(word.lower(), word)
    return tuple(spellings.values())
