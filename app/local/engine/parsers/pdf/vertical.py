"""Lines that are written downwards, as in Japanese and Chinese, of which the first is at the right.

They are placed as if the page had been turned: what is further down is further to the right, and
what is further to the left is further down. Then all that holds of other lines holds of them.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from app.local import lazy_re as re
from app.local.engine.parsers.pdf.letters import LetterBox, LetterBoxes
from app.local.engine.parsers.pdf.lines import Line

_WORD, _LETTER = re.compile(r"\S+"), re.compile(r"\S")
_LEAST_DROP = 0.5  # times the size: from letter to letter
_MOST_SHIFT = 0.6  # times the size: letters of one line stand below each other


def vertical(text: str, box: LetterBoxes) -> list[Line]:
    """The lines that are written downwards in what PDFium takes for one line, if its letters stand
    below each other; none if they do not.
    """
    places = [match.start() for match in islice(_LETTER.finditer(text), 2)]
    if len(places) < 2 or box(places[1]).bottom >= box(places[0]).bottom:
        return []
    columns: list[tuple[int, int]] = []  # their places in the text
    for word in _WORD.finditer(text):
        start, end = word.span()
        if columns and _goes_on(box, columns[-1], start):
            start = columns.pop()[0]
        columns.append((start, end))
    if not all(_is_downward(box, *column) for column in columns):
        return []
    return [_line(text[start:end], box(start), box(end - 1)) for start, end in columns]


def _goes_on(box: LetterBoxes, column: tuple[int, int], start: int) -> bool:
    """Whether the letter at `start` stands below the letters of a column."""
    above, own = box(column[1] - 1), box(start)
    size = above.top - above.bottom
    return abs(own.left - above.left) < _MOST_SHIFT * size and own.bottom < above.bottom


def _is_downward(box: LetterBoxes, start: int, end: int) -> bool:
    first, second, last = box(start), box(min(start + 1, end - 1)), box(end - 1)
    size = first.top - first.bottom
    return (
        end - start > 1
        and first.bottom - second.bottom > _LEAST_DROP * size
        and first.bottom - last.bottom > _LEAST_DROP * size * (end - start - 1)
        and abs(last.left - first.left) <= _MOST_SHIFT * size
    )


def _line(text: str, first: LetterBox, last: LetterBox) -> Line:
    left, right, place = -first.top, -last.bottom, first.left
    return Line(
        text, first.top - first.bottom, left, right, place, place, right - left, 0, is_vertical=True
    )


def in_order(lines: Sequence[Line]) -> list[Line]:
    """The lines of a page: those that are written downwards between those above and below them."""
    columns = [own for own in lines if own.is_vertical]
    if not columns:
        return list(lines)
    top = -min(own.left for own in columns)
    others = [own for own in lines if not own.is_vertical]
    shift = top - max(own.top for own in columns)
    beside = [replace(own, top=own.top + shift, bottom=own.bottom + shift) for own in columns]
    above = [own for own in others if own.top > top]
    return [*above, *beside, *(own for own in others if own.top <= top)]
