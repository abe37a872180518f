"""The passages in a prompt, whatever shape its author gave them.

tags       <passage n="1" document="a.pdf">...</passage>, <document index="1">...</document>,
           <search_result><content>...</content><source>1</source></search_result>
a block    <context>...</context>; "Context: ..."; "Context information is below. -----..."
announced  a paragraph that speaks of "the following context", and goes on with it
numbered   "[1] ...", "Passage 1: ...", "1. ...", alone or in a block
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.local.engine.writer.markup import Element, elements, without

_ONE = ("passage", "document", "doc", "search_result", "result", "chunk", "excerpt", "snippet")
_ALL = (
    r"contexts?",
    r"(?:passage|document|doc|search_result|source|excerpt)s",
    "information",
    "data",
    r"retrieved_\w+",
    r"knowledge\w*",
)
_CONTENT = ("document_content", "page_content", "content", "text", "body")
_INNER = ("source", "title", "name", "id", "index", "url", "uri")
_ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)')""")
_LABELS = ("n", "number", "index", "id", "i", "source")
_NAMES = ("document", "title", "name", "file", "source", "url", "uri")

_LABELLED = re.compile(
    r"^[ \t#*]*(?:(?:retrieved |relevant |provided )?(?:context|passages|documents|excerpts|sources"
    r"|search results|knowledge)(?: information)?(?: is below)?[ \t*]*[:.][ \t*]*)",
    re.MULTILINE | re.IGNORECASE,
)
_FENCED = re.compile(r"^-{5,}[ \t]*\n(.*?)\n-{5,}[ \t]*$", re.DOTALL | re.MULTILINE)
_NUMBERED = re.compile(
    r"^[ \t>*]*+(?:(?:passage|document|doc|source|excerpt|result|context|chunk)[ \t]*+#?[ \t]*+"
    r"[\[(]?(\d{1,3})[\])]?[ \t]*[:.)\-]?|\[(\d{1,3})\][:.]?|\((\d{1,3})\)|(\d{1,3})[.):])"
    r"(?=[ \t\n(])",
    re.MULTILINE | re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    r"\b(following|below|provided|retrieved|given)\b[^.\n]{0,200}"
    r"\b(context|passages|documents|excerpts|information|sources|search results)\b",
    re.IGNORECASE,
)
_SHORTEST = 12  # words; less than that is no context, but an instruction


@dataclass(frozen=True)
class Passage:
    """A passage, and what it is cited by; `label` is empty where the prompt gives it none."""

    label: str
    text: str
    name: str = ""


Found = tuple[list[Passage], str]  # the passages, and the text without them


def find(text: str) -> Found:
    """The passages of a text, in the first shape that it has.

    >>> find("Context: Quartz is hard.")
    ([Passage(label='', text='Quartz is hard.', name='')], '')
    """
    shapes: tuple[Callable[[str], Found], ...] = (tagged, _labelled, _announced, _numbered)
    readings = (shape(text) for shape in shapes)
    return next((one for one in readings if one[0]), ([], text))


def tagged(text: str) -> Found:
    """Passages in tags of their own, or in one tag for all.

    >>> tagged('<passage n="2" document="a.md">Quartz is hard.</passage> How hard is it?')
    ([Passage(label='2', text='Quartz is hard.', name='a.md')], ' How hard is it?')
    """
    if blocks := elements(text, _ONE):
        return [_passage(one, place) for place, one in enumerate(blocks, 1)], without(text, blocks)
    blocks = elements(text, _ALL)
    return [one for block in blocks for one in _block(block.inner)], without(text, blocks)


def context(text: str) -> re.Match[str] | None:
    """Where a label says that the context begins."""
    return _LABELLED.search(text)


def _passage(element: Element, place: int) -> Passage:
    attributes = {name.lower(): a or b for name, a, b in _ATTRIBUTE.findall(element.attributes)}
    inner = elements(element.inner, _INNER)
    attributes |= {one.name: one.inner.strip() for one in inner}
    content = elements(element.inner, _CONTENT)
    return Passage(
        label=next(
            (attributes[key] for key in _LABELS if attributes.get(key, "").isdecimal()), str(place)
        ),
        text=(content[0].inner if content else without(element.inner, inner)).strip(),
        name=next(
            (attributes[key] for key in _NAMES if not attributes.get(key, "0").isdecimal()), ""
        ),
    )


def _block(text: str) -> list[Passage]:
    """A block of context: its numbered passages, or all of it as one passage without a number."""
    if fenced := _FENCED.search(text):
        text = fenced[1]
    return _numbered(text)[0] or ([Passage("", text.strip())] if text.strip() else [])


def _labelled(text: str) -> Found:
    label = context(text)
    return (_block(text[label.end() :]), text[: label.start()]) if label else ([], text)


def _announced(text: str) -> Found:
    paragraphs = re.split(r"\n\s*\n", text)
    for place, paragraph in enumerate(paragraphs[:-1], 1):
        if _ANNOUNCED.search(paragraph):
            rest = "\n\n".join(paragraphs[place:])
            if len(rest.split()) >= _SHORTEST:
                return _block(rest), "\n\n".join(paragraphs[:place])
    return [], text


def _numbered(text: str) -> Found:
    r"""Passages numbered 1, 2, 3.

    >>> _numbered("Use these.\n[1] Quartz is hard.\n[2] Talc is soft.")[0][1]
    Passage(label='2', text='Talc is soft.', name='')
    """
    starts = list(_in_order(text))
    if not starts:
        return [], text
    ends = [match.start() for match in starts[1:]] + [len(text)]
    passages = [
        Passage(str(number), text[match.end() : end].strip())
        for number, (match, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]
    return passages, text[: starts[0].start()]


def _in_order(text: str) -> Iterator[re.Match[str]]:
    expected = 1
    for match in _NUMBERED.finditer(text):
        if int(next(filter(None, match.groups()))) == expected:
            yield match
            expected += 1
