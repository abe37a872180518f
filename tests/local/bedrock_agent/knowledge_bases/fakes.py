"""What a Knowledge Base works with, at no cost: an encoder and a parser."""

import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar
from zlib import crc32

import numpy as np

from app.local.engine.encoder import TokenVectors
from app.local.engine.parsers import ParsedDocument, Records, Section, Unreadable
from app.local.engine.store import Vectors

DIMENSION = 384
RAREST = 10_000  # ids of tokens, which say how rare a word is, from here on
_WORD = re.compile(r"\w+")
T = TypeVar("T")


class HashingEncoder:
    """A bag of words: every word is a direction of its own, as good as any text needs here."""

    dimension = DIMENSION
    identity = "a test's"

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.full((len(texts), DIMENSION), 1e-3, np.float32)  # (n, 384)
        for row, text in zip(vectors, texts, strict=True):
            for word in _WORD.findall(text.lower()):
                row[crc32(word.encode()) % DIMENSION] += 1
        norms: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)  # (n, 1)
        return vectors / norms

    def tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [self._tokens(text) for text in texts]

    def map_tokens(self, texts: Sequence[str], make: Callable[[TokenVectors], T]) -> list[T]:
        return [make(one) for one in self.tokens(texts)]

    def _tokens(self, text: str) -> TokenVectors:
        words = _WORD.findall(text.lower())
        vectors = HashingEncoder.encode(self, words)  # (t, 384); not as a subclass does
        ids = [RAREST + crc32(word.encode()) % RAREST for word in words]
        return TokenVectors(
            np.array(ids, np.int64), vectors, HashingEncoder.encode(self, [text])[0]
        )

    def spans(self, text: str) -> list[tuple[int, int]]:
        return [match.span() for match in _WORD.finditer(text)]

    def count(self, text: str) -> int:
        return len(self.spans(text))


class PlainParser:
    """Reads text. A page ends at a form feed; `.bin` and files without text cannot be read.
    A page with "(picture)" has a warning.

    While `gate` is clear, `parse` waits.
    """

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.parsed: list[str] = []

    def parse(
        self,
        path: Path,
        name: str,
        *,
        charset: str | None = None,
        records: Records | None = None,
        seconds: float | None = None,  # noqa: ARG002 - it takes no time
    ) -> ParsedDocument:
        assert self.gate.wait(timeout=30)
        assert records is None
        self.parsed.append(name)
        text = path.read_text(charset or "utf-8")
        if name.endswith(".bin"):
            raise Unreadable(f"{name} is of no type that can be read.")
        if not text.strip():
            raise Unreadable(f"{name} is empty.")
        if "bug" in text:
            raise RuntimeError("the parser has a bug")
        pages = text.split("\f")
        sections = [
            Section(page, n if len(pages) > 1 else None, page_label="ii" if n == 2 else None)
            for n, page in enumerate(pages, 1)
        ]
        warnings = (
            f"Page {n} is a picture." for n, page in enumerate(pages, 1) if "(picture)" in page
        )
        return ParsedDocument(sections, tuple(warnings))

    def close(self) -> None:
        self.gate.set()
