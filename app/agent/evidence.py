"""What tools have said, as an answer's evidence: contextual grounding judges by sentences, and JSON
is none.

    {"order_id": "A-7", "expected": "2026-11-28", "lines": [{"name": "Rope"}]}
    order id: A-7; expected: 2026-11-28, 28 November 2026.
    lines, name: Rope.
"""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from app.events import Passage

LONGEST = 20_000
"""Characters; a guardrail takes no longer source."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DEEPEST = 20


def evidence(tool: str, text: str) -> Passage:
    """A tool's result, as what an answer has to be grounded in."""
    return Passage(0, in_words(text)[:LONGEST], f"tool:{tool}", 1.0)


def in_words(text: str) -> str:
    """The values in a JSON text, a line for each object; any other text as it is.

    >>> print(in_words('[{"order_id": "A-7", "lines": [{"name": "Rope"}, {"name": "Tent"}]}]'))
    order id: A-7.
    lines, name: Rope.
    lines, name: Tent.
    >>> in_words('{"expected": "2026-11-28", "total": "61.70", "note": null}')
    'expected: 2026-11-28, 28 November 2026; total: 61.70.'
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return "\n".join(_lines(value, "", 0)) if isinstance(value, dict | list) else text


def _lines(value: Any, above: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        yield f"{above}{json.dumps(value, ensure_ascii=False)}."
    elif isinstance(value, list):
        if value and not any(isinstance(one, dict | list) for one in value):
            yield f"{above}{', '.join(map(_plain, value))}."
            return
        for one in value:
            yield from _lines(one, above, depth + 1)
    elif isinstance(value, dict):
        own = [
            f"{_name(name)}: {_plain(one)}"
            for name, one in value.items()
            if one is not None and not isinstance(one, dict | list)
        ]
        if own:
            yield f"{above}{'; '.join(own)}."
        for name, one in value.items():
            if isinstance(one, dict | list):
                yield from _lines(one, f"{_name(name)}, ", depth + 1)
    else:
        yield f"{above}{_plain(value)}."


def _name(name: str) -> str:
    return name.replace("_", " ")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if _DATE.fullmatch(text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return text
        return f"{text}, {day.day} {day:%B %Y}"
    return text
