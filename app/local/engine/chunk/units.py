"""Units of a text, each with the boundary before it. A chunk consists of whole units."""

from dataclasses import dataclass
from enum import IntEnum

from app.local import lazy_re as re
from app.local.engine.text import sentences

_FENCE = re.compile(r"```|~~~")
_HEADING = re.compile(r"#{1,6}\s")
_CAPTION = re.compile(r"\*\*[^*]+\*\*:?|[^|]*:")  # a line in bold, or one that ends with a colon
RULE = re.compile(  # between a table's header and its rows; its last bar may be missing
    r"\|\s*+:?-++:?\s*+(?:\|\s*+:?-++:?\s*+)*+\|?"
)


class Boundary(IntEnum):
    """The boundary between two units: the higher, the better a chunk ends there."""

    NOTHING = 0  # between a heading and its text
    WITHIN = 1  # a list, a table or code that would fit into a chunk
    LINE_OF_CODE = 2
    SENTENCE = 3  # or rows of a table
    LINE = 4  # items of a list
    PARAGRAPH = 5
    SECTION = 6  # a heading follows


@dataclass(frozen=True)
class Unit:
    """A sentence, heading, row of a table or line of code.

    Attributes:
        start: the place of its first character.
        end: the place after its last character; the white space around a unit belongs to none.
        boundary: the boundary between the unit before and this one.
    """

    start: int
    end: int
    boundary: Boundary


def units(text: str) -> list[Unit]:
    r"""The units of a text, in order.

    >>> text = "# Soil\n\nClay is wet. Sand is dry.\n\n- loam\n- silt\n## Use"
    >>> for unit in units(text):
    ...     print(f"{unit.boundary.name:9} {text[unit.start:unit.end]}")
    SECTION   # Soil
    NOTHING   Clay is wet.
    SENTENCE  Sand is dry.
    PARAGRAPH - loam
    LINE      - silt
    SECTION   ## Use
    """
    result: list[Unit] = []
    above, in_code = "", False  # the unit before, and whether a block of code is open after it
    for start, end in sentences(text):
        words = text[start:end]
        fence = _FENCE.match(words) is not None
        gap = text[result[-1].end : start] if result else ""
        result.append(
            Unit(start, end, _code(above, fence) if in_code else _boundary(above, gap, words))
        )
        in_code ^= fence
        above = words
    return result


def _code(above: str, fence: bool) -> Boundary:
    """The boundary in a block of code: its first and last line are not split from the fences."""
    return Boundary.NOTHING if fence or _FENCE.match(above) else Boundary.LINE_OF_CODE


def _boundary(above: str, gap: str, words: str) -> Boundary:
    if _HEADING.match(above):
        return Boundary.NOTHING
    if _HEADING.match(words):
        return Boundary.SECTION
    if RULE.fullmatch(above) or RULE.fullmatch(words):
        return Boundary.NOTHING
    if "\n" not in gap:
        return Boundary.SENTENCE
    if _CAPTION.fullmatch(above):
        return Boundary.LINE_OF_CODE
    if above.startswith("|") and words.startswith("|"):
        return Boundary.SENTENCE
    return Boundary.PARAGRAPH if gap.count("\n") > 1 else Boundary.LINE
