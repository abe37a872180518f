"""The store in a collection, which has no refresh: what is written is found some time later.

A collection is a real node behind a proxy that lacks what a collection lacks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from opensearchpy import OpenSearch

from app.local.engine.store import StoreDamaged, StoreUnavailable
from app.local.engine.store.opensearch import writing
from app.local.engine.store.opensearch.store import OpenSearchStore
from tests.local.engine.store.samples import CONFIGURATION, chunk, vector
from tests.opensearch.collection import SECONDS, Collection, collection
from tests.opensearch.stores import body_of, index_of


@pytest.fixture
def delayed(opensearch: str, tmp_path: Path) -> Iterator[Collection]:
    with collection(opensearch) as state:
        yield state
    with OpenSearch(opensearch) as client:
        client.indices.delete(index=index_of(tmp_path), params={"ignore_unavailable": "true"})


@contextmanager
def opened(delayed: Collection, folder: Path) -> Iterator[OpenSearchStore]:
    """A store, of which the collection shows nothing by itself."""
    store = OpenSearchStore(delayed.endpoint, index_of(folder), folder, CONFIGURATION)
    delayed.keep_hidden(index_of(folder))
    yield store
    store.close()


def refresh(store: OpenSearchStore, delayed: Collection, folder: Path) -> None:
    """Wait for what was written, which the collection shows after a while."""
    waiting = Thread(target=store.refresh)
    waiting.start()
    delayed.wait_for_counts(2)
    assert waiting.is_alive()
    delayed.show(index_of(folder))
    waiting.join(SECONDS)
    assert not waiting.is_alive()


def ids(store: OpenSearchStore) -> list[str]:
    return sorted(hit.id for hit in store.search(vector(1), None, 99))


def test_a_document_is_shown_when_a_search_finds_all_of_it_and_not_before(
    delayed: Collection, tmp_path: Path
) -> None:
    with opened(delayed, tmp_path) as store:
        store.put("d", [chunk("a", 1), chunk("b", 2)])
        assert ids(store) == []
        refresh(store, delayed, tmp_path)
        assert ids(store) == ["a", "b"]


def test_what_was_replaced_stays_hidden_until_no_search_finds_it(
    delayed: Collection, tmp_path: Path
) -> None:
    """Its deletion, too, shows only later; a refresh with nothing to wait for comes in between."""
    with opened(delayed, tmp_path) as store:
        store.put("d", [chunk("old", 1)])
        refresh(store, delayed, tmp_path)
        store.put("d", [chunk("new", 2)])
        refresh(store, delayed, tmp_path)
        assert ids(store) == ["new"]
        store.refresh()
        assert ids(store) == ["new"]
        delayed.show(index_of(tmp_path))
        store.refresh()
        assert ids(store) == ["new"]
        assert delayed.client.count(index=index_of(tmp_path))["count"] == 1


def test_the_first_half_of_a_document_that_comes_to_light_late_is_never_shown(
    delayed: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it is to be deleted, no search finds it yet."""
    monkeypatch.setattr(writing, "BULK", 2)
    with opened(delayed, tmp_path) as store:
        store.put("other", [chunk("o", 1)])
        refresh(store, delayed, tmp_path)
        delayed.bulks_until_refusal = 1
        with pytest.raises(StoreUnavailable, match="cannot do it now"):
            store.put("d", [chunk(f"half-{n}", n) for n in range(4)])
        delayed.bulks_until_refusal = None
        store.refresh()
        store.refresh()
        delayed.show(index_of(tmp_path))
        assert delayed.client.count(index=index_of(tmp_path))["count"] == 3
        assert ids(store) == ["o"]
        store._partial = dict.fromkeys(store._partial, 0.0)  # SHOWN_SECONDS are over
        store.refresh()
        delayed.show(index_of(tmp_path))
        assert ids(store) == ["o"]
        assert delayed.client.count(index=index_of(tmp_path))["count"] == 1
        assert store._ledger.strays() == []


def test_a_store_that_is_opened_again_deletes_what_comes_to_light_after_a_crash(
    delayed: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(delayed, tmp_path) as store:
        store.put("d", [chunk("a", 1)])
        refresh(store, delayed, tmp_path)
        delayed.bulks_until_refusal = 1
        monkeypatch.setattr(writing, "BULK", 2)
        with pytest.raises(StoreUnavailable):
            store.put("d", [chunk(f"half-{n}", n) for n in range(4)])
        delayed.bulks_until_refusal = None
    with opened(delayed, tmp_path) as store:
        assert ids(store) == ["a"]
        delayed.show(index_of(tmp_path))
        assert ids(store) == ["a"]
        store.refresh()
        delayed.show(index_of(tmp_path))
        assert delayed.client.count(index=index_of(tmp_path))["count"] == 1
        assert store.documents() == {"d": 1}


@pytest.mark.parametrize("is_copy", [False, True], ids=["of guessed fields", "of the same shape"])
def test_a_document_in_an_index_that_is_not_the_one_that_was_opened_is_not_acknowledged(
    is_copy: bool, delayed: Collection, tmp_path: Path
) -> None:
    """A collection takes no bulk that requires an alias: it makes an index for it."""
    name, indices = index_of(tmp_path), delayed.client.indices
    with opened(delayed, tmp_path) as store:
        body = body_of(delayed.client, name)

        def replace() -> None:
            delayed.before_bulk = lambda: None
            indices.delete(index=name)
            if is_copy:
                indices.create(index=name, body=body)

        delayed.before_bulk = replace
        with pytest.raises(StoreDamaged, match="is not the one that was opened"):
            store.put("d", [chunk("a", 1)])
        assert store.documents() == {}
        bulks = list[None]()
        delayed.before_bulk = lambda: bulks.append(None)
        with pytest.raises(StoreDamaged, match="is not the one that was opened"):
            store.put("d", [chunk("a", 1)])
        assert not bulks
