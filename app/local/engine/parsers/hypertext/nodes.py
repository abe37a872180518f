"""The nodes of an HTML page: which of them are visible, and the grid of a table."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import takewhile, zip_longest

from selectolax.lexbor import LexborNode

from app.local import lazy_re as re
from app.local.engine.parsers.hypertext.styles import HIDING

CELLS = ("td", "th")
_GROUPS = {"thead": 0, "tfoot": 2}  # of rows: they are shown first and last, wherever they stand
# fmt: off
_HIDDEN_TAGS = frozenset((
    "-comment", "head", "script", "style", "template", "noscript", "svg", "canvas", "iframe",
    "object", "audio", "video", "map", "button", "input", "select", "textarea", "datalist",
    "nav", "annotation", "rp", "rt", "rtc",
))
# fmt: on
_LANGUAGE = re.compile(
    r"(?:^|\s)(?:language|lang|highlight-source|highlight|brush)[-:]\s?([\w+#.-]+)"
)
_OF_DOCUTILS = re.compile(r"\Acode ([\w+#.-]+) literal-block\Z")
_NO_LANGUAGES = ("text", "none", "default", "plain", "plaintext", "source", "txt", "output")
_MOST_COLUMNS = 1000  # the most columns of a cell, as in browsers
_MOST_DIGITS = 10


def visible_children(node: LexborNode) -> list[LexborNode]:
    """The visible children of a node."""
    return [child for child in node.iter(include_text=True) if not is_hidden(child)]


def is_hidden(node: LexborNode) -> bool:
    """Whether the element itself is hidden, whatever is around it."""
    if node.tag in _HIDDEN_TAGS:
        return True
    if node.tag == "-text":
        return False
    attributes = node.attributes
    return (
        (node.tag == "dialog" and "open" not in attributes)
        or attributes.get("hidden", "until-found") != "until-found"
        or "popover" in attributes
        or attributes.get("aria-hidden") == "true"
        or attributes.get("role") == "navigation"
        or bool(HIDING.search(attributes.get("style") or ""))
    )


def language(node: LexborNode) -> str:
    """The language of a `pre` element's code, as the page names it; empty if it does not.

    It is the class language-x of the `code` in it, highlight-x of what is around it, or `lang`.
    """
    code, around = node.css_first("code"), node.parent
    places = [code, node, around, around.parent if around is not None else None]
    for place in filter(None, places):
        if place.tag not in ("code", "pre", "div", "figure"):
            break
        if value := place.attributes.get("data-lang") or place.attributes.get("data-language"):
            return value
        names = place.attributes.get("class") or ""
        match = _OF_DOCUTILS.match(names) or _LANGUAGE.search(names)
        if match and match[1] not in _NO_LANGUAGES:
            return match[1]
    return (node.attributes.get("lang") or "") if "lang" in node.attributes else ""


def table_rows(node: LexborNode) -> Iterator[LexborNode]:
    """The rows of a table, without those of tables in its cells."""
    children = visible_children(node)
    for child in sorted(children, key=lambda one: _GROUPS.get(one.tag or "", 1)):
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in visible_children(child) if row.tag == "tr")


def is_for_layout(node: LexborNode, rows: list[list[LexborNode]]) -> bool:
    """Whether a table is there for the layout: it has one column, or inner tables and no header."""
    if node.attributes.get("role") in ("presentation", "none"):
        return True
    return max(map(len, rows), default=0) < 2 or (
        node.css_first("table table") is not None and node.css_first("th") is None
    )


def grid(rows: list[list[tuple[LexborNode, str]]]) -> list[list[str]]:
    """The texts of the cells, repeated over the rows and columns that they span, so that every row
    can be read alone. No cell spans rows of another group.
    """
    left = _rows_left(rows)
    texts: list[list[str]] = []
    above: dict[
        int, tuple[int, str]
    ] = {}  # column -> a text that spans rows, and the number of rows left
    for at, cells in enumerate(rows):
        row: list[str] = []
        below: dict[int, tuple[int, str]] = {}
        waiting, furthest = deque(cells), max(above, default=-1)
        while waiting or len(row) <= furthest:
            rows_left, text = above.pop(len(row), (0, ""))
            width = 1
            if not rows_left and waiting:
                cell, text = waiting.popleft()
                width = min(number(cell, "colspan"), _MOST_COLUMNS)
                is_all = (cell.attributes.get("rowspan") or "").strip() == "0"
                rows_left = left[at] if is_all else min(number(cell, "rowspan"), left[at])
            for _ in range(width):
                if rows_left > 1:
                    below[len(row)] = (rows_left - 1, text)
                row.append(text)
        texts.append(row)
        above = below
    return texts


def with_one_header(
    texts: list[list[str]], rows: Sequence[Sequence[LexborNode]]
) -> list[list[str]]:
    """The texts of a table, the rows of its header as one where labels stand above several columns:
    each column has all labels that stand above it. A row of one cell is a title.
    """
    header = list(takewhile(lambda row: row and all(cell.tag == "th" for cell in row), rows))
    wide = any(number(cell, "colspan") > 1 for row in header[:-1] for cell in row)
    if not wide or len(header) == len(rows) or min(map(len, header)) < 2:
        return texts
    columns = zip_longest(*texts[: len(header)], fillvalue="")
    labels = [" ".join(dict.fromkeys(filter(None, column))) for column in columns]
    return [labels, *texts[len(header) :]]


def _rows_left(rows: list[list[tuple[LexborNode, str]]]) -> list[int]:
    """How many rows of its group each row and those after it are."""
    groups: list[int | None] = []
    for cells in rows:
        row = cells[0][0].parent if cells else None
        group = row.parent if row is not None else None
        groups.append(group.mem_id if group is not None else groups[-1] if groups else None)
    left = [1] * len(rows)
    for at in reversed(range(len(rows) - 1)):
        left[at] = left[at + 1] + 1 if groups[at] == groups[at + 1] else 1
    return left


def number(node: LexborNode, attribute: str) -> int:
    """The whole number from 1 in an attribute; 1 where the attribute holds none."""
    value = node.attributes.get(attribute) or ""
    return max(1, int(value)) if value.isdecimal() and len(value) < _MOST_DIGITS else 1
