"""Parsing and chunking: documents a minute through the worker, and its chunks.

The documents are made here, so that everybody has them: pages of prose with headings, the same in
each format, 3,000 words each. Parsing is measured in this process's time, as ingestion waits for
it; chunking with the tokenizer, in Bedrock's default.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from app.local.engine.chunk import DEFAULT, chunk
from app.local.engine.parsers.process import Parser
from app.local.engine.transformer import Encoder
from tests.local.engine.parsers.documents import docx, pdf
from tests.tables import Table

ROUNDS = 30
SENTENCE = "Clay holds water, as everybody knows who has ever dug in it after a night of rain."
PARAGRAPH = " ".join([SENTENCE] * 6)
PARAGRAPHS = 30


def _markdown() -> bytes:
    return "\n\n".join(f"## Soil {at}\n\n{PARAGRAPH}" for at in range(PARAGRAPHS)).encode()


def _html() -> bytes:
    body = "".join(f"<h2>Soil {at}</h2><p>{PARAGRAPH}</p>" for at in range(PARAGRAPHS))
    return f"<html><body>{body}</body></html>".encode()


def _docx() -> bytes:
    return docx("".join(f"<w:p><w:r><w:t>{PARAGRAPH}</w:t></w:r></w:p>" for _ in range(PARAGRAPHS)))


def _pdf() -> bytes:
    """Six pages of 45 lines."""
    page = [(72.0, 740.0 - 14 * at, 10.0, SENTENCE) for at in range(45)]
    return pdf([page] * 6)


DOCUMENTS: Mapping[str, Callable[[], bytes]] = {
    ".md": _markdown,
    ".html": _html,
    ".docx": _docx,
    ".pdf": _pdf,
}


def run() -> Iterator[Table]:
    encoder = Encoder()
    parser = Parser()
    with TemporaryDirectory() as scratch:
        rows = [
            _row(suffix, make(), Path(scratch) / "document", parser, encoder)
            for suffix, make in DOCUMENTS.items()
        ]
    parser.close()
    yield Table(
        "Parsing and chunking documents of 3,000 words",
        ("format", "parsed a minute", "chunked a minute", "chunks each"),
        rows,
    )


def _row(
    suffix: str, content: bytes, path: Path, parser: Parser, encoder: Encoder
) -> tuple[str, ...]:
    path.write_bytes(content)
    sections = parser.parse(path, f"a{suffix}").sections  # the first loads the format's library
    pieces = chunk(sections, DEFAULT, encoder)
    parsing = _minutes(lambda: parser.parse(path, f"a{suffix}"))
    chunking = _minutes(lambda: chunk(sections, DEFAULT, encoder))
    return suffix, f"{1 / parsing:,.0f}", f"{1 / chunking:,.0f}", str(len(pieces))


def _minutes(work: Callable[[], object]) -> float:
    """What one round takes, the median of all."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) / 60)
    return sorted(times)[len(times) // 2]
