"""Markdown: the text as it is, but for its front matter."""

import re
from collections.abc import Iterator

from app.local.parsers import Document, Section
from app.local.parsers.plain import decode
from app.local.parsers.render import clean, heading

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*\n", re.DOTALL | re.MULTILINE)
_KEY = re.compile(r"^[\w-]+[ \t]*:", re.MULTILINE)
_TITLE = re.compile(r"^title[ \t]*:[ \t]*(['\"]?)(.+?)\1[ \t]*$", re.MULTILINE)
_FIRST_HEADING = re.compile(r"\A\s*(?:# |.+\n=+[ \t]*$)", re.MULTILINE)


def parse(document: Document) -> Iterator[Section]:
    yield Section(
        without_front_matter(clean(decode(document.path.read_bytes(), document.charset))), None
    )


def without_front_matter(text: str) -> str:
    r"""The text after its YAML block, whose title becomes the heading that the text lacks.

    >>> without_front_matter("---\ntitle: Clay\ndate: 2024-01-01\n---\nIt holds water.")
    '# Clay\n\nIt holds water.'
    """
    matter = _FRONT_MATTER.match(text + "\n")
    if matter is None or not _KEY.match(matter[1]):
        return text
    body = text[matter.end() :].lstrip("\n")
    title = _TITLE.search(matter[1])
    if title is None or _FIRST_HEADING.match(body):
        return body
    return f"{heading(title[2], 1)}\n\n{body}"
