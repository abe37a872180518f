"""Folds passages of the same text into the first of them.

A text that lies in several documents, or several times in one, would otherwise fill all the places
of an answer. Bedrock's Retrieve returns each copy; so it is asked for more than is needed.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.events import Passage

SPARE = 3  # results that Retrieve is asked for, for each passage that is wanted
MOST = 100  # results of one Retrieve


def results_for(limit: int) -> int:
    """How many results to ask for, so that `limit` passages are left when copies are folded."""
    return max(limit, min(SPARE * limit, MOST))


def fold(passages: Sequence[Passage], limit: int) -> tuple[Passage, ...]:
    """The first `limit` passages of different texts, numbered from 1. White space and the case of
    letters make no difference.
    """
    firsts: dict[str, Passage] = {}
    for passage in passages:
        if len(firsts) == limit:  # a further copy would change nothing
            break
        firsts.setdefault(" ".join(passage.text.casefold().split()), passage)
    return tuple(
        replace(passage, number=number) for number, passage in enumerate(firsts.values(), start=1)
    )
