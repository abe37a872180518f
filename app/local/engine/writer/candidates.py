"""Passages -> what can be said of them: sentences, items, rows, whole lists, tables and code.

    ## Limits                     a heading: said alone if it tells a version or a date
    How many layers are there?    a question
    Each function has quotas:     a lead-in, said with the list below
    - Timeout: 900 seconds        an item: said alone, or with the whole list
    - Layers: 5
    | Region | Quota |            the header of the rows below
    | Ohio   | 100   |            said as "Ohio: 100", or with the whole table

What a sentence leads in to, with a colon, is said with it, whole and as it is written: code, a
list, a table. A lead-in alone says nothing. Headings, questions, lead-ins and headers are the
context of what they stand over: they help to find it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile, zip_longest
from textwrap import dedent
from typing import Literal

from app.local.engine.store.analysis import terms
from app.local.engine.text import sentences
from app.local.engine.writer.blocks import ITEM, Block, blocks, is_rule
from app.local.engine.writer.continuations import cells, ends
from app.local.engine.writer.phrases import is_verb
from app.local.engine.writer.plain import plain
from app.local.engine.writer.releases import is_release

Kind = Literal["sentence", "item", "row", "heading", "list", "table", "code"]

# A block is said whole only if it is short enough to be read.
_LONGEST_BLOCK = 1800  # characters
_LONGEST_CONTEXT = 500  # characters of what stands over a candidate
_LONGEST_LEAD = 400  # characters of a lead-in
_LONGEST_ITEM = 600
_LONGEST_GIST = 350
_MOST_ROWS = 24
_WORD = re.compile(r"\w")
_HEADING_SIGNS = re.compile(r"\s*(#{1,6})\s")


@dataclass(frozen=True)
class Candidate:
    """What may be said.

    Attributes:
        passage: the index of its passage.
        place: its place among the passage's candidates, in reading order.
        text: its words, on one line, without the marks of Markdown: what is compared.
        context: what stands over it and is not said: headings, a question, a lead-in, a table's
            header.
        lead: the sentence that leads in to a block, or the heading of a release that an item is of:
            it is said before.
        block: a list, a table or code, as Markdown; empty for what is said in line.
        cells: of a row, the names of its columns and what stands there.
        ends_in: the index of the passage that a block goes on in, where it was cut in two.
        headless: whether nothing in its passage stands over a block: its beginning may be missing.
        untold: whether no sentence leads in to a block: its lead is a heading, or its document's
            name.
        nearest: the part of the context that is nearest: the last heading, and the lead-in.
        heading: the last heading alone.
        paragraph: the number of its block in its passage.
    """

    passage: int
    place: int
    kind: Kind
    text: str
    context: str
    lead: str = ""
    block: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    ends_in: int | None = None
    headless: bool = False
    untold: bool = False
    nearest: str = ""
    heading: str = ""
    paragraph: int = 0

    @property
    def gist(self) -> str:
        """What is embedded: a long block is known by its beginning."""
        if not self.block:
            return self.text
        return f"{self.context[-_LONGEST_LEAD:]}. {self.text}"[:_LONGEST_GIST]


def candidates(passages: Sequence[str], names: Sequence[str] = ()) -> list[Candidate]:
    r"""All that can be said of the passages, in reading order.

    >>> [c.text for c in candidates(["# Quartz\n\nIt is hard. Forms:\n- agate\n- citrine"])]
    ['It is hard.', 'Forms: agate; citrine', 'agate', 'citrine']

    Args:
        names: of the passages' documents. A table that was cut in two has the header of the part
            before, where both are there.
    """
    headers = _Headers()
    known = [names[number] if number < len(names) else "" for number in range(len(passages))]
    parts = [blocks(passage) for passage in passages]
    rests = ends(parts, known)
    result = []
    for number, name in enumerate(known):
        reader = _Reader(number, name, headers, rests.get(number))
        read = reader.read(parts[number])
        result += [replace(one, place=place) for place, one in enumerate(read)]
    return result


class _Headers:
    """The headers of the tables that were read, by document and number of columns."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], list[str]] = {}

    def learn(self, name: str, header: list[str]) -> None:
        self._known.setdefault((name, len(header)), header)

    def of(self, name: str, columns: int) -> list[str]:
        return self._known.get((name, columns), []) if name else []


