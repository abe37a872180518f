"""Where a guardrail has masked a text, told from the text and its masked form.

ApplyGuardrail returns the masked text, and not the places of its masks. Whoever has to keep a place
in the text, such as that of a citation's mark, needs them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate, takewhile

_TOKEN = re.compile(r"\{[^{}\n]{1,100}\}|\w+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mask:
    """A stretch of a text, in characters from 0, and what stands in its place."""

    start: int
    end: int
    text: str


def masks(text: str, masked_text: str) -> tuple[Mask, ...]:
    """The masks that make the masked text of a text, in order; none overlap, and none is empty.

    >>> masks("Ask Ada Miller or Bo.", "Ask {NAME} or {NAME}.")
    (Mask(start=4, end=14, text='{NAME}'), Mask(start=18, end=20, text='{NAME}'))
    """
    if text == masked_text:
        return ()
    begin = _shared(text, masked_text)
    most = min(len(text), len(masked_text)) - begin
    tail = min(most, _shared(text[::-1], masked_text[::-1]))
    before = _TOKEN.findall(text[begin : len(text) - tail])
    after = _TOKEN.findall(masked_text[begin : len(masked_text) - tail])
    places = list(accumulate(map(len, before), initial=begin))
    result: list[Mask] = []
    for kind, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes():
        mask = Mask(places[a], places[b], "".join(after[c:d]))
        if kind == "insert" and result and result[-1].end == mask.start:
            last = result.pop()
            result.append(Mask(last.start, last.end, last.text + mask.text))
        elif kind != "equal":
            result.append(_filled(text, mask))
    return tuple(result)


def apply(text: str, masks: Iterable[Mask]) -> str:
    """The masked text.

    >>> apply("Ask Ada.", [Mask(4, 7, "{NAME}")])
    'Ask {NAME}.'
    """
    pieces: list[str] = []
    begin = 0
    for mask in masks:
        pieces += text[begin : mask.start], mask.text
        begin = mask.end
    return "".join((*pieces, text[begin:]))


def united(masks: Iterable[Mask]) -> list[Mask]:
    """Masks of several readings of one text as masks that do not overlap; of two that do, the
    longer one's text stands for both.

    >>> united([Mask(3, 5, "{A}"), Mask(4, 9, "{B}"), Mask(12, 13, "{C}")])
    [Mask(start=3, end=9, text='{B}'), Mask(start=12, end=13, text='{C}')]
    """
    result: list[Mask] = []
    for mask in sorted(masks, key=lambda each: (each.start, each.end)):
        if result and mask.start < result[-1].end:
            last = result.pop()
            longer = max(last, mask, key=lambda each: each.end - each.start)
            result.append(Mask(last.start, max(last.end, mask.end), longer.text))
        elif not result or mask != result[-1]:
            result.append(mask)
    return result


def _shared(one: str, other: str) -> int:
    """The number of characters with which both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _filled(text: str, mask: Mask) -> Mask:
    """A mask that only adds something, with the character before it: so each has a place to be."""
    if mask.start < mask.end or not text:
        return mask
    if mask.start:
        return Mask(mask.start - 1, mask.end, text[mask.start - 1] + mask.text)
    return Mask(0, 1, mask.text + text[0])
