"""No document holds up another: large or slow ones wait for the others, and never starve."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.local.bedrock_agent.knowledge_bases import drafts
from app.local.bedrock_agent.knowledge_bases.backlog import (
    BATCH,
    CAPACITY,
    OF_THE_OLDEST,
    Embedding,
    Ready,
)
from app.local.bedrock_agent.knowledge_bases.drafts import Drafts
from app.local.bedrock_agent.knowledge_bases.fetch import ETags
from app.local.bedrock_agent.knowledge_bases.queue import Task
from app.local.bedrock_agent.knowledge_bases.reading import CLAIM, QUICK
from app.local.engine.chunk import DEFAULT
from app.local.engine.parsers import ParsedDocument, Records, Section, TooSlow
from app.local.engine.store import (
    Chunk,
    Store,
    StoreConfiguration,
    Vectors,
    open_embedded,
)
from tests.local.bedrock_agent.knowledge_bases.fakes import HashingEncoder, PlainParser
from tests.local.bedrock_agent.knowledge_bases.world import Source, World, until

SECONDS = 20  # after which a test that should never wait gives up
PAGES = 20 * BATCH
BOOK = "\f".join(f"page {n}" for n in range(PAGES))


class Stepwise(HashingEncoder):
    """Embeds a batch for each step that it is allowed; a single text, as a question is, at once."""

    def __init__(self) -> None:
        self.steps = threading.Semaphore(0)
        self.begun = threading.Event()
        self.batches: list[Sequence[str]] = []
        self.free = self.closed = False

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.begun.set()
        while len(texts) > 1 and not self.free and not self.steps.acquire(timeout=0.01):
            assert not self.closed
        self.batches.append(texts)
        return super().encode(texts)


@contextmanager
def stepwise_world(home: Path) -> Iterator[tuple[Stepwise, World]]:
    encoder = Stepwise()
    with World(home, encoder) as world:
        try:
            yield encoder, world
        finally:
            encoder.closed = True


def test_a_small_document_does_not_wait_for_a_large_one(tmp_path: Path) -> None:
    with stepwise_world(tmp_path) as (encoder, world):
        source = world.source()
        source.put("book.md", BOOK)
        source.put("note.md", "fox")
        source.ingest("book.md")
        assert encoder.begun.wait(SECONDS)
        source.ingest("note.md")
        embedding = world.knowledge._worker._drafted
        until(lambda: len(embedding._shares), lambda count: count == 2)
        encoder.steps.release(2)  # the batch that was under way already, and the next
        assert source.settled("note.md")[0]["status"] == "INDEXED"
        assert [any(text.endswith("fox") for text in batch) for batch in encoder.batches] == [
            False,
            True,
        ]
        assert source.statuses()["book.md"] == "IN_PROGRESS"
        assert source.found("page 7", numberOfResults=100) == ["note.md"]  # nothing half-indexed
        encoder.free = True
        assert source.settled("book.md")[0]["status"] == "INDEXED"
        assert len(source.found("page 7", numberOfResults=100)) == 100


def ready(uri: str, chunks: int) -> Ready:
    chunk_list = [Chunk(f"{uri}-{n}", f"{uri} {n}", {}, None) for n in range(chunks)]
    texts = {n: chunk.text for n, chunk in enumerate(chunk_list)}
    task = Task("base", "source", uri, 0, None, None, DEFAULT, "english")
    return Ready(task, Drafts(ETags("etag", None), chunk_list, texts))


def test_a_large_document_does_not_starve() -> None:
    """Small ones keep coming, and it gets its part of every batch."""
    embedding, encoder, rounds = Embedding(), HashingEncoder(), 20
    assert rounds * OF_THE_OLDEST > CAPACITY
    embedding.put(ready("large", rounds * OF_THE_OLDEST))
    done: list[str] = []
    for _ in range(rounds):
        assert "large" not in done
        for number in range(BATCH - OF_THE_OLDEST):
            embedding.put(ready(f"small-{number}", 1))
        shares = embedding.take()
        assert sum(share.taken for share in shares) == BATCH
        for share in shares:
            share.add(encoder.encode(share.batch()))
        done += [one.task.uri for one in embedding.finished()]
    assert "large" in done
    assert len(done) == rounds * (BATCH - OF_THE_OLDEST) + 1


def test_a_large_document_does_not_fill_the_batches_of_small_ones() -> None:
    """Of fifty that come one after the other, each waits for a batch in which it is nearly alone;
    the large one takes the rest of the encoder's time, and whole batches once it is alone.
    """
    embedding, encoder = Embedding(), HashingEncoder()
    embedding.put(ready("large", 2 * CAPACITY))
    embedding.put(ready("second", 2 * CAPACITY))
    for number in range(50):
        embedding.put(ready(f"small-{number}", 3))
        shares = embedding.take()
        taken = {share.ready.task.uri: share.taken for share in shares}
        assert taken[f"small-{number}"] == 3
        assert sum(taken.values()) <= OF_THE_OLDEST + 3
        for share in shares:
            share.add(encoder.encode(share.batch()))
        embedding.finished()
    assert sum(share.taken for share in embedding.take()) == BATCH


def test_vectors_are_those_of_their_chunks_whatever_the_shares() -> None:
    embedding, encoder = Embedding(), HashingEncoder()
    embedding.put(ready("large", CAPACITY + 7))
    embedding.put(ready("other", BATCH + 1))
    finished: dict[str, Ready] = {}
    while len(finished) < 2:
        for share in embedding.take():
            share.add(encoder.encode(share.batch()))
        finished |= {one.task.uri: one for one in embedding.finished()}
    for one in finished.values():
        assert one.drafts
        for chunk in one.drafts.chunks:
            (vector,) = encoder.encode([chunk.text])
            assert chunk.vector is not None
            assert (chunk.vector == vector).all()


class SlowParser(PlainParser):
    """Takes too long over whatever holds "slow", where others wait; and until `may_end` else."""

    def __init__(self) -> None:
        super().__init__()
        self.may_end = threading.Event()
        self.allowed: dict[str, float | None] = {}

    def parse(
        self,
        path: Path,
        name: str,
        *,
        charset: str | None = None,
        records: Records | None = None,
        seconds: float | None = None,
    ) -> ParsedDocument:
        self.allowed[name] = seconds
        if "slow" in path.read_text():
            if seconds is not None:
                raise TooSlow("too slow")
            assert self.may_end.wait(SECONDS)
        return super().parse(path, name, charset=charset, records=records)

    def close(self) -> None:
        self.may_end.set()


def ingested(source: Source, **texts: str) -> None:
    for name, text in texts.items():
        source.put(f"{name}.md", text)
        source.ingest(f"{name}.md")


@contextmanager
def slow_world(home: Path) -> Iterator[tuple[SlowParser, Source]]:
    parser = SlowParser()
    with World(home, parser=lambda: parser) as world:
        yield parser, world.source()


def test_a_document_that_is_slow_to_parse_holds_up_no_other(tmp_path: Path) -> None:
    with slow_world(tmp_path) as (parser, source):
        slow = {f"slow{n}": "slow" for n in range(CLAIM + 2)}
        ingested(source, **slow, note="fox")
        assert source.settled("note.md")[0]["status"] == "INDEXED"
        statuses = source.statuses()
        assert {statuses[f"{name}.md"] for name in slow} <= {"PENDING", "STARTING", "IN_PROGRESS"}
        parser.may_end.set()
        until(source.statuses, lambda latest: set(latest.values()) == {"INDEXED"})


def test_what_was_set_aside_is_done_after_a_restart(tmp_path: Path) -> None:
    with slow_world(tmp_path) as (_, source):
        ingested(source, a="slow", b="slow", c="slow", note="fox")
        source.settled("note.md")
    with World(tmp_path) as world:
        source.world = world
        until(source.statuses, lambda statuses: set(statuses.values()) == {"INDEXED"})


def test_a_new_version_of_what_was_set_aside_is_like_any_other(tmp_path: Path) -> None:
    with slow_world(tmp_path) as (parser, source):
        ingested(source, a="slow", b="slow", c="slow", note="fox")
        source.settled("note.md")
        ingested(source, c="quick")
        assert source.settled("c.md")[0]["status"] == "INDEXED"
        assert parser.allowed["c.md"] == QUICK.seconds


def test_a_large_file_is_parsed_apart_from_the_others(tmp_path: Path) -> None:
    with slow_world(tmp_path) as (parser, source):
        ingested(source, large="word " * (QUICK.characters // 5 + 1), note="fox")
        source.settled("large.md", "note.md")
        assert parser.allowed == {"large.md": None, "note.md": QUICK.seconds}


def test_semantic_chunking_is_more_work(tmp_path: Path) -> None:
    semantic: dict[str, Any] = {
        "chunkingStrategy": "SEMANTIC",
        "semanticChunkingConfiguration": {
            "maxTokens": 300,
            "bufferSize": 0,
            "breakpointPercentileThreshold": 95,
        },
    }
    parser = SlowParser()
    with World(tmp_path, parser=lambda: parser) as world:
        source = world.source(vectorIngestionConfiguration={"chunkingConfiguration": semantic})
        ingested(source, book="A sentence. " * 2000, note="fox")
        source.settled("book.md", "note.md")
        assert parser.allowed == {"book.md": None, "note.md": QUICK.seconds}


class LargeWait:
    """A store that waits in the middle of putting a large document."""

    def __init__(
        self,
        path: Path,
        configuration: StoreConfiguration,
        may_go_on: threading.Event,
        begun: threading.Event,
    ) -> None:
        self._store, self._may_go_on, self._begun = (
            open_embedded(path, configuration),
            may_go_on,
            begun,
        )

    def put(self, document: str, chunks: Sequence[Chunk]) -> None:
        if len(chunks) > CAPACITY:
            self._begun.set()
            assert self._may_go_on.wait(SECONDS)
        self._store.put(document, chunks)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_a_small_document_is_stored_while_a_large_one_is(tmp_path: Path) -> None:
    may_go_on, begun = threading.Event(), threading.Event()

    def open_store(path: Path, configuration: StoreConfiguration) -> Store:
        return LargeWait(path, configuration, may_go_on, begun)

    with World(tmp_path, open_store=open_store) as world:
        source = world.source()
        ingested(source, book=BOOK)
        assert begun.wait(SECONDS)
        ingested(source, note="fox")
        assert source.settled("note.md")[0]["status"] == "INDEXED"
        assert source.statuses()["book.md"] == "IN_PROGRESS"
        may_go_on.set()
        assert source.settled("book.md")[0]["status"] == "INDEXED"


def test_a_document_of_too_many_chunks_fails_and_says_which_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MOST_CHUNKS", 3)
    with World(tmp_path) as world:
        source = world.source()
        ingested(source, four="1\f2\f3\f4", three="1\f2\f3")
        four, three = source.settled("four.md", "three.md")
        assert (four["status"], three["status"]) == ("FAILED", "INDEXED")
        assert "makes 4 chunks, and 3 is the most: split it" in four["statusReason"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("one two three four", ["one two", " three", " four"]),
        ("one\n\ntwo three", ["one\n\ntwo", " three"]),
        ("x" * 25, ["x" * 10, "x" * 10, "x" * 5]),
        ("short", ["short"]),
    ],
)
def test_a_long_section_is_cut_where_it_may_be(
    text: str, parts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "STRETCH", 10)
    assert [section.text for section in drafts._stretches([Section(text, 3)])] == parts
