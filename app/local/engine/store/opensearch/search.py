"""A search in OpenSearch, fused by the code of the embedded store.

    round 1   the nearest by vector     the best by words       in one request
    round 2   words of the nearest      vectors of the best     where either list lacks a score
    fusion    both scores of each candidate as one
    round 3   the texts of the hits

A filter is a part of each query, so it is applied before the best are chosen.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from app.local.engine.encoder import Vectors
from app.local.engine.store import fusion
from app.local.engine.store.analysis import terms
from app.local.engine.store.contract import Chunk, Hit
from app.local.engine.store.filters import Filter
from app.local.engine.store.opensearch.clauses import clause
from app.local.engine.store.opensearch.fields import JSON, SHOWN, components, term, to_chunk, to_hit
from app.local.engine.store.opensearch.index import IS_CHUNK, IS_PARENT, SearchIndex, shown

EXACT = 10_000  # chunks; up to here every vector is compared
NEAR = 500  # chunks that are the nearest by vector
BEST = 500  # chunks that are the best by words
MOST_TERMS = 1000  # different terms of a question; OpenSearch takes 1,024
PAGE = 500  # chunks with their vectors, some 7 KB each
MOST_HITS = 10_000  # that OpenSearch returns


class RankedChunk(NamedTuple):
    """A chunk as a query ranks it."""

    id: str  # of OpenSearch's document
    chunk: str
    score: float


@dataclass(frozen=True)
class Searcher:
    """Searches one index. Each call is given the generations that are hidden from it."""

    index: SearchIndex

    def search(
        self,
        vector: Vectors,
        text: str | None,
        limit: int,
        where: Filter | None,
        hidden: Iterable[int],
        *,
        exact: bool,
    ) -> list[Hit]:
        """The best `limit` chunks.

        Args:
            exact: compare every vector that passes the filter, without the graph of k-NN.
        """
        passing = [IS_CHUNK, *shown(hidden), *([clause(where)] if where else [])]
        limit = min(limit, MOST_HITS)
        near = min(max(NEAR, 2 * limit), MOST_HITS)
        nearest = _exact(vector, passing) if exact else _graph(vector, near, passing)
        words = _words(text, passing) if text is not None else None
        if words is None:
            size = limit if text is None else near
            [candidates] = self._rank([(nearest, size)])
            cosines = _cosines([each.score for each in candidates])
            fuse = fusion.semantic if text is None else _without_words
            return self._hits(candidates, fuse(cosines), limit)
        by_vector, by_words = self._rank([(nearest, near), (words, max(BEST, limit))])
        candidates, vectors, bm25 = self._both(vector, words, by_vector, by_words)
        return self._hits(candidates, fusion.hybrid(_cosines(vectors), np.array(bm25)), limit)

    def parents(self, ids: Sequence[str], hidden: Iterable[int]) -> dict[str, Hit]:
        hits: dict[str, Hit] = {}
        for first in range(0, len(ids), MOST_HITS):
            some = list(ids[first : first + MOST_HITS])
            query = {"bool": {"filter": [{"terms": {"chunk": some}}, IS_PARENT, *shown(hidden)]}}
            [answer] = self.index.search([{"query": query, "size": len(some), "_source": SHOWN}])
            hits |= {hit["_source"]["chunk"]: to_hit(hit["_source"], 0.0) for hit in answer}
        return hits

    def chunks_of(self, document: str, hidden: Iterable[int]) -> list[Chunk]:
        """The chunks of a document in their order; pages of them follow each other without a point
        in time, because a generation that is not hidden never changes.
        """
        chunks: list[Chunk] = []
        body: JSON = {
            "query": {"bool": {"filter": [{"term": {"document": document}}, *shown(hidden)]}},
            "size": PAGE,
            "sort": [{"position": "asc"}],
            "_source": [*SHOWN, "vector"],
        }
        while True:
            [hits] = self.index.search([body])
            chunks += [to_chunk(hit["_source"]) for hit in hits]
            if len(hits) < PAGE:
                return chunks
            body = body | {"search_after": hits[-1]["sort"]}

    def taken(self, ids: Sequence[str], document: str, hidden: Iterable[int]) -> str | None:
        """One of these ids of chunks that a chunk of another document has."""
        for first in range(0, len(ids), MOST_HITS):
            some = list(ids[first : first + MOST_HITS])
            query = {
                "bool": {
                    "filter": [{"terms": {"chunk": some}}, *shown(hidden)],
                    "must_not": [{"term": {"document": document}}],
                }
            }
            [answer] = self.index.search([{"query": query, "size": 1, "_source": ["chunk"]}])
            for hit in answer:
                return str(hit["_source"]["chunk"])
        return None

    def _both(
        self,
        vector: Vectors,
        words: JSON,
        by_vector: Sequence[RankedChunk],
        by_words: Sequence[RankedChunk],
    ) -> tuple[list[RankedChunk], list[float], list[float]]:
        """Every candidate of either list, with its score by vector and by words."""
        near = {each.id: each.score for each in by_vector}
        best = {each.id: each.score for each in by_words}
        candidates = list({each.id: each for each in (*by_vector, *by_words)}.values())
        without_words = [id_ for id_ in near if id_ not in best] if len(best) >= BEST else []
        without_vector = [id_ for id_ in best if id_ not in near]
        queries: list[tuple[JSON, int]] = []
        if without_words:
            only = {"bool": {"must": [words], "filter": [{"ids": {"values": without_words}}]}}
            queries.append((only, len(without_words)))
        if without_vector:
            one_of = [{"ids": {"values": without_vector}}]
            queries.append((_exact(vector, one_of), len(without_vector)))
        answers = self._rank(queries) if queries else []
        if without_words:
            best |= {each.id: each.score for each in answers[0]}
        if without_vector:
            near |= {each.id: each.score for each in answers[-1]}
        # A chunk that was deleted between the rounds belongs to a generation that is hidden now.
        candidates = [each for each in candidates if each.id in near]
        return (
            candidates,
            [near[each.id] for each in candidates],
            [best.get(each.id, 0.0) for each in candidates],
        )

    def _hits(self, candidates: Sequence[RankedChunk], scores: Any, limit: int) -> list[Hit]:
        """The best of the candidates, with their texts."""
        ranked = sorted(
            zip(scores.tolist(), candidates, strict=True),
            key=lambda pair: (-pair[0], pair[1].chunk),
        )[:limit]
        if not ranked:
            return []
        ids = [each.id for _, each in ranked]
        query = {"ids": {"values": ids}}
        [answer] = self.index.search([{"query": query, "size": len(ids), "_source": SHOWN}])
        fields = {hit["_id"]: hit["_source"] for hit in answer}
        return [to_hit(fields[each.id], score) for score, each in ranked if each.id in fields]

    def _rank(self, queries: Sequence[tuple[JSON, int]]) -> list[list[RankedChunk]]:
        """For each query and size, the chunks that it ranks best; equal ones by their ids."""
        bodies = [
            {
                "query": query,
                "size": size,
                "_source": False,
                "docvalue_fields": ["chunk"],
                "sort": [{"_score": "desc"}, {"chunk": "asc"}],
                "track_total_hits": False,
            }
            for query, size in queries
        ]
        return [
            [RankedChunk(hit["_id"], hit["fields"]["chunk"][0], hit["sort"][0]) for hit in hits]
            for hits in self.index.search(bodies)
        ]


def _exact(vector: Vectors, passing: Sequence[JSON]) -> JSON:
    """A query that compares every vector that passes."""
    params = {"field": "vector", "query_value": components(vector), "space_type": "l2"}
    script = {"lang": "knn", "source": "knn_score", "params": params}
    return {"script_score": {"query": {"bool": {"filter": list(passing)}}, "script": script}}


def _graph(vector: Vectors, count: int, passing: Sequence[JSON]) -> JSON:
    """A query of the graph of k-NN, which looks only at what passes."""
    query = {
        "vector": components(vector),
        "k": count,
        "filter": {"bool": {"filter": list(passing)}},
    }
    return {"knn": {"vector": query}}


def _words(text: str, passing: Sequence[JSON]) -> JSON | None:
    """A query of BM25; None for a text without terms."""
    counts = Counter(map(term, terms(text)))
    clauses = [
        {"term": {"terms": {"value": each, "boost": times}}}
        for each, times in list(counts.items())[:MOST_TERMS]
    ]
    if not clauses:
        return None
    return {
        "bool": {"should": clauses, "minimum_should_match": 1, "filter": list(passing)},
    }


def _cosines(scores: Sequence[float]) -> fusion.Scores:
    """The cosines behind OpenSearch's scores in the space l2, which are 1 / (1 + distance²)."""
    distances = 1 / np.array(scores, np.float64) - 1  # (n,) squared
    return 1 - distances / 2


def _without_words(cosines: fusion.Scores) -> fusion.Scores:
    return fusion.hybrid(cosines, np.zeros(len(cosines)))
