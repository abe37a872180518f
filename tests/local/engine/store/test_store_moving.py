"""Documents move from one store to another, whatever stops it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.local.engine.neighbours import Neighbours
from app.local.engine.store import Chunk, Store, StoreError, open_embedded
from app.local.engine.store.moving import TOGETHER, digest, move
from tests.local.engine.store.delayed import DelayedStore
from tests.local.engine.store.samples import CONFIGURATION, chunk, vector

DOCUMENTS = 2 * TOGETHER + 50


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Store]:
    store = open_embedded(tmp_path / "source", CONFIGURATION)
    for n in range(DOCUMENTS):
        store.put(f"s3://b/{n:03}", [chunk(f"c{n}", n % 30, metadata={"n": n})])
    store.put("s3://b/empty", [])
    store.put("s3://b/family", [Chunk("p", "all", {}, None), replace(chunk("k", 1), parent="p")])
    yield store
    store.close()


class Recording(DelayedStore):
    """Counts what is put into it."""

    puts = 0

    def put(self, document: str, chunks: Sequence[Chunk]) -> None:
        self.puts += 1
        super().put(document, chunks)


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Recording]:
    store = Recording(tmp_path / "target", CONFIGURATION)
    yield store
    store.close()


def holds_the_same(one: Store, other: Store) -> bool:
    return one.documents() == other.documents() and all(
        digest(one.chunks(document)) == digest(other.chunks(document))
        for document in one.documents()
    )


def test_all_documents_move_and_are_counted(source: Store, target: Recording) -> None:
    steps = list(move(source, target))
    assert steps == [TOGETHER, 2 * TOGETHER, DOCUMENTS + 2]
    assert holds_the_same(source, target)


def test_it_goes_on_where_it_stopped(source: Store, target: Recording) -> None:
    steps = move(source, target)
    assert next(steps) == TOGETHER
    steps.close()  # type: ignore[attr-defined]  # it is a generator
    assert target.puts == TOGETHER
    list(move(source, target))
    assert target.puts == DOCUMENTS + 2
    assert holds_the_same(source, target)


def test_what_the_target_has_otherwise_is_put_right(source: Store, target: Recording) -> None:
    list(move(source, target))
    target.put("s3://b/007", [replace(chunk("c7", 7), text="older")])
    target.put("s3://b/too-many", [chunk("x", 1)])
    target.delete("s3://b/008")
    target.puts = 0
    list(move(source, target))
    assert target.puts == 2
    assert holds_the_same(source, target)


def test_a_target_that_changes_what_it_is_given_is_noticed(
    source: Store, target: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Recording.chunks

    def flipped(self: Recording, document: str) -> list[Chunk]:
        chunks = read(self, document)
        if document.endswith("042"):
            return [replace(chunks[0], vector=-vector(12))]
        return chunks

    monkeypatch.setattr(Recording, "chunks", flipped)
    with pytest.raises(StoreError, match="s3://b/042 is not what it was"):
        list(move(source, target))


@pytest.mark.parametrize(
    "change",
    [
        {"text": "other"},
        {"metadata": {"n": "0"}},
        {"context": "other"},
        {"neighbours": Neighbours(2, 8, "- ")},
        {"vector": vector(2)},
        {"parent": "p"},
        {"id": "d"},
    ],
)
def test_a_digest_tells_chunks_apart_by_each_part(change: dict[str, object]) -> None:
    one = chunk("c", 1, metadata={"n": 0})
    assert digest([one]) == digest([chunk("c", 1, metadata={"n": 0})])
    assert digest([one]) != digest([replace(one, **change)])  # type: ignore[arg-type]
