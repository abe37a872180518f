"""Where a guardrail has masked a text, told from the text and its masked form.

ApplyGuardrail returns the masked text, and not the places of its masks. Whoever has to keep a place
in the text, such as that of a citation's mark, needs them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

_TOKEN = re.compile(r"\{[^{}\n]{1,100}\}|\w+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mask:
    """A stretch of a text, in characters from 0, and what stands in its place."""

    start: int
    end: int
    text: str


def masks(text: str, masked_text: str) -> tuple[Mask, ...]:
    """The masks that make the masked text of a text, in order; neither meet nor overlap.

    >>> masks("Ask Ada Miller or Bo.", "Ask {NAME} or {NAME}.")
    (Mask(start=4, end=14, text='{NAME}'), Mask(start=18, end=20, text='{NAME}'))
    """
    begin = _shared(text, masked_text)
    most = min(len(text), len(masked_text)) - begin
    tail = min(most, _shared(text[::-1], masked_text[::-1]))
    before = _TOKEN.findall(text[begin : len(text) - tail])
    after = _TOKEN.findall(masked_text[begin : len(masked_text) - tail])
    places = _places(before, begin)
    return tuple(
        Mask(places[a], places[b], "".join(after[c:d]))
        for kind, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes()
        if kind != "equal"
    )


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


def _places(tokens: Sequence[str], begin: int) -> list[int]:
    """The place of each token, and at last the end."""
    return list(_running(tokens, begin))


def _running(tokens: Sequence[str], place: int) -> Iterator[int]:
    yield place
    for token in tokens:
        place += len(token)
        yield place
