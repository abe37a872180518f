"""What the conversation gives to a request: follow-ups, answers to questions, things meant by "it".

"What is the status of order 7?"   get_status(order_id=7)
"and 8?"                           get_status(order_id=8): the tool comes from the dialogue
"cancel it"                        cancel(order_id=8): the value does
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.local import lazy_re as re
from app.local.engine.planner.acts import is_question
from app.local.engine.planner.fill import Filler
from app.local.engine.planner.mentions import Utterance
from app.local.engine.planner.parameters import Parameter
from app.local.engine.planner.reading import Request, asked
from app.local.engine.planner.results import arguments_of, failure, parsed, rows_of
from app.local.engine.planner.selection import select, selects
from app.local.engine.planner.shapes import NOTHING, Shape
from app.local.engine.planner.telling import told
from app.local.engine.planner.vectors import Meanings
from app.local.engine.planner.words import TOKEN, name_words, word_set

if TYPE_CHECKING:  # the writer imports this package
    from app.local.engine.writer import ToolResult, ToolUse, Turn

_ELLIPSIS = re.compile(
    r"(?:(?:and|or|also|ok(?:ay)?|now|then|und|oder)\b[, ]?)*"
    r"(?:(?:what|how) about|same (?:for|with)|was ist mit|wie (?:sieht es|ist es|steht es)|and|or"
    r"|und|in|for|to|on|f\u00fcr|at|with|now|then|instead)\b",
    re.IGNORECASE,
)
_ANAPHOR = re.compile(
    r"\b(?:it|its|that|this|them|those|these|there|he|she|him|her|his|same|one|es|ihn|sie|diese[rsn]?|dort)\b",
    re.IGNORECASE,
)
_FEW = 5  # words
_RECENT = 8  # turns
_COMMON = word_set("""
id name query text value type q message input content number
""")


_DECLINES = re.compile(
    r"(?:oh |ok(?:ay)?,? |no,? |ah,? |sorry,? )*"
    r"(?:no(?:thing|pe)?|never ?mind|forget (?:it|that|about it)|don't|do not|stop|not now"
    r"|leave (?:it|that)(?: alone| be)?|it's fine|nein|egal|lass es)"
    r"(?:[,.! ]+(?:thanks|thank you|leave it|forget it|please|never ?mind|it's fine))*[.! ]*",
    re.IGNORECASE,
)
_AMONG = re.compile(
    r"(?:and |ok(?:ay)?,? |so )?(?:which|what)(?: one| ones| of (?:them|those|these))?"
    r"(?: is|'s|\u2019s| are| was| were| has| have)\b",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"(?:but |and |oh |hm+ |ok(?:ay)?,? )*(?:why(?: not| is that| so)?|how come|what's the reason"
    r"|for what reason|warum(?: nicht)?|wieso)[?!. ]*",
    re.IGNORECASE,
)
LEFT = "All right. I leave it as it is."


def reply_to(request: Request) -> str:
    """What is said to words that decline what was asked back for, or ask why something failed;
    empty where they do neither.
    """
    text = request.text.strip()
    if request.done or not request.before:
        return ""
    if pending(request.before) and _DECLINES.fullmatch(text):
        return LEFT
    if is_question(text) and selects(text) and _AMONG.match(text):
        return _picked_before(text, request.before)
    if _WHY.fullmatch(text):
        failed = last_failure(request.before)
        return failure(*failed) if failed else ""
    return ""


def _picked_before(text: str, before: "tuple[Turn, ...]") -> str:
    """Which of the records that were listed last a text asks for."""
    for _, result in results_before(before):
        rows = rows_of(result.text)
        if len(rows) > 1:
            chosen = select(text, rows)
            return "\n".join(map(told, chosen)) if chosen else ""
    return ""


def last_failure(turns: "tuple[Turn, ...]") -> "tuple[ToolUse, ToolResult] | None":
    """The failed call of the latest turns, with its result."""
    results = {result.id: result for turn in turns[-_RECENT:] for result in turn.tool_results}
    for use in last_uses(turns):
        if use.id in results and results[use.id].failed:
            return use, results[use.id]
    return None


def follow_up(
    text: str, before: "tuple[Turn, ...]", shapes: dict[str, Shape], meanings: Meanings
) -> "tuple[str, dict[str, Any]] | None":
    """The last call again, with what the text changes of it; None where it is no follow-up."""
    if not is_elliptical(text):
        return None
    use = next(last_uses(before), None)
    shape = shapes.get(use.name) if use else None
    if use is None or shape is None:
        return None
    old = arguments_of(use)
    if is_question_alone(shape, old):
        return use.name, {name: rewritten(text, before) for name in old}
    among = {name: one for name, one in shape.properties.items() if name in old} or shape.properties
    numeric = {
        name: one for name, one in shape.properties.items() if one.kind in ("integer", "number")
    }
    filler = Filler(Utterance(text), meanings)
    target = replace(shape, properties={**numeric, **among}, required=frozenset(among))
    new = filler.fill(target)
    new = {name: value for name, value in new.items() if value not in ("", None)}
    if not new or all(old.get(name) == value for name, value in new.items()):
        return None
    return use.name, old | new


def is_question_alone(shape: Shape, old: dict[str, Any]) -> bool:
    """Whether the last call was a question to documents, and nothing else."""
    parameters = [Parameter(name, one) for name, one in shape.properties.items() if name in old]
    return len(parameters) == 1 and parameters[0].free


def rewritten(text: str, before: "tuple[Turn, ...]") -> str:
    """A follow-up as a question that stands alone."""
    from app.local.engine.writer.prompt import Turn
    from app.local.engine.writer.rewrite import rewrite

    turns = tuple(Turn(turn.role, asked(turn.text)) for turn in before if turn.text.strip())
    return rewrite(text, turns)


def is_elliptical(text: str) -> bool:
    """Whether a text is the part of a request that differs from the one before.

    >>> [is_elliptical(text) for text in ("and 8?", "What about Oslo?", "Cancel order 7")]
    [True, True, False]
    """
    words = TOKEN.findall(text)
    return bool(_ELLIPSIS.match(text.strip())) and len(words) <= 2 * _FEW


def last_uses(turns: "tuple[Turn, ...]") -> "Iterator[ToolUse]":
    """The calls of the latest turns, the last first."""
    for turn in reversed(turns[-_RECENT:]):
        yield from reversed(turn.tool_uses)


def results_before(turns: "tuple[Turn, ...]") -> "Iterator[tuple[ToolUse, ToolResult]]":
    """The calls of the latest turns with the results that are none of a failure, the last first."""
    results = {result.id: result for turn in turns[-_RECENT:] for result in turn.tool_results}
    for use in last_uses(turns):
        if use.id in results and not results[use.id].failed:
            yield use, results[use.id]


def mentioned(text: str, before: "tuple[Turn, ...]") -> str:
    """What "it" in a text is: the parameters of the last call; empty where the text has no "it"."""
    use = next(last_uses(before), None)
    if use is None or not _ANAPHOR.search(text):
        return ""
    values = {
        name: one for name, one in arguments_of(use).items() if isinstance(one, str | int | float)
    }
    return "".join(f" {name_words(name)} {value}" for name, value in values.items())


def pending(before: "tuple[Turn, ...]") -> str:
    """The request that the assistant answered with a question; empty where it did not."""
    if len(before) < 2 or before[-1].role != "assistant" or before[-1].tool_uses:
        return ""
    if not before[-1].text.rstrip().endswith("?"):
        return ""
    earlier = next(
        (turn.text for turn in reversed(before[:-1]) if turn.role == "user" and turn.text.strip()),
        "",
    )
    return asked(earlier)


def recalled(
    tool: str,
    parameter: Parameter,
    text: str,
    before: "tuple[Turn, ...]",
    done: "tuple[Any, ...]",
    meanings: Meanings,
) -> Any:
    """The value that the conversation has for a parameter; NOTHING where it has none."""
    for use in last_uses(before):
        old = arguments_of(use)
        if parameter.name in old and (use.name == tool or parameter.name not in _COMMON):
            return old[parameter.name]
    texts = [result.text for _, result in done if result and not result.failed]
    texts += [
        r.text for turn in reversed(before[-_RECENT:]) for r in turn.tool_results if not r.failed
    ]
    for result in texts:
        value = _keyed(parsed(result), parameter)
        if value is not NOTHING:
            return value
    if _ANAPHOR.search(text):
        for turn in reversed(before[-_RECENT:]):
            if turn.role == "user" and turn.text.strip():
                shape = Shape(
                    "object", properties={parameter.name: parameter.shape}, required=frozenset()
                )
                filled = Filler(Utterance(asked(turn.text)), meanings).fill(shape)
                if parameter.name in filled:
                    return filled[parameter.name]
    return NOTHING


def _keyed(value: Any, parameter: Parameter, depth: int = 0) -> Any:
    """The value under the parameter's name in a result."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name_words(str(name)) == name_words(parameter.name) and _is_kind(
                one, parameter.shape.kind
            ):
                return one
        for one in value.values():
            if depth < 4 and (inner := _keyed(one, parameter, depth + 1)) is not NOTHING:
                return inner
    if isinstance(value, list) and len(value) == 1:
        return _keyed(value[0], parameter, depth + 1)
    return NOTHING


def _is_kind(value: Any, kind: str) -> bool:
    if kind in ("integer", "number"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "string":
        return isinstance(value, str)
    return kind == "any"
