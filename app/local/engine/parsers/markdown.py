"""Markdown: the text as its reader sees it, without its front matter."""

import json
from collections.abc import Iterator

from app.local import lazy_re as re
from app.local.engine.parsers import Document, Section
from app.local.engine.parsers.plain import read_text
from app.local.engine.parsers.reading_view import reading_view
from app.local.engine.parsers.render import clean, heading

_FRONT_MATTER = re.compile(
    r"\A(?:---[ \t]*\n(.*?)^(?:---|\.\.\.)|\+\+\+[ \t]*\n(.*?)^\+\+\+)[ \t]*\n",
    re.DOTALL | re.MULTILINE,
)
_KEY = re.compile(r"^(?:[\w-]+[ \t]*[:=]|\[)", re.MULTILINE)
_TITLE = re.compile(r"^title[ \t]*[:=](.*)$", re.MULTILINE)
_FOLDED = re.compile(r"[|>][+-]?")  # of a title on the lines below
_INDENTED = re.compile(r"(?:\n[ \t]++[^\n]*+)++")
_LONGEST_MATTER = 50_000  # characters
_FIRST_HEADING = re.compile(r"\A\s*+(?:# |.+\n=+[ \t]*+$)", re.MULTILINE)


def parse(document: Document) -> Iterator[Section]:
    text = clean(read_text(document))
    yield Section(reading_view(without_front_matter(text)), None)


def without_front_matter(text: str) -> str:
    r"""The text after its block of YAML or TOML. If it has no heading, the block's title becomes
    one.

    >>> without_front_matter("---\ntitle: Clay\ndate: 2024-01-01\n---\nIt holds water.")
    '# Clay\n\nIt holds water.'
    """
    if (described := _json_matter(text)) is not None:
        return described
    match = _FRONT_MATTER.match(text + "\n")
    matter = match and (match[1] or match[2] or "")
    if not match or not matter or not _KEY.match(matter):
        return text
    return _under(_title(matter), text[match.end() :].lstrip("\n"))


def _under(title: str, body: str) -> str:
    """The text under its title, if it has no heading of its own."""
    if not title or _FIRST_HEADING.match(body):
        return body
    return f"{heading(title, 1)}\n\n{body}"


def _json_matter(text: str) -> str | None:
    """The text after front matter in JSON, as Hugo has it; None if it has none."""
    if not text.startswith("{\n"):
        return None
    try:
        matter, end = json.JSONDecoder().raw_decode(text[:_LONGEST_MATTER])
    except (ValueError, RecursionError):
        return None
    if not isinstance(matter, dict) or not text[end:].startswith("\n") or not text[end:].strip():
        return None
    title = matter.get("title")
    return _under(title if isinstance(title, str) else "", text[end:].lstrip("\n"))


def _title(matter: str) -> str:
    r"""The title that the block names, without quotes; empty if it names none.

    >>> _title("date: 2024-01-01\ntitle: 'Clay' \n")
    'Clay'
    """
    match = _TITLE.search(matter)
    title = match[1].strip() if match else ""
    if match and _FOLDED.fullmatch(title):
        lines = _INDENTED.match(matter, match.end())
        title = " ".join(lines[0].split()) if lines else ""
    quotes = len(title) > 2 and title[0] == title[-1] and title[0] in "'\""
    return title[1:-1] if quotes else title
