"""A segment: an index over some chunks, which is built once and never changed.

    numbers     (n,)      the chunks, by their numbers in the truth, ascending
    vectors     (n, d)    their vectors, a matrix of which few rows are read at a time
    heads       (h, n)    the signs of the first components of the vectors, 64 to a word
    tails       (n, t)    those of the others, a row each: few rows are read at a time
    lengths     (n,)      the number of each chunk's terms
    words                 the rows that have a term; the key is the term's hash
    letters     (K, 16)   the letters of each term that is a plain word, in the order of the keys
    attributes            the rows that have a value of a metadata key

It is built from chunks, or merged from other segments. When it is saved, it is one file of arrays.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.local.engine.encoder import Vectors
from app.local.engine.store import analysis, arrays, bm25
from app.local.engine.store.analysis import terms
from app.local.engine.store.attributes import Attributes, Mask, Names
from app.local.engine.store.checked import Columns, Damaged, Matrix, no_pause
from app.local.engine.store.contract import Chunk
from app.local.engine.store.inverted import Integers, Inverted
from app.local.engine.store.spelling import LONGEST, Letters, letters_of

HEAD = 3  # words of 64 bits of a code's head; 192 is as many as differ, which fits in a byte


@dataclass(frozen=True)
class Segment:
    numbers: Integers  # (n,) int64
    vectors: Matrix  # (n, d)
    heads: Integers  # (h, n) uint64
    tails: Integers  # (n, t) uint64
    lengths: Integers  # (n,) int32
    words: Inverted
    letters: Letters
    attributes: Attributes

    def __len__(self) -> int:
        return len(self.numbers)

    @cached_property
    def norms(self) -> NDArray[np.float32]:
        """The lengths by which a search scores: (n,)."""
        return bm25.in_one_byte(self.lengths)

    @cached_property
    def lowest_norm(self) -> float:
        return float(self.norms.min(initial=np.inf))

    @classmethod
    def of(cls, numbers: Sequence[int], chunks: Sequence[Chunk], dimension: int) -> "Segment":
        """Build a segment from chunks with a vector, under these ascending numbers."""
        terms_of_rows = [Counter(terms(f"{chunk.context}\n{chunk.text}")) for chunk in chunks]
        vectors = np.array([chunk.vector for chunk in chunks], np.float32).reshape(-1, dimension)
        words = _words(terms_of_rows)
        return cls(
            np.array(numbers, np.int64),
            Matrix(vectors),
            *signs(vectors),
            np.array([terms_of_row.total() for terms_of_row in terms_of_rows], np.int32),
            words,
            _letters(words, terms_of_rows),
            Attributes.of([chunk.metadata for chunk in chunks]),
        )

    def numbered_from(self, first: int) -> "Segment":
        """This segment, whose chunks were numbered from 0, with their numbers from `first` on."""
        return replace(self, numbers=self.numbers + first)

    @classmethod
    def merge(
        cls,
        parts: Sequence["Segment"],
        alive: Sequence[Mask],
        pause: Callable[[], None] = no_pause,
    ) -> "Segment":
        """One segment of the living rows of all parts.

        Args:
            pause: called between two steps, none of which keeps the interpreter to itself for long.

        Raises:
            Damaged: a vector is not what was saved.
        """
        places = _places(parts, alive)
        matrices = [part.vectors.all(pause) for part in parts]
        sums = _gather([part.vectors.sums for part in parts], places)
        vectors = Matrix(_gather(matrices, places), sums=sums)
        pause()
        moved_words = []
        for part, place in zip(parts, places, strict=True):
            moved_words.append(part.words.move(place, pause))
            pause()
        words = Inverted.merge(moved_words, pause)
        letters = _merge_letters(words, parts)
        pause()
        moved_attributes = []
        for part, place in zip(parts, places, strict=True):
            moved_attributes.append(part.attributes.move(place))
            pause()
        attributes = Attributes.merge(moved_attributes, pause)
        pause()
        return cls(
            _gather([part.numbers for part in parts], places),
            vectors,
            _gather([part.heads.T for part in parts], places).T.copy(),
            _gather([part.tails for part in parts], places),
            _gather([part.lengths for part in parts], places),
            words,
            letters,
            attributes,
        )

    def save(self, path: Path) -> None:
        """Write the file durably; see `arrays.save`."""
        arrays.save(
            path,
            {
                "numbers": self.numbers,
                "heads": self.heads,
                "tails": self.tails,
                "lengths": self.lengths,
                "names": self.attributes.names.to_bytes(),
                "analysis": np.array([analysis.VERSION], np.int64),
                "letters": self.letters,
                "words.keys": self.words.keys,
                "words.starts": self.words.starts,
                "index.keys": self.attributes.index.keys,
                "index.starts": self.attributes.index.starts,
            },
            self.vectors.all(),
            self.vectors.sums,
            {"words": self.words.postings, "index": self.attributes.index.postings},
        )

    def check(self) -> None:
        """Check what is else checked where it is read.

        Raises:
            Damaged: something is not what was saved.
        """
        self.vectors.all()
        self.words.postings.all()
        self.attributes.index.postings.all()

    def check_postings(self, pause: Callable[[], None]) -> None:
        """Check those that nobody has read yet, without mapping them into memory.

        Args:
            pause: called between two steps.

        Raises:
            Damaged: something is not what was saved.
        """
        self.words.postings.check_file(pause)
        self.attributes.index.postings.check_file(pause)

    @classmethod
    def load(cls, path: Path) -> "Segment":
        """Read the file, mapped into memory. Its vectors and postings are checked when they are
        read.

        Raises:
            Damaged: the file is not what was saved, or its words are other terms than a
                text has now.
        """
        file, columns, vectors = arrays.load(path)
        if file["analysis"][0] != analysis.VERSION:
            raise Damaged(f"{path} holds the terms of another version of Outcrop")

        def inverted(name: str) -> Inverted:
            postings = columns.get(name)
            if postings is None:  # an earlier version had them among the other arrays
                postings = Columns(file[f"{name}.rows"], file[f"{name}.counts"])
            return Inverted(file[f"{name}.keys"], file[f"{name}.starts"], postings)

        return cls(
            file["numbers"],
            vectors,
            file["heads"],
            file["tails"],
            file["lengths"],
            inverted("words"),
            file["letters"],
            Attributes(Names.from_bytes(file["names"]), inverted("index")),
        )


def signs(vectors: Vectors) -> tuple[Integers, Integers]:
    """The codes of (n, d) vectors: the heads (h, n) and the tails (n, t), words of 64 bits, uint64.

    The more signs two vectors share, the smaller the angle between them is (Charikar, "Similarity
    Estimation Techniques from Rounding Algorithms", 2002).
    """
    words = packed(vectors > 0)  # (n, w)
    return words[:, :HEAD].T.copy(), words[:, HEAD:].copy()


def packed(bits: NDArray[Any]) -> Integers:
    """Rows of bits, (n, d), as words of 64, (n, w). The rest of the last word is 0."""
    bytes_ = np.packbits(bits, axis=1)  # (n, bytes)
    padded = np.zeros((len(bytes_), -(-bytes_.shape[1] // 8) * 8), np.uint8)
    padded[:, : bytes_.shape[1]] = bytes_
    return padded.view(np.uint64)


@lru_cache(maxsize=1 << 16)
def term_key(term: str) -> int:
    """The key of a term in `words`. Among a million terms, two share a key once in 10^7 indexes."""
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "little")


def _words(terms_of_rows: Sequence[Counter[str]]) -> Inverted:
    """Build the inverted index from the counted terms of each row."""
    sizes = [len(words) for words in terms_of_rows]
    keys = map(term_key, chain.from_iterable(terms_of_rows))
    counts = chain.from_iterable(words.values() for words in terms_of_rows)
    return Inverted.of(
        np.fromiter(keys, np.uint64, sum(sizes)),
        np.repeat(np.arange(len(terms_of_rows)), sizes),
        np.fromiter(counts, np.int64, sum(sizes)).clip(max=np.iinfo(np.uint16).max),
    )


def _letters(words: Inverted, terms_of_rows: Sequence[Counter[str]]) -> Letters:
    term_by_key = {term_key(term): term for term in chain.from_iterable(terms_of_rows)}
    return letters_of(term_by_key[key] for key in words.keys.tolist())


def _merge_letters(words: Inverted, parts: Sequence[Segment]) -> Letters:
    """The letters of the terms that are left, from those of all parts."""
    letters = np.zeros((len(words.keys), LONGEST), np.uint8)
    for part in parts:
        at = np.searchsorted(words.keys, part.words.keys)  # (K of the part,)
        is_left = at < len(words.keys)
        is_left[is_left] = words.keys[at[is_left]] == part.words.keys[is_left]
        letters[at[is_left]] = part.letters[is_left]
    return letters


def _places(parts: Sequence[Segment], alive: Sequence[Mask]) -> list[Integers]:
    """For each row of each part its row in the merged segment; -1 for a dead row."""
    numbers = np.concatenate([part.numbers for part in parts])
    mask = np.concatenate(alive)
    places = np.full(len(numbers), -1, np.int32)
    places[np.flatnonzero(mask)[np.argsort(numbers[mask])]] = np.arange(mask.sum())
    return np.split(places, np.cumsum([len(part) for part in parts])[:-1])


def _gather(columns: Sequence[NDArray[Any]], places: Sequence[Integers]) -> NDArray[Any]:
    """Copy the rows of all columns to their places."""
    is_live = [place >= 0 for place in places]
    n = sum(int(mask.sum()) for mask in is_live)
    rows = np.empty((n, *columns[0].shape[1:]), columns[0].dtype)
    for column, mask, place in zip(columns, is_live, places, strict=True):
        rows[place[mask]] = column if mask.all() else column[mask]
    return rows
