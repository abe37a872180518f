"""Passages, cut into what can be said of them: sentences, list items, table rows, whole lists.

    ## Limits                     a heading
    How many layers are there?    a question
    Each function has quotas:     a sentence, and the lead-in of the items below
    - Timeout: 900 seconds        an item: said alone, or with the whole list
    - Layers: 5
    | Region | Quota |            the header of the rows below
    | Ohio   | 100   |            said as "Ohio: 100"

Headings, questions, lead-ins and headers are the context of what they stand over: they help to find
it. Code is passed over.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest
from typing import Literal, NamedTuple

from app.local.engine.text import sentences

Kind = Literal["sentence", "item", "row", "list"]

_HEADING = re.compile(r"\s*(#{1,6}\s+\S|(\*\*|__)[^*_]+\2:?\s*$)")
_ITEM = re.compile(r"\s*(?:[-*+\u2022]|\d{1,3}[.)])\s+(?=\S)")
# An item that only leads away.
_LINK = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+\[[^\]]*\]\([^)]*\)\s*$")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_FENCE = re.compile(r"\s*(```|~~~)")
_TABLE_SIGNS = frozenset(" \t:|-")
_DRAWN_SIGNS = frozenset("=*_-")
_SENTENCE_END = re.compile(r"[.!?:;,][\"')\]*_\u201d]*\s*$")

# A list is said whole only if it is short enough to be read.
_LONGEST_LIST = 12
_LONGEST_ITEM = 160  # characters
_LONGEST_CONTEXT = 500  # characters of what stands over a candidate
_TITLE = 8  # words; a line of its own that ends like no sentence and is no longer is a title


@dataclass(frozen=True)
class Candidate:
    """What may be said.

    Attributes:
        passage: the index of its passage.
        place: its place among the passage's candidates, in reading order.
        text: the words to say, without the marks of Markdown.
        context: what stands over it and is not said: headings, a question, a lead-in, a table's
            header.
    """

    passage: int
    place: int
    kind: Kind
    text: str
    context: str


class _Block(NamedTuple):
    kind: Literal["heading", "prose", "item", "row"]
    text: str


def candidates(passages: Sequence[str]) -> list[Candidate]:
    r"""All that can be said of the passages, in reading order.

    >>> [c.text for c in candidates(["# Quartz\n\nIt is hard. Forms:\n- agate\n- citrine"])]
    ['It is hard.', 'Forms:', 'agate', 'citrine', 'Forms: agate; citrine']
    """
    return [
        Candidate(number, place, kind, text, context)
        for number, passage in enumerate(passages)
        for place, (kind, text, context) in enumerate(_said(passage))
    ]


def _said(passage: str) -> Iterator[tuple[Kind, str, str]]:
    heading = lead_in = heading_question = ""
    for kind, group in groupby(_blocks(passage), key=lambda block: block.kind):
        texts = [block.text for block in group]
        match kind:
            case "heading":
                heading, lead_in, heading_question = " ".join(map(plain, texts)), "", ""
            case "prose":
                for one in (plain(text[a:b]) for text in texts for a, b in sentences(text)):
                    lead_in = one if one.endswith(":") else ""
                    heading_question = one if one.endswith("?") else heading_question
                    if one and one != heading_question:
                        yield "sentence", one, _over(heading, heading_question)
            case "item":
                yield from _items(texts, lead_in, heading)
            case "row":
                yield from _rows(texts, _over(heading, lead_in))


def _items(texts: Sequence[str], lead_in: str, heading: str) -> Iterator[tuple[Kind, str, str]]:
    items = [plain(_without_marker(text)) for text in texts]
    for item in items:
        for start, end in sentences(item):
            yield "item", item[start:end], _over(heading, lead_in)
    firsts = [_first(item) for item in items if item]
    if lead_in and 2 <= len(firsts) <= _LONGEST_LIST and max(map(len, firsts)) <= _LONGEST_ITEM:
        yield "list", f"{lead_in} {'; '.join(firsts)}", heading


def _without_marker(item: str) -> str:
    marker = _ITEM.match(item)
    return item[marker.end() :] if marker else item


def _first(item: str) -> str:
    start, end = next(iter(sentences(item)), (0, len(item)))
    return item[start:end].rstrip(".;,")


def _rows(texts: Sequence[str], above: str) -> Iterator[tuple[Kind, str, str]]:
    """Rows, said as "first cell: the others", each under its column's name if there are several.

    A table has a header if a rule is below its first row; where it was cut in two, there is none.

    >>> table = ["| Type | GB | Cores |", "| - | - | - |", "| small | 2 | 1 |", "| large | 8 | 4 |"]
    >>> [text for _, text, _ in _rows(table, "")]
    ['small: GB 2, Cores 1', 'large: GB 8, Cores 4']
    >>> [text for _, text, _ in _rows(table[2:], "")]
    ['small: 2, 1', 'large: 8, 4']
    """
    rows = [[plain(cell) for cell in text.strip().strip("|").split("|")] for text in texts]
    header: list[str] = []
    if len(texts) > 1 and _is_rule(texts[1]):
        header, _, *rows = rows
    names = header if len(header) > 2 else []
    for first, *others in rows:
        columns = names[1 : len(others) + 1]
        named = zip_longest(columns, others[: len(names[1:]) or None], fillvalue="")
        cells = [f"{name} {cell}".strip() for name, cell in named if cell]
        if first or cells:
            yield "row", ": ".join(filter(None, (first, ", ".join(cells)))), _over(above, *header)


def _over(*parts: str) -> str:
    """What stands over a candidate; its beginning, where it is very long."""
    return " ".join(part[:_LONGEST_CONTEXT] for part in parts if part)[:_LONGEST_CONTEXT]


def _blocks(passage: str) -> Iterator[_Block]:
    """Lines put together: a paragraph, an item with its continuation, a row, a heading."""
    prose: list[str] = []
    for kind, line in _lines(passage):
        if kind == "more" and prose:
            prose.append(line)
            continue
        yield from _paragraph(prose)
        prose = []
        if kind in ("more", "item"):
            prose = [line]
        elif kind != "blank":
            yield _Block("heading" if kind == "heading" else "row", line)
    yield from _paragraph(prose)


def _lines(
    passage: str,
) -> Iterator[tuple[Literal["heading", "item", "row", "blank", "more"], str]]:
    lines = passage.splitlines()
    # With a fence too many, a passage begins or ends within code, and nobody can say which is code.
    even = sum(bool(_FENCE.match(line)) for line in lines) % 2 == 0
    fenced = False
    for line in lines:
        if _FENCE.match(line):
            fenced = even and not fenced
            yield "blank", line
        elif fenced or not line.strip() or _LINK.match(line):
            yield "blank", line
        elif _ROW.match(line):
            yield "row", line
        elif _is_rule(line):
            yield "blank", line
        elif _HEADING.match(line):
            yield "heading", line
        else:
            yield ("item" if _ITEM.match(line) else "more"), line


def _is_rule(line: str) -> bool:
    """Whether a line is drawn: between a table's header and its rows, or across the page.

    >>> [_is_rule(line) for line in ("| :-: | - |", "--- | ---", " ====", "| - x |", "--", "|")]
    [True, True, True, False, True, False]
    """
    words = line.strip()
    signs = set(words)
    if signs <= _TABLE_SIGNS:
        return "--" in words or ("-" in signs and words[0] == "|")
    return len(words) > 2 and signs <= _DRAWN_SIGNS


def _paragraph(lines: Sequence[str]) -> Iterator[_Block]:
    if lines:
        text = "\n".join(lines)
        if _ITEM.match(text):
            yield _Block("item", text)
        elif len(lines) == 1 and len(text.split()) <= _TITLE and not _SENTENCE_END.search(text):
            yield _Block("heading", text)
        else:
            yield _Block("prose", text)


_MARKUP = (
    (re.compile(r"<a name=[^>]*>\s*</a>"), ""),
    (
        re.compile(
            r"!\[[^\[\]]{0,300}+(?:\[[^\[\]]{0,300}+\][^\[\]]{0,300}+){0,5}+\]\([^)\s]{0,400}+\)"
        ),
        "",
    ),
    (re.compile(r"\[([^\[\]]{1,500}+)\]\([^)\s]{0,400}+\)"), r"\1"),
    (re.compile(r"\\([^\w\s])"), r"\1"),
    (re.compile(r"^\s*#{1,6}\s+"), ""),
    (re.compile(r"\*{1,3}(?=\S)([^*]+?)(?<=\S)\*{1,3}"), r"\1"),
    (re.compile(r"<br\s*/?>"), " "),
    (re.compile(r"\s+"), " "),
)


def plain(text: str) -> str:
    r"""The words without Markdown's marks, on one line.

    >>> plain(r"**See** [the *API*](api.md)\.")
    'See the API.'
    """
    for mark, instead in _MARKUP:
        text = mark.sub(instead, text)
    return text.strip()
