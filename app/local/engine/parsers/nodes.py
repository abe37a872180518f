"""The nodes of an HTML page: which are seen, and how those of a table are placed."""

import re
from collections import deque
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

CELLS = ("td", "th")
# fmt: off
_UNSEEN = frozenset((
    "-comment", "head", "script", "style", "template", "noscript", "svg", "canvas", "iframe",
    "object", "audio", "video", "map", "button", "input", "select", "textarea", "datalist",
    "dialog", "nav", "annotation", "rp",
))
# fmt: on
_HIDING_STYLE = re.compile(r"(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_MOST_COLUMNS = 1000  # that a cell may span, as browsers have it
_MOST_DIGITS = 10


def seen(node: LexborNode) -> list[LexborNode]:
    """The nodes below that a reader sees."""
    return [child for child in node.iter(include_text=True) if not _unseen(child)]


def _unseen(node: LexborNode) -> bool:
    if node.tag in _UNSEEN:
        return True
    if node.tag == "-text":
        return False
    attributes = node.attributes
    return (
        attributes.get("hidden", "until-found") != "until-found"
        or attributes.get("aria-hidden") == "true"
        or attributes.get("role") == "navigation"
        or bool(_HIDING_STYLE.search(attributes.get("style") or ""))
    )


def rows_of(node: LexborNode) -> Iterator[LexborNode]:
    """The rows of a table, but not of the tables in its cells."""
    for child in seen(node):
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in seen(child) if row.tag == "tr")


def for_layout(node: LexborNode, rows: list[list[LexborNode]]) -> bool:
    """Whether a table only places things: it has one column, or tables within and no header."""
    if node.attributes.get("role") in ("presentation", "none"):
        return True
    return max(map(len, rows), default=0) < 2 or (
        node.css_first("table table") is not None and node.css_first("th") is None
    )


def grid(rows: list[list[tuple[LexborNode, str]]]) -> list[list[str]]:
    """The cells' texts, repeated over the rows and columns that they span, so that every row can
    be read alone.
    """
    texts: list[list[str]] = []
    above: dict[int, tuple[int, str]] = {}  # column -> the text that reaches down, and how far
    for cells in rows:
        row: list[str] = []
        below: dict[int, tuple[int, str]] = {}
        waiting, furthest = deque(cells), max(above, default=-1)
        while waiting or len(row) <= furthest:
            left, text = above.pop(len(row), (0, ""))
            width = 1
            if not left and waiting:
                cell, text = waiting.popleft()
                width = min(number(cell, "colspan"), _MOST_COLUMNS)
                left = min(number(cell, "rowspan"), len(rows))
            for _ in range(width):
                if left > 1:
                    below[len(row)] = (left - 1, text)
                row.append(text)
        texts.append(row)
        above = below
    return texts


def number(node: LexborNode, attribute: str) -> int:
    """A whole number from 1 that an attribute says; 1 where it says none."""
    value = node.attributes.get(attribute) or ""
    return max(1, int(value)) if value.isdecimal() and len(value) < _MOST_DIGITS else 1
