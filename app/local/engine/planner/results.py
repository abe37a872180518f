"""Results of tools -> an answer that quotes them."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from app.local.engine.planner.vectors import Meanings
from app.local.engine.planner.words import GENERAL, name_words, stems
from app.local.engine.text import sentences

if TYPE_CHECKING:  # the writer imports this package
    from app.local.engine.writer import ToolResult, ToolUse

_LONG = 600  # characters: of a text that is longer, the sentences that answer are said
_SAID = 3  # sentences
_MOST = 12  # values of a result that are said, where the request asks for none of them by name
_ROWS = 8  # records
_FAILURE = re.compile(r"^\s*(?:error|exception|traceback|failed)\b", re.IGNORECASE)


def answer(
    request: str, done: "Sequence[tuple[ToolUse, ToolResult | None]]", meanings: Meanings
) -> str:
    """What the results say to the request, one after the other."""
    several = len([one for _, one in done if one]) > 1
    parts = []
    for use, result in done:
        if result is None:
            continue
        if result.failed:
            parts.append(
                f"The tool {use.name} failed: {_ended(result.text.strip() or 'no reason')}"
            )
            continue
        sentence = _said(request, result.text, meanings, _parameters(use))
        parts.append(f"{_label(use)}: {sentence}" if several else sentence)
    return "\n".join(parts)


def _label(use: "ToolUse") -> str:
    """A call, told apart from the others by its parameters."""
    values = [value for value in _parameters(use).values() if isinstance(value, str | int | float)]
    return (
        f"{name_words(use.name)} ({', '.join(map(str, values))})"
        if values
        else name_words(use.name)
    )


def _parameters(use: "ToolUse") -> dict[str, Any]:
    try:
        return use.parameters()
    except ValueError:
        return {}


def _said(request: str, text: str, meanings: Meanings, parameters: dict[str, Any]) -> str:
    text = text.strip()
    value = parsed(text)
    if isinstance(value, dict | list):
        return _of_value(request, value, parameters) or text
    if len(text) <= _LONG:
        return text or "The tool returned nothing."
    return _best_sentences(request, text, meanings)


def parsed(text: str) -> Any:
    """The JSON of a result; the text itself where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _best_sentences(request: str, text: str, meanings: Meanings) -> str:
    spans = [text[a:b] for a, b in sentences(text)][:200]
    near = meanings.likeness([request], spans)[0]
    best = sorted(sorted(range(len(spans)), key=lambda n: -float(near[n]))[:_SAID])
    return " ".join(spans[n] for n in best)


def _of_value(request: str, value: Any, parameters: dict[str, Any]) -> str:
    """The values that the request asks for by name; all of them, where it names none."""
    if isinstance(value, list):
        return _rows(value)
    leaves = list(_leaves(value))
    if not leaves:
        nested = [one for one in value.values() if isinstance(one, list) and one]
        return _rows(nested[0]) if nested else ""
    topic = set(stems(f"{request} ")) - GENERAL
    named = [(path, leaf) for path, leaf in leaves if topic & set(stems(path))]
    known = {str(one).casefold() for one in parameters.values()}
    new = [(path, leaf) for path, leaf in named if str(leaf).casefold() not in known]
    shown = new or named or leaves[:_MOST]
    if len(shown) == 1:
        return _sentence(*shown[0])
    return _ended("; ".join(f"{path}: {_plain(leaf)}" for path, leaf in shown))


def _rows(rows: Sequence[Any]) -> str:
    if not rows:
        return "The tool found nothing."
    lines = []
    for row in rows[:_ROWS]:
        if isinstance(row, dict):
            lines.append(
                "; ".join(f"{path}: {_plain(leaf)}" for path, leaf in list(_leaves(row))[:_MOST])
            )
        else:
            lines.append(_plain(row))
    more = f"\n... and {len(rows) - _ROWS} more" if len(rows) > _ROWS else ""
    simple = all(not isinstance(row, dict) for row in rows)
    return ", ".join(lines) + more if simple else "\n".join(f"- {one}" for one in lines) + more


def _leaves(value: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, one in value.items():
        path = f"{above} {name_words(str(name))}".strip()
        if isinstance(one, dict):
            yield from _leaves(one, path)
        elif isinstance(one, list):
            if one and not any(isinstance(each, dict | list) for each in one):
                yield path, ", ".join(map(_plain, one))
        else:
            yield path, one


def _sentence(path: str, value: Any) -> str:
    if isinstance(value, bool) or path.endswith("ed"):  # `cancelled` is no noun
        return f"{path}: {_plain(value)}."
    return _ended(f"The {path} is {_plain(value)}")


def _plain(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
