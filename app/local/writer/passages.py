"""The passages in a prompt, whatever shape its author gave them.

tags       <passage n="1" document="a.pdf">...</passage>, <document index="1">...</document>,
           <search_result><content>...</content><source>1</source></search_result>
a block    <context>...</context>; "Context: ..."; "Context information is below. -----..."
numbered   "[1] ...", "Passage 1: ...", "1. ...", alone or in a block
the rest   a system prompt that speaks of "the following context" and goes on with it
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ONE = re.compile(
    r"<(passage|document|doc|search_result|result|chunk|excerpt|snippet|item)\b([^>]*)>(.*?)</\1>",
    re.DOTALL | re.IGNORECASE,
)
_BLOCK = re.compile(
    r"<(contexts?|passages|documents|docs|search_results|sources|excerpts|information|data"
    r"|retrieved_\w+|knowledge\w*)>(.*?)</\1>",
    re.DOTALL | re.IGNORECASE,
)
_CONTENT = re.compile(
    r"<(document_content|page_content|content|text|body)>(.*?)</\1>", re.DOTALL | re.IGNORECASE
)
_INNER = re.compile(r"<(source|title|name|id|index|url|uri)>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_LABELS = ("n", "number", "index", "id", "i", "source")
_NAMES = ("document", "title", "name", "file", "source", "url", "uri")

_NUMBERED = re.compile(
    r"^[ \t>*]*(?:(?:passage|document|doc|source|excerpt|result|context|chunk)[ \t]*#?[ \t]*"
    r"[\[(]?(\d{1,3})[\])]?[ \t]*[:.)\-]?|\[(\d{1,3})\][:.]?|\((\d{1,3})\)|(\d{1,3})[.):])"
    r"(?=[ \t\n(])",
    re.MULTILINE | re.IGNORECASE,
)
_FENCED = re.compile(r"^-{5,}[ \t]*\n(.*?)\n-{5,}[ \t]*$", re.DOTALL | re.MULTILINE)
_ANNOUNCED = re.compile(
    r"\b(following|below|provided|retrieved|given)\b[^.\n]*"
    r"\b(context|passages|documents|excerpts|information|sources|search results)\b",
    re.IGNORECASE,
)
_SHORTEST = 12  # words; less is an instruction


@dataclass(frozen=True)
class Passage:
    """A passage, and what it is cited by; `label` is empty where the prompt gives it none."""

    label: str
    text: str
    name: str = ""


def tagged(text: str) -> tuple[list[Passage], str]:
    """Passages in tags of their own, or in one tag for all, and the text without them.

    >>> tagged('<passage n="2" document="a.md">Quartz is hard.</passage> How hard is it?')
    ([Passage(label='2', text='Quartz is hard.', name='a.md')], ' How hard is it?')
    """
    found = [
        _passage(match[2], match[3], place) for place, match in enumerate(_ONE.finditer(text), 1)
    ]
    if found:
        return found, _ONE.sub("", text)
    blocks = [match[2] for match in _BLOCK.finditer(text)]
    return [passage for block in blocks for passage in block_of(block)], _BLOCK.sub("", text)


def _passage(attributes: str, inner: str, place: int) -> Passage:
    told = {name.lower(): one or other for name, one, other in _ATTRIBUTE.findall(attributes)}
    told |= {match[1].lower(): match[2].strip() for match in _INNER.finditer(inner)}
    content = _CONTENT.search(inner)
    return Passage(
        label=next((told[key] for key in _LABELS if told.get(key, "").isdecimal()), str(place)),
        text=(content[2] if content else _INNER.sub("", inner)).strip(),
        name=next((told[key] for key in _NAMES if not told.get(key, "0").isdecimal()), ""),
    )


def block_of(text: str) -> list[Passage]:
    """A block of context: its numbered passages, or all of it as one passage without a number."""
    if fenced := _FENCED.search(text):
        text = fenced[1]
    return numbered(text)[0] or ([Passage("", text.strip())] if text.strip() else [])


def numbered(text: str) -> tuple[list[Passage], str]:
    r"""Passages numbered 1, 2, 3, and the text before them.

    >>> numbered("Use these.\n[1] Quartz is hard.\n[2] Talc is soft.")[0][1]
    Passage(label='2', text='Talc is soft.', name='')
    """
    starts = list(_in_order(text))
    if not starts:
        return [], text
    ends = [match.start() for match in starts[1:]] + [len(text)]
    found = [
        Passage(str(number), text[match.end() : end].strip())
        for number, (match, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]
    return found, text[: starts[0].start()]


def _in_order(text: str) -> Iterator[re.Match[str]]:
    expected = 1
    for match in _NUMBERED.finditer(text):
        if int(next(filter(None, match.groups()))) == expected:
            yield match
            expected += 1


def announced(text: str) -> tuple[list[Passage], str]:
    """What follows, after a blank line, on a paragraph that announces context."""
    paragraphs = re.split(r"\n\s*\n", text)
    for place, paragraph in enumerate(paragraphs[:-1], 1):
        rest = "\n\n".join(paragraphs[place:])
        if _ANNOUNCED.search(paragraph) and len(rest.split()) >= _SHORTEST:
            return block_of(rest), "\n\n".join(paragraphs[:place])
    return [], text
