"""The worker: batches, turns, what it works with failing, and what it does after a start."""

import os
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from app.local.bedrock_agent.knowledge_bases.backlog import BATCH
from app.local.bedrock_agent.knowledge_bases.reading import CLAIM
from app.local.engine.store import (
    Chunk,
    Hit,
    Store,
    StoreConfiguration,
    StoreDamaged,
    StoreFull,
    Vectors,
    open_embedded,
)
from tests.local.bedrock_agent.knowledge_bases.fakes import HashingEncoder
from tests.local.bedrock_agent.knowledge_bases.world import (
    ROOM,
    SETTLED,
    Source,
    World,
    until,
)
from tests.local.engine.store.delayed import DelayedStore
from tests.local.engine.store.samples import CONFIGURATION


class Failing:
    """A store whose next puts fail, as queued."""

    def __init__(
        self, path: Path, configuration: StoreConfiguration, failures: Iterable[Exception]
    ) -> None:
        self._store, self._failures = open_embedded(path, configuration), deque(failures)

    def put(self, document: str, chunks: Sequence[Chunk]) -> None:
        if self._failures:
            raise self._failures.popleft()
        self._store.put(document, chunks)

    def put_all(self, documents: Mapping[str, Sequence[Chunk]]) -> None:
        for document, chunks in documents.items():
            self.put(document, chunks)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class Refusing(Failing):
    """A store that chokes on foxes. It notes how many documents are put at a time."""

    def __init__(self, path: Path, configuration: StoreConfiguration) -> None:
        super().__init__(path, configuration, [])
        self.sizes: list[int] = []

    def put(self, document: str, chunks: Sequence[Chunk]) -> None:
        self.put_all({document: chunks})

    def put_all(self, documents: Mapping[str, Sequence[Chunk]]) -> None:
        self.sizes.append(len(documents))
        if any(chunk.text == "fox" for chunks in documents.values() for chunk in chunks):
            raise RuntimeError("a bug in the store")
        self._store.put_all(documents)


class Watched(HashingEncoder):
    """Notes how many texts come at a time; waits while the gate is clear; chokes on poison."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.sizes: list[int] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        assert self.gate.wait(30)
        self.sizes.append(len(texts))
        if any("poison" in text for text in texts):
            raise ArithmeticError("not a number")
        return super().encode(texts)


def ingest(source: Source, texts: dict[str, str]) -> None:
    """Ingest documents as one batch."""
    source.world.parser.gate.clear()
    for key, text in texts.items():
        source.put(key, text)
        source.ingest(key)
    source.world.parser.gate.set()


def ingested(source: Source, texts: dict[str, str]) -> dict[str, str]:
    """Ingest documents as one batch, and wait for what becomes of them."""
    ingest(source, texts)
    return until(source.statuses, lambda statuses: SETTLED.issuperset(statuses.values()))


def test_small_documents_are_embedded_together(tmp_path: Path) -> None:
    encoder = Watched()
    with World(tmp_path, encoder) as world:
        source = world.source()
        for n in range(3 * BATCH):
            source.put(f"{n:03}.md", f"word{n}")
        encoder.gate.clear()
        job = world.agent.start_ingestion_job(**source.ids)["ingestionJob"]["ingestionJobId"]
        until(lambda: len(world.parser.parsed), lambda count: count == 3 * BATCH)
        encoder.gate.set()
        source.ended(job)
        assert sum(encoder.sizes) == 3 * BATCH
        assert encoder.sizes[1:3] == [BATCH, BATCH]
        assert source.found("word77", numberOfResults=1) == ["077.md"]


def test_a_direct_call_does_not_wait_for_a_job(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        source, other = world.source(), world.source()
        for n in range(3 * CLAIM):
            source.put(f"{n:03}.md", "many")
        other.put("urgent.md", "fox")
        world.parser.gate.clear()
        job = world.agent.start_ingestion_job(**source.ids)["ingestionJob"]["ingestionJobId"]
        until(source.statuses, lambda statuses: "IN_PROGRESS" in statuses.values())
        other.ingest("urgent.md")
        world.parser.gate.set()
        source.ended(job)
        assert world.parser.parsed.index("urgent.md") <= CLAIM


def test_a_full_disk_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def open_store(path: Path, configuration: StoreConfiguration) -> Store:
        return Failing(path, configuration, [StoreFull("no room")] * 2)

    with World(tmp_path, open_store=open_store) as world:
        source = world.source()
        assert ingested(source, {"a.md": "fox"}) == {"a.md": "INDEXED"}
        assert source.found("fox") == ["a.md"]
    assert "no room" in caplog.text


def test_a_store_whose_index_is_gone_fails_no_document(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither one that is put alone, nor those of a batch; they are stored after a start."""
    failures = deque([StoreDamaged("The index is gone.")] * 10_000)

    def gone(path: Path, configuration: StoreConfiguration) -> Store:
        return Failing(path, configuration, failures)

    with World(tmp_path, open_store=gone) as world:
        source = world.source()
        for name in ("a.md", "b.md", "c.md"):
            source.put(name, "fox")
            source.ingest(name)
        until(lambda: caplog.text.count("StoreDamaged: The index is gone."), lambda n: n > 2)
        assert not SETTLED & set(source.statuses().values())
    assert "Traceback" not in caplog.text
    with reopened(source):
        until(source.statuses, lambda statuses: set(statuses.values()) == {"INDEXED"})


