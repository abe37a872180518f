"""Retrieval: a question to the chunks that fit it best.

    question -- encoder -- store.search -- fold children into their parents -- ranked hits

Where a document was cut into parents and children, children are found and counted, and their
parents are returned, each once and in the place of its best child. So there may be fewer chunks
than the query allows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from app.local.engine.encoder import TextEncoder
from app.local.engine.store import Hit, Store
from app.local.engine.store.filters import Filter


@dataclass(frozen=True)
class Query:
    """What to look for.

    Attributes:
        question: in the user's words.
        limit: how many hits count.
        start: the rank of the first hit that is wanted; those before it are known.
        by_words: whether the words of the question count, beside its meaning.
        filter: only chunks whose metadata it holds for.
    """

    question: str
    limit: int
    start: int = 0
    by_words: bool = False
    filter: Filter | None = None


class RankedHit(NamedTuple):
    """A hit, and its rank among those of its query, of which the best has 0."""

    rank: int
    hit: Hit


def retrieve(encoder: TextEncoder, store: Store, query: Query) -> list[RankedHit]:
    """The hits from the query's start on, best first."""
    (vector,) = encoder.encode([query.question])
    words = query.question if query.by_words else None
    hits = store.search(vector, words, query.limit, query.filter)
    return list(fold(store, hits, query.start))


def fold(store: Store, hits: Sequence[Hit], start: int) -> Iterator[RankedHit]:
    """The hits from `start` on, a parent in the place of its first child. Left out are those whose
    parent came before `start`, and those of a document that is being replaced at this moment.
    """
    parents = store.parents([hit.parent for hit in hits[start:] if hit.parent])
    seen = {hit.parent for hit in hits[:start]}
    for rank, hit in enumerate(hits[start:], start):
        if hit.parent is None:
            yield RankedHit(rank, hit)
        elif hit.parent not in seen and hit.parent in parents:
            seen.add(hit.parent)
            yield RankedHit(rank, replace(parents[hit.parent], score=hit.score))
