"""Ingestion: pages a second from the bucket to the index, beside the encoder's work alone.

The pages are made here, so that everybody has them: English words of the encoder's vocabulary,
some 1,300 tokens a page, under headings. They go the whole way: event, queue, function, parsing,
chunking, embedding, one durable transaction a document. Embedding the same chunks with nothing
around it is the time that no ingestion can beat; beside it is the machine's own peak at multiplying
matrices in the encoder's precision (`_roofline`).

The laptop runs as its own processes, and is asked rarely how far it is, and not before the time has
passed that the encoder took alone: each look at the list of documents takes it some 50
milliseconds, and the list tells when each was indexed. On a busy machine
the clock tells how long they wait for a processor; processor time, which counts all of them and
their children, leaves most of that out.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from app.deploy import laptop
from app.local.engine.chunk import DEFAULT, chunk
from app.local.engine.parsers import Section
from app.local.engine.transformer import Encoder
from tests.bench._roofline import Roofline, operations
from tests.bench.embedding import Texts
from tests.bench.size import serving, until_indexed
from tests.bench.turn import processor_seconds
from tests.tables import Table

PAGES = 150
SECTIONS, WORDS = 5, 250  # a page
LOOK_SECONDS = 10
WARM_UP = 3  # pages before, so that the processes are there, and have loaded what they need


@dataclass(frozen=True)
class _Time:
    """Seconds by the clock, and of all processors together."""

    clock: float
    processor: float


def run() -> Iterator[Table]:
    pages = _pages(PAGES)
    encoder = Encoder()
    chunked = [chunk([Section(text, None)], DEFAULT, encoder) for text in pages]
    texts = [piece.text for pieces in chunked for piece in pieces]
    encoder.encode(texts[:8])
    roofline = Roofline("int8")
    roofline.measure()
    began, used = time.perf_counter(), time.process_time()
    encoder.encode(texts)
    alone = _Time(time.perf_counter() - began, time.process_time() - used)
    roofline.measure()
    whole = _ingest(pages, alone.clock)
    rate = sum(operations(encoder.count(text) + 2) for text in texts) / alone.processor
    note = (
        f"A processor second of the encoder is {rate / 1e9:.0f} GFLOP, {rate / roofline.peak:.0%} "
        f"of the {roofline.peak / 1e9:.0f} that this machine reaches in int8."
    )
    yield Table(
        f"Ingesting {PAGES} pages, {len(texts)} chunks",
        ("what", "s", "pages/s", "chunks/s", "times", "processor s", "times"),
        [
            _row("from the bucket to the index", whole, alone, len(texts)),
            _row("embedding the same chunks alone", alone, alone, len(texts)),
        ],
        [note],
    )


def _pages(count: int) -> list[str]:
    texts = Texts(np.random.default_rng(1))
    return [
        "\n\n".join(f"## Part {part}\n\n{texts.text(WORDS)}." for part in range(SECTIONS))
        for _ in range(count)
    ]


def _ingest(pages: list[str], least_seconds: float) -> _Time:
    with serving() as (at, http, home):
        [bucket] = (home / "s3").glob("*documents*")
        _write(bucket, "warm-up", pages[:WARM_UP])
        until_indexed(http, WARM_UP, LOOK_SECONDS)
        began, used = datetime.now(UTC), _processor_seconds(at)
        _write(bucket, "page", pages)
        time.sleep(least_seconds)
        ended = max(until_indexed(http, WARM_UP + len(pages), LOOK_SECONDS))
        return _Time((ended - began).total_seconds(), _processor_seconds(at) - used)


def _write(bucket: Path, name: str, pages: list[str]) -> None:
    for number, text in enumerate(pages):
        (bucket / f"{name}-{number}.md").write_text(text)


def _processor_seconds(at: laptop.Served) -> float:
    """Of both servers and what they have started: functions, parsers."""
    return sum(processor_seconds(child, with_descendants=True) for child in at.children)


def _row(name: str, time_: _Time, alone: _Time, chunks: int) -> tuple[str, ...]:
    return (
        name,
        f"{time_.clock:.1f}",
        f"{PAGES / time_.clock:.1f}",
        f"{chunks / time_.clock:.0f}",
        f"{time_.clock / alone.clock:.2f}",
        f"{time_.processor:.1f}",
        f"{time_.processor / alone.processor:.2f}",
    )
