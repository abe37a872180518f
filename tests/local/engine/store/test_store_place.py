"""A home remembers where its stores are."""

from pathlib import Path

import pytest

from app.local.engine.store import StoreError
from app.local.engine.store.embedded_stores import EmbeddedStores
from app.local.engine.store.place import open_stores
from tests.lambdas.vector_index.answering import answering

ABOUT = {"version": {"distribution": "opensearch", "number": "2.19.1"}}


def test_an_embedded_home_stays_one(tmp_path: Path) -> None:
    stores = tmp_path / "stores"
    assert isinstance(open_stores(stores), EmbeddedStores)
    (stores / "KB").mkdir(parents=True)
    (tmp_path / "opensearch.json").write_text('{"url": "http://127.0.0.1:9200"}')
    with pytest.raises(
        StoreError,
        match=r"in the embedded store, and OUTCROP_OPENSEARCH_URL says http://127.0.0.1:9200. "
        "Unset it",
    ):
        open_stores(stores, tmp_path / "opensearch.json")
    assert isinstance(open_stores(stores), EmbeddedStores)


def test_a_home_in_opensearch_stays_there(tmp_path: Path) -> None:
    stores = tmp_path / "stores"
    with answering() as server:
        server.enqueue((200, ABOUT), (200, ABOUT))
        file = tmp_path / "opensearch.json"
        file.write_text(f'{{"url": "{server.url}"}}')
        open_stores(stores, file)
        (stores / "KB").mkdir()
        open_stores(stores, file)
        with pytest.raises(StoreError, match=f"in OpenSearch at {server.url}, .* is not set"):
            open_stores(stores)
        file.write_text('{"url": "http://127.0.0.1:1"}')
        with pytest.raises(StoreError, match=f"says http://127.0.0.1:1. Set it to {server.url}"):
            open_stores(stores, file)


def test_a_home_without_stores_may_go_anywhere(tmp_path: Path) -> None:
    stores = tmp_path / "stores"
    with answering() as server:
        server.enqueue((200, ABOUT))
        file = tmp_path / "opensearch.json"
        file.write_text(f'{{"url": "{server.url}"}}')
        open_stores(stores, file)
    assert isinstance(open_stores(stores), EmbeddedStores)
