"""Cuts prose into sentences, at its stops."""

import re
from collections.abc import Iterator

ITEM = re.compile(r"(?:[-*+•‣◦–]|\(?\d{1,3}[.)])\s")  # noqa: RUF001 these signs are meant
# The end of a sentence: a stop, followed by white space unless the script has no spaces.
# The possessive quantifiers and the lookbehind let a run of stops be tried once, from its start.
_STOP = re.compile(
    r"(?P<wide>[。！？｡।॥؟۔။።។։]++)(?P<closing>[」』）”’】〉》]*+)"  # noqa: RUF001 these signs are meant
    r"|(?<![.!?…])[.!?…]++(?:[\"'”’»)\]*_`]|\[\d{1,3}\])*+(?=\s)"  # noqa: RUF001 these signs are meant
)
# A stop after one of these ends no sentence: "e.g. clay", "z.B. Ton", "Dr. Ito".
# fmt: off
_ABBREVIATIONS = frozenset((
    "e.g", "i.e", "eg", "ie", "cf", "viz", "vs", "approx", "ca", "resp", "incl", "excl", "esp",
    "fig", "figs", "eq", "eqs", "dr", "mr", "mrs", "ms", "prof", "st", "z.b", "d.h", "u.a",
    "bzw", "vgl", "p.ej", "p.ex", "i.d.r", "o.ä",
))
# fmt: on
_BEFORE_STOP = re.compile(r"[\s(\[{\"'“‘«*_`]+")  # noqa: RUF001 these signs are meant
_LONGEST_ABBREVIATION = 12  # characters that are looked at
# A sentence in parentheses belongs to the one before it: "It is wet. (Sand is dry.)"
_ASIDE = re.compile(r"\([^()\n]{1,300}\)[.!?]?")
# Thai and Lao have no stops: a space between two of their words ends a clause or a sentence.
_SPACE = re.compile(r"(?<=[\u0e01-\u0eff]) +(?=[\u0e01-\u0eff])")
_SHORTEST_CLAUSE = 12  # signs; a shorter one is an item of an enumeration


def cut(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of a stretch of prose.

    >>> text = "It is wet, e.g. clay. (Sand is dry.) Water stays."
    >>> [text[start:end] for start, end in cut(text, 0, len(text))]
    ['It is wet, e.g. clay. (Sand is dry.)', 'Water stays.']
    """
    marker = ITEM.match(text, begin, end)  # the point of "2." ends no sentence
    for stop in _STOP.finditer(text, marker.end() if marker else begin, end):
        if stop["closing"] and text.startswith("と", stop.end()):  # a quotation, amid a sentence
            continue
        if not stop["wide"] and (
            _is_abbreviation(text, begin, stop) or _goes_on_with_aside(text, stop.end(), end)
        ):
            continue
        yield from _cut_at_spaces(text, begin, stop.end())
        begin = stop.end()
        while begin < end and text[begin].isspace():
            begin += 1
    if begin < end:
        yield from _cut_at_spaces(text, begin, end)


def _is_abbreviation(text: str, begin: int, stop: re.Match[str]) -> bool:
    before = text[max(begin, stop.start() - _LONGEST_ABBREVIATION) : stop.start()]
    return stop[0] == "." and _BEFORE_STOP.split(before)[-1].lower() in _ABBREVIATIONS


def _goes_on_with_aside(text: str, place: int, end: int) -> bool:
    """Whether a sentence in parentheses follows, on the same line."""
    start = place + 1 if text.startswith(" ", place) else place
    aside = _ASIDE.match(text, start, end)
    return aside is not None and any(sign in ".!?" for sign in aside[0][-2:])


def _cut_at_spaces(text: str, begin: int, end: int) -> Iterator[tuple[int, int]]:
    for space in _SPACE.finditer(text, begin, end):
        if space.start() - begin >= _SHORTEST_CLAUSE <= end - space.end():
            yield begin, space.start()
            begin = space.end()
    yield begin, end
