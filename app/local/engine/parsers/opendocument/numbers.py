"""The numbers of an OpenDocument's lists and headings, and numbers in its attributes."""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from app.local.engine.parsers.hypertext.item_labels import FORMS
from app.local.engine.parsers.numbering import attribute, number_in

_UNITS = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96}
_MOST_LEVELS = 10  # ODF 1.3 part 3, 19.880

Levels = Callable[[int], Element | None]


class Numbers:
    """Counts the items of lists of one style, or the headings of a document.

    Args:
        levels: the definition of a level, from 1; None where it has no numbers.
    """

    def __init__(self, levels: Levels) -> None:
        self._levels = levels
        self._counts: dict[int, int] = {}

    def restart(self) -> None:
        """Count from the beginning again, since another list begins."""
        self._counts.clear()

    def next(self, level: int, start: int | None = None) -> str:
        """The label of the next item, such as "2.1"; empty if its level has none.

        Args:
            level: from 1.
            start: the number that the item itself begins with.
        """
        own = self._levels(level)
        if own is None:
            return ""
        before = self._counts.get(level, count(own, "start-value") - 1)
        self._counts = {at: number for at, number in self._counts.items() if at < level}
        self._counts[level] = before + 1 if start is None else start
        shown = min(count(own, "display-levels"), level, _MOST_LEVELS)
        places = range(level - shown + 1, level + 1)
        numbers = ".".join(filter(None, map(self._number, places)))
        return f"{attribute(own, 'num-prefix')}{numbers}{attribute(own, 'num-suffix')}".strip()

    def _number(self, level: int) -> str:
        own = self._levels(level)
        form = "" if own is None else attribute(own, "num-format")
        return number_in(FORMS.get(form, "decimal"), self._counts.get(level, 1)) if form else ""


def count(element: Element, name: str) -> int:
    """A number from 1 in an attribute; 1 where there is none."""
    value = attribute(element, name)
    return max(1, int(value)) if value.isdecimal() and len(value) < 10 else 1


def centimetres(length: str) -> float:
    """A length such as "2.5cm" in centimetres.

    >>> centimetres("10mm")
    1.0
    """
    try:
        return float(length[:-2]) * _UNITS.get(length[-2:], 1.0)
    except ValueError:
        return 0.0
