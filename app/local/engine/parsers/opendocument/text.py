"""The text of an OpenDocument, as HTML."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from html import escape
from xml.etree.ElementTree import Element

from app.local.engine.parsers.numbering import attribute
from app.local.engine.parsers.opendocument.numbers import Numbers, count
from app.local.engine.parsers.opendocument.objects import embedded, kind_of_chart, markup
from app.local.engine.parsers.opendocument.styles import OpenDocumentStyles
from app.local.engine.parsers.package import local_name
from app.local.engine.parsers.word_fields import CHECKED, UNCHECKED

_VALUES = ("string-value", "date-value", "time-value", "boolean-value", "value")
_SHAPES = ("custom-shape", "rect", "ellipse", "circle", "path", "polygon", "line", "g")
_HIDDEN = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}hidden-paragraph"
_MOST_SPACES = 100  # of one element, which may name any number
_LEFT_OUT = frozenset((
    "tracked-changes", "sequence-decls", "variable-decls", "user-field-decls", "scripts", "script",
    "ruby-text", "note-citation", "soft-page-break", "bookmark", "bookmark-start", "bookmark-end",
    "page-number", "page-count", "object", "object-ole", "event-listeners", "number",
    *(f"{kind}-source" for kind in (
        "table-of-content", "alphabetical-index", "illustration-index", "table-index",
        "object-index", "user-index", "bibliography",
    )),
))  # fmt: skip
_MOST_REPEATED = 100  # times that one row or cell of a table is read
_MOST_CELLS = 1000  # of a row
_BLOCKS = frozenset(("p", "h", "list", "table", "section", "frame", "index-body"))


def table_rows(element: Element) -> Iterator[Element]:
    """The rows, also those in groups and headers, without those of tables within cells."""
    for child in element:
        name = local_name(child)
        if name == "table-row":
            yield child
        elif name in ("table-rows", "table-header-rows", "table-row-group"):
            yield from table_rows(child)


def value_of_cell(cell: Element) -> str:
    """The value of a cell without a text."""
    return next(filter(None, (attribute(cell, name) for name in _VALUES)), "")


def _continues(numbered: Element) -> bool:
    """Whether a list goes on with the numbers of the one before it."""
    is_next = attribute(numbered, "continue-numbering") == "true"
    return is_next or bool(attribute(numbered, "continue-list"))


def _value(field: Element) -> str:
    """What a form's field shows."""
    name = local_name(field)
    label = attribute(field, "label")
    if name in ("checkbox", "radio"):
        state = attribute(field, "current-state") or attribute(field, "state")
        is_on = state == "checked" or attribute(field, "current-selected") == "true"
        return f"{CHECKED if is_on else UNCHECKED} {label}"
    if name == "listbox":
        chosen = (each for each in field if attribute(each, "current-selected") == "true")
        return ", ".join(attribute(each, "label") for each in chosen)
    if name in ("button", "image", "hidden", "password"):
        return ""
    return attribute(field, "current-value") or attribute(field, "value") or label


