"""The model's own WordPiece tokenizer."""

import re
from pathlib import Path

# A piece ends at white space, which is always a border between tokens: the tokenizer's time grows
# faster than its input.
PIECE = re.compile(r".{1,8192}(?:\s|\Z)|.+?(?:\s|\Z)", re.DOTALL)


class Tokenizer:
    """Text to token ids, and to the characters that each token stands for. Thread-safe."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer as WordPiece

        self._wordpiece = WordPiece.from_file(str(path))
        self._wordpiece.no_truncation()
        self._wordpiece.no_padding()

    def ids(self, text: str) -> list[int]:
        """The ids of the text's tokens between [CLS] and [SEP]."""
        ids: list[int] = self._wordpiece.encode(_valid(text)).ids
        return ids

    def spans(self, text: str) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        for piece in PIECE.finditer(_valid(text)):
            start = piece.start()
            encoding = self._wordpiece.encode(piece.group(), add_special_tokens=False)
            spans += [(start + a, start + b) for a, b in encoding.offsets]
        return spans


def _valid(text: str) -> str:
    """The text with '?' for every lone surrogate, which JSON can carry and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode("utf-8")
