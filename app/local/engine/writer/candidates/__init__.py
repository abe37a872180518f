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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, takewhile, zip_longest
from typing import Literal

from app.local import lazy_re as re
from app.local.engine.text import sentences
from app.local.engine.writer.candidates.blocks import Block, blocks, is_rule
from app.local.engine.writer.candidates.continuations import ends
from app.local.engine.writer.candidates.items import (
    item_parts,
    item_texts,
    leads,
    under_items,
    without_marker,
)
from app.local.engine.writer.candidates.plain import plain
from app.local.engine.writer.candidates.releases import is_release
from app.local.engine.writer.candidates.rows import Headers, row_words, rows_of

Kind = Literal["sentence", "item", "row", "heading", "list", "table", "code"]

# A block is said whole only if it is short enough to be read.
_LONGEST_BLOCK = 1800  # characters
_LONGEST_CONTEXT = 500  # characters of what stands over a candidate
_LONGEST_LEAD = 400  # characters of a lead-in
_LONGEST_GIST = 350
_MOST_ROWS = 24
_RUN_IN_LEVEL = 8  # of a title that its paragraph begins with, below that of all headings
_WORD = re.compile(r"\w")
_RUN_IN = re.compile(r"\s*(\*\*|__)(?P<title>[^*_\n]{2,60}?)(?:[.:]\1|\1[.:])\s+(?=\S)")
_LEANS = re.compile(r"\b(?:it|them|this|these|those)\b", re.IGNORECASE)
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
    headers = Headers()
    known = [names[number] if number < len(names) else "" for number in range(len(passages))]
    parts = [blocks(passage) for passage in passages]
    rests = ends(parts, known)
    result: list[Candidate] = []
    for number, name in enumerate(known):
        reader = _Reader(number, name, headers, rests.get(number))
        result += reader.read(parts[number])
    return result


class _Reader:
    """Reads a passage, block by block."""

    def __init__(
        self, passage: int, name: str, headers: Headers, rest: tuple[int, Block] | None
    ) -> None:
        self._passage, self._name, self._headers = passage, name, headers
        self._rest = rest  # of the last block, and the passage that it stands in
        self._path: dict[int, str] = {}  # headings by level
        self._releases: set[int] = set()  # levels of those that name a release
        self._question = ""
        self._last = ""  # the sentence before, which may lead in
        self._before = ""  # what that one refers to: the sentence before it
        self._paragraph = 0
        self._places = count()  # of the candidates, each of which is yielded as it is made

    def read(self, parts: Sequence[Block]) -> Iterator[Candidate]:
        for number, block in enumerate(parts):
            self._paragraph = number
            if block.kind in ("heading", "prose"):
                self._path.pop(_RUN_IN_LEVEL, None)
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
                self._last = self._before = ""

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

    def _say(
        self, kind: Kind, text: str, context: str, cells: tuple[tuple[str, str], ...] = ()
    ) -> Candidate:
        release = self._release() if kind in ("sentence", "item") else ""
        title = self._title()
        nearest = " ".join(filter(None, (title, self._question, self._last)))
        return Candidate(
            *(self._passage, next(self._places), kind, text, context, release),
            cells=cells,
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
        if title := _RUN_IN.match(text):  # "**Lamps.** They are old."
            self._path[_RUN_IN_LEVEL] = plain(title["title"])
            text = text[title.end() :]
        spans = [plain(text[start:end]) for start, end in sentences(text)]
        spans = [one for one in spans if one]
        leads = after is not None and after.kind in ("list", "table", "code")
        for place, one in enumerate(spans):
            last = place == len(spans) - 1
            if last and leads:
                self._last = one[-_LONGEST_LEAD:]
                self._before = ""
                if one.endswith((":", "...", "\u2026")):
                    self._before = spans[place - 1] if place and _LEANS.search(one) else ""
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
            *(self._passage, next(self._places), kind),
            f"{lead.rstrip(':')}: {words}" if lead else words,
            self._over(self._before),
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
        texts = item_texts(block)
        steps = after if after and after.kind == "code" and leads(texts) else None
        whole = [*texts, *(item_texts(rest[1]) if rest else ())]
        if len(whole) > 1 and len(block.text) <= _LONGEST_BLOCK:
            words = "; ".join(one.rstrip(".;,") for one in whole)
            listed = self._block("list", block, words, rest)
            yield _with_code(listed, steps) if steps else listed
        yield from self._lists_under(block)
        for one in texts:
            for part in item_parts(one):
                yield self._say("item", part, self._over(self._last))
        self._last = texts[-1] if leads(texts) else ""

    def _lists_under(self, block: Block) -> Iterator[Candidate]:
        """The lists under the items of a list, each with its item as the lead."""
        above = self._last
        for item, lines in under_items(block.lines, _LONGEST_BLOCK):
            inner = Block("list", lines)
            words = "; ".join(one.rstrip(".;,") for one in item_texts(inner))
            self._last = plain(without_marker(item))[-_LONGEST_LEAD:]
            yield self._block("list", inner, words)
        self._last = above

    def _table(self, block: Block, rest: tuple[int, Block] | None) -> Iterator[Candidate]:
        rows = rows_of(block)
        header: list[str] = []
        if len(rows) > 1 and is_rule(block.lines[1]):
            header, _, *rows = rows
            self._headers.learn(self._name, header)
            if len(rows) <= _MOST_ROWS and len(block.text) <= _LONGEST_BLOCK and rows:
                whole = (header, *rows, *(rows_of(rest[1]) if rest else ()))
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
        """A row, with the name of each cell's column."""
        cells = tuple(zip_longest(header[: len(row)], row, fillvalue=""))
        return self._say("row", row_words(header, row), self._over(self._last, *header), cells)


def _level(heading: str) -> int:
    """The level of a heading; below all others, if it is a line in bold or a short one."""
    signs = _HEADING_SIGNS.match(heading)
    return len(signs[1]) if signs else 7


def _with_code(steps: Candidate, code: Block) -> Candidate:
    """Steps, and the code that the last of them leads in to."""
    return replace(
        steps,
        text=f"{steps.text} {_code_words(code)}",
        block=f"{steps.block}\n\n{code.markdown}",
    )


def _code_words(block: Block) -> str:
    """Code as words: what a question may name of it."""
    return re.sub(r"\s+", " ", block.text)
