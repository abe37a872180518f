# ruff: noqa: RUF002 signs that look alike are meant
"""A text as the guardrail's policies judge it, with the way back to the text as it is.

    text ── folded ──► personal data      compatibility forms as plain ones, nothing invisible
    text ── plain ───► words              also in lower case, with decomposed letters
            plain ── bare                 without accents
            plain ── bordered             with its words apart

A `Reading` has the sign that each code point of it is from. All of it is done by tables over arrays
of code points, so that the time is in proportion to the length, whatever the text is.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.local.engine.guard.signs import (
    IS_RUN,
    JOINING,
    MARKS,
    SPACE,
    Codes,
    Fold,
    accents,
    folding,
    kinds_of,
)

Span = tuple[int, int]  # of code points, from 0, the end not included

BORDER = "\x1f"


@dataclass(frozen=True)
class Reading:
    """One way to read a text.

    Attributes:
        codes: the code points of the reading.
        origins: for each of them, which code point of the text it is from.
        length: of the text, in code points.
    """

    codes: Codes
    origins: Codes
    length: int

    @cached_property
    def text(self) -> str:
        return _string(self.codes)

    @cached_property
    def bordered(self) -> "Reading":
        return bordered(self)

    def span(self, start: int, end: int) -> Span:
        """The part of the text that a part of the reading, of a code point at least, is from."""
        after = int(self.origins[end]) if end < len(self.origins) else self.length
        return int(self.origins[start]), max(after, int(self.origins[end - 1]) + 1)

    def of(self, places: NDArray[np.bool_]) -> "Reading":
        return Reading(self.codes[places], self.origins[places], self.length)


def folded(text: str) -> Reading:
    """A text in its own case, as personal data is looked for in it: "４１１１" is "4111", a long
    dash is a hyphen, and there are no invisible signs or loose accents.
    """
    return _fold(text, folding(casefold=False, is_ascii=text.isascii()))


def plain(text: str) -> Reading:
    """A text as words are looked for in it: in lower case, its letters decomposed, with those
    accents that letters have in some language.
    """
    reading = _fold(text, folding(casefold=True, is_ascii=text.isascii()))
    if reading.codes.size == 0 or int(reading.codes.max()) < MARKS.start:
        return reading
    before, after, pairs = accents()
    marks = (reading.codes >= MARKS.start) & (reading.codes < MARKS.stop)
    previous = np.concatenate((np.zeros(1, np.int32), reading.codes[:-1]))
    return reading.of(~marks | pairs[before[previous], after[reading.codes]])


def bare(reading: Reading) -> Reading:
    """A plain reading without the accents of Latin, Greek and Cyrillic letters."""
    marks = (reading.codes >= MARKS.start) & (reading.codes < MARKS.stop)
    return reading.of(~marks) if marks.any() else reading


def bordered(reading: Reading) -> Reading:
    """A reading with a BORDER before, between and behind its words, and with one space for many.

    >>> bordered(plain("No  Red-gift")).text.split(BORDER)
    ['', 'no', ' ', 'red', '-', 'gift', '']
    """
    kinds = kinds_of()[reading.codes]
    spaces = kinds == SPACE
    if spaces.any():
        again = np.concatenate(([False], spaces[1:] & spaces[:-1]))
        reading = Reading(np.where(spaces, 32, reading.codes), reading.origins, reading.length)
        reading, kinds = reading.of(~again), kinds[~again]
    size = len(reading.codes)
    starts = _is_start(kinds)
    places = np.cumsum(starts, dtype=np.int32) + np.arange(size, dtype=np.int32)
    codes = np.full(size + int(np.count_nonzero(starts)) + 1, ord(BORDER), np.int32)
    codes[places] = reading.codes
    origins = np.full(len(codes), reading.length, np.int32)
    origins[places - 1] = reading.origins  # of a border: what stands behind it
    origins[places] = reading.origins
    return Reading(codes, origins, reading.length)


def _string(codes: Codes) -> str:
    return codes.astype("<i4").tobytes().decode("utf-32-le", "surrogatepass")


def code_points(text: str) -> Codes:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<i4").astype(np.int32)


def _fold(text: str, fold: Fold) -> Reading:
    codes = fold.points[code_points(text)]
    origins = np.arange(len(codes), dtype=np.int32)
    reading = Reading(codes, origins, len(text))
    if codes.size == 0 or int(codes.min()) >= 0:
        return reading
    reading = reading.of(codes != -1)
    long = np.flatnonzero(reading.codes < -1)
    if long.size == 0:
        return reading
    texts = [code_points(longer) for longer in fold.longer]
    sizes, starts = np.array([len(each) for each in texts]), None
    which = -2 - reading.codes[long]
    repeats = np.ones(len(reading.codes), np.int64)
    repeats[long] = sizes[which]
    starts = (np.cumsum(repeats) - repeats)[long]
    codes, origins = np.repeat(reading.codes, repeats), np.repeat(reading.origins, repeats)
    flat, firsts = np.concatenate(texts), np.cumsum(sizes) - sizes
    within = np.arange(int(repeats[long].sum())) - np.repeat(
        np.cumsum(repeats[long]) - repeats[long], repeats[long]
    )
    codes[np.repeat(starts, repeats[long]) + within] = flat[
        np.repeat(firsts[which], repeats[long]) + within
    ]
    return Reading(codes, origins, len(text))


def _is_start(kinds: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where a word, or a sign that is none, begins."""
    starts = np.ones(len(kinds), np.bool_)
    if len(kinds) == 0:
        return starts
    bases = kinds
    if (joining := kinds == JOINING).any():  # a mark is of the kind of what it stands on
        places = np.maximum.accumulate(np.where(joining, 0, np.arange(len(kinds))))
        bases = kinds[places]
    runs = IS_RUN[bases[1:]] & (bases[1:] == bases[:-1])
    starts[1:] = ~(runs | joining[1:])
    return starts


def word_starts(codes: Codes) -> NDArray[np.intp]:
    return np.flatnonzero(_is_start(kinds_of()[codes]))
