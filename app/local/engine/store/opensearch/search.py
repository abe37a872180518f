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
from typing import Any

import numpy as np

from app.local.engine.encoder import Vectors
from app.local.engine.store import fusion
from app.local.engine.store.analysis import terms
from app.local.engine.store.contract import Chunk, Hit
from app.local.engine.store.filters import Filter
from app.local.engine.store.opensearch.clauses import clause
from app.local.engine.store.opensearch.fields import JSON, SHOWN, components, term, to_chunk, to_hit
from app.local.engine.store.opensearch.index import IS_CHUNK, IS_PARENT, SearchIndex, exclusions

EXACT = 10_000  # chunks; up to here every vector is compared
NEAR = 500  # chunks that are the nearest by vector
BEST = 500  # chunks that are the best by words
MOST_TERMS = 1000  # different terms of a question; OpenSearch takes 1,024
PAGE = 500  # chunks with their vectors, some 7 KB each
MOST_HITS = 10_000  # that OpenSearch returns


Scored = dict[str, float]
"""Chunks by their ids, best first, each with the score that one query gives it."""


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
        living = [IS_CHUNK, *exclusions(hidden)]
        passing = [*living, *([clause(where)] if where else [])]
        limit = min(limit, MOST_HITS)
        most = min(max(NEAR, 2 * limit), MOST_HITS)
        nearest = _exact(vector, passing) if exact else _graph(vector, most, passing)
        words = _words(text, passing) if text is not None else None
        if words is None:
            [near] = self._rank([(nearest, limit if text is None else most)])
            fuse = fusion.semantic if text is None else _without_words
            return self._hits(list(near), fuse(_cosines(list(near.values()))), limit, living)
        near, best = self._rank([(nearest, most), (words, max(BEST, limit))])
        self._complete(near, best, vector, words, living)
        scores = fusion.hybrid(
            _cosines(list(near.values())), np.array([best.get(name, 0.0) for name in near])
        )
        return self._hits(list(near), scores, limit, living)

    def parents(self, ids: Sequence[str], hidden: Iterable[int]) -> dict[str, Hit]:
        hits: dict[str, Hit] = {}
        for first in range(0, len(ids), MOST_HITS):
            some = list(ids[first : first + MOST_HITS])
            query = {
                "bool": {"filter": [{"terms": {"chunk": some}}, IS_PARENT, *exclusions(hidden)]}
            }
            [answer] = self.index.search([{"query": query, "size": len(some), "_source": SHOWN}])
            hits |= {hit["_source"]["chunk"]: to_hit(hit["_source"], 0.0) for hit in answer}
        return hits

    def chunks_of(self, document: str, hidden: Iterable[int]) -> list[Chunk]:
        """The chunks of a document in their order; pages of them follow each other without a point
        in time, because a generation that is not hidden never changes.
        """
        chunks: list[Chunk] = []
        body: JSON = {
            "query": {"bool": {"filter": [{"term": {"document": document}}, *exclusions(hidden)]}},
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

    def conflict(self, ids: Sequence[str], document: str, hidden: Iterable[int]) -> str | None:
        """One of these ids of chunks that a chunk of another document has."""
        for first in range(0, len(ids), MOST_HITS):
            some = list(ids[first : first + MOST_HITS])
            query = {
                "bool": {
                    "filter": [{"terms": {"chunk": some}}, *exclusions(hidden)],
                    "must_not": [{"term": {"document": document}}],
                }
            }
            [answer] = self.index.search([{"query": query, "size": 1, "_source": ["chunk"]}])
            for hit in answer:
                return str(hit["_source"]["chunk"])
        return None

    def _complete(
        self, near: Scored, best: Scored, vector: Vectors, words: JSON, living: Sequence[JSON]
    ) -> None:
        """Add to each list the scores of what only the other one has. A list that is shorter than
        it may be has all that there are.
        """
        without_words = [name for name in near if name not in best] if len(best) >= BEST else []
        without_vector = [name for name in best if name not in near]
        queries: list[tuple[JSON, int]] = []
        if without_words:
            only = {"bool": {"must": [words], "filter": [_one_of(without_words), *living]}}
            queries.append((only, len(without_words)))
        if without_vector:
            exact = _exact(vector, [_one_of(without_vector), *living])
            queries.append((exact, len(without_vector)))
        if queries:
            answers = self._rank(queries)
            if without_words:
                best |= answers[0]
            if without_vector:
                near |= answers[-1]

    def _hits(
        self, names: Sequence[str], scores: Any, limit: int, living: Sequence[JSON]
    ) -> list[Hit]:
        """The best of the chunks, with their texts."""
        pairs = zip(scores.tolist(), names, strict=True)
        ranked = sorted(pairs, key=lambda pair: (-pair[0], pair[1]))[:limit]
        if not ranked:
            return []
        query = {"bool": {"filter": [_one_of([name for _, name in ranked]), *living]}}
        [answer] = self.index.search([{"query": query, "size": len(ranked), "_source": SHOWN}])
        fields = {hit["_source"]["chunk"]: hit["_source"] for hit in answer}
        return [to_hit(fields[name], score) for score, name in ranked if name in fields]

    def _rank(self, queries: Sequence[tuple[JSON, int]]) -> list[Scored]:
        """For each query and size, the chunks that it ranks best; equal ones by their ids.

        Nothing is read but the columns that they are sorted by: to fetch what is stored of 500
        chunks takes 300 ms, because all vectors are among it.
        """
        bodies = [
            {
                "query": query,
                "size": size,
                "stored_fields": "_none_",
                "sort": [{"_score": "desc"}, {"chunk": "asc"}],
                "track_total_hits": False,
            }
            for query, size in queries
        ]
        return [
            {hit["sort"][1]: hit["sort"][0] for hit in hits} for hits in self.index.search(bodies)
        ]


def _one_of(names: Sequence[str]) -> JSON:
    return {"terms": {"chunk": list(names)}}


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
