"""The text of an OpenDocument, as HTML."""

from collections.abc import Callable, Iterable, Iterator
from html import escape
from xml.etree.ElementTree import Element

from app.local.engine.parsers.numbering import attribute
from app.local.engine.parsers.opendocument_styles import OpenDocumentStyles
from app.local.engine.parsers.package import local_name

_LEFT_OUT = frozenset((
    "tracked-changes", "sequence-decls", "variable-decls", "user-field-decls", "forms", "scripts",
    "hidden-text", "ruby-text", "note-citation", "soft-page-break", "bookmark", "bookmark-start",
    "bookmark-end", "page-number", "page-count", "object", "object-ole", "event-listeners",
))  # fmt: skip
_BLOCKS = frozenset(("p", "h", "list", "table", "section", "frame", "index-body"))


def table_rows(element: Element) -> Iterator[Element]:
    """The rows, also those in groups and headers, without those of tables within cells."""
    for child in element:
        name = local_name(child)
        if name == "table-row":
            yield child
        elif name in ("table-rows", "table-header-rows", "table-row-group"):
            yield from table_rows(child)


class Renderer:
    """Renders one document; its notes come together at its end.

    Args:
        styles: the document's.
    """

    def __init__(self, styles: OpenDocumentStyles) -> None:
        self._styles = styles
        self._notes: list[str] = []
        self._boxes: list[str] | None = None  # what follows the paragraph, within one
        self._list = ""  # the style of the list around
        self._renderers: dict[str, Callable[[Element], str]] = {
            "p": self._paragraph,
            "h": self._heading,
            "list": lambda element: self._items(element, 1),
            "table": self._table,
            "section": self._section,
            "s": lambda element: " " * int(attribute(element, "c") or 1),
            "tab": lambda _: " ",
            "line-break": lambda _: "<br>",
            "a": self._link,
            "span": self._span,
            "note": self._note,
            "annotation": self._comment,
            "ruby": self._inline,
            "frame": self._frame,
            "image": lambda _: "",
        }

    def blocks(self, elements: Iterable[Element]) -> str:
        """The HTML of block elements."""
        return "".join(self._render(each) for each in elements)

    def notes(self) -> str:
        """The notes of all that has been rendered, as a list."""
        items = "".join(f"<li>{note}</li>" for note in self._notes)
        return f"<ol>{items}</ol>" if items else ""

    def _render(self, element: Element) -> str:
        name = local_name(element)
        if name in _LEFT_OUT:
            return ""
        if renderer := self._renderers.get(name):
            return renderer(element)
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
        text = self._inline(element)
        boxes, self._boxes = self._boxes, outer
        return f"<{tag}>{text}</{tag}>{''.join(boxes)}"

    def _heading(self, element: Element) -> str:
        level = attribute(element, "outline-level")
        return self._with_boxes(f"h{min(int(level or 1), 6)}", element)

    def _items(self, element: Element, level: int) -> str:
        outer = self._list
        self._list = attribute(element, "style-name") or outer
        items = []
        for item in element:
            if local_name(item) in ("list-item", "list-header"):
                inner = "".join(
                    self._items(child, level + 1)
                    if local_name(child) == "list"
                    else self._render(child)
                    for child in item
                )
                items.append(f"<li>{inner}</li>")
        tag = "ol" if self._styles.is_numbered(self._list, level) else "ul"
        self._list = outer
        return f"<{tag}>{''.join(items)}</{tag}>"

    def _table(self, element: Element) -> str:
        rows: list[str] = []
        for row in table_rows(element):
            tag = "td" if rows else "th"
            if attribute(row, "visibility") != "collapse":
                cells = []
                for cell in row:
                    if local_name(cell) == "table-cell":
                        spans = "".join(
                            f' {kind}span="{attribute(cell, f"number-{name}-spanned") or 1}"'
                            for kind, name in (("col", "columns"), ("row", "rows"))
                        )
                        cells.append(f"<{tag}{spans}>{self.blocks(cell)}</{tag}>")
                rows.append(f"<tr>{''.join(cells)}</tr>")
        return f"<table>{''.join(rows)}</table>"

    def _section(self, element: Element) -> str:
        return "" if attribute(element, "display") == "none" else self.blocks(element)

    def _link(self, element: Element) -> str:
        address = escape(attribute(element, "href"))
        return f'<a href="{address}">{self._inline(element)}</a>'

    def _span(self, element: Element) -> str:
        is_hidden = self._styles.hides_text(attribute(element, "style-name"))
        return "" if is_hidden else self._inline(element)

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
        if "text-box" in names or "table" in names:
            return self._after_paragraph(
                self.blocks(names["text-box"] if "text-box" in names else [names["table"]])
            )
        words = (text for name in ("title", "desc") if name in names and (text := names[name].text))
        return f" {escape(next(words, ''))} "

    def _after_paragraph(self, block: str) -> str:
        """Put a block after the paragraph around; return it where there is none."""
        if self._boxes is None:
            return block
        self._boxes.append(block)
        return ""
