"""Ingestion: pages a second from the bucket to the index, beside the encoder's work alone.

The pages are made here, so that everybody has them: English words of the encoder's vocabulary,
some 1,300 tokens a page, under headings. They go the whole way: event, queue, function, parsing,
chunking, embedding, one durable transaction a document. Embedding the same chunks with nothing
around it is the time that no ingestion can beat.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from app.local.engine.chunk import DEFAULT, chunk
from app.local.engine.parsers import Section
from app.local.engine.transformer import Encoder
from tests.bench.embedding import Texts
from tests.flows.home import Home, laptop
from tests.tables import Table

PAGES = 150
SECTIONS, WORDS = 5, 250  # a page
SECONDS = 600


def run() -> Iterator[Table]:
    pages = _pages()
    with TemporaryDirectory() as scratch, laptop(Path(scratch)) as home:
        whole = _ingest(home, Path(scratch), pages)
    encoder = Encoder()
    chunked = [chunk([Section(text, None)], DEFAULT, encoder) for text in pages.values()]
    texts = [piece.text for pieces in chunked for piece in pieces]
    began = time.perf_counter()
    for pieces in chunked:
        encoder.encode([piece.text for piece in pieces])
    alone = time.perf_counter() - began
    rows = [
        _row("from the bucket to the index", whole, whole / alone, len(texts)),
        _row("embedding the same chunks alone", alone, 1.0, len(texts)),
    ]
    yield Table(
        f"Ingesting {PAGES} pages, {len(texts)} chunks",
        ("what", "s", "pages/s", "chunks/s", "times"),
        rows,
    )


def _pages() -> dict[str, str]:
    texts = Texts(np.random.default_rng(1))
    return {
        f"page-{at}.md": "\n\n".join(
            f"## Part {part}\n\n{texts.text(WORDS)}." for part in range(SECTIONS)
        )
        for at in range(PAGES)
    }


def _ingest(home: Home, folder: Path, pages: dict[str, str]) -> float:
    began = time.perf_counter()
    for name, text in pages.items():
        (folder / "s3" / home.settings.documents_bucket / name).write_text(text)
    for name in pages:
        became = home.until(name, lambda _: True, seconds=SECONDS)
        assert became["status"] == "INDEXED", became
    return time.perf_counter() - began


def _row(name: str, seconds: float, times: float, chunks: int) -> tuple[str, ...]:
    return (
        name,
        f"{seconds:.1f}",
        f"{PAGES / seconds:.1f}",
        f"{chunks / seconds:.0f}",
        f"{times:.2f}",
    )
