"""Retrieval: from a question to the chunks that fit it best.

    question -- encoder -- store.search -- fold children into their parents -- ranked hits

Where a document is cut into parents and children, a search finds children, and the result has the
parent of each: once, at the place of its best child. The limit counts children, so there may be
fewer results than it allows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from app.local.engine.encoder import TextEncoder
from app.local.engine.store import Hit, Store
from app.local.engine.store.filters import Filter


@dataclass(frozen=True)
class Query:
    """A question to a store.

    Attributes:
        question: in the user's words.
        limit: the most hits that the search returns, before children are folded.
        start: the rank of the first hit that is returned; the caller knows those before it.
        by_words: whether the words of the question count, beside its meaning.
        filter: the condition that a chunk's metadata has to meet.
    """

    question: str
    limit: int
    start: int = 0
    by_words: bool = False
    filter: Filter | None = None


class RankedHit(NamedTuple):
    """A hit, and its rank among those of its query. The best has rank 0."""

    rank: int
    hit: Hit


def retrieve(encoder: TextEncoder, store: Store, query: Query) -> list[RankedHit]:
    """The hits from the query's start on, best first."""
    (vector,) = encoder.encode([query.question])
    words = query.question if query.by_words else None
    hits = store.search(vector, words, query.limit, query.filter)
    return list(fold(store, hits, query.start))


def fold(store: Store, hits: Sequence[Hit], start: int) -> Iterator[RankedHit]:
    """Yield the hits from `start` on, with each parent at the place of its best child.

    A parent that a hit before `start` has shown is left out, and so is the parent of a document
    that is being replaced at this moment.
    """
    parents = store.parents([hit.parent for hit in hits[start:] if hit.parent])
    shown_parents = {hit.parent for hit in hits[:start]}
    for rank, hit in enumerate(hits[start:], start):
        if hit.parent is None:
            yield RankedHit(rank, hit)
        elif hit.parent not in shown_parents and hit.parent in parents:
            shown_parents.add(hit.parent)
            yield RankedHit(rank, replace(parents[hit.parent], score=hit.score))
