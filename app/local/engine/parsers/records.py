"""JSON as text: names and values, a table for a list of records.

JSON Lines are read as a list. An object within another has a heading, so that its values can be
told from others of the same name.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.local import lazy_re as re
from app.local.engine.parsers import Document, Section, Unreadable
from app.local.engine.parsers.plain import read_text
from app.local.engine.parsers.render import clean, heading, table

_DEEPEST = 4  # level of headings
_MOST_COLUMNS = 40  # of a table of records


def parse(document: Document) -> Iterator[Section]:
    yield Section(clean("\n\n".join(_blocks(_load(read_text(document)), "", 1))), None)


def _load(text: str) -> Any:
    """The value of a text; of one with several values, such as JSON Lines, their list."""
    values: list[Any] = []
    at = _between(text, 0)
    while at < len(text) or not values:
        try:
            value, end = _DECODER.raw_decode(text, at)
        except ValueError as error:
            raise Unreadable(
                f"The file is not valid JSON: {error}. Mend it and upload it again."
            ) from error
        values.append(value)
        at = _between(text, end)
    return values if len(values) > 1 else values[0]


def _between(text: str, at: int) -> int:
    """The place of the next value."""
    return _GAP.match(text, at).end()  # type: ignore[union-attr]  # it matches anywhere


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object; the values of a name that it has several times are a list."""
    values: dict[str, list[Any]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: each if len(each) > 1 else each[0] for name, each in values.items()}


# Numbers are read as they are written: 1.10 may be a version.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=str, parse_int=str, parse_constant=str
)
_GAP = re.compile(r"[\s\x1e\ufeff]*+")  # RFC 7464 has U+001E before each value


def _blocks(value: Any, name: str, level: int) -> Iterator[str]:
    """The blocks of a value under its name."""
    if isinstance(value, dict):
        yield from _object(value, name, level)
    elif isinstance(value, list) and value and not all(map(_is_plain, value)):
        if name:
            yield heading(name, min(level, _DEEPEST))
        if _is_grid(value):
            yield table([list(map(_plain, row)) for row in value])
        elif columns := _columns(value):
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


def _is_grid(rows: Sequence[Any]) -> bool:
    """Whether a list is rows of a table: lists of as many plain values each, of two at least."""
    widths = {len(row) if isinstance(row, list) else 0 for row in rows}
    return len(rows) > 1 and len(widths) == 1 and widths.pop() > 1 and all(map(_is_flat, rows))


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
