"""Results of tools -> an answer that says what they hold."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from app.local import lazy_re as re
from app.local.engine.planner.acts import names_change
from app.local.engine.planner.selection import select
from app.local.engine.planner.telling import (
    STATES,
    ended,
    leaves,
    named,
    plain,
    subject_of,
    told,
)
from app.local.engine.planner.vectors import Meanings
from app.local.engine.planner.words import GENERAL, name_words, stems, word_set
from app.local.engine.text import sentences

if TYPE_CHECKING:  # the writer imports this package
    from app.local.engine.writer import ToolResult, ToolUse

_LONG = 600  # characters: of a text that is longer, the sentences that answer are said
_SAID = 3  # sentences
_READ = 100_000  # characters of a text that are looked at
_ROWS = 8  # records
_DEEPEST = 40  # objects and lists in one another
_BRACKET = re.compile(r"[\[\]{}]")
# How one asks for a member without its name.
_MEANT = tuple(
    (re.compile(pattern, re.IGNORECASE), word_set(words))
    for pattern, words in (
        (r"\bwhen\b|\barriv", "expected eta arrival due date delivered shipped placed"),
        (r"\bwhere\b|\bwhat became\b", "status state location"),
        (r"\bhow (?:much|expensive)\b|\bcosts?\b|\bprices?\b", "price cost amount total"),
        (r"\bwhat(?:'s|\u2019s| is| was| were| are) in\b|\bcontents?\b|\bthings\b|\bhold",
         "lines items products contents"),
        (r"\bhow many\b|\bin stock\b|\bavailable\b", "stock count"),
    )
)  # fmt: skip


def answer(
    request: str,
    done: "Sequence[tuple[ToolUse, ToolResult | None]]",
    meanings: Meanings,
    tools: Sequence[str] = (),
) -> str:
    """What the results say to the request, one after the other.

    Args:
        tools: the names of all tools. A sentence of a failure that names one is for the caller.
    """
    results = [(use, result) for use, result in done if result is not None]
    parts = []
    for use, result in results:
        if result.failed:
            parts.append(failure(use, result, tools))
            continue
        words = _said(request, result.text, meanings, use)
        values = [str(one) for one in arguments_of(use).values()]
        apart = len(results) > 1 and not any(one in words for one in values if one)
        parts.append(f"{_label(use)}: {words}" if apart and values else words)
    return ("\n\n" if any("\n" in one for one in parts) else "\n").join(parts)


def failure(use: "ToolUse", result: "ToolResult", tools: Sequence[str] = ()) -> str:
    """What a failed call says: its own words, if they are a sentence."""
    text = result.text.strip()
    spans = [text[a:b].strip() for a, b in sentences(text)]
    own = [one for one in spans if not any(name in one for name in (*tools, use.name))]
    message = " ".join(own or spans)
    if message[:1].isupper() and message.endswith((".", "!")):
        return message
    return f"The tool {_label(use)} failed: {ended(message or 'no reason was given')}"


def parsed(text: str) -> Any:
    """The JSON of a result; the text itself where it is none, or deeper than any record is."""
    depth = deepest = 0
    for sign in _BRACKET.findall(text):
        depth += 1 if sign in "[{" else -1
        deepest = max(deepest, depth)
    try:
        return json.loads(text) if deepest <= _DEEPEST else text
    except ValueError:
        return text


def rows_of(text: str) -> list[Mapping[str, Any]]:
    """The records of a result: those of a list, or the one."""
    value = parsed(text)
    if isinstance(value, Mapping):
        lists = [one for one in value.values() if isinstance(one, list)]
        counts = [one for one in value.values() if isinstance(one, int)]
        only_list = len(lists) == 1 and len(value) == 1 + len(counts)  # {"found": 2, "hits": [..]}
        value = lists[0] if only_list else [value]
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _label(use: "ToolUse") -> str:
    """A call, told apart from the others by its parameters."""
    values = [value for value in arguments_of(use).values() if isinstance(value, str | int | float)]
    return (
        f"{name_words(use.name)} ({', '.join(map(str, values))})"
        if values
        else name_words(use.name)
    )


def arguments_of(use: "ToolUse") -> dict[str, Any]:
    """The arguments of a call; none if what was written as them is no JSON object."""
    try:
        return use.parameters()
    except ValueError:
        return {}


def _said(request: str, text: str, meanings: Meanings, use: "ToolUse") -> str:
    text = text.strip()
    value = parsed(text)
    if isinstance(value, dict | list):
        return _of_value(request, value, use) or text
    if len(text) <= _LONG:
        return text or "The tool returned nothing."
    return _best_sentences(request, text, meanings)


def _best_sentences(request: str, text: str, meanings: Meanings) -> str:
    spans = [text[a:b][:_LONG] for a, b in sentences(text[:_READ])][:200]
    near = meanings.likeness([request], spans)[0]
    best = sorted(sorted(range(len(spans)), key=lambda n: -float(near[n]))[:_SAID])
    return " ".join(spans[n] for n in best)


def _of_value(request: str, value: Any, use: "ToolUse") -> str:
    if isinstance(value, list):
        return _of_list(request, value, use)
    if not value:
        return "The tool returned nothing."
    if (rows := rows_of(json.dumps(value))) and rows != [value]:
        return _of_list(request, rows, use)
    return told(value, _asked(request, value, use))


def _of_list(request: str, rows: Sequence[Any], use: "ToolUse") -> str:
    """The records that the request means; all of them, where it picks out none."""
    if not rows:
        texts = [one for one in arguments_of(use).values() if isinstance(one, str)]
        return f"Nothing was found for \u201c{texts[0]}\u201d." if texts else "Nothing was found."
    if any(not isinstance(row, dict) for row in rows):
        return ended(", ".join(plain(row) for row in rows[:_ROWS]) + _more(rows))
    rows = _named_in(request, rows, use)
    picked = select(request, rows)
    if picked == []:
        return "None of them is."
    chosen = rows if picked is None else picked
    if len(chosen) == 1:
        return told(chosen[0])
    return "\n".join(f"- {told(row)}" for row in chosen[:_ROWS]) + _more(chosen)


def _named_in(
    request: str, rows: Sequence[Mapping[str, Any]], use: "ToolUse"
) -> Sequence[Mapping[str, Any]]:
    """The records of a list with the things that the request names; all, where it names none. What
    was searched for by words is left as it is.
    """
    if any(isinstance(one, str) for one in arguments_of(use).values()):
        return rows
    topic = set(stems(f"{request} ")) - GENERAL
    shares = [len(topic & named(row)) for row in rows]
    most = max(shares)
    return [row for row, share in zip(rows, shares, strict=True) if share == most]


def _more(rows: Sequence[Any]) -> str:
    return f"\n... and {len(rows) - _ROWS} more" if len(rows) > _ROWS else ""


def _asked(request: str, record: Mapping[str, Any], use: "ToolUse") -> list[str]:
    """The members that the request asks for; of what was changed, its state."""
    _, subject = subject_of(record)
    there = [path for path, _ in leaves(record) if path not in subject and path != "currency"]
    states = [path for path in there if path in STATES]
    if states and names_change(use.name):
        return states
    topic = set(stems(f"{request} ")) - GENERAL
    known = {str(one).casefold() for one in arguments_of(use).values()}
    named = [path for path in there if topic & set(stems(path))]
    values = dict(leaves(record))
    new = [path for path in named if str(values[path]).casefold() not in known]
    chosen = [
        path
        for pattern, words in _MEANT
        if pattern.search(request)
        for path in there
        if words & set(path.split())
    ]
    return list(dict.fromkeys([*(new or named), *chosen]))