def test_a_question_to_a_store_whose_index_is_gone_is_told_so(tmp_path: Path) -> None:
    class Gone(Failing):
        def search(self, *_: object) -> list[Hit]:
            raise StoreDamaged("The index is gone.")

    with World(
        tmp_path, open_store=lambda path, configuration: Gone(path, configuration, [])
    ) as world:
        source = world.source()
        ingested(source, {"a.md": "fox"})
        with pytest.raises(ClientError, match=r"could not be searched: The index is gone\.") as no:
            source.found("fox")
        assert no.value.response["Error"]["Code"] == "DependencyFailedException"


def test_what_is_said_to_be_indexed_or_gone_is_so_for_a_search(tmp_path: Path) -> None:
    """With a store that shows a write after a refresh, as one far away may."""
    with World(tmp_path, open_store=DelayedStore) as world:
        source = world.source()
        assert ingested(source, {"a.md": "fox", "b.md": "dog"})
        assert sorted(source.found("fox")) == ["a.md", "b.md"]
        source.delete("a.md")
        assert source.settled("a.md")[0]["status"] == "NOT_FOUND"
        assert source.found("fox") == ["b.md"]


def test_a_document_that_cannot_be_stored_fails_alone(tmp_path: Path) -> None:
    opened: list[Refusing] = []

    def open_store(path: Path, configuration: StoreConfiguration) -> Store:
        opened.append(Refusing(path, configuration))
        return opened[-1]

    with World(tmp_path, open_store=open_store) as world:
        source = world.source()
        statuses = ingested(source, {"a.md": "fox", "b.md": "dog", "c.md": "cat"})
        assert statuses == {"a.md": "FAILED", "b.md": "INDEXED", "c.md": "INDEXED"}
        (detail,) = source.get("a.md")
        assert "RuntimeError: a bug in the store" in detail["statusReason"]
        assert sorted(source.found("animal")) == ["b.md", "c.md"]


def test_documents_that_are_embedded_together_are_stored_together(tmp_path: Path) -> None:
    opened: list[Refusing] = []

    def open_store(path: Path, configuration: StoreConfiguration) -> Store:
        opened.append(Refusing(path, configuration))
        return opened[-1]

    encoder = Watched()
    with World(tmp_path, encoder, open_store=open_store) as world:
        source = world.source()
        encoder.gate.clear()
        ingest(source, {f"{n}.md": "dog" for n in range(9)})
        until(lambda: len(world.parser.parsed), lambda count: count == 9)
        encoder.gate.set()
        until(source.statuses, lambda statuses: set(statuses.values()) == {"INDEXED"})
        assert len(source.found("dog", numberOfResults=10)) == 9
    assert sum(opened[0].sizes) == 9
    assert max(opened[0].sizes) > 1


def test_a_document_that_cannot_be_embedded_fails_alone(tmp_path: Path) -> None:
    with World(tmp_path, Watched()) as world:
        source = world.source()
        statuses = ingested(source, {"a.md": "fox", "b.md": "poison", "c.md": "cat"})
        assert statuses == {"a.md": "INDEXED", "b.md": "FAILED", "c.md": "INDEXED"}
        (detail,) = source.get("b.md")
        assert "ArithmeticError: not a number" in detail["statusReason"]


def test_a_large_document_does_not_hold_up_the_end(tmp_path: Path) -> None:
    encoder = Watched()
    with World(tmp_path, encoder) as world:
        source = world.source()
        source.put("book.md", "\f".join(f"page {n}" for n in range(2000)))
        encoder.gate.clear()
        source.ingest("book.md")
        until(lambda: world.parser.parsed, bool)
        encoder.gate.set()  # and at once the end, which a second thread might be late to see
    assert sum(encoder.sizes) < 2000
    with World(tmp_path, encoder) as world:
        source.world = world
        source.settled("book.md")
        assert len(world.retrieve(source.base, "page 7", numberOfResults=100)) == 100


def reopened(source: Source) -> World:
    source.world = World(source.world.home)
    return source.world


