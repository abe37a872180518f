"""What is acknowledged stays, whatever happens to the process, to the disk or to a file."""

import multiprocessing
import random
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from app.local.engine.neighbours import Neighbours
from app.local.engine.store import (
    Hit,
    Store,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreInUse,
    StoreUnavailable,
    analysis,
    background_check,
    open_embedded,
)
from app.local.engine.store.embedded_store import EmbeddedStore
from app.local.engine.store.filters import Condition
from app.local.engine.store.live_index import SAVED
from app.local.engine.store.segment import Segment
from tests.local.engine.store.samples import CONFIGURATION, chunk, vector
from tests.local.engine.store.writing import (
    Documents,
    after,
    operations,
    write,
)

KILLS, ALL_KILLS = 12, 40  # the others with --thorough
BEFORE_STEP_5 = Condition("lessThan", "step", 5)
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([write.__module__])


def answers(store: Store) -> list[list[Hit]]:
    """What it says to some questions, and everything that it holds."""
    results = [
        store.search(vector(seed), text, 10, where)
        for seed in (1, 60, 61)
        for text in (None, "amber bridge candle")
        for where in (None, Condition("lessThan", "step", 5))
    ]
    return [*results, store.search(vector(0), None, 10**6)]


def held(store: Store) -> dict[str, set[tuple[str, str]]]:
    """The chunks of every document."""
    chunks_by_document: dict[str, set[tuple[str, str]]] = {
        name: set() for name in store.documents()
    }
    for hit in store.search(vector(0), None, 10**6):
        chunks_by_document[hit.document].add((hit.id, hit.text))
    return chunks_by_document


def as_held(documents: Documents) -> dict[str, set[tuple[str, str]]]:
    return {name: {(c.id, c.text) for c in chunks} for name, chunks in documents.items()}


def remove_index(path: Path) -> None:
    for file in path.glob("*.segment"):
        file.unlink()


def test_killed_at_any_moment_it_loses_nothing_acknowledged_and_halves_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, thorough: bool
) -> None:
    path, dice, documents = tmp_path / "store", random.Random(2024), Documents()
    for seed in range(ALL_KILLS if thorough else KILLS):
        acknowledged = killed_writer(path, seed, dice.random() * 0.1)
        print(f"seed {seed}: killed after {acknowledged} were acknowledged")
        steps = operations(seed)
        for _ in range(acknowledged):
            documents = after(documents, next(steps))
        one_more = after(documents, next(steps))
        store = open_embedded(path, CONFIGURATION)
        chunks_by_document = held(store)
        assert chunks_by_document in (as_held(documents), as_held(one_more))
        documents = documents if chunks_by_document == as_held(documents) else one_more
        before = answers(store)
        store.close()
        remove_index(path)
        caplog.clear()
        store = open_embedded(path, CONFIGURATION)
        assert answers(store) == before
        store.close()


