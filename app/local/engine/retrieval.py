"""Retrieval: from a question to the chunks that fit it best.

    question -- corrected -- encoder -- store.search -- late order -- children folded -- joined

Where a document is cut into parents and children, a search finds children, and the result has the
parent of each: once, at the place of its best child. The limit counts children, so there may be
fewer results than it allows. So there may where a hit was joined with what stands beside it: of a
list that is cut in two, both chunks are one result.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from app.local.engine.corrections import corrected
from app.local.engine.encoder import TextEncoder
from app.local.engine.joining import joined
from app.local.engine.languages import how_to_in_english
from app.local.engine.late_order import FIRST, in_late_order
from app.local.engine.store import Hit, Store
from app.local.engine.store.filters import Filter
from app.local.engine.token_memory import TokenMemory


@dataclass(frozen=True)
class Query:
    """A question to a store.

    Attributes:
        question: in the user's words.
        limit: the most hits that the search returns, before children are folded.
        start: the rank of the first hit that is returned; the caller knows those before it.
        by_words: whether the words of the question count, beside its meaning.
        filter: the condition that a chunk's metadata has to meet.
        is_reranked: whether the caller puts the hits in an order of its own.
    """

    question: str
    limit: int
    start: int = 0
    by_words: bool = False
    filter: Filter | None = None
    is_reranked: bool = False


class RankedHit(NamedTuple):
    """A hit, and its rank among those of its query. The best has rank 0."""

    rank: int
    hit: Hit


def retrieve(
    encoder: TextEncoder, store: Store, query: Query, late: TokenMemory | None = None
) -> list[RankedHit]:
    """The hits from the query's start on, best first.

    Args:
        encoder: of the store's vectors.
        store: that is searched.
        query: what is looked for.
        late: reads the tokens of chunks, if the encoder has vectors of them. Then misspelled words
            are corrected, how something is done is asked in English too, and a search by meaning
            and by words ends with late interaction.
    """
    text = corrected(query.question, encoder, store.nearest_word) if late else query.question
    if late is None or not query.by_words or query.is_reranked:
        (vector,) = encoder.encode([text])
        words = text if query.by_words else None
        hits = store.search(vector, words, query.limit, query.filter)
    else:
        english = how_to_in_english(text)
        (question,) = late.encoder.tokens([english or text])
        text = f"{text} {english}" if english else text
        most = max(query.limit, FIRST)
        hits = store.search(question.mean, text, most, query.filter)
        hits = in_late_order(late, text, question, hits)[: query.limit]
    together = joined(fold(store, hits, 0))
    return [RankedHit(rank, hit) for rank, hit in together if rank >= query.start]


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
