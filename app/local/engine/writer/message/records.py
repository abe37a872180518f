"""Passages whose author said what they are: by lines "key: value", or by a name before each.

Content: Quartz is hard.        pump.md: The pump is old.
Source: minerals.md             [valve.pdf]
Content: Talc is soft.          The valve is new.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.local import lazy_re as re

FILE = r"[\w./\\ ()-]{1,120}\.[a-z]{2,5}\d?(?:#[\w=&-]+)?"
RULE = re.compile(r"^[ \t]*(?:-{3,}|={3,}|\*{3,}|#{3,}|_{3,}|~{3,})[ \t]*$", re.MULTILINE)
_KEY = (
    r"(?:file_?(?:path|name)|(?:page_)?content|text|passage|snippet|source|title|document(?: name)?"
    r"|name|url|link|uri|doc_?id|id|page(?:_label| number)?|score|date|section|author|chunk_?id)"
)
_META = re.compile(rf"^[ \t*-]*+({_KEY})[ \t*]*+:[ \t*]*+(.*)$", re.IGNORECASE)
_TEXT_KEYS = ("content", "page_content", "text", "passage", "snippet")
_NAME_KEYS = (
    "source",
    "title",
    "file_path",
    "file_name",
    "filename",
    "filepath",
    "document",
    "document name",
    "name",
    "url",
    "link",
    "uri",
)
_NAMED = re.compile(
    rf"^[ \t]*(?:[-*][ \t]+)?(?:\[?({FILE})\]?:\s|[\[(*]{{1,2}}({FILE})[\])*]{{1,2}}:?[ \t]*$)",
    re.MULTILINE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Passage:
    """A passage, and what it is cited by; `label` is empty where the prompt gives it none."""

    label: str
    text: str
    name: str = ""


def records(text: str, least: int = 2) -> list[Passage]:
    """Passages that are told by lines "key: value"; each begins with the key of the first."""
    lines = text.strip().split("\n")
    first = _META.match(lines[0])
    if first is None:
        return []
    groups: list[list[str]] = []
    for line in lines:
        key = _META.match(line)
        if not groups or (key and key[1].lower() == first[1].lower()):
            groups.append([])
        groups[-1].append(line)
    passages = [_recorded(group, place) for place, group in enumerate(groups, 1)]
    have_text = all(one.text for one in passages)
    return passages if have_text and (len(passages) >= least or passages[0].name) else []


def _recorded(lines: Sequence[str], place: int) -> Passage:
    """Lines "key: value", and text. What follows a text's key is the text, up to the next key."""
    values: dict[str, str] = {}
    body: list[str] = []
    for line in lines:
        key = _META.match(line)
        if key and key[1].lower() in _TEXT_KEYS:
            body.append(key[2])
        elif key and (key[1].lower() in _NAME_KEYS or not body):
            values[key[1].lower()] = key[2].strip()
        elif not RULE.match(line):
            body.append(line)
    name = next((values[key] for key in _NAME_KEYS if values.get(key)), "")
    return Passage(str(place), "\n".join(body).strip(), name)


def named(text: str) -> list[Passage]:
    """Passages that begin with the name of their file."""
    starts = list(_NAMED.finditer(text))
    if not starts or text[: starts[0].start()].strip():
        return []
    ends = [match.start() for match in starts[1:]] + [len(text)]
    return [
        Passage(str(place), text[match.end() : end].strip(), (match[1] or match[2]).strip())
        for place, (match, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]