def killed_writer(path: Path, seed: int, seconds: float) -> int:
    """How many operations a process acknowledged that was killed so long after the first."""
    receiver, sender = PROCESSES.Pipe(duplex=False)
    writer = PROCESSES.Process(target=write, args=(path, seed, sender))
    writer.start()
    sender.close()
    assert receiver.poll(60)
    time.sleep(seconds)  # the moment is the point
    writer.kill()
    writer.join()
    acknowledged = 0
    with receiver, suppress(EOFError):
        while receiver.recv_bytes():
            acknowledged += 1
    return acknowledged


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with two segments on the disk, some rows dead, and some in no segment."""
    path = tmp_path_factory.mktemp("prepared") / "store"
    store = EmbeddedStore(path, CONFIGURATION)
    for document, size in (("a", 5 * SAVED), ("b", SAVED), ("c", 40)):
        chunks = [chunk(f"{document}-{n}", n, metadata={"step": n % 9}) for n in range(size)]
        store.put(document, chunks)
    store.put("c", [chunk("c-new", 60)])
    store.delete("b")
    store.put("b", [chunk(f"b-new-{n}", n % 50) for n in range(SAVED)])
    store.settle()
    store.close()
    return path


@pytest.fixture
def saved(prepared: Path, tmp_path: Path) -> Path:
    """A copy of that store, to be damaged."""
    return Path(shutil.copytree(prepared, tmp_path / "store"))


@pytest.mark.parametrize("place", [0, 17, 21, 40, 200, 0.3, 0.6, 0.9, -1])
def test_a_changed_byte_in_an_index_file_is_noticed_and_mended(
    saved: Path, place: float, caplog: pytest.LogCaptureFixture
) -> None:
    expected = reopened(saved)
    for file in sorted(saved.glob("*.segment")):
        content = bytearray(file.read_bytes())
        content[place if isinstance(place, int) else int(place * len(content))] ^= 0x10
        file.write_bytes(content)
    assert reopened(saved) == expected
    assert "built again" in caplog.text
    caplog.clear()
    assert reopened(saved) == expected
    assert not caplog.text


@pytest.mark.parametrize("left", [0, 10, 100, 0.5, 0.999])
def test_an_index_file_that_was_cut_short_is_noticed_and_mended(
    saved: Path, left: float, caplog: pytest.LogCaptureFixture
) -> None:
    expected = reopened(saved)
    for file in saved.glob("*.segment"):
        content = file.read_bytes()
        file.write_bytes(content[: left if isinstance(left, int) else int(left * len(content))])
    assert reopened(saved) == expected
    assert "built again" in caplog.text


def test_an_index_file_with_the_terms_of_another_version_is_built_again(
    saved: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = reopened(saved)
    monkeypatch.setattr(analysis, "VERSION", analysis.VERSION + 1)
    assert reopened(saved) == expected
    assert "holds the terms of another version" in caplog.text
    caplog.clear()
    assert reopened(saved) == expected
    assert not caplog.text


def test_files_that_a_crash_left_behind_are_removed(saved: Path) -> None:
    expected = reopened(saved)
    segments = set(saved.glob("*.segment"))
    shutil.copy(next(iter(segments)), saved / "stray.segment")
    (saved / "half.aside").write_bytes(b"outcrop arrays 1")
    assert reopened(saved) == expected
    assert set(saved.glob("*.segment")) == segments
    assert not list(saved.glob("*.aside"))


def reopened(path: Path) -> list[list[Hit]]:
    store = open_embedded(path, CONFIGURATION)
    try:
        return answers(store)
    finally:
        store.close()


def test_a_changed_byte_in_the_truth_is_noticed_or_changes_no_answer(saved: Path) -> None:
    expected = reopened(saved)
    truth = saved / "truth.sqlite"
    whole = truth.read_bytes()
    dice, noticed = random.Random(7), list[str]()
    for place in [5, 30, 99, *(dice.randrange(len(whole)) for _ in range(40))]:
        changed = bytearray(whole)
        changed[place] ^= 1 << dice.randrange(8)
        truth.write_bytes(changed)
        try:
            answered = reopened(saved)
        except StoreDamaged as damage:
            noticed.append(str(damage))
        else:
            assert answered == expected, f"byte {place}"
    assert len(noticed) > 10
    assert all(str(truth) in message and "ingest" in message for message in noticed)
    truth.write_bytes(whole)
    assert reopened(saved) == expected


@pytest.mark.parametrize("content", [b"not a database" * 100, None])
def test_a_damaged_truth_file_is_named(saved: Path, content: bytes | None) -> None:
    truth = saved / "truth.sqlite"
    truth.write_bytes(content or truth.read_bytes()[:9000])
    with pytest.raises(StoreDamaged, match=r"truth\.sqlite is damaged.*ingest"):
        reopened(saved)


@pytest.mark.parametrize(
    ("version", "later_columns"), [(1, ("context", "neighbours")), (2, ("neighbours",)), (3, ())]
)
def test_a_truth_of_an_earlier_version_is_read_and_goes_on(
    saved: Path, version: int, later_columns: tuple[str, ...]
) -> None:
    before = reopened(saved)
    with sqlite3.connect(saved / "truth.sqlite") as database:
        for column in later_columns:
            database.execute(f"ALTER TABLE chunks DROP COLUMN {column}")
        database.execute("DROP TABLE encoder")
        database.execute(f"PRAGMA user_version = {version}")
    database.close()
    assert reopened(saved) == before
    new = chunk("new", 99, "pebble")
    new = replace(new, context="granite of Cornwall", neighbours=Neighbours(2, 8, "- ", ""))
    with closing(EmbeddedStore(saved, CONFIGURATION)) as store:
        store.put("new", [new])
        [found] = store.search(vector(99), "Cornwall", 1)
        assert (found.id, found.text, found.context) == ("new", "pebble", "granite of Cornwall")
        assert found.neighbours == new.neighbours


def test_a_truth_of_another_version_is_refused(saved: Path) -> None:
    with sqlite3.connect(saved / "truth.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StoreError, match="another version"):
        open_embedded(saved, CONFIGURATION)


def test_a_full_disk_is_an_error_that_passes(saved: Path) -> None:
    store = EmbeddedStore(saved, CONFIGURATION)
    expected, documents = answers(store), store.documents()
    (pages,) = store._truth._connections.writer.execute("PRAGMA page_count").fetchone()
    store._truth._connections.writer.execute(f"PRAGMA max_page_count = {pages}")
    big = [chunk(f"big-{n}", n) for n in range(12 * SAVED)]
    for document in ("new", "a"):
        with pytest.raises(StoreFull, match="room"):
            store.put(document, big)
    assert answers(store) == expected
    assert store.documents() == documents
    store._truth._connections.writer.execute("PRAGMA max_page_count = 1000000")
    store.put("new", big)
    assert store.documents() == {**documents, "new": len(big)}
    expected = answers(store)
    store.close()
    assert reopened(saved) == expected


def test_an_index_that_cannot_be_saved_is_still_searched(
    saved: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = EmbeddedStore(saved, CONFIGURATION)
    store._live._folder = saved / "gone"
    store.put("new", [chunk(f"new-{n}", n) for n in range(3 * SAVED)])
    store.settle()
    assert "not saved" in caplog.text
    expected = answers(store)
    assert held(store)["new"]
    store.close()
    assert reopened(saved) == expected


def test_a_store_is_open_once(saved: Path) -> None:
    store = open_embedded(saved, CONFIGURATION)
    with pytest.raises(StoreInUse, match="another process"):
        open_embedded(saved, CONFIGURATION)
    store.close()
    reopened(saved)


def test_a_store_that_is_closed_waits_for_readers_and_says_that_it_is_closed(saved: Path) -> None:
    store = EmbeddedStore(saved, CONFIGURATION)
    closer = threading.Thread(target=store.close)
    with store._truth._connections.reading() as database:
        closer.start()
        while not store._truth._connections._is_closed:
            pass
        closer.join(0.3)
        assert closer.is_alive()
        assert database.execute("SELECT count(*) FROM documents").fetchone()
    closer.join(60)
    assert not closer.is_alive()
    uses: list[Callable[[], object]] = [
        lambda: store.search(vector(1), "amber", 5),
        lambda: store.put("new", [chunk("new", 1)]),
        lambda: store.delete("a"),
        store.documents,
        lambda: store.parents(["p"]),
    ]
    for use in uses:
        with pytest.raises(StoreUnavailable, match="has been closed"):
            use()
    store.close()
    assert reopened(saved)


def test_a_changed_vector_is_noticed_when_it_is_read_and_changes_no_answer(
    saved: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The vectors of a file are not all read when the store is opened."""
    expected = reopened(saved)
    file = max(saved.glob("*.segment"), key=lambda path: path.stat().st_size)
    content = bytearray(file.read_bytes())
    content[-700] ^= 0x10
    file.write_bytes(content)
    store = open_embedded(saved, CONFIGURATION)
    assert "built again" not in caplog.text
    assert answers(store) == expected
    assert "built again" in caplog.text
    store.put("new", [chunk("n", 5)])
    store.delete("new")
    store.close()
    caplog.clear()
    assert reopened(saved) == expected
    assert not caplog.text


