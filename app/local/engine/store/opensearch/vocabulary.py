"""The words and the values that the chunks of an index have."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.local import lazy_re as re
from app.local.engine.store import spelling
from app.local.engine.store.opensearch.clauses import FIELD
from app.local.engine.store.opensearch.fields import JSON, SHOWN
from app.local.engine.store.opensearch.index import IS_CHUNK, SearchIndex, exclusions
from app.local.engine.store.opensearch.values import (
    BOOLEAN,
    MEMBER,
    NUMBER,
    STRING,
    start,
    value_of,
)

SPELLINGS = 50  # words that are looked at as the meant one
SPARE_VALUES = 100


@dataclass(frozen=True)
class Vocabulary:
    """Of one index. Each call is given the generations that are hidden from it."""

    index: SearchIndex

    def nearest_term(self, word: str, hidden: Iterable[int]) -> tuple[str, JSON] | None:
        """The living term that is spelled almost like one which no living chunk has, and the first
        chunk that has it, as it is stored. Of equally near ones that of the most chunks.
        """
        most = spelling.faults(word)
        passing = [IS_CHUNK, *exclusions(hidden)]
        if not most:
            return None
        suggestion = {
            "field": "letters",
            "suggest_mode": "always",
            "max_edits": most,
            "prefix_length": 1,
            "min_word_length": 3,
            "accuracy": 0.01,
            "size": SPELLINGS,
            "shard_size": SPELLINGS,
        }
        body = {
            "size": 0,
            "query": {"bool": {"filter": [*passing, {"term": {"terms": word}}]}},
            "terminate_after": 1,
            "suggest": {"near": {"text": word, "term": suggestion}},
        }
        answer = self.index.ask(body)
        [entry] = answer["suggest"]["near"]
        others = {option["text"] for option in entry["options"]}
        near = {other: spelling.distance(word, other, most) for other in others}
        near = {other: count for other, count in near.items() if 0 < count <= most}
        if answer["hits"]["total"]["value"] or not near:
            return None
        return self._commonest(near, passing)

    def values(self, key: str, limit: int, hidden: Iterable[int]) -> list[str | float | bool]:
        """The values of a key, those of the most chunks first."""
        pattern = f"{_literal(start(key, ''))}[{BOOLEAN}{MEMBER}{NUMBER}{STRING}].*"
        most = limit + SPARE_VALUES  # a string may be the member of a list as well
        field = {"field": FIELD, "include": pattern, "size": most, "shard_size": 2 * most}
        body = {
            "size": 0,
            "query": {"bool": {"filter": [IS_CHUNK, *exclusions(hidden)]}},
            "aggs": {"values": {"terms": field}},
        }
        answer = self.index.ask(body)
        counts: Counter[str] = Counter()
        for bucket in answer["aggregations"]["values"]["buckets"]:
            value = json.dumps(value_of(bucket["key"], key), ensure_ascii=False)
            counts[value] += bucket["doc_count"]
        ordered = sorted(counts, key=lambda value: (-counts[value], value))
        return [json.loads(value) for value in ordered[:limit]]

    def _commonest(
        self, faults: Mapping[str, int], passing: Sequence[JSON]
    ) -> tuple[str, JSON] | None:
        """Of words, the one with the fewest faults that the most living chunks have."""
        words = list(faults)
        body = {
            "size": 0,
            "query": {"bool": {"filter": [*passing, {"terms": {"letters": words}}]}},
            "aggs": {
                "words": {"terms": {"field": "letters", "include": words, "size": len(words)}}
            },
        }
        buckets = self.index.ask(body)["aggregations"]["words"]
        ranked = sorted(
            (faults[bucket["key"]], -bucket["doc_count"], bucket["key"])
            for bucket in buckets["buckets"]
        )
        if not ranked:
            return None
        best = ranked[0][2]
        query = {"bool": {"filter": [*passing, {"term": {"letters": best}}]}}
        order = [{"generation": "asc"}, {"position": "asc"}]
        [hits] = self.index.search([{"query": query, "size": 1, "sort": order, "_source": SHOWN}])
        return (best, hits[0]["_source"]) if hits else None


def _literal(text: str) -> str:
    """A text as a part of a pattern of Lucene's, in which any sign may be escaped."""
    return re.sub(r"(?=\W)", r"\\", text)
