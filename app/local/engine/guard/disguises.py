# ruff: noqa: RUF002 signs that look alike are meant
"""The disguises that words are looked for in.

plain ── without_look_alikes    a word of Cyrillic and Latin letters as "paypal"
         bare ── joined         "s e c r e t" as "secret", such words alone
         bare ── leet           "sh1t" as "shit", such words alone
text ─── decoded                what runs of base64 hold, each a text of its own
"""

import base64
import binascii
from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.local import lazy_re as re
from app.local.engine.guard.normal import Reading, Span, bare, plain, word_starts
from app.local.engine.guard.signs import (
    ALIKE,
    FOREIGN,
    LATIN,
    LEET,
    WORD,
    alikes,
    kinds_of,
    leet_signs,
)

_LINKS = np.array([ord(sign) for sign in ".-_*,/|~"])
_FEWEST = 4  # letters that make a word though they stand apart
_SHORTEST = 3  # letters of a word


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

    @cached_property
    def joined(self) -> Reading:
        return joined(self.bare)

    def is_leet(self, start: int, end: int) -> bool:
        """Whether a part of the text is long enough for figures to stand for letters in it: "a55"
        may be the number of a part, and "a$$" is not.
        """
        return end - start > _SHORTEST or not any(map(str.isdigit, self._source[start:end]))

    @cached_property
    def inner(self) -> tuple[tuple["Readings", Span], ...]:
        """The texts in base64, with the places of their runs."""
        return tuple((Readings(text), span) for text, span in decoded(self._source))


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
    starts = word_starts(reading.codes)
    words = np.bitwise_or.reduceat(letters, starts)
    is_latin_text = np.count_nonzero(letters == LATIN) > np.count_nonzero(letters == FOREIGN)
    disguises = (words & (LATIN | ALIKE)) == (LATIN | ALIKE)
    if is_latin_text or not (letters == FOREIGN).any():
        disguises |= words == ALIKE
    lengths = np.diff(np.append(starts, len(reading.codes)))
    places = np.repeat(disguises, lengths)
    codes = np.where(places, latin[reading.codes], reading.codes)
    return Reading(codes, reading.origins, reading.length)


def joined(reading: Reading) -> Reading:
    """Of a plain reading, those words alone whose letters stand apart, at least four of them: one
    space is between any two, or one stop, hyphen or the like.

    >>> joined(plain("his a.u-n.t")).text.split()
    ['aunt']
    >>> joined(plain("is a w o r d")).text.split()  # the first letter may be a word of its own
    ['aword', 'word']
    """
    codes = reading.codes
    words = np.concatenate(([False], kinds_of()[codes] == WORD, [False]))
    single = words[1:-1] & ~words[:-2] & ~words[2:]
    between = np.zeros(len(codes), np.bool_)  # what stands between two single letters
    between[1:-1] = single[:-2] & single[2:]
    if not between.any():
        return reading.of(between)
    space = Reading(np.full(1, ord(" "), np.int32), reading.origins[:1], reading.length)
    parts = [
        part
        for links in (between & (codes == ord(" ")), between & np.isin(codes, _LINKS))
        for each in _joined(reading, links)
        for part in (each, space)
    ]
    return Reading(
        np.concatenate([part.codes for part in parts]),
        np.concatenate([part.origins for part in parts]),
        reading.length,
    )


def _joined(reading: Reading, links: NDArray[np.bool_]) -> Iterator[Reading]:
    """The words of letters between these links; then the same without their first letters."""
    codes = reading.codes
    members = links.copy()
    members[1:] |= links[:-1]
    members[:-1] |= links[1:]
    starts = np.flatnonzero(np.concatenate(([True], members[1:] != members[:-1])))
    lengths = np.diff(np.append(starts, len(codes)))
    are_words = members[starts] & (lengths >= 2 * _FEWEST - 1)
    places = np.repeat(are_words, lengths)
    behind = np.concatenate(([False], ~places[1:] & places[:-1]))
    signs = Reading(np.where(behind, ord(" "), codes), reading.origins, reading.length)
    places = (places & ~links) | behind
    yield signs.of(places)
    are_longer = are_words & (lengths > 2 * _FEWEST)
    places &= np.repeat(are_longer, lengths) | behind
    places[starts[are_longer]] = False
    yield signs.of(places)


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
