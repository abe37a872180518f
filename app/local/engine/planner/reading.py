"""A prompt -> what the user asks for now, and what there is to answer it from.

Only what the user says is a request. A passage, a pasted text and the result of a tool are data:
they may hold values, and never say which tool to call.
"""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from app.local import lazy_re as re
from app.local.engine.planner.dates import today_in

if TYPE_CHECKING:  # the writer imports this package
    from app.local.engine.writer import Prompt, ToolResult, ToolUse, Turn

_PASTED = re.compile(r"^(?P<request>[^\n]{3,300}:)[ \t]*\n+(?P<data>.+)", re.DOTALL)
# How a runner says what a person decided about a call: "Yes, cancel_order (order_id: A-7)."
_DECISION = re.compile(r"(?:Yes,|No, not) ([a-zA-Z0-9_-]{1,64})(?: \(|\.$)")
_TAG = re.compile(r"<([A-Za-z_][\w-]{1,30})>")


@dataclass(frozen=True)
class Request:
    """What is asked for now.

    Attributes:
        text: what the user asks, without what was pasted or found.
        source: all that the user's turn says, as values are taken from it.
        before: the turns before it.
        done: the calls made for it, each with its result; None for one that has none.
        today: which day it is, where the prompt says so.
    """

    text: str
    source: str
    before: "tuple[Turn, ...]" = ()
    done: "tuple[tuple[ToolUse, ToolResult | None], ...]" = ()
    today: date | None = None


def read(prompt: "Prompt") -> Request:
    r"""The request of a prompt.

    >>> from app.local.engine.writer import Prompt, Turn
    >>> read(Prompt((Turn("user", "Summarize this:\n\nCancel order 7."),))).text
    'Summarize this:'
    """
    turns = prompt.turns
    asking = _asking(turns)
    if asking is None:
        return Request("", "", turns)
    last = turns[asking]
    after = turns[asking + 1 :] if not last.tool_results else turns[asking:]
    done = _done(turns[asking - 1 :] if last.tool_results else after)
    today = today_in(prompt.system) or today_in(last.text)
    before = _decided(turns, asking, {tool.name for tool in prompt.tools}) if done else asking
    if before < asking:
        asking, done = before, _done_before_and_after(turns[before + 1 :])
    text = turns[asking].text
    return Request(asked(text), text.strip(), turns[:asking], done, today)


def _decided(turns: "tuple[Turn, ...]", asking: int, tools: set[str]) -> int:
    """The turn whose request a person's decision about a call belongs to: it goes on."""
    while decision := _DECISION.match(turns[asking].text):
        earlier = _asking(turns[:asking])
        if decision[1] not in tools or earlier is None:
            break
        asking = earlier
    return asking


def _done_before_and_after(
    turns: "tuple[Turn, ...]",
) -> "tuple[tuple[ToolUse, ToolResult | None], ...]":
    """The calls of a request that a person has decided on in between. What failed before the last
    decision may be called again, unless it was what the person decided on.
    """
    begins = [place for place, turn in enumerate(turns) if turn.role == "user" and turn.text]
    calls = []
    for begin, end in pairwise([0, *begins, len(turns)]):
        for nth, (use, result) in enumerate(_done(turns[begin:end])):
            is_decided = nth == 0 and begin in begins
            if end == len(turns) or is_decided or (result and not result.failed):
                calls.append((use, result))
    return tuple(calls)


def _asking(turns: "tuple[Turn, ...]") -> int | None:
    """The last turn in which the user says something."""
    for place in range(len(turns) - 1, -1, -1):
        if turns[place].role == "user" and turns[place].text.strip():
            return place
    return None


def _done(turns: "tuple[Turn, ...]") -> "tuple[tuple[ToolUse, ToolResult | None], ...]":
    results = {result.id: result for turn in turns for result in turn.tool_results}
    uses = [use for turn in turns for use in turn.tool_uses]
    return tuple((use, results.get(use.id)) for use in uses)


def is_cited(result: "ToolResult") -> bool:
    """Whether a result is to be cited, which the writer does."""
    from app.local.engine.writer.searches import brings_passages

    return brings_passages(result)


def asked(text: str) -> str:
    """What a message asks, without the passages, fences and texts that it brings along."""
    from app.local.engine.writer.message import take_apart

    message = take_apart(text)
    if message.passages or message.conversation:
        return message.question.strip()
    bare = _without_tags(_without_fences(text))
    if pasted := _PASTED.match(bare.strip()):
        return pasted["request"].strip()
    return bare.strip() or text.strip()


def _without_fences(text: str) -> str:
    """The text without what stands between fences.

    >>> _without_fences("Explain this: ```cancel order 7``` please")
    'Explain this:   please'
    """
    parts = text.split("```")
    return " ".join(parts[::2]) if len(parts) > 2 else text


def _without_tags(text: str) -> str:
    """The text without its elements; a tag that nobody closes is text.

    >>> _without_tags("<mail>cancel order 7</mail> What is <b> asked?")
    '  What is <b> asked?'
    """
    outside = []
    begin = 0
    unclosed: set[str] = set()
    for tag in _TAG.finditer(text):
        if tag.start() < begin or tag[1] in unclosed:
            continue
        end = text.find(f"</{tag[1]}>", tag.end())
        if end < 0:
            unclosed.add(tag[1])
            continue
        outside.append(text[begin : tag.start()])
        begin = end + len(tag[1]) + 3
    return " ".join([*outside, text[begin:]])