class _Reader:
    """Reads a passage, block by block."""

    def __init__(
        self, passage: int, name: str, headers: _Headers, rest: tuple[int, Block] | None
    ) -> None:
        self._passage, self._name, self._headers = passage, name, headers
        self._rest = rest  # of the last block, and the passage that it stands in
        self._path: dict[int, str] = {}  # headings by level
        self._releases: set[int] = set()  # levels of those that name a release
        self._question = ""
        self._last = ""  # the sentence before, which may lead in
        self._paragraph = 0

    def read(self, parts: Sequence[Block]) -> Iterator[Candidate]:
        for number, block in enumerate(parts):
            self._paragraph = number
            after = parts[number + 1] if number + 1 < len(parts) else None
            rest = self._rest if after is None else None
            match block.kind:
                case "heading":
                    yield from self._heading(block.text, parts[number + 1 :])
                case "prose":
                    yield from self._prose(block, after)
                case "list":
                    yield from self._list(block, after, rest)
                case "table":
                    yield from self._table(block, rest)
                case "code":
                    yield self._block("code", block, _code_words(block))
            if block.kind not in ("prose", "list"):
                self._last = ""

    def _heading(self, heading: str, after: Sequence[Block]) -> Iterator[Candidate]:
        """A heading; of a release, itself and all that stands under it."""
        level = _level(heading)
        release = is_release(plain(heading))
        self._enter(heading, level, is_release=release)
        if not release:
            return
        yield self._say("heading", self._path[level], self._over())
        under = [*takewhile(lambda one: one.kind != "heading" or _level(one.text) > level, after)]
        text = "\n\n".join(one.markdown for one in under)
        ends = len(under) < len(after) or self._rest is None
        if len(under) > 1 and ends and len(text) <= _LONGEST_BLOCK:
            words = "; ".join(plain(one.text) for one in under)
            whole = self._say("list", f"{self._path[level]}: {words}", self._over())
            yield replace(whole, lead=self._path[level], block=text)

    def _enter(self, heading: str, level: int, *, is_release: bool) -> None:
        self._path = {at: text for at, text in self._path.items() if at < level}
        self._releases = {at for at in self._releases if at < level}
        if is_release:
            self._releases.add(level)
        self._path[level] = plain(heading)
        self._question = ""

    def _over(self, *parts: str) -> str:
        """What stands over a candidate; its end, where it is very long."""
        over = " ".join(filter(None, (*self._path.values(), self._question, *parts)))
        return over[-_LONGEST_CONTEXT:]

    def _say(self, kind: Kind, text: str, context: str) -> Candidate:
        release = self._release() if kind in ("sentence", "item") else ""
        title = self._title()
        nearest = " ".join(filter(None, (title, self._question, self._last)))
        return Candidate(
            *(self._passage, 0, kind, text, context, release),
            nearest=nearest,
            heading=title,
            paragraph=self._paragraph,
        )

    def _title(self) -> str:
        """The last heading."""
        return next(reversed(self._path.values()), "")

    def _release(self) -> str:
        """The heading of the release that this stands under."""
        return self._path[max(self._releases)] if self._releases else ""

    def _prose(self, block: Block, after: Block | None) -> Iterator[Candidate]:
        text = block.text
        spans = [plain(text[start:end]) for start, end in sentences(text)]
        spans = [one for one in spans if one]
        leads = after is not None and after.kind in ("list", "table", "code")
        for place, one in enumerate(spans):
            last = place == len(spans) - 1
            if last and leads:
                self._last = one[-_LONGEST_LEAD:]
                if one.endswith((":", "...", "\u2026")):
                    continue  # said with what it leads in to
            if one.endswith("?"):
                self._question = one
            else:
                yield self._say("sentence", one, self._over())

    def _block(
        self, kind: Kind, block: Block, words: str, rest: tuple[int, Block] | None = None
    ) -> Candidate:
        """A block, with the sentence before it, or else the heading above it, as its lead."""
        release = self._release()
        title = self._title()
        heading = f"{release}: {title}" if release and title != release else title
        lead = self._last or heading or self._name
        return Candidate(
            *(self._passage, 0, kind, f"{lead.rstrip(':')}: {words}" if lead else words),
            self._over(),
            lead,
            "\n".join(part.markdown for part in (block, rest[1] if rest else None) if part),
            ends_in=rest[0] if rest else None,
            headless=not (self._last or self._path),
            untold=not self._last,
            nearest=f"{title} {self._last}".strip(),
            heading=title,
        )

    def _list(
        self, block: Block, after: Block | None, rest: tuple[int, Block] | None
    ) -> Iterator[Candidate]:
        texts = _item_texts(block)
        steps = after if after and after.kind == "code" and _leads(texts) else None
        whole = [*texts, *(_item_texts(rest[1]) if rest else ())]
        if len(whole) > 1 and len(block.text) <= _LONGEST_BLOCK:
            words = "; ".join(one.rstrip(".;,") for one in whole)
            listed = self._block("list", block, words, rest)
            yield _with_code(listed, steps) if steps else listed
        yield from self._lists_under(block)
        for one in texts:
            for part in _parts(one):
                yield self._say("item", part, self._over(self._last))
        self._last = texts[-1] if _leads(texts) else ""

    def _lists_under(self, block: Block) -> Iterator[Candidate]:
        """The lists under the items of a list, each with its item as the lead."""
        above = self._last
        for item, lines in _under_items(block.lines):
            inner = Block("list", lines)
            words = "; ".join(one.rstrip(".;,") for one in _item_texts(inner))
            self._last = plain(_without_marker(item))[-_LONGEST_LEAD:]
            yield self._block("list", inner, words)
        self._last = above

    def _table(self, block: Block, rest: tuple[int, Block] | None) -> Iterator[Candidate]:
        rows = _rows(block)
        header: list[str] = []
        if len(rows) > 1 and is_rule(block.lines[1]):
            header, _, *rows = rows
            self._headers.learn(self._name, header)
            if len(rows) <= _MOST_ROWS and len(block.text) <= _LONGEST_BLOCK and rows:
                whole = (header, *rows, *(_rows(rest[1]) if rest else ()))
                words = "; ".join(", ".join(filter(None, row)) for row in whole)
                yield self._block("table", block, words, rest)
        elif rows:
            header = self._headers.of(self._name, len(rows[0]))
        for row in rows:
            if any(row):
                yield self._row(header, row) if _WORD.search(row[0]) else self._bare(row)

    def _bare(self, row: list[str]) -> Candidate:
        """A row that no name begins, as of a list that was drawn as a table: its cells alone."""
        return self._say("item", " ".join(cell for cell in row if _WORD.search(cell)), self._over())

    def _row(self, header: list[str], row: list[str]) -> Candidate:
        """A row, said as "first cell: the others", each under its column's name if there are
        several.
        """
        first, *others = row
        columns = header[1 : len(row)] if len(header) > 2 else []
        columns = ["" if _is_mere_verb(name) else name for name in columns]
        named = zip_longest(columns, others[: len(header) - 1 if columns else None], fillvalue="")
        words = [f"{name} {cell}".strip() for name, cell in named if cell]
        text = ": ".join(filter(None, (first, ", ".join(words))))
        cells = tuple(zip_longest(header[: len(row)], row, fillvalue=""))
        return replace(self._say("row", text, self._over(self._last, *header)), cells=cells)


