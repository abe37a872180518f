"""The numbers and letters before the items of an HTML list: HTML, 4.4.5 and 4.4.8."""

from collections.abc import Sequence

from selectolax.lexbor import LexborNode

from app.local.engine.parsers.numbering import number_in

FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_MOST_DIGITS = 9


class ItemLabels:
    """Counts the items of an ordered list, from its start, or backwards to 1.

    Args:
        list_: the list.
        items: its visible children.
    """

    def __init__(self, list_: LexborNode, items: Sequence[LexborNode]) -> None:
        attributes = list_.attributes
        self._form = FORMS.get(attributes.get("type") or "", "decimal")
        self._step = -1 if "reversed" in attributes else 1
        count = sum(item.tag == "li" for item in items)
        start = _whole_number(attributes.get("start"))
        self._next = start if start is not None else (1 if self._step > 0 else count)

    def next(self, item: LexborNode) -> str:
        """The label of the next item, which may name a number itself."""
        own = _whole_number(item.attributes.get("value"))
        number = self._next if own is None else own
        self._next = number + self._step
        return f"{number_in(self._form, number)}. "


def _whole_number(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None
