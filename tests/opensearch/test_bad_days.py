"""A disk that is full, on a real OpenSearch."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from opensearchpy import OpenSearch

from app.local.engine.store import Store, StoreError, StoreFull
from app.local.engine.store.embedded_stores import OpenStore
from tests.local.engine.store.samples import CONFIGURATION, chunk, vector

SECONDS = 120  # for what has to happen sooner or later
WATERMARK = "cluster.routing.allocation.disk.watermark"
INTERVAL = "cluster.info.update.interval"


def sooner_or_later(attempt: Callable[[], object]) -> None:
    until = time.monotonic() + SECONDS
    while True:
        try:
            attempt()
        except StoreError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return


def ids(store: Store) -> list[str]:
    return [hit.id for hit in store.search(vector(1), None, 9)]


def test_a_full_disk_stops_writes_alone_and_only_as_long_as_it_is_full(
    open_store: OpenStore, client: OpenSearch, tmp_path: Path
) -> None:
    store = open_store(tmp_path, CONFIGURATION)
    store.put("d", [chunk("a", 1)])
    store.refresh()
    levels = [f"{WATERMARK}.{level}" for level in ("low", "high", "flood_stage")]
    full = dict.fromkeys(levels, "100000gb")  # of free space, which no disk has
    client.cluster.put_settings(body={"transient": {**full, INTERVAL: "10s"}})
    try:
        with pytest.raises(StoreFull, match=r"takes no writes: .*above its flood stage"):
            put_until_refused(store)
        assert ids(store)[0] == "a"
    finally:
        client.cluster.put_settings(body={"transient": dict.fromkeys(levels)})
    sooner_or_later(lambda: store.put("later", [chunk("b", 2)]))
    sooner_or_later(store.refresh)
    assert store.documents()["later"] == 1
    assert {"a", "b"} <= set(ids(store))
    # The ban on new indexes ends by a later look at the disks than the ban on writes.
    sooner_or_later(lambda: open_store(tmp_path / "another", CONFIGURATION).close())
    client.cluster.put_settings(body={"transient": {INTERVAL: None}})
    store.close()


def put_until_refused(store: Store) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        store.put("more", [chunk("m", 3)])
        time.sleep(1)
