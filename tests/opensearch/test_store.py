"""The store in a real OpenSearch, beyond what every store promises."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch

from app.local.engine.store import (
    Chunk,
    Store,
    StoreDamaged,
    StoreError,
    StoreInUse,
    StoreRefused,
)
from app.local.engine.store.embedded_stores import OpenStore
from app.local.engine.store.opensearch import search
from app.local.engine.store.opensearch import store as store_module
from app.local.engine.store.opensearch.endpoint import Endpoint
from app.local.engine.store.opensearch.ledger import Ledger
from app.local.engine.store.opensearch.stores import OpenSearchStores
from lambdas.vector_index.index import VectorIndex
from lambdas.vector_index.opensearch import Patience, await_searches, create, delete
from tests.local.engine.store.samples import CONFIGURATION, chunk, nearest, vector
from tests.opensearch.stores import index_of


def documents_in(client: OpenSearch, folder: Path) -> int:
    client.indices.refresh(index=index_of(folder))
    return int(client.count(index=index_of(folder))["count"])


def ids(store: Store, text: str | None = None) -> list[str]:
    return [hit.id for hit in store.search(vector(1), text, 99)]


def test_the_index_is_the_stacks_own(
    open_store: OpenStore, client: OpenSearch, tmp_path: Path
) -> None:
    open_store(tmp_path, CONFIGURATION).close()
    mappings = client.indices.get(index=index_of(tmp_path))[index_of(tmp_path)]["mappings"]
    assert VectorIndex(384, engine="lucene").differences(mappings) == []
    assert VectorIndex(512).differences(mappings) == [
        "dimension is 384 and should be 512",
        "engine is lucene and should be faiss",
    ]


@pytest.mark.parametrize("engine", ["lucene", None])
def test_the_custom_resource_makes_checks_and_deletes_its_index(
    client: OpenSearch, tmp_path: Path, engine: str | None
) -> None:
    """The body with an engine is a classic collection's or a domain's; the one without, NextGen's,
    for which this version of OpenSearch chooses an engine that this node does not have.
    """
    name = index_of(tmp_path)
    index = VectorIndex(8, engine=engine)
    patience = Patience(until=Patience(0).now() + 20)
    create(client, name, index, patience)
    create(client, name, index, patience)
    if engine:
        await_searches(client, name, index, "es", patience)
    mappings = client.indices.get(index=name)[name]["mappings"]
    assert index.differences(mappings) == []
    delete(client, name, patience)
    delete(client, name, patience)
    assert not client.indices.exists(index=name)


def test_a_write_is_not_seen_before_the_refresh(
    open_store: OpenStore, client: OpenSearch, tmp_path: Path
) -> None:
    store = open_store(tmp_path, CONFIGURATION)
    store.put("d", [chunk("old", 1)])
    client.indices.refresh(index=index_of(tmp_path))  # as OpenSearch does every second
    assert ids(store) == []
    store.refresh()
    store.put("d", [chunk("new", 2)])
    client.indices.refresh(index=index_of(tmp_path))
    assert (ids(store), ids(store, "amber")) == (["old"], ["old"])
    store.refresh()
    assert ids(store) == ["new"]
    store.close()


def test_what_was_replaced_is_deleted(
    open_store: OpenStore, client: OpenSearch, tmp_path: Path
) -> None:
    store = open_store(tmp_path, CONFIGURATION)
    for _ in range(3):
        store.put("d", [chunk(f"c{n}", n) for n in range(5)])
    store.refresh()
    assert documents_in(client, tmp_path) == 5
    store.delete("d")
    store.refresh()
    assert documents_in(client, tmp_path) == 0
    store.close()


def test_a_crash_in_the_middle_of_a_put_leaves_the_document_as_it_was(
    open_store: OpenStore, client: OpenSearch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(tmp_path, CONFIGURATION)
    store.put("d", [chunk("old", 1)])
    store.refresh()
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "commit", crash)
        with pytest.raises(KeyboardInterrupt):
            store.put("d", [chunk(f"c{n}", n) for n in range(5)])
    assert ids(store) == ["old"]
    with monkeypatch.context() as patch:  # the process ends, and cleans nothing up
        patch.setattr(store_module.OpenSearchStore, "_sweep", lambda *_: None)
        store.close()
    assert documents_in(client, tmp_path) == 6
    store = open_store(tmp_path, CONFIGURATION)
    assert ids(store) == ["old"]
    assert store.documents() == {"d": 1}
    assert documents_in(client, tmp_path) == 1
    store.close()


def crash(*_: Any) -> None:
    raise KeyboardInterrupt


def test_a_document_that_opensearch_has_lost_is_no_longer_counted(
    open_store: OpenStore, client: OpenSearch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """So that it is ingested again."""
    store = open_store(tmp_path, CONFIGURATION)
    store.put("whole", [chunk("a", 1)])
    store.put("lost", [chunk("b", 2), chunk("c", 3)])
    store.refresh()
    store.close()
    client.delete(index=index_of(tmp_path), id="2-1")
    with caplog.at_level(logging.WARNING):
        store = open_store(tmp_path, CONFIGURATION)
    assert "chunks of lost are missing" in caplog.text
    assert store.documents() == {"whole": 1}
    assert ids(store) == ["a"]
    assert documents_in(client, tmp_path) == 1
    store.close()


def test_chunks_that_nobody_has_put_are_removed(
    open_store: OpenStore, client: OpenSearch, tmp_path: Path
) -> None:
    store = open_store(tmp_path, CONFIGURATION)
    store.put("d", [chunk("a", 1)])
    store.refresh()
    store.close()
    [hit] = client.search(index=index_of(tmp_path), body={})["hits"]["hits"]
    other = hit["_source"] | {"generation": 99, "chunk": "z"}
    client.index(index=index_of(tmp_path), id="99-0", body=other, params={"refresh": "true"})
    store = open_store(tmp_path, CONFIGURATION)
    assert ids(store) == ["a"]
    assert documents_in(client, tmp_path) == 1
    store.close()


def test_an_index_that_is_gone_is_damage(
    open_store: OpenStore, client: OpenSearch, tmp_path: Path
) -> None:
    store = open_store(tmp_path, CONFIGURATION)
    store.put("d", [chunk("a", 1)])
    store.refresh()
    client.indices.delete(index=index_of(tmp_path))
    with pytest.raises(StoreDamaged, match="gone: no such index"):
        ids(store)
    store.close()
    with pytest.raises(StoreDamaged, match="is gone"):
        open_store(tmp_path, CONFIGURATION)


def test_another_index_of_this_name_is_refused_by_what_it_is(
    open_store: OpenStore, client: OpenSearch, tmp_path: Path
) -> None:
    name = index_of(tmp_path)
    client.indices.create(index=name, body={"mappings": {"properties": {"x": {"type": "text"}}}})
    with pytest.raises(StoreError, match="was not made by Outcrop"):
        open_store(tmp_path, CONFIGURATION)
    client.indices.delete(index=name)
    open_store(tmp_path, CONFIGURATION).close()
    for file in tmp_path.glob("ledger*"):
        file.unlink()
    with pytest.raises(StoreError, match="belongs to another home"):
        open_store(tmp_path, CONFIGURATION)


def test_an_index_of_another_shape_is_refused_by_what_differs(
    open_store: OpenStore, client: OpenSearch, tmp_path: Path
) -> None:
    open_store(tmp_path, CONFIGURATION).close()
    name = index_of(tmp_path)
    mappings = client.indices.get(index=name)[name]["mappings"]
    client.indices.delete(index=name)
    mappings["properties"]["terms"] = {"type": "keyword"}
    mappings["properties"]["vector"]["method"]["space_type"] = "cosinesimil"
    body = {"settings": {"index": {"knn": True}}, "mappings": mappings}
    client.indices.create(index=name, body=body)
    with pytest.raises(
        StoreError,
        match="another shape: space type is cosinesimil and should be l2; "
        "type of terms is keyword and should be text",
    ):
        open_store(tmp_path, CONFIGURATION)


def test_a_document_that_opensearch_refuses_changes_nothing(
    open_store: OpenStore, client: OpenSearch, tmp_path: Path
) -> None:
    store = open_store(tmp_path, CONFIGURATION)
    store.put("d", [chunk("a", 1)])
    store.refresh()
    immense = chunk("b", 2, metadata={"key": "x" * 40_000})
    with pytest.raises(StoreRefused, match=r"chunk b: .*immense term"):
        store.put("d", [chunk("c", 3), immense])
    store.refresh()
    assert ids(store) == ["a"]
    assert documents_in(client, tmp_path) == 1
    store.close()


def test_a_store_is_open_once(open_store: OpenStore, tmp_path: Path) -> None:
    store = open_store(tmp_path, CONFIGURATION)
    with pytest.raises(StoreInUse):
        open_store(tmp_path, CONFIGURATION)
    store.close()


def test_many_writes_are_shown_without_being_asked_for(
    open_store: OpenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "MOST_WAITING", 3)
    store = open_store(tmp_path, CONFIGURATION)
    for n in range(3):
        store.put(f"d{n}", [chunk(f"c{n}", n)])
    assert sorted(ids(store)) == ["c0", "c1", "c2"]
    store.close()


def test_the_graph_finds_the_nearest_that_pass(
    open_store: OpenStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is asked beyond so many chunks that all are compared."""
    monkeypatch.setattr(store_module, "EXACT", 0)
    monkeypatch.setattr(search, "NEAR", 60)
    monkeypatch.setattr(search, "BEST", 20)
    store = open_store(tmp_path, CONFIGURATION)
    chunks = [chunk(f"c{n:03}", n) for n in range(200)]
    store.put("d", [*chunks, replace(chunk("parent", 1), vector=None)])
    store.refresh()
    for seed in range(5):
        expected = [name for name, _ in nearest(chunks, vector(1000 + seed), 10)]
        hits = store.search(vector(1000 + seed), None, 10)
        assert len(set(expected) & {hit.id for hit in hits}) >= 9
        both = store.search(vector(1000 + seed), "amber bridge", 10)
        scores = [hit.score for hit in both]
        assert scores == sorted(scores, reverse=True)
    store.close()


def test_the_stores_of_a_home_are_named_opened_and_removed(
    opensearch: str, client: OpenSearch, tmp_path: Path
) -> None:
    stores = OpenSearchStores(Endpoint(opensearch), tmp_path / "stores")
    assert stores.names() == set()
    name = f"T{index_of(tmp_path).upper()}"
    opened = stores.open(name, CONFIGURATION)
    opened.put("d", [Chunk("c", "amber", {}, vector(1))])
    opened.close()
    assert stores.names() == {name}
    assert client.indices.exists(index=f"outcrop-{name.lower()}")
    stores.remove(name)
    stores.remove(name)
    assert stores.names() == set()
    assert not client.indices.exists(index=f"outcrop-{name.lower()}")
