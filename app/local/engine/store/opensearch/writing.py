"""Chunks into an index and out of it, in bulks.

A bulk answers for each chunk by itself. Where OpenSearch has too much to do (429), it is asked
again with longer and longer pauses; what it refuses for good fails the document with OpenSearch's
reason.

OpenSearch makes an index for a write that names one which is not there, unless the write requires
that the name is an alias. It makes none for a deletion, which therefore names the index itself: an
alias that somebody has led elsewhere deletes nothing there.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from opensearchpy import OpenSearch
from opensearchpy.helpers import streaming_bulk

from app.local.engine.store.contract import Chunk, StoreDamaged, StoreError, StoreRefused
from app.local.engine.store.opensearch.endpoint import Endpoint, failure
from app.local.engine.store.opensearch.fields import JSON, source
from app.local.engine.store.opensearch.ledger import Generation
from app.local.engine.store.opensearch.target import WriteTarget

BULK = 200  # chunks of a request, and fewer if they are long
BYTES = 5_000_000  # of a request; a collection takes at most 10 MB
RETRIES, FIRST_PAUSE, LONGEST_PAUSE = 5, 1, 8  # seconds; all pauses together are 23
PAGE = 5000  # ids of one search
GONE = 404


class BulkWriter:
    """Writes and deletes generations."""

    def __init__(self, endpoint: Endpoint, client: OpenSearch, target: WriteTarget) -> None:
        self._endpoint, self._client, self._target = endpoint, client, target

    def write(self, document: str, generation: Generation, chunks: Sequence[Chunk]) -> None:
        """Write the chunks of a document under a generation.

        Raises:
            StoreRefused: OpenSearch refuses a chunk for good; the message names it.
            StoreDamaged: the index or its alias is gone, or leads elsewhere.
            StoreError: see `Endpoint.errors`.
        """
        actions = self._writes(document, generation, chunks)
        for item in self._bulk(actions, require_alias=self._target.is_alias):
            if item.get("status") in (200, 201):
                self._check_place(item)
                continue
            error = self._failure(item)
            if isinstance(error, StoreRefused) and not self._endpoint.has_own_ids:
                position = int(item["_id"].rpartition("-")[2])
                raise StoreRefused(f"chunk {chunks[position].id}: {error}")
            raise error

    def delete(self, generations: Sequence[Generation]) -> None:
        """Delete all chunks of these generations."""
        for item in self._bulk(self._deletes(generations)):
            is_gone = item.get("status") == GONE and "error" not in item  # that of an index has one
            if item.get("status") != 200 and not is_gone:
                raise self._failure(item)

    def _writes(
        self, document: str, generation: Generation, chunks: Sequence[Chunk]
    ) -> Iterator[JSON]:
        for position, chunk in enumerate(chunks):
            fields = source(document, generation.number, position, chunk)
            action = self._action("index", self._target.name, generation, position)
            yield action | {"_source": fields}

    def _deletes(self, generations: Sequence[Generation]) -> Iterator[JSON]:
        if not self._endpoint.has_own_ids:
            for generation in generations:
                for position in range(generation.total):
                    yield self._action("delete", self._target.index, generation, position)
            return
        for id_ in self._ids([generation.number for generation in generations]):
            yield {"_op_type": "delete", "_index": self._target.index, "_id": id_}

    def _action(self, operation: str, name: str, generation: Generation, position: int) -> JSON:
        action: JSON = {"_op_type": operation, "_index": name}
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
                hits = self._client.search(index=self._target.index, body=body)["hits"]["hits"]
            yield from (hit["_id"] for hit in hits)
            if len(hits) < PAGE:
                return
            after = hits[-1]["sort"]

    def _bulk(self, actions: Iterable[JSON], *, require_alias: bool = False) -> Iterator[JSON]:
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
                **({"require_alias": True} if require_alias else {}),
            )
            for _, answer in answers:
                [item] = answer.values()
                yield item

    def _check_place(self, item: JSON) -> None:
        """See that a chunk was written into the index, and not to where its alias leads now."""
        place = item.get("_index", self._target.index)
        if place != self._target.index:
            raise StoreDamaged(f"What is for {self._target.label} was written to {place}.")

    def _failure(self, item: JSON) -> StoreError:
        where = f"OpenSearch at {self._endpoint.place}"
        return failure(where, item.get("status", "N/A"), item.get("error"))
