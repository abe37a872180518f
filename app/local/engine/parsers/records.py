"""JSON as text: names and values, a table for a list of records.

JSON Lines are read as a list. An object within another has a heading, so that its values can be
told from others of the same name.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.local.engine.parsers import Document, Section, Unreadable
from app.local.engine.parsers.plain import read_text
from app.local.engine.parsers.render import clean, heading, table

_DEEPEST = 4  # level of headings
_MOST_COLUMNS = 40  # of a table of records


def parse(document: Document) -> Iterator[Section]:
    yield Section(clean("\n\n".join(_blocks(_load(read_text(document)), "", 1))), None)


def _load(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise _invalid(error) from error
        try:
            return [json.loads(line) for line in lines]
        except ValueError:
            raise _invalid(error) from error


def _invalid(error: ValueError) -> Unreadable:
    return Unreadable(f"The file is not valid JSON: {error}. Mend it and upload it again.")


def _blocks(value: Any, name: str, level: int) -> Iterator[str]:
    """The blocks of a value under its name."""
    if isinstance(value, dict):
        yield from _object(value, name, level)
    elif isinstance(value, list) and value and not all(map(_is_plain, value)):
        if name:
            yield heading(name, min(level, _DEEPEST))
        if columns := _columns(value):
            rows = [[_plain(record.get(column)) for column in columns] for record in value]
            yield table([columns, *rows])
        else:
            for number, item in enumerate(value, start=1):
                yield from _blocks(item, f"{name} {number}".strip(), level + 1)
    else:
        yield f"{name}: {_plain(value)}" if name else _plain(value)


def _object(value: Mapping[str, Any], name: str, level: int) -> Iterator[str]:
    if name:
        yield heading(name, min(level, _DEEPEST))
    plain = [f"{key}: {_plain(item)}" for key, item in value.items() if _is_flat(item)]
    if plain:
        yield "\n".join(plain)
    for key, item in value.items():
        if not _is_flat(item):
            yield from _blocks(item, f"{name} / {key}" if name else str(key), level + 1)


def _columns(records: Sequence[Any]) -> list[str]:
    """The names in records of plain values; none if they are no such records."""
    if not all(
        isinstance(record, dict) and all(map(_is_flat, record.values())) for record in records
    ):
        return []
    columns = list(dict.fromkeys(str(key) for record in records for key in record))
    return columns if len(columns) <= _MOST_COLUMNS else []


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict | list)


def _is_flat(value: Any) -> bool:
    """Whether a value fits on a line: it is plain, or a list of plain values."""
    return _is_plain(value) or not value or (isinstance(value, list) and all(map(_is_plain, value)))


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, str):
        return value
    return "" if value is None or value == {} else json.dumps(value, ensure_ascii=False)
