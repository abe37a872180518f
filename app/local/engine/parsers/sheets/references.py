"""References to cells of a spreadsheet, such as "B2"."""

from app.local import lazy_re as re

Place = tuple[int, int]  # row and column, from 1
Range = tuple[Place, Place]  # its first and its last cell

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")


def place_of(reference: str) -> Place | None:
    """The row and column of a reference.

    >>> place_of("AB12")
    (12, 28)
    """
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return None
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column


def range_of(reference: str) -> Range | None:
    """The first and the last cell of a reference such as "A1:B2"; None if it is none."""
    first, _, last = reference.partition(":")
    start, end = place_of(first), place_of(last)
    return (start, end) if start and end else None


def whole_number(text: str | None) -> int:
    """The whole number from 0 in an attribute; 0 where there is none."""
    text = (text or "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 else 0
