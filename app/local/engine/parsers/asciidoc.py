"""AsciiDoc to Markdown, line by line: what is usual in manuals and READMEs.

Headings, paragraphs, lists, code with its language, tables, admonitions, links and attributes are
read. What another file would bring in by `include::` is named in a warning.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.local import lazy_re as re
from app.local.engine.parsers import Document, Section
from app.local.engine.parsers.plain import read_text
from app.local.engine.parsers.render import clean, fenced, heading, table, tidy

_HEADING = re.compile(r"\A(={1,6}|#{1,6})\s++(\S.*)")
_ATTRIBUTE = re.compile(r"\A:(!?[\w-]++!?):(?:\s++(.*))?")
_BLOCK_ATTRIBUTES = re.compile(r"\A\[(?!\[)([^\]\n]*+)\]\s*+")
_ANCHOR = re.compile(r"\[\[[^\[\]\n]*+\]\]|\[#[^\[\]\n]*+\]")
_TITLE = re.compile(r"\A\.(\w.*)")
_ITEM = re.compile(r"\A\s*+(\*{1,5}|-|\.{1,5}|\d{1,9}\.)\s++(\S.*)")
_TERM = re.compile(r"\A\s*+([^\s:][^:\n]*+(?::(?!:)[^:\n]*+)*+)(:{2,4}+)(?:\s++(.*))?")
_INCLUDE = re.compile(r"\Ainclude::([^\[\n]*+)\[[^\]\n]*+\]\s*+")
_MACRO = re.compile(r"\A(image|video|audio)::([^\[\n]*+)\[([^\]\n]*+)\]\s*+")
_CONDITION = re.compile(r"\A(ifdef|ifndef|ifeval|endif)::([^\[\n]*+)\[(.*)\]\s*+")
_UNSEEN = re.compile(r"\A(?:toc::\[[^\]\n]*+\]|'{3,}|<{3,})\s*+")  # contents, rules, breaks
_DELIMITERS = re.compile(
    r"\A(?:(-{4,}+|\.{4,}+|`{3,}+|\+{4,}+|_{4,}+|={4,}+|\*{4,}+|/{4,}+|--)\s*+|```(\w++)\s*+)"
)
_CALLOUT = re.compile(r"[ \t]?(?:(?://|#|--|;;)[ \t]?)?<(?:\d{1,3}|\.)>[ \t]{0,9}$", re.MULTILINE)
_EXPLANATION = re.compile(r"\A<(\d{1,3})>\s++")
_CELLS = re.compile(r"(?:^|(?<=\s))(?:(\d{0,3})(?:\.(\d{1,3}))?([+*]))?[<^>.]{0,4}[adehlmsv]?\|")
_FORMAT = re.compile(r"\bformat=\"?(csv|tsv|dsv)\b")
_DELIMITED = {",": ",", "csv": ",", ":": ":", "dsv": ":", "tsv": "\t"}
_MOST_ROWS, _MOST_PLACES = 100, 1_000_000  # that one cell covers; of a table
_COLUMNS = re.compile(r"cols\s?=\s?\"?([^\"]*)")

_LINK = re.compile(r"(?:link:)?((?:https?|ftp|mailto):[^\s\[\]<>]{1,300}+)\[([^\[\]\n]{0,300}+)\]")
_XREF = re.compile(
    r"xref:([^\s\[\]]{1,200}+)\[([^\[\]\n]{0,200}+)\]"
    r"|<<([^<>,\n]{1,200}+)(?:,\s?([^<>\n]{1,200}+))?>>"
)
_INLINE_IMAGE = re.compile(r"image:[^\s\[\]:]{1,200}+\[([^\[\]\n]{0,200}+)\]")
_MACROS = re.compile(
    r"(?:kbd|btn|menu|footnote|pass|term|indexterm):[^\s\[\]]{0,100}+\[([^\[\]\n]{0,300}+)\]"
)
_MONOSPACED = re.compile(r"(?<![\w`])`([^`\n]++)`(?!\w)|(?<![\w+])\+([^+\s][^+\n]*+)\+(?!\w)")
_BOLD = re.compile(r"(?<![\w*])\*{1,2}([^*\s](?:[^*\n]*[^*\s])?)\*{1,2}(?![\w*])")
_ITALIC = re.compile(r"(?<![\w_])_{1,2}([^_\s](?:[^_\n]*[^_\s])?)_{1,2}(?![\w_])")
_CODE_SPAN = re.compile(r"(`[^`\n]*+`)")
_REFERENCE = re.compile(r"\{([\w-]{1,60})\}")
_ROLE = re.compile(r"\[[.#][\w .#-]{0,80}+\](?=[#*_`])")

_VERBATIM = ("-", ".", "`", "+")
_ADMONITIONS = ("NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION")
_SIGNS = {"nbsp": "\u00a0", "zwsp": "", "lt": "<", "gt": ">", "amp": "&", "plus": "+", "empty": ""}


def parse(document: Document) -> Iterator[Section]:
    yield Section(to_markdown(clean(read_text(document)), document), None)


def to_markdown(text: str, document: Document | None = None) -> str:
    r"""The Markdown of a text.

    >>> print(to_markdown("= Clay\n\n[source,sh]\n----\nls\n----\n* *wet* _and_ https://e.com[cold]"))
    # Clay
    <BLANKLINE>
    ```sh
    ls
    ```
    <BLANKLINE>
    - wet and [cold](https://e.com)
    """
    reader = _Reader(text.split("\n"))
    blocks = tidy("\n\n".join(reader.blocks()))
    if reader.includes and document:
        document.warn(
            f"The text of other files is not read: include::{', include::'.join(reader.includes)}. "
            "Upload them as documents of their own."
        )
    return blocks


@dataclass
class _Cell:
    """A cell of a table, and how many columns and rows it covers."""

    text: str
    width: int = 1
    height: int = 1


class _Reader:
    """Reads the lines of a text. `attributes` are those that it has set so far."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._place = 0
        self._paragraph: list[str] = []
        self._style: list[str] = []  # the block attributes before the next block
        self.attributes = dict(_SIGNS)
        self.includes: list[str] = []

    def blocks(self) -> Iterator[str]:
        while self._place < len(self._lines):
            line = self._lines[self._place].rstrip()
            self._place += 1
            if not line.strip():
                yield from self._end()
            elif match := _DELIMITERS.fullmatch(line):
                yield from self._end()
                yield from self._delimited(match[1] or "```", match[2] or "")
            elif line.startswith(("|===", ",===", ":===")):
                yield from self._end()
                yield self._table(line)
            else:
                yield from self._line(line)
        yield from self._end()

    def _line(self, line: str) -> Iterator[str]:
        if line.startswith("//") or _ANCHOR.fullmatch(line):
            return
        if match := _CONDITION.fullmatch(line):
            yield from self._condition(*match.groups())
        elif _UNSEEN.fullmatch(line):
            yield from self._end()
        elif match := _INCLUDE.fullmatch(line):
            self.includes.append(match[1])
        elif match := _MACRO.fullmatch(line):
            yield from self._end()
            yield self._inline(match[3].partition(",")[0].strip('"'))
        elif match := _ATTRIBUTE.fullmatch(line):
            self.attributes[match[1].strip("!")] = match[2] or ""
        elif match := _BLOCK_ATTRIBUTES.fullmatch(line):
            yield from self._end()
            self._style = [part.strip() for part in match[1].split(",")]
        elif not self._paragraph and (match := _HEADING.fullmatch(line)):
            yield heading(self._inline(match[2]), len(match[1]))
        elif not self._paragraph and (match := _TITLE.fullmatch(line)):
            yield self._inline(match[1])
        elif match := _ITEM.fullmatch(line):
            yield from self._end(unless_list=True)
            mark, text = match[1], self._inline(match[2])
            depth = len(mark) - 1 if mark[0] in "*." else 0
            bullet = "1." if mark[0] == "." or mark[0].isdigit() else "-"
            self._paragraph.append(f"{'   ' * depth}{bullet} {text}")
        elif match := _TERM.fullmatch(line):
            yield from self._end(unless_list=True)
            self._paragraph.append(f"- {self._inline(match[1])}:")
            if match[3]:
                self._paragraph.append(self._inline(match[3]))
        elif line != "+":
            text = _EXPLANATION.sub(r"\1. ", line.strip())
            self._paragraph.append(self._inline(text))

    def _condition(self, kind: str, names: str, text: str) -> Iterator[str]:
        """What a condition shows: its own text, or the lines up to its end."""
        known = {name.strip() in self.attributes for name in re.split(r"[,+]", names)}
        is_met = (all if "+" in names else any)(known)
        if kind in ("endif", "ifeval") or is_met == (kind == "ifdef"):
            if text and kind in ("ifdef", "ifndef"):
                yield from self._line(text)
            return
        depth = 0 if text else 1
        while depth and self._place < len(self._lines):
            match = _CONDITION.fullmatch(self._lines[self._place].rstrip())
            self._place += 1
            if match and match[1] == "endif":
                depth -= 1
            elif match and (match[1] == "ifeval" or not match[3]):
                depth += 1

    def _end(self, *, unless_list: bool = False) -> Iterator[str]:
        """The paragraph or the list that ends here."""
        lines, self._paragraph = self._paragraph, []
        if unless_list and lines and lines[0].lstrip().startswith(("- ", "1. ")):
            self._paragraph = lines
            return
        if not lines:
            return
        style, self._style = self._style, []
        text = ""
        for line in lines:
            is_item = line.lstrip().startswith(("- ", "1. "))
            text += ("\n" if is_item and text else " " if text else "") + line
        label = style[0] if style and style[0] in _ADMONITIONS else ""
        yield f"{label}: {text}" if label else text

    def _delimited(self, mark: str, language: str) -> Iterator[str]:
        style, self._style = self._style, []
        mark = "```" if mark.startswith("```") else mark
        lines: list[str] = []
        while self._place < len(self._lines):
            line = self._lines[self._place]
            self._place += 1
            if line.rstrip() == mark:
                break
            lines.append(line)
        if mark.startswith("/"):
            return
        if mark[0] in _VERBATIM and mark != "--":
            if style[:1] in (["source"], ["source%linenums"], [""]) and len(style) > 1:
                language = style[1]
            code = _CALLOUT.sub("", "\n".join(lines)).strip("\n")
            yield code if mark.startswith("+") else fenced(code, language)
            return
        inner = _Reader(lines)
        inner.attributes, inner.includes = self.attributes, self.includes
        if style and style[0] in _ADMONITIONS:
            yield f"{style[0]}:"
        yield from inner.blocks()

    def _table(self, mark: str) -> str:
        style, self._style = ",".join(self._style), []
        form = _FORMAT.search(style)
        if delimiter := _DELIMITED.get(form[1] if form else mark[0]):
            rows = csv.reader(self._until(mark), delimiter=delimiter)
            return table([self._inline(cell.strip()) for cell in row] for row in rows if row)
        cells: list[_Cell] = []
        columns = _columns(style)
        is_header = True
        for line in self._until(mark):
            first, *others = _CELLS.split(line)
            if first.strip() and cells:
                cells[-1].text += f" {self._inline(first.strip())}"
            for width, height, sign, text in zip(*[iter(others)] * 4, strict=True):
                own = _Cell(self._inline(text.strip()))
                if sign == "+":
                    own.width, own.height = int(width or 1), int(height or 1)
                cells += [own] * (int(width or 1) if sign == "*" else 1)
            if is_header and cells:
                columns, is_header = columns or sum(cell.width for cell in cells), False
        return table(_laid_out(cells, columns or 1))

    def _until(self, mark: str) -> Iterator[str]:
        """The lines of a table, without comments."""
        while self._place < len(self._lines):
            line = self._lines[self._place].rstrip()
            self._place += 1
            if line == mark:
                return
            if not line.startswith("//"):
                yield line

    def _inline(self, text: str) -> str:
        text = _REFERENCE.sub(lambda match: self.attributes.get(match[1], match[0]), text)
        text = _ROLE.sub("", _ANCHOR.sub("", text))
        text = _LINK.sub(
            lambda match: f"[{match[2].strip('^')}]({match[1]})" if match[2] else match[1], text
        )
        text = _XREF.sub(
            lambda match: match[2] or match[4] or (match[1] or match[3]).strip("#_"), text
        )
        text = _MACROS.sub(r"\1", _INLINE_IMAGE.sub(r"\1", text))
        text = _MONOSPACED.sub(lambda match: f"`{(match[1] or match[2]).strip('+')}`", text)
        return "".join(
            part if part.startswith("`") else _ITALIC.sub(r"\1", _BOLD.sub(r"\1", part))
            for part in _CODE_SPAN.split(text)
        )


def _laid_out(cells: Sequence[_Cell], columns: int) -> list[list[str]]:
    """The rows of a table, with the text of a cell in each place that it covers."""
    taken: dict[tuple[int, int], str] = {}
    row = column = 0
    for cell in cells:
        while (row, column) in taken or column >= columns:
            row, column = (row, column + 1) if column < columns else (row + 1, 0)
        width, height = min(cell.width, columns - column), min(cell.height, _MOST_ROWS)
        places = [(row + down, column + on) for down in range(height) for on in range(width)]
        taken |= dict.fromkeys(places if len(taken) < _MOST_PLACES else places[:1], cell.text)
    last = max((at for at, _ in taken), default=-1)
    return [[taken.get((at, on), "") for on in range(columns)] for at in range(last + 1)]


def _columns(style: str) -> int:
    """The number of columns that a table's attributes name; 0 if they name none."""
    match = _COLUMNS.search(style)
    if not match:
        return 0
    times, star, _ = match[1].strip().partition("*")
    if star and times.isdecimal() and len(times) < 4:
        return int(times)
    return len([part for part in match[1].split(",") if part.strip()])
