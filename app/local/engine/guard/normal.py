# ruff: noqa: RUF002 signs that look alike are meant
"""A text as the guardrail's policies judge it, with the way back to the text as it is.

    text ── folded ──► personal data      compatibility forms as plain ones, nothing invisible
    text ── plain ───► words              also in lower case, with decomposed letters
            plain ── without_look_alikes  a word of Cyrillic and Latin letters as "paypal"
            plain ── bare ── leet         "sh1t" as "shit", of such words alone
    text ── decoded ─► texts              what runs of base64 hold, each a text to judge

A `Reading` has the sign that each code point of it is from. All of it is done by tables over arrays
of code points, so that the time is in proportion to the length, whatever the text is.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.local.engine.guard.signs import (
    ALIKE,
    FOREIGN,
    IS_RUN,
    JOINING,
    LATIN,
    LEET,
    MARKS,
    SPACE,
    WORD,
    Codes,
    Fold,
    accents,
    alikes,
    folding,
    kinds_of,
    leet_signs,
)

Span = tuple[int, int]  # of code points, from 0, the end not included

BORDER = "\x1f"
_SHORTEST = 3  # letters of a word


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
    return _fold(text, folding(casefold=False))


def plain(text: str) -> Reading:
    """A text as words are looked for in it: in lower case, its letters decomposed, with those
    accents that letters have in some language.
    """
    reading = _fold(text, folding(casefold=True))
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


def without_look_alikes(reading: Reading) -> Reading:
    """A plain reading in which words have Latin letters for those that are drawn alike, where a
    word mixes both, or where each letter looks Latin and so do most others of the text.

    >>> without_look_alikes(plain("раypal")).text  # its first two letters are Cyrillic
    'paypal'
    >>> without_look_alikes(plain("хорошо")).text
    'хорошо'
    """
    latin, flags = alikes()
    letters = flags[reading.codes]
    if not (letters & ALIKE).any():
        return reading
    starts = _starts(reading.codes)
    words = np.bitwise_or.reduceat(letters, starts)
    is_latin_text = np.count_nonzero(letters == LATIN) > np.count_nonzero(letters == FOREIGN)
    disguises = (words & (LATIN | ALIKE)) == (LATIN | ALIKE)
    if is_latin_text or not (letters == FOREIGN).any():
        disguises |= words == ALIKE
    lengths = np.diff(np.append(starts, len(reading.codes)))
    places = np.repeat(disguises, lengths)
    codes = np.where(places, latin[reading.codes], reading.codes)
    return Reading(codes, reading.origins, reading.length)


def leet(reading: Reading) -> Reading:
    """Of a bare reading, those words alone that mix letters with figures or signs that stand for
    letters, as `leet_word` spells them.

    >>> leet(plain("such 5h1t in 2024, and a$$")).text.split()
    ['shit', 'ass']
    """
    codes = reading.codes
    if codes.size == 0:
        return reading
    spelling, is_sign, is_edge = leet_signs()
    kinds = kinds_of()[codes]
    words = (kinds == WORD) | is_edge[codes]  # "@" and "$" also begin and end a word
    inner = is_sign[codes] & ~is_edge[codes]  # the others stand within one
    inner[1:] &= words[:-1]
    inner[:-1] &= words[1:]
    inner[[0, -1]] = False
    words |= inner
    letters = (codes >= 97) & (codes <= 122)
    figures = words & ~letters & (spelling[codes] != codes)
    starts = np.flatnonzero(np.concatenate(([True], words[1:] != words[:-1])))
    mixed = np.logical_or.reduceat(letters & words, starts)
    mixed &= np.logical_or.reduceat(figures, starts)
    if not mixed.any():
        return reading.of(np.zeros(len(codes), np.bool_))
    places = np.repeat(mixed, np.diff(np.append(starts, len(codes))))
    places[1:] |= places[:-1]  # with what stands behind the word, which becomes a space
    behind = np.concatenate(([False], ~words[1:] & places[1:]))
    return Reading(np.where(behind, 32, spelling[codes]), reading.origins, reading.length).of(
        places
    )


def leet_word(word: str) -> str:
    """How a word is spelled in a leet reading: "1", "!" and "l" are one sign there.

    >>> leet_word("h3ll")
    'heii'
    """
    return "".join(LEET.get(sign, sign) for sign in word)


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
    starts = _word_starts(kinds)
    places = np.cumsum(starts, dtype=np.int32) + np.arange(size, dtype=np.int32)
    codes = np.full(size + int(np.count_nonzero(starts)) + 1, ord(BORDER), np.int32)
    codes[places] = reading.codes
    origins = np.full(len(codes), reading.length, np.int32)
    origins[places - 1] = reading.origins  # of a border: what stands behind it
    origins[places] = reading.origins
    return Reading(codes, origins, reading.length)


class Readings:
    """The readings of one text that words are looked for in, each made when it is first used."""

    def __init__(self, text: str) -> None:
        self._source = text

    @cached_property
    def plain(self) -> Reading:
        return plain(self._source)

    @cached_property
    def latin(self) -> Reading:
        return without_look_alikes(self.plain)

    @cached_property
    def bare(self) -> Reading:
        return bare(self.latin)

    @cached_property
    def leet(self) -> Reading:
        return leet(self.bare)

    def is_leet(self, start: int, end: int) -> bool:
        """Whether a part of the text is long enough for figures to stand for letters in it: "a55"
        may be the number of a part, and "a$$" is not.
        """
        return end - start > _SHORTEST or not any(map(str.isdigit, self._source[start:end]))

    @cached_property
    def inner(self) -> tuple[tuple["Readings", Span], ...]:
        """The texts in base64, with the places of their runs."""
        return tuple((Readings(text), span) for text, span in decoded(self._source))


_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,}+={0,2}")
_MOST_DECODED = 65_536  # code points of base64 in a text that are decoded


def decoded(text: str) -> Iterator[tuple[str, Span]]:
    """The texts that runs of base64 hold, each with the place of its run; in a long text the first
    65,536 code points of such runs alone.
    """
    left = _MOST_DECODED
    for run in _BASE64.finditer(text):
        sample = run.group()[:left].rstrip("=").replace("-", "+").replace("_", "/")
        left -= len(sample)
        sample = sample[: len(sample) - (len(sample) % 4 == 1)]
        try:
            inner = base64.b64decode(sample + "=" * (-len(sample) % 4), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            inner = ""
        if inner and all(sign.isprintable() or sign.isspace() for sign in inner):
            yield inner, run.span()
        if left <= 0:
            return


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


def _word_starts(kinds: NDArray[np.uint8]) -> NDArray[np.bool_]:
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


def _starts(codes: Codes) -> NDArray[np.intp]:
    return np.flatnonzero(_word_starts(kinds_of()[codes]))
