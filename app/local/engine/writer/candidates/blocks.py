"""A passage of Markdown, cut into blocks: headings, paragraphs, lists, tables and code.

    ## Limits                     a heading
    Each function has quotas:     a paragraph
    - Timeout: 900 seconds        a list, with what belongs to its items
    - Layers: 5
    | Region | Quota |            a table
    ```python                     code, as it is written
    function.invoke()
    ```

A passage may be cut anywhere. Code whose fence opens or closes outside of it is left out: a part of
it would be wrong. So is what only the machine reads: link targets, comments, hidden tests.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import dedent
from typing import Literal

from app.local import lazy_re as re
from app.local.engine.store.unspaced import UNSPACED
from app.local.engine.writer.candidates.definition_lists import with_definitions_as_items

Kind = Literal["heading", "prose", "list", "table", "code"]
_LineKind = Literal["heading", "item", "row", "code", "blank", "text"]

ITEM = re.compile(r"(\s*)(?:[-*+\u2022]|\d{1,3}[.)])\s+(?=\S)")
_HEADING = re.compile(r"\s*(#{1,6}\s+\S|(\*\*|__)[^*_]+\2:?\s*$)")
_LINK_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,3}[.)])\s+\[[^\]]*\]\([^)]*\)\s*$")  # leads away only
_ROW = re.compile(r"\s*\|[^|]*\|")  # the last bar of a row may be missing
_FENCE = re.compile(r"\s*(`{3,}|~{3,}|:{3,})\s*([^`]*)$")
_QUOTE = re.compile(r"\s{0,3}>(?!>>)\s?")
_ALERT = re.compile(r"\[![A-Za-z]+\]\s*$")  # GitHub's "> [!NOTE]"
_ADMONITION = re.compile(r"\s*(?:!!!|\?\?\?\+?)\s+\w+(?:\s+\"([^\"]*)\")?\s*$")  # MkDocs'
_DIRECTIVE = re.compile(r"\{([\w:-]+)\}\s*(\S*)")  # MyST's
_DEFINITION = re.compile(r"\s*\[[^\]]+\]:\s+\S+(?:\s+[\"'(].*)?$")  # of a link
_COMMENT = re.compile(r"%(?:\s|$)|<!--.*-->\s*$|\(\S+\)=\s*$")  # MyST's, HTML's; a MyST target
_TABLE_SIGNS = frozenset(" \t:|-")
_DRAWN_SIGNS = frozenset("=*_-")
_SENTENCE_END = re.compile(
    r"[.!?:;,\u3002\uff01\uff1f\u0964\u06d4\u061f\u17d4\u104b][\"')\]*_\u201d]*\s*$"
)
_TITLE = 8  # words; a line of its own that ends like no sentence and is no longer is a title
_SIGNS = 3  # of a word in a script without spaces, about

_SAMPLES = frozenset(("testcode", "code-block", "code", "code-cell", "sourcecode", "literal"))
_HIDDEN = frozenset(("testsetup", "testcleanup", "toctree", "eval-rst", "literalinclude", "image"))


@dataclass(frozen=True)
class Block:
    """A block.

    Attributes:
        lines: as they are written, without the margin that they share; of code, without fences.
        language: of code, as its fence names it.
    """

    kind: Kind
    lines: tuple[str, ...]
    language: str = ""

    @property
    def text(self) -> str:
        """The lines, joined."""
        return "\n".join(self.lines)

    @property
    def markdown(self) -> str:
        """The block as an answer shows it: code is fenced."""
        if self.kind != "code":
            return self.text
        fence = "```" if "```" not in self.text else "````"
        return f"{fence}{self.language}\n{self.text}\n{fence}"


def blocks(passage: str) -> list[Block]:
    r"""The blocks of a passage, in order.

    >>> [one.kind for one in blocks("# Quartz\n\nForms:\n- agate\n- citrine\n\n```sh\nls\n```")]
    ['heading', 'prose', 'list', 'code']
    """
    result: list[Block] = []
    paragraph: list[str] = []
    for kind, group in groupby(_lines(passage), key=lambda line: (line.kind, line.fence)):
        lines = list(group)
        texts = [line.text for line in lines]
        match kind[0]:
            case "code":
                code = dedent("\n".join(texts)).strip("\n")
                if code.strip():
                    result.append(Block("code", tuple(code.split("\n")), lines[0].language))
            case "heading":
                result += [Block("heading", (text,)) for text in texts]
            case "row":
                result.append(Block("table", tuple(text.strip() for text in texts)))
            case "item":
                result.append(Block("list", _margin(texts)))
            case "text":
                paragraph = texts
                result.append(Block(_prose_kind(paragraph), tuple(paragraph)))
    return result


@dataclass(frozen=True)
class _Line:
    kind: _LineKind
    text: str
    fence: int = 0  # the number of its block of code
    language: str = ""


def _lines(passage: str) -> Iterator[_Line]:
    """The lines, each with the kind of block that it belongs to."""
    lines = [_unquoted(line) for line in passage.splitlines()]
    code = _code_lines(lines)
    lines = with_definitions_as_items(lines, code.keys())
    below = _lines_below(lines)
    in_list, above = False, ""  # whether a list is open, and the last line that is not blank
    of_links = False  # whether a sentence leads in to a list that begins with a link
    for number, line in enumerate(lines):
        if number in code:
            if code[number].kind == "code":
                in_list = False
                yield code[number]
            elif not in_list:
                yield code[number]
            continue
        kind = _line_kind(line)
        is_link = _LINK_ITEM.match(line) is not None
        of_links = of_links if in_list else is_link and above.endswith(":")
        if of_links and is_link:
            kind = "item"
        above = line.strip() or above
        if kind == "item":
            in_list = True
        elif in_list and kind == "blank" and _goes_on(below[number], of_links=of_links):
            continue  # a blank line between items
        elif not (in_list and kind == "text" and (line[:1] in " \t" or _lazy(lines, number))):
            in_list = False
        yield _Line("item" if in_list else kind, line)


def _lines_below(lines: Sequence[str]) -> list[str]:
    """Of each line the next that is not blank; empty where there is none."""
    result, below = [], ""
    for line in reversed(lines):
        result.append(below)
        below = line if line.strip() else below
    return result[::-1]


def _goes_on(below: str, *, of_links: bool) -> bool:
    """Whether the list goes on behind a blank line."""
    return bool(ITEM.match(below)) and (of_links or not _LINK_ITEM.match(below))


def _lazy(lines: Sequence[str], number: int) -> bool:
    """Whether a line is an item's although it has no margin: it goes on with the line above."""
    return number > 0 and bool(lines[number - 1].strip())


