"""Chunks into an index and out of it, in bulks.

A bulk answers for each chunk by itself. Where OpenSearch has too much to do (429), it is asked
again with longer and longer pauses; what it refuses for good fails the document with OpenSearch's
reason.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.helpers import streaming_bulk

from app.local.engine.store.contract import Chunk, StoreError, StoreRefused
from app.local.engine.store.opensearch.endpoint import Endpoint, failure
from app.local.engine.store.opensearch.fields import JSON, source
from app.local.engine.store.opensearch.ledger import Generation

BULK = 200  # chunks of a request, and fewer if they are long
BYTES = 5_000_000  # of a request; a collection takes at most 10 MB
RETRIES, FIRST_PAUSE, LONGEST_PAUSE = 5, 1, 8  # seconds; all pauses together are 23
PAGE = 5000  # ids of one search
GONE = 404


class BulkWriter:
    """Writes and deletes generations."""

    def __init__(self, endpoint: Endpoint, client: OpenSearch, index: str) -> None:
        self._endpoint, self._client, self._index = endpoint, client, index

    def write(self, document: str, generation: Generation, chunks: Sequence[Chunk]) -> None:
        """Write the chunks of a document under a generation.

        Raises:
            StoreRefused: OpenSearch refuses a chunk for good; the message names it.
            StoreError: see `Endpoint.errors`.
        """
        for item in self._bulk(self._writes(document, generation, chunks)):
            if item.get("status") in (200, 201):
                continue
            error = self._failure(item)
            if isinstance(error, StoreRefused) and not self._endpoint.has_own_ids:
                position = int(item["_id"].rpartition("-")[2])
                raise StoreRefused(f"chunk {chunks[position].id}: {error}")
            raise error

    def delete(self, generations: Sequence[Generation]) -> None:
        """Delete all chunks of these generations."""
        for item in self._bulk(self._deletes(generations)):
            if item.get("status") not in (200, GONE):
                raise self._failure(item)

    def _writes(
        self, document: str, generation: Generation, chunks: Sequence[Chunk]
    ) -> Iterator[JSON]:
        for position, chunk in enumerate(chunks):
            fields = source(document, generation.number, position, chunk)
            yield self._action("index", generation, position) | {"_source": fields}

    def _deletes(self, generations: Sequence[Generation]) -> Iterator[JSON]:
        if not self._endpoint.has_own_ids:
            for generation in generations:
                for position in range(generation.total):
                    yield self._action("delete", generation, position)
            return
        for id_ in self._ids([generation.number for generation in generations]):
            yield {"_op_type": "delete", "_index": self._index, "_id": id_}

    def _action(self, operation: str, generation: Generation, position: int) -> JSON:
        action: JSON = {"_op_type": operation, "_index": self._index}
        if self._endpoint.has_own_ids:
            return action
        return action | {"_id": f"{generation.number}-{position}"}

    def _ids(self, numbers: Sequence[int]) -> Iterator[str]:
        """The ids that OpenSearch has given the chunks of these generations."""
        after: list[Any] = []
        while True:
            body: JSON = {
                "size": PAGE,
                "_source": False,
                "query": {"terms": {"generation": list(numbers)}},
                "sort": [{"generation": "asc"}, {"position": "asc"}],
            }
            if after:
                body["search_after"] = after
            with self._endpoint.errors():
                hits = self._client.search(index=self._index, body=body)["hits"]["hits"]
            yield from (hit["_id"] for hit in hits)
            if len(hits) < PAGE:
                return
            after = hits[-1]["sort"]

    def _bulk(self, actions: Iterable[JSON]) -> Iterator[JSON]:
        """The answer for each action; those that had to be repeated come after others."""
        with self._endpoint.errors():
            answers = streaming_bulk(
                self._client,
                actions,
                chunk_size=BULK,
                max_chunk_bytes=BYTES,
                raise_on_error=False,
                max_retries=RETRIES,
                initial_backoff=FIRST_PAUSE,
                max_backoff=LONGEST_PAUSE,
            )
            for _, answer in answers:
                [item] = answer.values()
                yield item

    def _failure(self, item: JSON) -> StoreError:
        where = f"OpenSearch at {self._endpoint.place}"
        return failure(where, item.get("status", "N/A"), item.get("error"))
