"""A block of context, cut into its passages, whatever shape its author gave them.

literals   JSON, lists and `Document(..)` as a program prints them
tags       <passage n="1" document="a.pdf">...</passage>, <document index="1">...</document>,
           <search_result><content>...</content><source>1</source></search_result>
numbered   "[1] ...", "Passage 1: ...", "Document[1]: ...", "Source 1:", "1. ..."
records    "Content: ..." and "Source: a.md" below it; "file_path: a.md", and then the text
named      "a.md: ..."
headings   "## a.md", and the text below it
rules      ---, between one passage and the next
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from app.local import lazy_re as re
from app.local.engine.writer.message import literals
from app.local.engine.writer.message.markup import Element, elements, without
from app.local.engine.writer.message.records import FILE, RULE, Passage, named, records

ONE = (
    "passage",
    "document",
    "doc",
    "search_?result",
    "result",
    "chunk",
    "excerpt",
    "snippet",
    "source",
    "article",
    "item",
)
_FOR_ONE = re.compile("|".join(ONE))
ANY = (r"[a-z][\w.-]{0,40}",)
_CONTENT = ("document_content", "page_content", "content", "text", "body", "snippet")
_INNER = ("source", "title", "name", "id", "index", "url", "uri", "metadata", "score")
_ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>/]+))""")
_LABELS = ("n", "number", "index", "id", "i", "source")
_NAMES = ("document", "title", "name", "file", "filename", "source", "url", "uri", "path")

