r"""What of a text is understood only whole: a list, a table, a block of code, a sentence.

    ## Fees                   the heading right above it belongs to it,
    Berths cost:              and so does the sentence that leads in to it
    - B1: 30                  its first item
      in summer 40            what is indented under an item
    - B2: 31                  its last item

A chunk ends before such a block rather than within it. Where the block does not fit into a chunk,
each of its chunks has neighbours: the rest of the block on either side.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.local import lazy_re as re
from app.local.engine.chunk.units import Boundary, Unit
from app.local.engine.text import FENCE, ITEM, Span

LONGEST = 2400
"""Characters of a block whose chunks have neighbours; a longer one is not whole in any passage."""

_HEADING = re.compile(r"#{1,6}\s")
_LEADS = (":", "\uff1a")
_INDENTED = (" ", "\t")
_DRAWN = re.compile(r"([-*_])(?:[ \t]*\1){2,}")  # across the page


def blocks(text: str, units: Sequence[Unit]) -> list[Span]:
    r"""The lists, tables and blocks of code of a text, in order, each with its lead-in and heading.

    >>> from app.local.engine.chunk.units import units
    >>> text = "# Soil\n\nClay is wet. Kinds:\n\n- loam\n- silt\n\nSand.\n\n# Use\n```\nls\n```"
    >>> [text[start:end] for start, end in blocks(text, units(text))]
    ['Kinds:\n\n- loam\n- silt', '# Use\n```\nls\n```']
    """
    starts = [unit.start for unit in units]
    return [(_lead(text, units, bisect_left(starts, start)), end) for start, end in _all(text)]


def kept_whole(units: Sequence[Unit], blocks: Sequence[Span]) -> list[Unit]:
    """The units, with a bad boundary before each that is within one of these blocks."""
    result = []
    for unit in units:
        number = bisect_left(blocks, unit.start, key=lambda block: block[0]) - 1
        is_within = number >= 0 and unit.start < blocks[number][1]
        is_bad = is_within and unit.boundary != Boundary.NOTHING
        result.append(replace(unit, boundary=Boundary.WITHIN) if is_bad else unit)
    return result


def around(spans: Sequence[Span], place: int) -> Span | None:
    """The span that a place is within, if it is short enough to be whole in a passage."""
    number = bisect_left(spans, place, key=lambda span: span[0]) - 1
    if number < 0 or spans[number][1] <= place:
        return None
    start, end = spans[number]
    return spans[number] if end - start <= LONGEST else None


def _lead(text: str, units: Sequence[Unit], number: int) -> int:
    """The start of what belongs to the block that begins with this unit: the sentence that leads in
    to it, and the headings right above.
    """
    if number and _is_near(text, units, number):
        above = text[units[number - 1].start : units[number - 1].end]
        if above.endswith(_LEADS) and not above.startswith(("|", "#")):
            number -= 1
    while number and _HEADING.match(text, units[number - 1].start):
        number -= 1
    return units[number].start


def _is_near(text: str, units: Sequence[Unit], number: int) -> bool:
    """Whether at most one blank line is between a unit and the one before."""
    return text.count("\n", units[number - 1].end, units[number].start) <= 2


def _all(text: str) -> Iterator[tuple[int, int]]:
    """Each list, table and block of code: where its first words begin and its last ones end."""
    reader = _Reader()
    begin = 0
    for line in text.split("\n"):
        yield from reader.read(line, begin)
        begin += len(line) + 1
    yield from reader.close()


class _Reader:
    """Reads lines, and tells the block that ends before each."""

    def __init__(self) -> None:
        self._kind = ""  # of the open block
        self._start = self._end = 0
        self._lines = 0
        self._fence = ""  # that the open code began with
        self._after_blank = False

    def read(self, line: str, begin: int) -> Iterator[tuple[int, int]]:
        words = line.strip()
        if not words:
            if self._kind == "table":
                yield from self.close()
            self._after_blank = True
            return
        start = begin + len(line) - len(line.lstrip())
        if not self._belongs(line, words):
            yield from self.close()
            self._open(line, words, start)
        elif (mark := FENCE.match(line)) and self._fence in ("", mark[1]):
            self._fence = "" if self._fence else mark[1]
        self._after_blank = False
        self._end = start + len(words)
        self._lines += 1
        if self._kind == "code" and not self._fence:
            yield from self.close()

    def close(self) -> Iterator[tuple[int, int]]:
        """The block that is open, if it has more than a line."""
        if self._kind and self._lines > 1:
            yield self._start, self._end
        self._kind, self._fence, self._lines = "", "", 0

    def _belongs(self, line: str, words: str) -> bool:
        """Whether a line belongs to the block that is open."""
        if self._fence:
            return True
        if self._kind == "table":
            return words.startswith("|")
        if self._kind != "list":
            return False
        if ITEM.match(line) or line.startswith(_INDENTED):
            return True
        begins_other = FENCE.match(line) or words.startswith("|") or _HEADING.match(words)
        return not self._after_blank and not begins_other

    def _open(self, line: str, words: str, start: int) -> None:
        if mark := FENCE.match(line):
            self._kind, self._fence = "code", mark[1]
        elif words.startswith("|"):
            self._kind = "table"
        elif ITEM.match(line) and not _DRAWN.fullmatch(words):
            self._kind = "list"
        self._start = start