def _is_mere_verb(name: str) -> bool:
    """Whether the name of a column only makes a sentence of its row, and nothing of it is said
    before a cell: "says", "is".

    >>> [_is_mere_verb(name) for name in ("says", "Is", "Fee", "kept for", "")]
    [True, True, False, False, False]
    """
    return name.isalpha() and (is_verb(name) or not terms(name))


def _level(heading: str) -> int:
    """The level of a heading; below all others, if it is a line in bold or a short one."""
    signs = _HEADING_SIGNS.match(heading)
    return len(signs[1]) if signs else 7


def _leads(texts: Sequence[str]) -> bool:
    """Whether the last item of a list leads in to what stands below the list."""
    return bool(texts) and texts[-1].endswith(":")


def _with_code(steps: Candidate, code: Block) -> Candidate:
    """Steps, and the code that the last of them leads in to."""
    return replace(
        steps,
        text=f"{steps.text} {_code_words(code)}",
        block=f"{steps.block}\n\n{code.markdown}",
    )


def _item_texts(block: Block) -> list[str]:
    texts = [plain(_without_marker(item)) for item in _items(block.lines)]
    return [one for one in texts if one]


def _rows(block: Block) -> list[list[str]]:
    return [[plain(cell) for cell in cells(line)] for line in block.lines]


def _items(lines: Sequence[str]) -> Iterator[str]:
    """The items of a list, each with what belongs to it."""
    item: list[str] = []
    for line in lines:
        if ITEM.match(line) and item:
            yield "\n".join(item)
            item = []
        item.append(line)
    yield "\n".join(item)


def _under_items(lines: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The items that have several items under them, and the lines of those."""
    items = [item for item in _items(lines) if item.strip()]
    widths = [len(item) - len(item.lstrip()) for item in items]
    for place, item in enumerate(items):
        ends = (at for at in range(place + 1, len(items)) if widths[at] <= widths[place])
        under = items[place + 1 : next(ends, len(items))]
        if len(under) > 1 and len(item) <= _LONGEST_LEAD:
            yield item, tuple(dedent("\n".join(under)).split("\n"))


def _without_marker(item: str) -> str:
    marker = ITEM.match(item)
    return item[marker.end() :] if marker else item


def _parts(item: str) -> Iterator[str]:
    """An item, whole; one that is very long, sentence by sentence."""
    if len(item) <= _LONGEST_ITEM:
        yield item
    else:
        for start, end in sentences(item):
            yield item[start:end]


def _code_words(block: Block) -> str:
    """Code as words: what a question may name of it."""
    return re.sub(r"\s+", " ", block.text)
