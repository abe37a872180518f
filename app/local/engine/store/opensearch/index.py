"""An index in OpenSearch: made or checked, asked and counted."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from opensearchpy import OpenSearch

from app.local.engine.store.analysis import VERSION
from app.local.engine.store.contract import (
    StoreDamaged,
    StoreError,
    StoreForeign,
    StoreUnavailable,
)
from app.local.engine.store.opensearch.endpoint import Endpoint
from app.local.engine.store.opensearch.fields import FORMAT, JSON, differences, index_body
from app.local.engine.store.opensearch.target import WriteTarget
from lambdas.vector_index.index import VectorIndex

SHARDS_SECONDS = 15.0  # in which the shards of an index have to be found after a start
LOOK_SECONDS = 0.5
BUCKETS = 5000  # generations that are counted at once
HIDDEN_AT_ONCE = 60_000

IS_CHUNK = {"term": {"kind": "chunk"}}
IS_PARENT = {"term": {"kind": "parent"}}


class SearchIndex:
    """An index by its name.

    Attributes:
        label: the index in a sentence.
        target: where its bulks go.
    """

    def __init__(self, endpoint: Endpoint, client: OpenSearch, name: str) -> None:
        self.endpoint, self._client, self.name = endpoint, client, name
        self.target = WriteTarget(endpoint, client, name)
        self.label = self.target.label

    def search(self, bodies: Sequence[JSON]) -> list[list[JSON]]:
        """The hits of several searches, in one request.

        Shards tell each other how rare a term is, so that a chunk's score does not depend on its
        shard.
        """
        lines: list[JSON] = []
        for body in bodies:
            lines += [{"search_type": "dfs_query_then_fetch"}, body]
        with self.endpoint.errors():
            answers = self._client.msearch(body=lines, index=self.name)["responses"]
        for answer in answers:
            self.endpoint.check(answer)
        return [answer["hits"]["hits"] for answer in answers]

    def ask(self, body: JSON) -> Any:
        """The whole answer of a search."""
        with self.endpoint.errors():
            answer = self._client.search(index=self.name, body=body)
        self.endpoint.check(answer)
        return answer

    def refresh(self) -> None:
        if not self.endpoint.has_own_ids:
            with self.endpoint.errors():
                answer = self._client.indices.refresh(index=self.name)
            self.endpoint.check(answer)

    def count(self, query: JSON) -> int:
        with self.endpoint.errors():
            answer = self._client.count(index=self.name, body={"query": query})
        self.endpoint.check(answer)
        return int(answer["count"])

    def prepare(self, dimension: int, owner: str, *, is_filled: bool) -> None:
        """Make the index, or see that the one of this name is the owner's.

        Args:
            owner: the id of the ledger.
            is_filled: whether the ledger has documents, so that the index has to be there.

        Raises:
            StoreDamaged: it should be there and is not, or an older version made it.
            StoreForeign: it has vectors of another dimension.
            StoreError: it is another's, or has another shape; or see `WriteTarget.settle`.
        """
        definition = VectorIndex(dimension, engine=self.endpoint.engine)
        with self.endpoint.errors():
            if not self._client.indices.exists(index=self.name):
                if is_filled:
                    raise StoreDamaged(f"{self.label} is gone.")
                self._client.indices.create(index=self.name, body=index_body(definition, owner))
            indexes = self._client.indices.get(index=self.name)
        if self.name not in indexes:
            raise StoreError(
                f"{self.name} in OpenSearch at {self.endpoint.place} is an alias, of "
                f"{' and '.join(sorted(indexes))}, and has to be an index. Remove the alias there; "
                "then the index is made anew, and its documents are ingested again."
            )
        self._check_index(definition, owner, indexes[self.name]["mappings"])
        self._await_shards()
        self.target.settle(indexes[self.name])

    def _check_index(self, definition: VectorIndex, owner: str, mappings: JSON) -> None:
        name = self.label
        mark = mappings.get("_meta", {}).get("outcrop")
        dimension = mappings.get("properties", {}).get("vector", {}).get("dimension")
        if mark is None:
            raise StoreError(f"{name} was not made by Outcrop. Delete or rename it there.")
        if mark["owner"] != owner:
            raise StoreError(f"{name} belongs to another home. Delete it there, or use that home.")
        if dimension not in (None, definition.dimension):
            raise StoreForeign(
                f"{name} holds vectors of {dimension} components, and the encoder makes "
                f"{definition.dimension}. Delete it there and ingest its documents again."
            )
        if other := differences(definition, mappings):
            raise StoreError(f"{name} has another shape: {'; '.join(other)}. Delete it there.")
        if (mark["format"], mark["terms"]) != (FORMAT, VERSION):
            raise StoreDamaged(f"{name} was made by another version of Outcrop.")

    def _await_shards(self) -> None:
        """Wait until every shard has a copy that answers.

        Raises:
            StoreUnavailable: one has none: the index is red.
        """
        if self.endpoint.has_own_ids:
            return
        until = time.monotonic() + SHARDS_SECONDS
        while True:
            with self.endpoint.errors():
                status = self._client.cluster.health(index=self.name)["status"]
            if status != "red":
                return
            if time.monotonic() > until:
                raise StoreUnavailable(
                    f"{self.label} is red: a shard has no copy that answers. Start the nodes that "
                    "hold it."
                )
            time.sleep(LOOK_SECONDS)

    def count_by_generation(self) -> dict[int, int]:
        counts: dict[int, int] = {}
        after: JSON = {}
        while True:
            sources = [{"generation": {"terms": {"field": "generation"}}}]
            composite = {"sources": sources, "size": BUCKETS, **after}
            body = {"size": 0, "aggs": {"by": {"composite": composite}}}
            with self.endpoint.errors():
                answer = self._client.search(index=self.name, body=body)
            self.endpoint.check(answer)
            result = answer["aggregations"]["by"]
            counts |= {each["key"]["generation"]: each["doc_count"] for each in result["buckets"]}
            if "after_key" not in result:
                return counts
            after = {"after": result["after_key"]}


def exclusions(hidden: Iterable[int]) -> list[JSON]:
    """The clauses that leave hidden generations out."""
    numbers = sorted(hidden)
    return [
        {"bool": {"must_not": [{"terms": {"generation": numbers[first : first + HIDDEN_AT_ONCE]}}]}}
        for first in range(0, len(numbers), HIDDEN_AT_ONCE)
    ]