class Renderer:
    """Renders one document; its notes come together at its end.

    Args:
        styles: the document's.
        is_paper: whether the text stands on white paper, and not on a slide or in a cell.
    """

    def __init__(self, styles: OpenDocumentStyles, *, is_paper: bool = False) -> None:
        self._styles = styles
        self._notes: list[str] = []
        self._boxes: list[str] | None = None  # what follows the paragraph, within one
        # The number of tables, boxes and paragraphs around that may have a colour.
        self._shaded = 0 if is_paper else 1
        self._list = ""  # the style of the list around
        self._numbers: dict[str, Numbers] = {}  # of lists, by their style
        self._outline = Numbers(styles.outline_level)
        self._fields: dict[str, str] = {}  # the values of form fields, by their ids
        self._renderers: dict[str, Callable[[Element], str]] = {
            "p": self._paragraph,
            "h": self._heading,
            "list": lambda element: self._items(element, 1),
            "table": lambda element: self._in_colour(self._table, element),
            "section": self.blocks,
            "s": lambda element: " " * min(count(element, "c"), _MOST_SPACES),
            "tab": lambda _: " ",
            "line-break": lambda _: "<br>",
            "a": self._link,
            "span": self._span,
            "note": self._note,
            "annotation": self._comment,
            "ruby": self._inline,
            "frame": lambda element: self._in_colour(self._frame, element),
            "image": lambda _: "",
            "forms": self._read_forms,
            "control": lambda element: self._fields.get(attribute(element, "control"), ""),
            **dict.fromkeys(_SHAPES, lambda element: self._in_colour(self._plain, element)),
        }

    def _in_colour(self, render: Callable[[Element], str], element: Element) -> str:
        """An element that may have a colour of its own, on which white text is seen."""
        self._shaded += 1
        text = render(element)
        self._shaded -= 1
        return text

    def blocks(self, elements: Iterable[Element]) -> str:
        """The HTML of block elements."""
        return "".join(self._render(each) for each in elements)

    def notes(self) -> str:
        """The notes of all that has been rendered, as a list."""
        items = "".join(f"<li id='n'>{note}</li>" for note in self._notes)
        return f"<ol>{items}</ol>" if items else ""

    def _render(self, element: Element) -> str:
        name = local_name(element)
        is_gone = name in _LEFT_OUT or attribute(element, "display") == "none"
        hidden = attribute(element, "is-hidden") or ("true" if name == "hidden-text" else "")
        if is_gone or (hidden == "true" and name != "hidden-paragraph"):
            return ""
        return self._renderers.get(name, self._plain)(element)

    def _plain(self, element: Element) -> str:
        if any(local_name(child) in _BLOCKS for child in element):
            return self.blocks(element)
        return self._inline(element)

    def _inline(self, element: Element) -> str:
        pieces = [escape(element.text or "")]
        for child in element:
            pieces += [self._render(child), escape(child.tail or "")]
        return "".join(pieces)

    def _paragraph(self, element: Element) -> str:
        if self._styles.hides_text(attribute(element, "style-name")):
            return ""
        return self._with_boxes("p", element)

    def _with_boxes(self, tag: str, element: Element) -> str:
        """A paragraph, and after it what is anchored to it."""
        outer, self._boxes = self._boxes, []
        is_shaded = self._styles.shades(attribute(element, "style-name"))
        self._shaded += is_shaded
        text = "" if self._is_hidden(element) else self._inline(element)
        self._shaded -= is_shaded
        boxes, self._boxes = self._boxes, outer
        if any(attribute(each, "is-hidden") == "true" for each in element.iter(_HIDDEN)):
            return ""
        return f"<{tag}>{text}</{tag}>{''.join(boxes)}"

    def _heading(self, element: Element) -> str:
        level = count(element, "outline-level")
        text = self._with_boxes(f"h{min(level, 6)}", element)
        is_plain = attribute(element, "is-list-header") == "true" or self._list or "></h" in text
        label = "" if is_plain else self._outline.next(level)
        return text.replace(">", f">{escape(label)} ", 1) if label else text

    def _items(self, element: Element, level: int) -> str:
        outer, style = self._list, attribute(element, "style-name") or self._list
        self._list = style or "list"
        numbers = self._numbers.setdefault(style, Numbers(partial(self._styles.list_level, style)))
        if level == 1 and not _continues(element):
            numbers.restart()
        items = []
        for item in element:
            if local_name(item) in ("list-item", "list-header"):
                label = self._label(item, numbers, level)
                inner = "".join(
                    self._items(child, level + 1)
                    if local_name(child) == "list"
                    else self._render(child)
                    for child in item
                )
                text = inner.replace(">", f">{escape(label)} ", 1) if label else inner
                items.append(f"<li>{text}</li>")
        tag = "ul" if self._styles.list_level(style, level) is None else "ol"
        self._list = outer
        return f"<{tag}>{''.join(items)}</{tag}>"

    def _label(self, item: Element, numbers: Numbers, level: int) -> str:
        """The number of an item; empty for one that holds nothing but another list."""
        first = next((each for each in item if local_name(each) != "number"), None)
        if first is None or local_name(first) not in ("p", "h") or "header" in local_name(item):
            return ""
        has_start = bool(attribute(item, "start-value"))
        label = numbers.next(level, count(item, "start-value") if has_start else None)
        return f"{label}." if label[-1:].isalnum() else label

    def _table(self, element: Element) -> str:
        rows: list[str] = []
        for row in table_rows(element):
            if attribute(row, "visibility") not in ("collapse", "filter"):
                cells = self._cells(row, "td" if rows else "th")
                times = min(count(row, "number-rows-repeated"), _MOST_REPEATED)
                rows += [f"<tr>{cells}</tr>"] * times
        return f"<table>{''.join(rows)}</table>"

    def _cells(self, row: Element, tag: str) -> str:
        cells: list[str] = []
        for cell in row:
            if local_name(cell) == "table-cell":
                spans = "".join(
                    f' {kind}span="{count(cell, f"number-{name}-spanned")}"'
                    for kind, name in (("col", "columns"), ("row", "rows"))
                )
                text = self.blocks(cell)
                text = text if len(cell) else escape(value_of_cell(cell))
                times = min(count(cell, "number-columns-repeated"), _MOST_REPEATED)
                cells += [f"<{tag}{spans}>{text}</{tag}>"] * times
        return "".join(cells[:_MOST_CELLS])

    def _link(self, element: Element) -> str:
        address = escape(attribute(element, "href"))
        return f'<a href="{address}">{self._inline(element)}</a>'

    def _span(self, element: Element) -> str:
        return "" if self._is_hidden(element) else self._inline(element)

    def _is_hidden(self, element: Element) -> bool:
        """Whether the style of an element hides its text, or makes it white on the paper."""
        style = attribute(element, "style-name")
        return self._styles.hides_text(style) or (not self._shaded and self._styles.fades(style))

    def _note(self, element: Element) -> str:
        self._notes.append("")
        number = len(self._notes)
        body = element.find("{*}note-body")
        self._notes[number - 1] = "" if body is None else self.blocks(body)
        return f"[{number}]"

    def _comment(self, element: Element) -> str:
        author = next((each.text for each in element if local_name(each) == "creator"), "")
        words = self.blocks(each for each in element if local_name(each) in ("p", "list"))
        label = f"Comment by {escape(author)}: " if author else "Comment: "
        return self._after_paragraph(words.replace("<p>", f"<p>{label}", 1))

    def _frame(self, element: Element) -> str:
        """A text box, a table of a slide, or a picture by its description."""
        names = {local_name(each): each for each in element}
        if "object" in names and (shown := self._object(names["object"])):
            return shown
        if "text-box" in names or "table" in names:
            return self._after_paragraph(
                self.blocks(names["text-box"] if "text-box" in names else [names["table"]])
            )
        words = (text for name in ("title", "desc") if name in names and (text := names[name].text))
        return f" {escape(next(words, ''))} "

    def _object(self, reference: Element) -> str:
        """A formula, in its line; or a chart, as its title and the table of its values."""
        root = embedded(self._styles.package, attribute(reference, "href"))
        if root is None:
            return ""
        if local_name(root) == "math":
            return markup(root)
        titles = [self._inline(each) for each in root.iterfind("{*}title//{*}p")]
        title = ": ".join(filter(None, [kind_of_chart(root), " ".join(titles)]))
        tables = "".join(self._table(each) for each in root.iterfind("{*}table"))
        return self._after_paragraph(f"<p>{title}</p>{tables}")

    def _read_forms(self, forms: Element) -> str:
        for field in forms.iter():
            if name := attribute(field, "id"):
                self._fields[name] = escape(_value(field))
        return ""

    def _after_paragraph(self, block: str) -> str:
        """Put a block after the paragraph around; return it where there is none."""
        if self._boxes is None:
            return block
        self._boxes.append(block)
        return ""
