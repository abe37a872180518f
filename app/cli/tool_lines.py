"""An agent's calls of tools and what came of them, in lines for a person.

The texts are a model's and a tool's: `screen` makes them harmless, and a call that a person has to
decide on is shown whole, each argument in a line of its own, which no value can end.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.cli.screen import short
from app.cli.terminal_text import visible_json, visible_line

Arguments = Mapping[str, Any]


def call_line(tool: str, arguments: Arguments) -> str:
    """A call that the model wants.

    >>> call_line("my_orders", {"limit": 3, "since": "May"})
    'call: my_orders (limit: 3, since: May)'
    """
    values = ", ".join(f"{name}: {_written(value)}" for name, value in arguments.items())
    return visible_line(short(f"call: {tool} ({values})" if values else f"call: {tool}"))


def outcome_line(tool: str, text: str, *, is_error: bool = False) -> str:
    """What a call came to, as the model reads it.

    >>> outcome_line("my_orders", "It is busy.", is_error=True)
    'no result of my_orders: It is busy.'
    """
    return visible_line(short(f"{'no result of ' if is_error else ''}{tool}: {text}"))


def argument_lines(arguments: Arguments) -> Iterator[str]:
    r"""Every argument of a call, whole.

    >>> list(argument_lines({"order_id": "A-7", "note": "no\nmore", "items": [1, 2]}))
    ['order_id: A-7', 'note: no␊more', 'items: [1, 2]']
    """
    for name, value in arguments.items():
        yield visible_line(f"{name}: {_written(value)}")


def _written(value: Any) -> str:
    return value if isinstance(value, str) else visible_json(json.dumps(value, ensure_ascii=False))
