"""The store in OpenSearch. See `Store` for its contract."""

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from threading import Lock

from app.local.engine.encoder import Vectors
from app.local.engine.store.analysis import terms
from app.local.engine.store.contract import (
    Chunk,
    Hit,
    StoreConfiguration,
    StoreDamaged,
    StoreError,
    StoreRefused,
    StoreUnavailable,
)
from app.local.engine.store.filters import Filter
from app.local.engine.store.opensearch.endpoint import Endpoint
from app.local.engine.store.opensearch.fields import to_chunk
from app.local.engine.store.opensearch.index import LOOK_SECONDS, SearchIndex
from app.local.engine.store.opensearch.ledger import LEDGER, Generation, Ledger
from app.local.engine.store.opensearch.search import EXACT, Searcher
from app.local.engine.store.opensearch.visibility import Visibility
from app.local.engine.store.opensearch.vocabulary import Vocabulary
from app.local.engine.store.opensearch.writing import BulkWriter
from app.local.engine.store.rules import check_document, check_query
from app.local.engine.store.spelled import word_of

MOST_WAITING = 1000  # puts and deletes before they are shown without being asked to
SHOWN_SECONDS = 90.0  # in which a collection, which has no refresh, shows what was written

log = logging.getLogger(__name__)


class OpenSearchStore:
    """A store in an index of OpenSearch, with its ledger in a folder.

    Raises:
        StoreInUse: it is open already.
        StoreDamaged: the ledger cannot be read, or the index is gone.
        StoreForeign: the vectors in it are another encoder's.
        StoreError: there is an index of this name for something else, or OpenSearch cannot be
            reached.
    """

    def __init__(
        self, endpoint: Endpoint, index: str, path: Path, configuration: StoreConfiguration
    ) -> None:
        self._dimension = configuration.dimension
        self._endpoint = endpoint
        self._visibility = Visibility()
        self._writing = Lock()  # of what waits to be shown
        self._refreshing = Lock()
        self._new: list[Generation] = []  # written, and to be shown
        self._old: list[Generation] = []  # to be hidden, and then deleted
        self._deleted: list[Generation] = []  # hidden until OpenSearch shows that they are gone
        self._is_doubted = False  # whether what was written last was not seen to be there
        self._partial: dict[int, float] = {}  # of a collection, until when more may come to light
        with ExitStack() as resources:
            self._ledger = resources.enter_context(closing(Ledger(path / LEDGER)))
            self._ledger.check_encoder(configuration.encoder)
            client = resources.enter_context(closing(endpoint.client()))
            self._index = SearchIndex(endpoint, client, index)
            self._target = self._index.target
            self._writer = BulkWriter(endpoint, client, self._target)
            self._searcher = Searcher(self._index)
            self._vocabulary = Vocabulary(self._index)
            is_filled = bool(self._ledger.documents())
            self._index.prepare(self._dimension, self._ledger.id, is_filled=is_filled)
            self._restore()
            self._resources = resources.pop_all()

    def put(self, document: str, chunks: Sequence[Chunk]) -> None:
        check_document(chunks, self._dimension)
        for chunk in chunks:  # JSON has no half of a pair
            f"{chunk.text}{chunk.context}{chunk.id}{dict(chunk.metadata)}".encode()
        if self._is_doubted:
            self._target.check()
        with self._visibility.reading() as hidden:
            other = self._searcher.conflict([chunk.id for chunk in chunks], document, hidden)
        if other is not None:
            raise ValueError(f"chunk {other}: another document has a chunk of this id")
        generation = self._ledger.begin(len(chunks))
        self._visibility.change(hide=[generation.number])
        try:
            self._write(document, generation, chunks)
            searchable = sum(chunk.vector is not None for chunk in chunks)
            with self._writing:
                self._replace(self._ledger.commit(document, generation, searchable), generation)
        except BaseException:
            with self._writing:
                self._old.append(generation)
                self._expect_more([generation.number])
            raise
        self._refresh_if_many_wait()

    def put_all(self, documents: Mapping[str, Sequence[Chunk]]) -> None:
        # `put` would not notice: OpenSearch finds what was put just before only after a refresh.
        owners: dict[str, str] = {}
        for document, chunks in documents.items():
            for chunk in chunks:
                if owners.setdefault(chunk.id, document) != document:
                    raise ValueError(f"chunk {chunk.id}: another document has a chunk of this id")
        for document, chunks in documents.items():
            self.put(document, chunks)

    def delete(self, document: str) -> None:
        with self._writing:
            self._replace(self._ledger.delete(document))
        self._refresh_if_many_wait()

    def refresh(self) -> None:
        with self._refreshing:
            with self._writing:
                new, old = self._new, self._old
                self._new, self._old = [], []
            try:
                self._show(new)
            except BaseException:
                with self._writing:
                    self._new, self._old = new + self._new, old + self._old
                raise
            gone = self._gone()
            self._visibility.change(
                hide=[each.number for each in old],
                show=[each.number for each in (*new, *gone) if each not in old],
            )
            self._deleted = [each for each in self._deleted if each not in gone]
            self._visibility.wait_for_readers()
            self._sweep(old)

    def documents(self) -> dict[str, int]:
        return self._ledger.documents()

    def chunks(self, document: str) -> list[Chunk]:
        with self._visibility.reading() as hidden:
            return self._searcher.chunks_of(document, hidden)

    def search(
        self,
        vector: Vectors,
        text: str | None,
        limit: int,
        filter: Filter | None = None,  # noqa: A002 (Bedrock's own name for it)
    ) -> list[Hit]:
        check_query(vector, limit, self._dimension)
        searchable = self._ledger.counts()[0]
        exact = self._endpoint.exact or searchable <= EXACT
        with self._visibility.reading() as hidden:
            hits = self._searcher.search(vector, text, limit, filter, hidden, exact=exact)
        if searchable and not hits:
            self._target.check_index()  # one that has taken its name, empty, finds nothing either
        return hits

    def nearest_word(self, word: str) -> str | None:
        match terms(word):
            case [term]:
                with self._visibility.reading() as hidden:
                    nearest = self._vocabulary.nearest_term(term, hidden)
            case _:
                return None
        return word_of(nearest[0], to_chunk(nearest[1])) if nearest else None

    def values(self, key: str, limit: int) -> list[str | float | bool]:
        with self._visibility.reading() as hidden:
            return self._vocabulary.values(key, limit, hidden)

    def parents(self, ids: Sequence[str]) -> dict[str, Hit]:
        with self._visibility.reading() as hidden:
            return self._searcher.parents(ids, hidden)

    def close(self) -> None:
        with self._refreshing:
            old, self._old = self._old, []
            self._sweep(old)
        self._resources.close()

    def _write(self, document: str, generation: Generation, chunks: Sequence[Chunk]) -> None:
        """Write chunks into the index that was opened.

        Raises:
            StoreDamaged, StoreUnavailable: they are there not, or not all: see `WriteTarget.check`.
            StoreError: see `BulkWriter.write`.
        """
        self._is_doubted = True
        try:
            self._writer.write(document, generation, chunks)
        except (StoreDamaged, StoreRefused):
            self._target.check()  # it tells more than the refusal of one chunk
            raise
        self._target.check()
        self._is_doubted = False

    def _replace(self, before: Generation | None, after: Generation | None = None) -> None:
        """Remember what the next refresh shows and hides. What it has not shown yet, and what
        replaces it, is never shown.
        """
        if before is not None:
            self._old.append(before)
        if after is not None:
            self._new.append(after)

    def _refresh_if_many_wait(self) -> None:
        if len(self._new) + len(self._old) >= MOST_WAITING:
            self.refresh()

    def _show(self, new: Sequence[Generation]) -> None:
        """See that a search finds every chunk of these generations.

        Raises:
            StoreUnavailable: OpenSearch has acknowledged them, and does not show them all.
        """
        until = time.monotonic() + SHOWN_SECONDS
        expected = sum(each.total for each in new)
        while True:
            self._index.refresh()
            number = self._index.count({"terms": {"generation": [each.number for each in new]}})
            if number == expected:
                return
            self._target.check_index()
            if not self._endpoint.has_own_ids or time.monotonic() > until:
                raise StoreUnavailable(
                    f"OpenSearch at {self._endpoint.place} shows {number} of {expected} chunks "
                    "that it has acknowledged."
                )
            time.sleep(LOOK_SECONDS)

    def _expect_more(self, numbers: Iterable[int]) -> None:
        """Remember generations of which a collection may show some chunks later, and whose chunks
        cannot all be found, to be deleted, before.
        """
        if self._endpoint.has_own_ids:
            until = time.monotonic() + SHOWN_SECONDS
            self._partial |= dict.fromkeys(numbers, until)

    def _gone(self) -> list[Generation]:
        """The deleted generations, if no search finds any of them; a collection has no refresh
        after which that is so.
        """
        numbers = [each.number for each in self._deleted]
        if self._endpoint.has_own_ids and numbers:
            return [] if self._index.count({"terms": {"generation": numbers}}) else self._deleted
        return self._deleted

    def _sweep(self, old: Sequence[Generation]) -> None:
        """Delete generations. What cannot be deleted now stays hidden, and is tried again."""
        if not old:
            return
        try:
            self._target.check()
            self._writer.delete(old)
        except StoreError as error:
            log.warning("old chunks are deleted later: %s", error)
            with self._writing:
                self._old += old
            return
        now = time.monotonic()
        late = [each for each in old if self._partial.get(each.number, now) > now]
        with self._writing:
            self._old += late
        done = [each for each in old if each not in late]
        for each in done:
            self._partial.pop(each.number, None)
        self._ledger.forget(done)
        self._deleted += done

    def _restore(self) -> None:
        """Make the index hold what the ledger says: delete what a crash left, and forget what the
        index has lost, so that its documents are ingested again.
        """
        strays = self._ledger.strays()
        self._visibility.change(hide=[each.number for each in strays])
        self._expect_more(each.number for each in strays)
        self._index.refresh()
        self._sweep(strays)
        self._index.refresh()
        if self._index.count({"match_all": {}}) == self._ledger.counts()[1]:
            gone = self._gone()
            self._visibility.change(show=[each.number for each in gone])
            self._deleted = [each for each in self._deleted if each not in gone]
            return
        counts = self._index.count_by_generation()
        for number, (uri, total) in self._ledger.generations().items():
            if counts.pop(number, 0) != total:
                log.warning("chunks of %s are missing in OpenSearch", uri)
                self._replace(self._ledger.delete(uri))
                self._expect_more([number])
        self._expect_more(counts)
        self._visibility.change(hide=counts)
        self._old += [Generation(number, total) for number, total in counts.items()]
        self.refresh()
