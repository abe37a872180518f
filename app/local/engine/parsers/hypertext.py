"""HTML to Markdown: the text that a reader sees.

A page becomes a tree of blocks, and the text of a block is that of its inline elements. Links keep
their address and images their alternative text; bold and italic are dropped.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.local.engine.parsers import Document, Section
from app.local.engine.parsers.encodings import declared, decode
from app.local.engine.parsers.nodes import (
    CELLS,
    grid,
    is_for_layout,
    language,
    number,
    table_rows,
    visible_children,
)
from app.local.engine.parsers.render import (
    fenced,
    heading,
    line,
    table,
    tidy,
)
from app.local.engine.parsers.styles import remove_hidden

# fmt: off
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol", "p",
    "pre", "search", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul",
))
# fmt: on
_DEEPEST = 5000  # elements; of far fewer there are too many to render
_CLOSED_ELEMENT = re.compile(
    r"<(/?)(?:div|section|article|main|aside|ul|ol|dl|table|blockquote|center|details|fieldset|figure|form)\b",
    re.IGNORECASE,
)
_POWER = re.compile(r"\s*[+\u2212-]?\d+\s*")
_BACK = ("\u2191", "\u21a9", "\u21a9\ufe0e", "^")  # arrows from a note to its place in the text
_LONGEST_ADDRESS = 200  # characters; a longer address is for tracking, and tells a reader nothing
_PICTURE_FILE = re.compile(r"\.(?:avif|bmp|gif|ico|jpe?g|png|svgz?|tiff?|webp)\Z", re.IGNORECASE)


def parse(document: Document) -> Iterator[Section]:
    content = document.path.read_bytes()
    charset = document.charset or declared(content)
    yield Section(to_markdown(decode(content, charset, document.warn)), None)


def to_markdown(markup: str, *, has_numbers: bool = False) -> str:
    """The text of a page's `main` element, or of its body if that is empty, under its title.

    Args:
        markup: the page.
        has_numbers: whether the items of ordered lists begin with their numbers already.

    Raises:
        RecursionError: its elements are nested too deeply.

    >>> print(to_markdown("<title>Soils</title><p>Clay <b>holds</b> water.<ul><li>wet<li>cold"))
    # Soils
    <BLANKLINE>
    Clay holds water.
    <BLANKLINE>
    - wet
    - cold
    """
    if _depth(markup) > _DEEPEST:
        raise RecursionError
    page = LexborHTMLParser(markup)
    remove_hidden(page)
    mains = {node.mem_id: node for node in page.css("main, [role=main]")}
    title = page.css_first("head > title")
    blocks: list[str] = []
    for root in (*(mains.values() if len(mains) == 1 else ()), page.body):
        if root is not None and not blocks:
            blocks = list(_Page(root, has_numbers).blocks(root))
    if title and line(title.text()) and not any(block.startswith("# ") for block in blocks):
        blocks.insert(0, heading(title.text(), 1))
    return tidy("\n\n".join(blocks))


def _depth(markup: str) -> int:
    """How deep elements that have to be closed are nested. The parser takes time in proportion to
    its square, and what renders its tree calls itself once for each level.
    """
    depth = deepest = 0
    for tag in _CLOSED_ELEMENT.finditer(markup):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


class _Page:
    """Renders the nodes of one tree."""

    def __init__(self, root: LexborNode, has_numbers: bool) -> None:
        self._has_numbers = has_numbers
        self._holders = _holders_of_blocks(root)
        self._renderers: dict[str, Callable[[LexborNode], Iterable[str]]] = {
            **{f"h{level}": self._heading for level in range(1, 7)},
            "a": self._linked,
            "ul": self._list,
            "ol": self._list,
            "menu": self._list,
            "dl": self._definitions,
            "pre": self._preformatted,
            "table": self._table,
            "hr": lambda _: (),
        }

    def blocks(self, parent: LexborNode) -> Iterator[str]:
        """The blocks below `parent`: block elements, and paragraphs of the inline ones in
        between.
        """
        run: list[str] = []
        for node in visible_children(parent):
            if node.tag in _BLOCKS or node.mem_id in self._holders:
                yield from _paragraph(run)
                run = []
                yield from self._renderers.get(node.tag or "", self.blocks)(node)
            else:
                run.append(self._inline(node))
        yield from _paragraph(run)

    def _inline(self, node: LexborNode) -> str:
        if node.tag == "-text":
            return re.sub(r"\s+", " ", node.text_content or "")
        if node.tag == "br":
            return "\n"
        if node.tag == "img":
            return f" {_alternative(node)} "
        text = "".join(map(self._inline, visible_children(node)))
        if node.tag == "a":
            return text if _enlarges(node) else _link(text, node.attributes.get("href"))
        return f"^{text.strip()}" if node.tag == "sup" and _POWER.fullmatch(text) else text

    def _heading(self, node: LexborNode) -> Iterator[str]:
        text = " ".join(self.blocks(node))
        if text:
            yield heading(text, int((node.tag or "h1")[1]))

    def _list(self, node: LexborNode) -> Iterator[str]:
        numbers = count(number(node, "start"))
        lines = []
        for item in visible_children(node):
            text = "\n".join(self.blocks(item))
            if _only_list(item):
                lines.append(text)
            elif text and node.tag == "ol":
                has_number = self._has_numbers and "id" not in item.attributes  # a note has one
                lines.append(_hanging(text, "" if has_number else f"{next(numbers)}. "))
            elif text:
                lines.append(_hanging(text, "- "))
        if lines:
            yield "\n".join(lines)

    def _definitions(self, node: LexborNode) -> Iterator[str]:
        items = ((item.tag, "\n".join(self.blocks(item))) for item in visible_children(node))
        yield "\n".join(
            _hanging(text, ": ") if tag == "dd" else text for tag, text in items if text
        )

    def _linked(self, node: LexborNode) -> Iterator[str]:
        blocks = list(self.blocks(node))
        is_one = len(blocks) == 1 and not _enlarges(node)
        yield from [_link(blocks[0], node.attributes.get("href"))] if is_one else blocks

    def _preformatted(self, node: LexborNode) -> Iterator[str]:
        if text := node.text().strip("\n"):
            yield fenced(text, language(node))

    def _table(self, node: LexborNode) -> Iterator[str]:
        if caption := node.css_first("caption"):
            yield from self.blocks(caption)
        rows = [
            [cell for cell in visible_children(row) if cell.tag in CELLS]
            for row in table_rows(node)
        ]
        if is_for_layout(node, rows):
            for cell in chain.from_iterable(rows):
                yield from self.blocks(cell)
        else:
            texts = grid([[(cell, self._cell(cell)) for cell in row] for row in rows])
            if any(map(any, texts)):
                yield table(texts)

    def _cell(self, node: LexborNode) -> str:
        inner_table = node.css_first("table")
        return line(node.text(separator=" ") if inner_table else " ".join(self.blocks(node)))


def _holders_of_blocks(root: LexborNode) -> set[int]:
    """The ids of the elements with a block somewhere below. They count as blocks, whatever their
    tag.
    """
    holders: set[int] = set()
    for node in root.traverse():
        if node.tag in _BLOCKS:
            parent = node.parent
            while parent is not None and parent.mem_id not in holders:
                holders.add(parent.mem_id)
                parent = parent.parent
    return holders


def _paragraph(run: Iterable[str]) -> Iterator[str]:
    """Yield inline texts as one block, unless they are blank."""
    lines = [line(part) for part in "".join(run).split("\n")]
    if text := "\n".join(lines).strip():
        yield text


def _alternative(image: LexborNode) -> str:
    """What stands for a picture: its alternative text, unless that is a file's name, or a caption
    says the same.
    """
    text = line(image.attributes.get("alt") or "")
    figure = image.parent
    while figure is not None and figure.tag in ("a", "picture", "div", "span"):
        figure = figure.parent
    caption = figure.css_first("figcaption") if figure is not None else None
    if _PICTURE_FILE.search(text) or (caption is not None and line(caption.text()) == text):
        return ""
    return text


def _enlarges(link: LexborNode) -> bool:
    """Whether a link leads from a picture to a picture's file, in which there is no text."""
    address = (link.attributes.get("href") or "").partition("#")[0].partition("?")[0]
    return bool(_PICTURE_FILE.search(address)) and not line(link.text())


def _link(text: str, address: str | None) -> str:
    """A Markdown link; the text alone where the address is missing or useless.

    >>> _link("the docs ", "https://example.com/a")
    '[the docs](https://example.com/a) '
    """
    address = (address or "").strip()
    label = line(text)
    if address.startswith("#") and label in _BACK:
        return ""
    if not label or not address or address.startswith(("#", "javascript:", "data:")):
        return text
    if len(address) > _LONGEST_ADDRESS or " " in address or "\n" in text.strip():
        return text
    return text.replace(text.strip(), f"[{label}]({address})")


def _hanging(text: str, marker: str) -> str:
    r"""A list item: its first line after the marker, the other lines indented below.

    >>> print(_hanging("wet\n- very", "2. "))
    2. wet
       - very
    """
    return marker + text.replace("\n", "\n" + " " * (len(marker) or 3))


def _only_list(item: LexborNode) -> bool:
    """Whether an item of a list holds nothing but another list."""
    children = [
        child for child in visible_children(item) if child.tag != "-text" or line(child.text())
    ]
    return len(children) == 1 and children[0].tag in ("ul", "ol")
