"""Token vectors of passages, remembered in memory and in a file.

    text -- in memory? -- in the file? -- encoder -- (t, 384) float32 -- packed in four bits

A passage that is read for the first time costs the encoder's work, and one that is remembered a
hundredth of it. What ingestion embeds is remembered on the way, as long as there is room: its
vectors come of the same pass.
"""

from collections.abc import Collection, Sequence

import numpy as np

from app.local.engine.encoder import TokenEncoder, TokenVectors, Vectors
from app.local.engine.memory import Memory
from app.local.engine.packed_tokens import PackedTokens
from app.local.engine.token_file import TokenFile


class TokenMemory:
    """The tokens of the passages that were read last. Thread-safe.

    Args:
        encoder: reads them, and questions, which are not remembered. Of an even dimension.
        capacity: in bytes, of what is in memory.
        file: has more of them, and those of earlier processes.
    """

    def __init__(self, encoder: TokenEncoder, capacity: int, file: TokenFile | None = None) -> None:
        self.encoder = encoder
        self._file = file
        self._memory = Memory(self._read, capacity, lambda packed: packed.size)

    def tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """The tokens of texts of no document: the file has none of them."""
        return [packed.unpacked() for packed in self._memory.of(texts)]

    def passages(self, texts: Sequence[str], documents: Sequence[str]) -> list[TokenVectors]:
        """The tokens of each passage. What is nowhere remembered is encoded in one batch.

        Args:
            texts: the passages.
            documents: that each of them is of.
        """
        document_of = dict(zip(texts, documents, strict=True))

        def read(new: Sequence[str]) -> list[PackedTokens]:
            known = {} if self._file is None else self._file.read(new)
            unknown = [text for text in new if text not in known]
            known |= zip(unknown, self._read(unknown), strict=True)
            if self._file is not None and unknown:
                added = [(text, document_of[text], known[text]) for text in unknown]
                self._file.add(added, replacing=True)
            return [known[text] for text in new]

        return [packed.unpacked() for packed in self._memory.of(texts, read)]

    def embed(self, texts: Sequence[str], documents: Sequence[str], longest: int) -> Vectors:
        """The vectors of passages, as `encode` has them. Those of at most `longest` characters are
        remembered, if nothing has to be forgotten for them.
        """
        if self._memory.is_full and not (self._file and self._file.has_room):
            return self.encoder.encode(texts)
        vectors = np.empty((len(texts), self.encoder.dimension), np.float32)  # (n, d)
        short = [number for number, text in enumerate(texts) if len(text) <= longest]
        long = [number for number, text in enumerate(texts) if len(text) > longest]
        vectors[long] = self.encoder.encode([texts[number] for number in long])

        def make(tokens: TokenVectors) -> tuple[Vectors, PackedTokens]:
            return tokens.mean, PackedTokens.of(tokens)

        results = self.encoder.map_tokens([texts[number] for number in short], make)
        packed = []
        for number, (vector, tokens) in zip(short, results, strict=True):
            vectors[number] = vector
            packed.append((texts[number], documents[number], tokens))
        self._memory.add((text, tokens) for text, _, tokens in packed)
        if self._file is not None:
            self._file.add(packed)
        return vectors

    def forget(self, document: str, but: Collection[str] = ()) -> None:
        """Remove from the file what belongs to a document, but for these texts."""
        if self._file is not None:
            self._file.forget(document, but)

    def keep(self, documents: Collection[str]) -> None:
        """Remove from the file what belongs to any other document than these."""
        if self._file is not None:
            self._file.keep(documents)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _read(self, texts: Sequence[str]) -> list[PackedTokens]:
        return [PackedTokens.of(one) for one in self.encoder.tokens(texts)]
