"""How the words of chunks are spelled: the nearest to a word that no chunk has.

The inverted index knows terms by their hashes. Beside it lie the letters of those terms that are
plain words, a row each; a row of zeros stands for any other term, so that an identifier is neither
corrected nor ever taken for a correction.

    letters -- same first letter, about the same length and letters -- edit distance -- the nearest

Only the last step looks at words one by one. Of a million words a few hundred come so far.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

LONGEST = 16  # letters of a word
Letters = NDArray[np.uint8]  # (K, LONGEST), zeros after the last letter

_LONG = 8  # letters from which on a word may have two faults
_PLAIN = 3  # letters of a word that has a row
_SHORTEST = 4  # letters of one that is corrected


def letters_of(terms: Iterable[str]) -> Letters:
    """The letters of terms, a row each: (K, LONGEST)."""
    rows = [term.encode() if _is_plain(term) else b"" for term in terms]
    return np.array(rows, f"S{LONGEST}").view(np.uint8).reshape(-1, LONGEST)


def faults(word: str) -> int:
    """How many faults a word may have to be taken for a misspelling."""
    if not _is_plain(word) or len(word) < _SHORTEST:
        return 0
    return 2 if len(word) >= _LONG else 1


def near(letters: Letters, word: str, most: int) -> Iterator[tuple[int, str]]:
    """Yield the words of the rows that have at most so many faults, each with its faults."""
    rows = letters[letters[:, 0] == ord(word[0])]  # (n, LONGEST)
    sizes = np.count_nonzero(rows, axis=1)  # (n,)
    rows = rows[np.abs(sizes - len(word)) <= most]
    other_letters = np.bitwise_count(_sets(rows) ^ _sets(letters_of([word])))  # (n,)
    rows = rows[other_letters <= 2 * most]  # a fault changes the set by two letters at most
    shared = np.isin(rows, np.frombuffer(word.encode(), np.uint8)).sum(axis=1)  # (n,)
    rows = rows[np.count_nonzero(rows, axis=1) - shared <= most]
    for row in rows:
        other = row.tobytes().rstrip(b"\0").decode()
        count = distance(word, other, most)
        if 0 < count <= most:
            yield count, other


def _is_plain(term: str) -> bool:
    """Whether it consists of the letters a to z, and fits into a row."""
    is_letters = term.isascii() and term.isalpha() and term.islower()
    return is_letters and _PLAIN <= len(term) <= LONGEST


def _sets(letters: Letters) -> NDArray[np.uint32]:
    """The letters of each row as a set of bits: (n,)."""
    bits = np.where(letters, np.uint32(1) << (letters - np.uint8(ord("a"))).astype(np.uint32), 0)
    sets: NDArray[np.uint32] = np.bitwise_or.reduce(bits.astype(np.uint32), axis=1)
    return sets


def distance(one: str, other: str, most: int = LONGEST) -> int:
    """How many letters have to be put in, left out, changed, or swapped with their neighbour
    (Damerau, 1964; no letter is swapped and changed); `most` + 1 where it is more than that.

    >>> distance("certifciate", "certificate"), distance("instal", "install"), distance("a", "b")
    (1, 1, 1)
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        last, before, row = before, row, [i]
        for j, letter2 in enumerate(other, start=1):
            least = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != letter2))
            swapped = i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == letter2
            row.append(min(least, last[j - 2] + 1) if swapped else least)
        if min(row) > most:
            break
    return min(row[-1], most + 1)