def _line_kind(line: str) -> _LineKind:
    if not line.strip() or _LINK_ITEM.match(line) or _COMMENT.match(line):
        return "blank"
    if _DEFINITION.match(line):
        return "blank"
    if _ROW.match(line):
        return "row"
    if is_rule(line):
        return "blank"
    if _HEADING.match(line):
        return "heading"
    return "item" if ITEM.match(line) else "text"


def _unquoted(line: str) -> str:
    """A line without the sign of a block quote, an alert's kind, or an admonition's mark."""
    if quote := _QUOTE.match(line):
        line = line[quote.end() :]
        return "" if _ALERT.match(line) else line
    if admonition := _ADMONITION.match(line):
        return f"**{admonition[1]}**" if admonition[1] else ""
    return line


def _code_lines(lines: Sequence[str]) -> dict[int, _Line]:
    """The lines within fences, and the fences, which are blank. Directives hold prose or code."""
    result: dict[int, _Line] = {}
    fences = [(n, match) for n, line in enumerate(lines) if (match := _FENCE.match(line))]
    if _begins_within(fences):
        end = fences[0][0]
        result |= {n: _Line("blank", lines[n]) for n in range(end + 1)}
        fences = fences[1:]
    opened: list[tuple[int, str, str]] = []  # line, signs, info
    for n, match in fences:
        signs, info = match[1], match[2].strip()
        result[n] = _Line("blank", lines[n])
        if opened and not info and _closes(signs, opened[-1][1]):
            start, _, info = opened.pop()
            result |= _within(lines, start, n, info, result)
        elif not opened or _is_prose(opened[-1][2]):
            opened.append((n, signs, info))
    for start, _, info in opened[-1:]:
        if not _is_prose(info):  # it ends behind the passage
            result |= {n: _Line("blank", lines[n]) for n in range(start, len(lines))}
    return result


def _closes(signs: str, opening: str) -> bool:
    """Whether a fence closes what another opened: as long at least, and of the same sign."""
    return signs[0] == opening[0] and len(signs) >= len(opening)


def _begins_within(fences: Sequence[tuple[int, "re.Match[str]"]]) -> bool:
    """Whether the passage begins within code: it has a fence too many, and the first only closes.

    Where all fences are bare, the one too many may as well be the last.
    """
    if len(fences) % 2 == 0 or fences[0][1][2].strip():
        return False
    return len(fences) == 1 or any(match[2].strip() for _, match in fences[1:])


def _within(
    lines: Sequence[str], start: int, end: int, info: str, known: dict[int, _Line]
) -> dict[int, _Line]:
    """What stands between two fences."""
    inside = [n for n in range(start + 1, end) if n not in known]
    if _is_prose(info):
        return {}
    directive = _DIRECTIVE.match(info)
    if directive and directive[1] not in _SAMPLES:
        return {n: _Line("blank", lines[n]) for n in inside}
    words = info.strip("{}. ").split()
    language = words[0].strip("{}.").lower() if words else ""
    if directive:
        language = directive[2] or ("python" if directive[1] == "testcode" else "")
    return {n: _Line("code", lines[n], start + 1, language) for n in inside}


def _is_prose(info: str) -> bool:
    """Whether a fence's words name a directive whose content is prose, such as {note}."""
    directive = _DIRECTIVE.match(info)
    return directive is not None and directive[1] not in _SAMPLES | _HIDDEN


def _margin(lines: Sequence[str]) -> tuple[str, ...]:
    """A list's lines without the margin of its first."""
    width = len(lines[0]) - len(lines[0].lstrip())
    return tuple(line[width:] if not line[:width].strip() else line.lstrip() for line in lines)


def _prose_kind(lines: Sequence[str]) -> Literal["heading", "prose"]:
    unspaced = len(UNSPACED.findall(lines[0])) // _SIGNS  # words that no space parts
    words = len(lines[0].split()) + unspaced
    if len(lines) == 1 and words <= _TITLE and not _SENTENCE_END.search(lines[0]):
        return "heading"
    return "prose"


def is_rule(line: str) -> bool:
    """Whether a line is drawn: between a table's header and its rows, or across the page.

    >>> [is_rule(line) for line in ("| :-: | - |", "--- | ---", " ====", "| - x |", "--", "|")]
    [True, True, True, False, True, False]
    """
    words = line.strip()
    signs = set(words)
    if not words:
        return False
    if signs <= _TABLE_SIGNS:
        return "--" in words or ("-" in signs and words[0] == "|")
    return len(words) > 2 and signs <= _DRAWN_SIGNS