def test_a_store_and_the_state_agree_after_a_start(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        source = world.source()
        ingested(source, {"lost.md": "fox", "kept.md": "dog"})
    store = open_embedded(tmp_path / "knowledge" / "stores" / source.base, CONFIGURATION)
    store.delete(f"{source.id}/{source.uri('lost.md')}")
    (vector,) = HashingEncoder().encode(["fox"])
    for document in (f"{source.id}/{source.uri('stray.md')}", "0123456789/s3://old/retained.md"):
        store.put(document, [Chunk(document, "fox", {"year": 2024}, vector)])
    store.close()
    with reopened(source):
        until(
            source.statuses,
            lambda statuses: statuses == {"lost.md": "INDEXED", "kept.md": "INDEXED"},
        )
        assert sorted(source.found("fox")) == ["kept.md", "lost.md", "retained.md"]


def test_a_damaged_store_is_filled_again(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        source = world.source()
        ingested(source, {"a.md": "fox", "b.md": "dog"})
    (tmp_path / "knowledge" / "stores" / source.base / "truth.sqlite").write_bytes(b"x" * 10_000)
    with reopened(source):
        until(source.statuses, lambda statuses: set(statuses.values()) == {"INDEXED"})
        assert source.found("fox")[0] == "a.md"


def test_a_store_of_another_encoder_is_filled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with World(tmp_path) as world:
        source = world.source()
        ingested(source, {"a.md": "fox", "b.md": "dog"})
    monkeypatch.setattr(HashingEncoder, "identity", "another")
    with reopened(source):
        until(source.statuses, lambda statuses: set(statuses.values()) == {"INDEXED"})
        assert source.found("fox")[0] == "a.md"
    another = StoreConfiguration(CONFIGURATION.dimension, "another")
    with closing(open_embedded(tmp_path / "knowledge" / "stores" / source.base, another)) as store:
        assert len(store.documents()) == 2


def test_a_damaged_object_fails_alone(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        source = world.source()
        source.put("a.md", "fox")
        list(world.buckets.list(source.bucket))
    path = tmp_path / "s3" / source.bucket / "a.md"
    status = path.stat()
    path.write_text("cat")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    with reopened(source):
        source.put("b.md", "dog")
        source.ingest("a.md", "b.md")
        damaged, sound = source.settled("a.md", "b.md")
        assert (damaged["status"], sound["status"]) == ("FAILED", "INDEXED")


def test_a_store_that_is_rebuilt_answers_no_question(tmp_path: Path) -> None:
    with World(tmp_path) as world:
        source = world.source()
        ingested(source, {"a.md": "fox", "b.md": "dog"})
    (tmp_path / "knowledge" / "stores" / source.base / "truth.sqlite").write_bytes(b"x" * 10_000)

    def full(path: Path, configuration: StoreConfiguration) -> Store:
        return Failing(path, configuration, [StoreFull("The disk is full.")] * 10_000)

    for _ in range(2):  # the second time nothing is damaged, and not all is done
        with World(tmp_path, open_store=full) as again:
            source.world = again
            assert status(source) == "UPDATING"
            with pytest.raises(ClientError, match="is rebuilt from its documents: 2 of them") as no:
                source.found("fox")
            assert no.value.response["Error"]["Code"] == "DependencyFailedException"
    with reopened(source):
        until(lambda: status(source), lambda base_status: base_status == "ACTIVE")
        assert source.found("fox")[0] == "a.md"
        source.put("a.md", "fox again")
        source.ingest("a.md")
        assert status(source) == "ACTIVE"


def status(source: Source) -> str:
    base = source.world.agent.get_knowledge_base(knowledgeBaseId=source.base)
    return base["knowledgeBase"]["status"]


def test_the_folder_of_no_base_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge" / "stores" / "0123456789"
    folder.mkdir(parents=True)
    with World(tmp_path):
        assert not folder.exists()


def remembered(source: Source) -> set[str]:
    """Those of some texts whose tokens are in the file."""
    return set(source.world.tokens.read(["fox", "dog", "cat", "owl"]))


def test_the_tokens_of_a_document_go_with_it(tmp_path: Path) -> None:
    with World(tmp_path, room=ROOM) as world:
        source, other = world.source(), world.source()
        ingested(source, {"a.md": "fox", "b.md": "dog"})
        ingested(other, {"c.md": "owl"})
        assert remembered(source) == {"fox", "dog", "owl"}
        source.put("a.md", "cat")
        source.ingest("a.md")
        source.settled("a.md")
        assert remembered(source) == {"cat", "dog", "owl"}
        source.remove("b.md")
        source.delete("b.md")
        source.settled("b.md")
        assert remembered(source) == {"cat", "owl"}
        world.agent.delete_knowledge_base(knowledgeBaseId=other.base)
        until(lambda: remembered(source), lambda texts: texts == {"cat"})


def test_the_tokens_of_a_document_that_is_in_no_store_are_forgotten_at_a_start(
    tmp_path: Path,
) -> None:
    with World(tmp_path, room=ROOM) as world:
        source = world.source()
        ingested(source, {"a.md": "fox"})
        world.engine.embed(["owl"], [f"{source.id}/{source.uri('stray.md')}"], "english")
        assert remembered(source) == {"fox", "owl"}
    with reopened(source):
        assert remembered(source) == {"fox"}
