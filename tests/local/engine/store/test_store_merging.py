"""Merges beside: writes and searches go on, nothing is lost, and the index stays small."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest

from app.local.engine.store import (
    StoreDamaged,
    StoreError,
    arrays,
    live_index,
    open_embedded,
)
from app.local.engine.store.embedded_store import EmbeddedStore
from app.local.engine.store.index import GROWTH, Index, Part
from app.local.engine.store.live_index import SAVED
from app.local.engine.store.segment import Segment
from tests.local.engine.store.samples import CONFIGURATION, chunk, vector


class Gate:
    """Holds each merge that is large enough to be saved, until it is opened."""

    def __init__(self) -> None:
        self.reached, self.opened = Event(), Event()

    def pass_(self, parts: Any, alive: Any, pause: Any) -> Segment:
        if sum(map(len, parts)) >= SAVED:
            self.reached.set()
            assert self.opened.wait(60)
        return MERGE(parts, alive, pause)


MERGE = Segment.merge


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    monkeypatch.setattr(Segment, "merge", gate.pass_)
    yield gate
    gate.opened.set()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with closing(EmbeddedStore(tmp_path / "store", CONFIGURATION)) as store:
        yield store


def fill(store: EmbeddedStore, document: str, first: int, size: int) -> None:
    numbers = range(first, first + size)
    store.put(document, [chunk(f"{document}-{n}", n, metadata={"n": n}) for n in numbers])


def found(store: EmbeddedStore) -> list[tuple[str, str, float]]:
    hits = store.search(vector(1), "amber bridge", 10**6)
    return [(hit.document, hit.id, hit.score) for hit in hits]


def test_writes_and_searches_go_on_while_parts_are_merged(
    store: EmbeddedStore, gate: Gate, tmp_path: Path
) -> None:
    fill(store, "a", 0, SAVED)
    fill(store, "b", SAVED, SAVED)
    assert gate.reached.wait(60)
    fill(store, "c", 2 * SAVED, 3)
    fill(store, "a", 3 * SAVED, 5)  # replaces what is being merged
    store.delete("b")
    fill(store, "d", 4 * SAVED, 2)
    before = found(store)
    assert {document for document, _, _ in before} == {"a", "c", "d"}
    gate.opened.set()
    store.settle()
    assert found(store) == before
    assert len(store._live.current.parts) <= 2
    store.close()
    for file in (tmp_path / "store").glob("*.segment"):
        file.unlink()
    with closing(EmbeddedStore(tmp_path / "store", CONFIGURATION)) as again:
        assert found(again) == before


def test_a_store_that_is_closed_does_not_wait_for_a_merge_to_be_saved(
    store: EmbeddedStore, gate: Gate, tmp_path: Path
) -> None:
    fill(store, "a", 0, SAVED)
    fill(store, "b", SAVED, SAVED)
    assert gate.reached.wait(60)
    before = found(store)
    closer = Thread(target=store.close)
    closer.start()
    while not store._live._is_closed:
        pass
    gate.opened.set()
    closer.join(60)
    assert not closer.is_alive()
    assert not list((tmp_path / "store").glob("*.segment"))
    with closing(EmbeddedStore(tmp_path / "store", CONFIGURATION)) as again:
        assert found(again) == before


def test_a_write_waits_when_parts_come_faster_than_they_are_merged(
    store: EmbeddedStore, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_index, "MANY", 3)
    for n in range(3):
        fill(store, f"d{n}", n * SAVED, SAVED)
    assert gate.reached.wait(60)
    writer = Thread(target=fill, args=(store, "e", 9 * SAVED, SAVED))
    writer.start()
    while "e" not in store.documents():  # it is durable, and seen
        pass
    writer.join(0.3)
    assert writer.is_alive()
    gate.opened.set()
    writer.join(60)
    assert not writer.is_alive()


def test_small_parts_are_merged_however_long_a_merge_beside_takes(
    store: EmbeddedStore, gate: Gate
) -> None:
    fill(store, "a", 0, SAVED)
    fill(store, "b", SAVED, SAVED)
    assert gate.reached.wait(60)
    for n in range(30):
        fill(store, f"d{n}", (20 + n) * SAVED, 16)
    assert len(store._live.current.parts) < 10, "of 480 chunks, and two parts before"
    before = found(store)
    gate.opened.set()
    store.settle()
    assert found(store) == before
    assert len(store._live.current.parts) <= 3


def test_a_search_that_missed_a_chunk_waits_for_no_later_write(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, "a", 0, 3)
    index = store._live.current
    fill(store, "a", 3, 3)
    begun, may_go_on = Event(), Event()

    def sync(*_: object) -> None:
        begun.set()
        assert may_go_on.wait(60)
        raise StoreError("the disk is gone")

    monkeypatch.setattr(store._truth, "put", sync)

    def write() -> None:
        with pytest.raises(StoreError):
            fill(store, "b", 6, 3)

    writer = Thread(target=write)
    writer.start()
    assert begun.wait(60)
    assert store._after(index) is store._live.current
    assert not may_go_on.is_set()
    may_go_on.set()
    writer.join(60)
    with pytest.raises(StoreDamaged, match="chunks are missing"):
        store._after(store._live.current)


def test_a_part_that_was_mended_while_it_was_merged_is_not_replaced(
    store: EmbeddedStore, gate: Gate, tmp_path: Path
) -> None:
    fill(store, "a", 0, SAVED)
    fill(store, "b", SAVED, SAVED)
    assert gate.reached.wait(60)
    live, before = store._live, found(store)
    with live.writing:  # as `_mend` does
        parts = live.current.parts
        rebuilt = [segment for part in parts for segment in live._built(part.segment.numbers)]
        live.current = Index(tuple(map(Part.whole, rebuilt)))
    gate.opened.set()
    store.settle()
    assert found(store) == before
    store.close()
    with closing(EmbeddedStore(tmp_path / "store", CONFIGURATION)) as again:
        assert found(again) == before


def test_however_it_was_filled_a_settled_index_has_few_parts(store: EmbeddedStore) -> None:
    random = np.random.default_rng(4)
    for n in range(30):
        fill(store, f"d{n % 40}", n * 100, int(random.integers(1, 90)))
    store.settle()
    sizes = [part.size for part in store._live.current.parts]
    assert sum(sizes) == sum(store.documents().values())
    for place, size in enumerate(sizes):
        assert size >= GROWTH * sum(sizes[place + 1 :])


def test_a_merge_that_finds_no_room_leaves_no_part_of_its_file(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    fill(store, "a", 0, SAVED)
    monkeypatch.setattr(arrays, "sync", full)
    fill(store, "b", SAVED, SAVED)
    store.settle()
    assert len(found(store)) == 2 * SAVED
    assert {path.suffix for path in (tmp_path / "store").iterdir()} <= {
        "", ".sqlite", ".sqlite-wal", ".sqlite-shm"
    }  # fmt: skip


def test_what_a_merge_has_saved_is_not_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(EmbeddedStore(tmp_path / "store", CONFIGURATION)) as store:
        fill(store, "a", 0, SAVED)
        fill(store, "b", SAVED, SAVED)
        store.settle()
        before = found(store)

    def fail(*_arguments: object) -> None:
        raise AssertionError("built again")

    monkeypatch.setattr(Segment, "of", fail)
    with closing(open_embedded(tmp_path / "store", CONFIGURATION)) as again:
        assert again.search(vector(1), "amber bridge", 10**6)[0].id == before[0][1]
