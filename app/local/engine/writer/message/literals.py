r"""Passages that a program printed: JSON, Python's lists and dicts, `Document(page_content='..')`.

    value   'text' "text"  12  True null  [value, ..]  (value, ..)  {'key': value, ..}
            Name(value, key=value, key: value)

Nothing is evaluated: the text is read as data, and anything else in it makes it no literal.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.local import lazy_re as re

_SPACE = re.compile(r"\s*")
_STRING = re.compile(
    r"""(?:[rbuRBU]{0,2})(?:"((?:[^"\\]|\\.)*+)"|'((?:[^'\\]|\\.)*+)')""", re.DOTALL
)
_BARE = re.compile(r"[^\s,\[\](){}'\":=]+(?: [^\s,\[\](){}'\":=]+)*+")
_KEY = re.compile(r"(\w+)\s*[=:]\s*(?!:)")
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\n|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": "", "0": "\0"}
_DEEPEST = 30

TEXTS = (
    "page_content",
    "pagecontent",
    "content",
    "text",
    "passage",
    "snippet",
    "chunk",
    "chunk_text",
    "body",
    "page",
    "document",
    "excerpt",
    "answer",
    "summary",
    "description",
)
NAMES = (
    "title",
    "source",
    "file_name",
    "filename",
    "file_path",
    "file",
    "name",
    "document_name",
    "document",
    "url",
    "uri",
    "link",
    "path",
    "location",
)
_LABELS = ("index", "n", "number", "rank", "citation", "id")
_INSIDE = ("node", "metadata", "meta", "attributes", "payload", "_source", "fields")

Record = tuple[str, str, str]  # label, text, name


class NoLiteral(ValueError):
    """The text is something else."""


def records(text: str) -> list[Record]:
    r"""The passages in a literal, each with its label and its name; none where it is no literal.

    >>> records('[{"content": "Quartz is hard.", "source": "a.md"}]')
    [('', 'Quartz is hard.', 'a.md')]
    >>> records("[Document(metadata={'source': 'a.md'}, page_content='It\\'s hard.')]")
    [('', "It's hard.", 'a.md')]
    >>> records("Quartz, which is hard.")
    []
    """
    text = text.strip().removeprefix("```json").removeprefix("```").removesuffix("```").strip()
    if not text.startswith(("[", "{", "(")) and not re.match(r"\w+\(", text):
        return []
    try:
        values = list(_values(text))
    except NoLiteral:
        return []
    return [one for value in values for one in _records(value)]


def _values(text: str) -> Iterator[Any]:
    """One literal, or several, one after the other, as JSON Lines has them."""
    try:
        yield json.loads(text)
    except (ValueError, RecursionError):
        place = 0
        while place < len(text):
            value, place = _value(text, place, 0)
            if not isinstance(value, (list, dict)):
                raise NoLiteral from None
            yield value
            place = _skip(text, place)
            place += text.startswith(",", place)
            place = _skip(text, place)


def _skip(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _value(text: str, place: int, depth: int) -> tuple[Any, int]:
    place = _skip(text, place)
    if depth > _DEEPEST or place >= len(text):
        raise NoLiteral
    if match := _STRING.match(text, place):
        return _unescaped(match[1] if match[1] is not None else match[2]), match.end()
    if text[place] in "[(":
        return _items(text, place + 1, "])"["[(".index(text[place])], depth)
    if text[place] == "{":
        return _members(text, place + 1, "}", depth)
    if match := _BARE.match(text, place):
        if text.startswith("(", match.end()):
            return _members(text, match.end() + 1, ")", depth)
        return int(match[0]) if match[0].isdecimal() else None, match.end()
    raise NoLiteral


def _items(text: str, place: int, end: str, depth: int) -> tuple[list[Any], int]:
    items = []
    while not text.startswith(end, place := _skip(text, place)):
        item, place = _value(text, place, depth + 1)
        items.append(item)
        place = _separated(text, place, end)
    return items, place + 1


def _members(text: str, place: int, end: str, depth: int) -> tuple[dict[str, Any], int]:
    """The members of a dict, or what a call names; what it does not name is numbered."""
    members: dict[str, Any] = {}
    while not text.startswith(end, place := _skip(text, place)):
        if key := _KEY.match(text, place):
            name, place = key[1], key.end()
        elif end == "}":
            name, place = _value(text, place, depth + 1)
            place = _skip(text, place)
            if not text.startswith(":", place):
                raise NoLiteral
            place += 1
        else:
            name = str(len(members))
        members[str(name)], place = _value(text, place, depth + 1)
        place = _separated(text, place, end)
    return members, place + 1


def _separated(text: str, place: int, end: str) -> int:
    place = _skip(text, place)
    if text.startswith(",", place):
        return place + 1
    if not text.startswith(end, place):
        raise NoLiteral
    return place


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = match[1]
        if len(code) > 1:
            number = int(code[1:], 16)
            return chr(number) if number < 0x110000 else ""
        return _ESCAPES.get(code, code)

    return _ESCAPE.sub(character, text)


def _records(value: Any) -> Iterator[Record]:
    if isinstance(value, str):
        if value.strip():
            yield "", value.strip(), ""
    elif isinstance(value, Sequence):
        for item in value:
            yield from _records(item)
    elif isinstance(value, Mapping):
        yield from _record({str(key).lower(): item for key, item in value.items()})


def _record(members: Mapping[str, Any]) -> Iterator[Record]:
    flat = dict(members)
    for key in _INSIDE:
        inner = flat.get(key)
        if isinstance(inner, Mapping):
            flat = {str(name).lower(): item for name, item in inner.items()} | flat
    text = _text(flat)
    if text:
        yield _first(flat, _LABELS, str.isdecimal), text, _name(flat)
        return
    for item in members.values():  # {"results": [..]}
        if isinstance(item, (list, Mapping)):
            yield from _records(item)


def _text(members: Mapping[str, Any]) -> str:
    for key in TEXTS:
        value = members.get(key)
        if isinstance(value, Mapping):  # {"content": {"text": ".."}}
            value = _text({str(name).lower(): item for name, item in value.items()})
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _name(members: Mapping[str, Any]) -> str:
    location = members.get("location")
    if isinstance(location, Mapping):  # {"type": "S3", "s3Location": {"uri": ".."}}
        inner = [one for one in location.values() if isinstance(one, Mapping)]
        members = {key: value for one in inner for key, value in one.items()} | dict(members)
    return _first(members, NAMES, lambda name: name != _text(members))


def _first(members: Mapping[str, Any], keys: Sequence[str], rule: Any) -> str:
    values = (members.get(key) for key in keys)
    texts = (str(one).strip() for one in values if isinstance(one, (str, int)))
    return next((text for text in texts if text and rule(text)), "")