def change_postings(saved: Path, of: str) -> None:
    """Change a byte of the rows that have words, or attributes."""
    file = max(saved.glob("*.segment"), key=lambda path: path.stat().st_size)
    content, segment = bytearray(file.read_bytes()), Segment.load(file)
    inverted = segment.words if of == "words" else segment.attributes.index
    rows, _ = inverted.postings.all()
    content[content.index(rows.tobytes()) + rows.nbytes // 2] ^= 0x10
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("of", "ask"),
    [
        ("words", lambda store: store.search(vector(1), "amber bridge candle", 10)),
        (
            "attributes",
            lambda store: store.search(vector(1), None, 10, Condition("lessThan", "step", 5)),
        ),
        ("words", lambda store: store.nearest_word("ambr")),
        ("attributes", lambda store: store.values("step", 20)),
    ],
)
def test_changed_postings_are_noticed_when_they_are_read_and_change_no_answer(
    saved: Path,
    of: str,
    ask: Callable[[EmbeddedStore], object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with closing(EmbeddedStore(saved, CONFIGURATION)) as store:
        expected = ask(store)
    change_postings(saved, of)
    with closing(EmbeddedStore(saved, CONFIGURATION)) as store:
        assert "built again" not in caplog.text
        assert ask(store) == expected
        assert "built again" in caplog.text
    caplog.clear()
    with closing(EmbeddedStore(saved, CONFIGURATION)) as store:
        assert ask(store) == expected
    assert not caplog.text


def checking() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "check"]


@pytest.mark.parametrize("of", ["words", "attributes"])
def test_changed_postings_that_no_question_reads_are_noticed_beside(
    saved: Path, of: str, caplog: pytest.LogCaptureFixture
) -> None:
    change_postings(saved, of)
    with closing(EmbeddedStore(saved, CONFIGURATION)) as store:
        assert not checking(), "before the first answer"
        store.search(vector(1), None, 10)
        for thread in checking():
            thread.join()
        assert "built again" in caplog.text
    caplog.clear()
    assert reopened(saved)
    assert not caplog.text


def test_a_check_beside_is_given_up_when_the_store_is_closed(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background_check, "PAUSE", 3600)
    with closing(EmbeddedStore(saved, CONFIGURATION)) as store:
        store.search(vector(1), None, 10)
        assert checking()
    assert not checking()


@pytest.mark.parametrize("of", ["words", "attributes"])
def test_changed_postings_that_a_merge_reads_are_not_merged(
    saved: Path, of: str, caplog: pytest.LogCaptureFixture
) -> None:
    change_postings(saved, of)
    with closing(EmbeddedStore(saved, CONFIGURATION)) as store:
        store.put("new", [chunk(f"new-{n}", n) for n in range(6 * SAVED)])
        store.settle()
        assert "built again" in caplog.text
    expected = reopened(saved)
    remove_index(saved)
    assert reopened(saved) == expected


def test_a_changed_vector_that_a_merge_reads_is_not_merged(
    saved: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for file in saved.glob("*.segment"):
        content = bytearray(file.read_bytes())
        content[-700] ^= 0x10
        file.write_bytes(content)
    store = EmbeddedStore(saved, CONFIGURATION)
    store.put("new", [chunk(f"new-{n}", n) for n in range(6 * SAVED)])
    store.settle()
    assert "built again" in caplog.text
    assert len(held(store)["new"]) == 6 * SAVED
    expected = answers(store)
    store.close()
    remove_index(saved)
    assert reopened(saved) == expected
