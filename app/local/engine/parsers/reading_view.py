r"""Markdown as its reader sees it, still as Markdown.

A passage of a document is read without the rest of it, by a search, a model and a person. So HTML
between the Markdown becomes Markdown; a link whose address stands elsewhere carries its address;
and what no reader sees goes: comments, the lists of addresses, pictures that are written out in
letters. A heading that is underlined is written with `#`. Code stays as it is written.
"""

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.entities import html5

from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.local import lazy_re as re
from app.local.engine.parsers.hypertext import to_markdown
from app.local.engine.parsers.render import heading, line

# The start of anything that this module changes. A document without any is not parsed.
_MARKUP = re.compile(
    r"<[a-z!/?]|&[a-z#]|data:|^ {0,3}\[[^\]\n]+\]:|(?<=\S)[ \t]*\n {0,3}(?:=+|-+)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_LONGEST_HEADING = 120  # characters; what is longer, or has several lines, was meant as a paragraph
_CODE_SPAN = re.compile(r"(?<!`)(`++)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_LINK_TAG = re.compile(
    r"<a\b[^<>]*?\bhref\s*=\s*[\"']([^\"'<>]*)[\"'][^<>]*>(.*?)</a\s*>", re.IGNORECASE | re.DOTALL
)
_IMAGE_TAG = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
# fmt: off
_TAG = re.compile(
    r"</?(?:abbr|a|b|big|bdi|bdo|center|cite|code|del|details|dfn|div|em|font|i|ins|kbd|mark|nobr|p|picture|q|"
    r"s|samp|small|source|span|strike|strong|sub|summary|sup|tt|u|var|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
# fmt: on
_WRITTEN_OUT_PICTURE = re.compile(r"!\[([^\[\]]*)\]\(\s*<?data:[^()]*\)", re.IGNORECASE)
_REFERENCE = re.compile(r"(!?)\[((?:[^\[\]\\\n]|\\.)+)\]\[([^\[\]\n]*)\]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_OPENING_TABLE, _CLOSING_TABLE = (
    re.compile(rf"<{tag}\b", re.IGNORECASE) for tag in ("table", "/table")
)


def reading_view(text: str) -> str:
    r"""A document of Markdown without what its reader does not see.

    >>> reading_view("Rates<!-- of 2019 --> are in the [list][1], in &euro;.\n\n[1]: https://example.com/l")
    'Rates are in the [list](https://example.com/l), in €.\n\n'
    >>> reading_view("<table><tr><th>Berth<th>Fee<tr><td>B2<td>7</table>")
    '| Berth | Fee |\n| --- | --- |\n| B2 | 7 |\n'
    >>> reading_view("Rates\n=====\nThey are low.\n")
    '# Rates\nThey are low.\n'
    """
    if not _MARKUP.search(text):
        return text
    environment: dict[str, object] = {}
    tokens = MarkdownIt("commonmark").enable("table").parse(text, environment)
    references = _References.of(environment)
    lines = text.splitlines(keepends=True)
    changes = sorted(_changes(tokens, lines, references), key=lambda change: change.start)
    pieces: list[str] = []
    end = 0
    for change in changes:
        if change.start < end:
            continue  # it lies within a table of HTML, which was rendered as one
        pieces += [*lines[end : change.start], change.text]
        end = change.end
    return "".join([*pieces, *lines[end:]])


@dataclass(frozen=True, slots=True)
class _Change:
    """Lines of the document, from `start` to before `end`, and what stands in their place."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _References:
    """The addresses that the document lists, by label, and the lines on which it lists them."""

    addresses: Mapping[str, str]
    places: Sequence[tuple[int, int]]

    @classmethod
    def of(cls, environment: Mapping[str, object]) -> "_References":
        """The references that markdown-it left in its environment."""
        first = environment.get("references")
        repeated = environment.get("duplicate_refs")
        known = dict(first) if isinstance(first, dict) else {}
        listed = [*known.values(), *(repeated if isinstance(repeated, list) else [])]
        return cls(
            {label: entry["href"] for label, entry in known.items()},
            [(entry["map"][0], entry["map"][1]) for entry in listed],
        )

    def inline(self, text: str) -> str:
        """The text with the address in each link that names a label of the list."""

        def link(match: re.Match[str]) -> str:
            mark, words, label = match.groups()
            address = self.addresses.get(" ".join((label or words).split()).upper())
            if address is not None and address.lower().startswith("data:"):
                return words
            return match[0] if address is None else f"{mark}[{words}]({address})"

        return _REFERENCE.sub(link, text) if self.addresses else text


def _changes(
    tokens: Sequence[Token], lines: Sequence[str], references: _References
) -> Iterator[_Change]:
    for start, end in references.places:
        yield _Change(start, end, "")
    for token in tokens:
        if token.map is None:
            continue
        start, end = token.map
        source = "".join(lines[start:end])
        if token.type == "html_block" and token.level == 0:
            end = _end_of_table(lines, start, end)
            yield _Change(start, end, _rendered("".join(lines[start:end])))
        elif _is_underlined(token, start, end):
            words = line(_seen(lines[start], references))
            if 0 < len(words) <= _LONGEST_HEADING:
                yield _Change(start, end, f"{heading(words, int(token.tag[1]))}\n")
        elif (
            token.type in ("inline", "html_block") and (text := _seen(source, references)) != source
        ):
            yield _Change(start, end, text)


def _is_underlined(token: Token, start: int, end: int) -> bool:
    """Whether a block is a heading of one line with a line of `=` or `-` below."""
    is_heading = token.type == "heading_open" and token.markup in ("=", "-")
    return is_heading and token.level == 0 and end - start == 2


def _end_of_table(lines: Sequence[str], start: int, end: int) -> int:
    """The end of the HTML that begins at `start`. An empty line ends it, but not within a table."""
    depth = 0
    for place in range(start, len(lines)):
        if place >= end and depth <= 0:
            break
        depth += len(_OPENING_TABLE.findall(lines[place])) - len(
            _CLOSING_TABLE.findall(lines[place])
        )
        end = max(end, place + 1)
    return end if depth <= 0 else min(end, len(lines))


def _rendered(markup: str) -> str:
    """A block of HTML as Markdown; an image is its alternative text."""
    text = to_markdown(markup)
    return f"{text}\n" if text else ""


def _seen(source: str, references: _References) -> str:
    """Lines of text with tags, entities and references resolved, but for code in them."""
    pieces: list[str] = []
    end = 0
    source = _without_comments(source) if "`" not in source else source
    for code in _CODE_SPAN.finditer(source):
        pieces += [_plain(source[end : code.start()], references), code[0]]
        end = code.end()
    return "".join([*pieces, _plain(source[end:], references)])


def _plain(text: str, references: _References) -> str:
    text = _without_comments(text)
    text = _WRITTEN_OUT_PICTURE.sub(r"\1", text)
    text = _IMAGE_TAG.sub(_alternative, text)
    text = _LINK_TAG.sub(_link, text)
    text = _TAG.sub("", _BREAK_TAG.sub(" ", text))
    text = references.inline(text)
    return _ENTITY.sub(_sign, text)


def _sign(entity: re.Match[str]) -> str:
    name = entity[0][1:]
    return html.unescape(entity[0]) if name.startswith("#") else html5.get(name, entity[0])


def _link(tag: re.Match[str]) -> str:
    address, words = tag[1], line(_TAG.sub("", tag[2]))
    return f"[{words}]({address})" if words else ""


def _alternative(image: re.Match[str]) -> str:
    match = _ALTERNATIVE.search(image[0])
    return line(match[1] or match[2] or "") if match else ""


def _without_comments(text: str) -> str:
    """The text without HTML's comments. One that nothing closes is text.

    >>> _without_comments("Rates<!-- of 2019 --> <!-- rise")
    'Rates <!-- rise'
    """
    pieces, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        pieces.append(text[at:start])
        at = end + 3
    return "".join([*pieces, text[at:]])
