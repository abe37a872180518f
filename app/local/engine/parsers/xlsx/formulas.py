"""Formulas as a sheet stores them. One that is filled over many cells is stored once, in the first
of them; in each other one, what it refers to moves along.
"""

from xml.etree.ElementTree import Element

from app.local import lazy_re as re
from app.local.engine.parsers.sheets.references import Place

# Texts, names of sheets, and references such as B$2; no names of functions, such as LOG10(...).
_PIECE = re.compile(r"\"[^\"]*\"|'[^']*'|(?<![\w.$])(\$?)([A-Za-z]{1,3})(\$?)(\d{1,7})(?![\w.(!])")
_A, _LETTERS = ord("A"), 26


class Formulas:
    """The formulas of one sheet."""

    def __init__(self) -> None:
        self._shared: dict[str, tuple[Place, str]] = {}  # the first cell, and its formula

    def text(self, element: Element, place: Place) -> str:
        """The formula of a cell; empty if the file does not tell it."""
        own, name = element.text or "", element.get("si", "")
        if element.get("t") != "shared":
            return own
        if own:
            self._shared[name] = place, own
            return own
        if name not in self._shared:
            return ""
        (row, column), first = self._shared[name]
        return moved(first, place[0] - row, place[1] - column)


def moved(formula: str, rows: int, columns: int) -> str:
    """A formula whose relative references move by rows and columns.

    >>> moved('SUM(B1:$C$2)*LOG10(x1y)&"A1"', 2, 1), moved("A1", -1, 0)
    ('SUM(C3:$C$2)*LOG10(x1y)&"A1"', '#REF!')
    """

    def reference(match: re.Match[str]) -> str:
        if not match[2]:
            return match[0]
        column = _number(match[2].upper()) + (0 if match[1] else columns)
        row = int(match[4]) + (0 if match[3] else rows)
        if column < 1 or row < 1:
            return "#REF!"
        return f"{match[1]}{_letters(column)}{match[3]}{row}"

    return _PIECE.sub(reference, formula)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * _LETTERS + ord(letter) - _A + 1
    return number


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(_A + rest) + letters
    return letters
