"""HTML to Markdown: the text that a reader sees.

A page becomes a tree of blocks, and the text of a block is that of its inline elements. Links keep
their address and images their alternative text; bold and italic are dropped.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from itertools import chain
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from app.local import lazy_re as re
from app.local.engine.parsers import Document, Section, Unreadable
from app.local.engine.parsers.encodings import declared, decode
from app.local.engine.parsers.hypertext.formulas import FORMULAS, elements, formula
from app.local.engine.parsers.hypertext.item_labels import ItemLabels
from app.local.engine.parsers.hypertext.links import alternative, enlarges, link
from app.local.engine.parsers.hypertext.nodes import (
    CELLS,
    grid,
    is_for_layout,
    is_hidden,
    language,
    table_rows,
    visible_children,
    with_one_header,
)
from app.local.engine.parsers.hypertext.styles import remove_hidden
from app.local.engine.parsers.render import (
    fenced,
    heading,
    line,
    table,
    tidy,
)

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
_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{20000,}+")
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")
_MOST_ATTRIBUTES = 5000
_CLOSED_ELEMENT = re.compile(
    r"<(/?)(?:div|section|article|main|aside|ul|ol|dl|table|blockquote|center|details|fieldset|figure|form)\b",
    re.IGNORECASE,
)
_ARCHIVE = re.compile(
    rb"\s*(?:[\w-]+:[^\n]*\r?\n(?:[ \t][^\n]*\n)*){0,20}?MIME-Version:", re.IGNORECASE
)
_POWER = re.compile(r"\s*[+\u2212-]?\d+\s*")
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)


def parse(document: Document) -> Iterator[Section]:
    content = document.path.read_bytes()
    if _ARCHIVE.match(content):
        content, document = _page_of_an_archive(content), replace(document, charset=None)
    charset = document.charset or declared(content)
    yield Section(to_markdown(decode(content, charset, document.warn)), None)


def _page_of_an_archive(content: bytes) -> bytes:
    """The page of a Web archive, which browsers save in the form of a message (MHTML)."""
    body = message_from_bytes(content, policy=policy.default).get_body(("html", "plain"))
    page = None if body is None else body.get_payload(decode=True)
    if body is None or not isinstance(page, bytes):
        return content
    charset = body.get_content_charset()
    return page if charset is None else decode(page, charset).encode("utf-8-sig")


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
    _check_attributes(markup)
    page = LexborHTMLParser(markup)
    remove_hidden(page)
    mains = {node.mem_id: node for node in page.css("main, [role=main]")}
    title = page.css_first("head > title")
    base = page.css_first("base[href]")
    address = (base.attributes.get("href") or "") if base is not None else ""
    blocks: list[str] = []
    for root in (*(mains.values() if len(mains) == 1 else ()), page.body):
        if root is not None and not blocks and not is_hidden(root):
            blocks = list(_Page(root, has_numbers, address).blocks(root))
    if title and line(title.text()) and not any(block.startswith("# ") for block in blocks):
        blocks.insert(0, heading(title.text(), 1))
    return tidy("\n\n".join(blocks))


def _check_attributes(markup: str) -> None:
    """Refuse an element of very many attributes, with which the parser is slow: each is compared
    with all.
    """
    for tag in _LONG_TAG.finditer(markup):
        if len(_QUOTED.sub("", tag[0]).split()) > _MOST_ATTRIBUTES:
            raise Unreadable(
                f"The page has an element of more than {_MOST_ATTRIBUTES:,} attributes, as no page "
                "for readers has: simplify it and upload it again."
            )


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
    """Renders the nodes of one tree.

    Args:
        root: of the tree.
        has_numbers: whether the items of ordered lists begin with their numbers already.
        base: the address to which those of links are relative, if the page names one.
    """

    def __init__(self, root: LexborNode, has_numbers: bool, base: str) -> None:
        self._has_numbers = has_numbers
        self._base = base if _ABSOLUTE.match(base) else ""
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
            return f" {alternative(node)} "
        if node.tag in FORMULAS:
            return formula(node.tag, list(map(self._inline, elements(node))))
        text = "".join(map(self._inline, visible_children(node)))
        if node.tag == "a":
            return text if enlarges(node) else link(text, self._address(node))
        return f"^{text.strip()}" if node.tag == "sup" and _POWER.fullmatch(text) else text

    def _heading(self, node: LexborNode) -> Iterator[str]:
        text = " ".join(self.blocks(node))
        if text:
            yield heading(text, int((node.tag or "h1")[1]))

    def _list(self, node: LexborNode) -> Iterator[str]:
        items = visible_children(node)
        labels = ItemLabels(node, items)
        lines = []
        for item in items:
            text = "\n".join(self.blocks(item))
            if _only_list(item):
                lines.append(text)
            elif text and node.tag == "ol":
                has_number = self._has_numbers and "id" not in item.attributes  # a note has one
                lines.append(_hanging(text, "" if has_number else labels.next(item)))
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
        is_one = len(blocks) == 1 and not enlarges(node)
        yield from [link(blocks[0], self._address(node))] if is_one else blocks

    def _address(self, anchor: LexborNode) -> str | None:
        address = anchor.attributes.get("href")
        if not self._base or not address or address.startswith("#"):
            return address
        try:
            return urljoin(self._base, address.strip())
        except ValueError:
            return address

    def _preformatted(self, node: LexborNode) -> Iterator[str]:
        for end in node.css("br"):
            end.replace_with("\n")
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
                yield table(with_one_header(texts, rows))

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