_WORD = (
    r"(?:passage|document|doc|source|excerpt|(?:search )?result|context|chunk|snippet|article"
    r"|citation|webpage|ref|reference|node|extract|text|quelle|dokument|fuente|documento|fonte)"
)
_MARKED = re.compile(
    rf"^[ \t>*#=_-]*+[\[(<]{{0,2}}{_WORD}[ \t]*+(?:#|:|no\.?|number)?[ \t]*+"
    r"[%\[(]{0,2}(\d{1,3})[%\])]{0,2}[\])>*]*[ \t]*[:.)\-\u2013]?[*=_-]*(?=[ \t\n(]|$)",
    re.MULTILINE | re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"^[ \t>*]*+(?:\[\^?(\d{1,3})\][:.]?|\((\d{1,3})\)|(\d{1,3})[.):]|\u3010(\d{1,3})\u3011)"
    r"\**(?=[ \t\n(])",
    re.MULTILINE,
)
_END_MARK = re.compile(rf"^[ \t]*\[?/?(?:end )?{_WORD} ?#?\d*\]?[ \t]*$", re.IGNORECASE)
_FIRST_LINE = re.compile(
    rf"^[\s*]*\(?\[?(?:(?:source|title|file|name|from)[ \t]*[:=][ \t]*([^\n)\]]{{1,200}})"
    rf"|({FILE}|https?://[^\s)\]]{{1,300}}))[\])*]*[ \t]*(?::|\n|$)",
    re.IGNORECASE,
)
_TITLED = re.compile(
    r"^[ \t]*\((?:(?:source|title|file|name|from)[ \t]*[:=][ \t]*([^\n)]{1,200})"
    rf"|({FILE}))\)[ \t]*:?",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^(#{1,6})[ \t]+(\S[^\n]*?)[ \t#]*$", re.MULTILINE)
_OPENING = re.compile(
    r"^[ \t]*[\[*=_-]*(?:document|passage|doc|chunk|source|excerpt|article|context)"
    r"[\]*=_-]*:?[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_CLOSING = re.compile(r"^[ \t]*[\[*=_-]*end\b[^\n]{0,30}$", re.MULTILINE | re.IGNORECASE)
_AROUND = re.compile(r"(\"{3}|'{3}|`{3}(?=\w*\n))(?:(?<=`)\w*\n)?(.*?)\1", re.DOTALL)
_QUOTES = {"\u00ab": "\u00bb", '"': '"', "\u201c": "\u201d"}
_LONGEST_LEAD = 6  # words before the first of numbered passages
_WRAPPERS = 3  # elements one in the other, the innermost of which holds the passages
_COVERED = 0.6  # of a block's characters are in its elements, where those are its passages


Split = tuple[list[Passage], str]  # the passages, and the text without them


def split(block: str) -> list[Passage]:
    r"""The passages of a block of context; all of it is one where it has no shape.

    >>> split("Source 1:\nQuartz is hard.\nSource 2:\nTalc is soft.")[1]
    Passage(label='2', text='Talc is soft.', name='')
    >>> split("Quartz is hard.\n\nTalc is soft.")
    [Passage(label='', text='Quartz is hard.\n\nTalc is soft.', name='')]
    """
    if quoted := _AROUND.fullmatch(block.strip()):
        block = quoted[2]
    shapes: tuple[Callable[[str], list[Passage]], ...] = (
        _literal,
        _elements,
        _numbered_alone,
        records,
        named,
        _under_headings,
        _ruled,
    )
    for shape in shapes:
        if passages := [one for one in shape(block) if one.text]:
            return passages
    return [Passage("", block.strip())] if block.strip() else []


def from_elements(blocks: Sequence[Element]) -> list[Passage]:
    """A passage for each element, by its own number or its place."""
    return [_passage(one, place) for place, one in enumerate(blocks, 1)]


def numbered(text: str, *, bare: bool = True) -> Split:
    r"""Passages that follow their numbers, and the text before them.

    >>> numbered("Use these.\n[1] Quartz is hard.\n[2] Talc is soft.")[0][1]
    Passage(label='2', text='Talc is soft.', name='')

    Args:
        text: in which they are.
        bare: whether "1." will do as a number; otherwise it has to be "[1]" or "Passage 1".
    """
    starts = _ascending(_MARKED, text) or _ascending(_NUMBERED, text)
    if not starts or (not bare and any(match[0].strip()[0].isdigit() for _, match in starts)):
        return [], text
    ends = [match.start() for _, match in starts[1:]] + [len(text)]
    passages = [
        _inscribed(number, text[match.end() : end])
        for (number, match), end in zip(starts, ends, strict=True)
    ]
    return passages, text[: starts[0][1].start()]


def headed(text: str) -> Split:
    r"""Passages below lines that say no more than that here is one, and the text without them.

    >>> headed("[Document]\nQuartz is hard.\n[End]\n[Document]\nTalc is soft.\n[End]\nIs it?")
    ... # doctest: +NORMALIZE_WHITESPACE
    ([Passage(label='1', text='Quartz is hard.', name=''),
      Passage(label='2', text='Talc is soft.', name='')], 'Is it?')
    """
    starts = list(_OPENING.finditer(text))
    if len(starts) < 2:
        return [], text
    ends = [*(match.start() for match in starts[1:]), len(text)]
    parts = [text[match.end() : end] for match, end in zip(starts, ends, strict=True)]
    rest = text[: starts[0].start()]
    for place, part in enumerate(parts):
        if closing := _CLOSING.search(part):
            rest += part[closing.end() :].lstrip()
            parts[place] = part[: closing.start()]
    return list(_placed(parts)), rest


def _ascending(pattern: re.Pattern[str], text: str) -> list[tuple[str, re.Match[str]]]:
    """The numbers that go on from the first, 0 or 1; what is between them belongs to them."""
    expected: int | None = None
    form: int | None = None  # a list "1." within the passage "[1]" is no passage
    starts = []
    for match in pattern.finditer(text):
        number = next(filter(None, match.groups()))
        if form not in (None, match.lastindex):
            continue
        if _END_MARK.match(match[0]) and match[0].lower().lstrip("[/ ").startswith("end"):
            continue
        if int(number) == expected or (expected is None and number in ("0", "1")):
            starts.append((number, match))
            expected, form = int(number) + 1, match.lastindex
    return starts


def _inscribed(label: str, text: str) -> Passage:
    """A passage that may begin with its name, or with lines that say what it is."""
    lines = text.strip().split("\n")
    if len(lines) > 1 and _END_MARK.match(lines[-1]):
        lines.pop()
    if len(lines) > 1 and RULE.match(lines[-1]):
        lines.pop()
    text = "\n".join(lines).strip()
    if entries := records(text, least=1):
        return replace(entries[0], label=label)
    name = ""
    for pattern in (_TITLED, _FIRST_LINE):
        if (match := pattern.match(text)) and text[match.end() :].strip():
            name = next(filter(None, match.groups())).strip()
            text = text[match.end() :].strip()
            break
    if text and _QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    return Passage(label, text, name)


def _numbered_alone(text: str) -> list[Passage]:
    """Numbered passages before which nothing stands: otherwise they are a list in a passage."""
    for shape in (numbered, headed):
        passages, before = shape(text)
        if passages and len(before.split()) <= _LONGEST_LEAD:
            return passages
    return []


def _literal(text: str) -> list[Passage]:
    printed = literals.records(text)
    return [
        Passage(label or (str(place) if len(printed) > 1 else ""), words, name)
        for place, (label, words, name) in enumerate(printed, 1)
    ]


def _elements(text: str) -> list[Passage]:
    for _ in range(_WRAPPERS):
        blocks = elements(text, ONE) or elements(text, ANY)
        covered = sum(one.end - one.start for one in blocks)
        if not blocks or covered < _COVERED * len(text.strip()):
            return []
        if len(blocks) > 1 or _FOR_ONE.fullmatch(blocks[0].name):
            return from_elements(blocks)
        text = blocks[0].inner
    return []


def _passage(element: Element, place: int) -> Passage:
    attributes = {
        name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(element.attributes)
    }
    content = elements(element.inner, _CONTENT)
    around = without(element.inner, content) if content else element.inner
    inner = elements(around, _INNER)
    attributes |= {one.name: one.inner.strip() for one in inner}
    text = content[0].inner if content else without(element.inner, inner)
    label = next((attributes[key] for key in _LABELS if attributes.get(key, "").isdecimal()), "")
    name = next((attributes[key] for key in _NAMES if not attributes.get(key, "0").isdecimal()), "")
    if not content and not inner and (entries := records(text, least=1)):
        text, name = entries[0].text, name or entries[0].name
    return Passage(label or str(place), text.strip(), name)


def _under_headings(text: str) -> list[Passage]:
    """Passages under headings of the highest level; the heading is their name, and helps to find
    them.
    """
    headings = list(_HEADING.finditer(text))
    if not headings or text[: headings[0].start()].strip():
        return []
    level = min(len(match[1]) for match in headings)
    starts = [match for match in headings if len(match[1]) == level]
    if len(starts) < 2 and len(headings) > 2:
        starts = [match for match in headings if len(match[1]) == level + 1]
    if len(starts) < 2:
        return []
    ends = [match.start() for match in starts[1:]] + [len(text)]
    passages = [
        replace(_inscribed(str(place), text[match.end() : end]), name=match[2].strip("* "))
        for place, (match, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]
    return [
        replace(one, text=f"{match[0]}\n{one.text}")
        for one, match in zip(passages, starts, strict=True)
        if one.text
    ]


def _ruled(text: str) -> list[Passage]:
    parts = [part.strip() for part in RULE.split(text) if part.strip()]
    return list(_placed(parts)) if len(parts) > 1 else []


def _placed(parts: Sequence[str]) -> Iterator[Passage]:
    for place, part in enumerate(parts, 1):
        yield _inscribed(str(place), part)
