"""Retrieval: a question to the chunks that fit it best, a page at a time.

    question -- encoder -- store.search -- fold children into their parents -- page

Where a document was cut into parents and children, children are found and counted, and their
parents are returned, each once and in the place of its best child. So a page may hold fewer chunks
than its query allows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.local.engine.encoder import TextEncoder
from app.local.engine.store import Hit, Store
from app.local.engine.store.filters import Filter


@dataclass(frozen=True)
class Query:
    """What to look for.

    Attributes:
        question: in the user's words.
        limit: how many hits the page counts.
        start: how many hits the pages before it counted.
        by_words: whether the words of the question count, beside its meaning.
        filter: only chunks whose metadata it holds for.
    """

    question: str
    limit: int
    start: int = 0
    by_words: bool = False
    filter: Filter | None = None


@dataclass(frozen=True)
class Page:
    """Some hits, best first. `next_start` is the next page's start; None behind the last hit."""

    hits: Sequence[Hit]
    next_start: int | None


def retrieve(encoder: TextEncoder, store: Store, query: Query) -> Page:
    """The hits of one page. One hit more is searched for, to know whether another page follows."""
    end = query.start + query.limit
    (vector,) = encoder.encode([query.question])
    words = query.question if query.by_words else None
    hits = store.search(vector, words, end + 1, query.filter)
    return Page(list(fold(store, hits[:end], query.start)), end if len(hits) > end else None)


def fold(store: Store, hits: Sequence[Hit], start: int) -> Iterator[Hit]:
    """The hits from `start` on, a parent in the place of its first child. Left out are those whose
    parent came before `start`, and those of a document that is being replaced at this moment.
    """
    parents = store.parents([hit.parent for hit in hits[start:] if hit.parent])
    seen = {hit.parent for hit in hits[:start]}
    for hit in hits[start:]:
        if hit.parent is None:
            yield hit
        elif hit.parent not in seen and hit.parent in parents:
            seen.add(hit.parent)
            yield replace(parents[hit.parent], score=hit.score)
