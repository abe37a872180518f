"""Where a step finds what it lacks: results of this request, results and calls before it, and the
tools that can be asked.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.local.engine.planner.acts import changes
from app.local.engine.planner.attempts import Attempt, Attempts
from app.local.engine.planner.choose import Known
from app.local.engine.planner.dialogue import recalled, results_before
from app.local.engine.planner.exemplars import fits, foreign
from app.local.engine.planner.harvest import Found, harvest, nouns_of
from app.local.engine.planner.mentions import Utterance
from app.local.engine.planner.parameters import Parameter
from app.local.engine.planner.plan import Call
from app.local.engine.planner.reading import Request
from app.local.engine.planner.results import answer, arguments_of, rows_of
from app.local.engine.planner.selection import select, selects
from app.local.engine.planner.shapes import NOTHING
from app.local.engine.planner.vectors import Meanings
from app.local.engine.planner.words import TOKEN, stems, word_set

if TYPE_CHECKING:  # the writer imports this package
    from app.local.engine.writer import ToolResult, ToolUse

_COUNTS = word_set("limit count top n max maximum results size")
_ALL = word_set("all both every everything each")
_SEVERAL = word_set("them those these they their")


@dataclass(frozen=True)
class Pick:
    """Values that the words mean.

    Attributes:
        all: whether the words say that all of them are meant.
    """

    values: list[Any]
    all: bool = False


class Supplies:
    """What one request can draw on."""

    def __init__(
        self, meanings: Meanings, request: Request, tools: Sequence[Known], attempts: Attempts
    ) -> None:
        self._meanings, self._tools = meanings, tools
        self.request, self.attempts = request, attempts
        self.done = request.done
        self.names = [one.name for one in tools]
        self._made = {
            signature(use.name, arguments_of(use)): (use, result) for use, result in self.done
        }

    def made(self, call: Call) -> bool:
        """Whether a call was made for this request."""
        return signature(call.name, call.input) in self._made

    def result(self, call: Call) -> "tuple[ToolUse, ToolResult] | None":
        """A call that was made, with its result; None without one."""
        use, result = self._made.get(signature(call.name, call.input), (None, None))
        return (use, result) if use is not None and result is not None else None

    def tell(self, text: str, done: "Sequence[tuple[ToolUse, ToolResult | None]]") -> str:
        """What results say to a part of the request."""
        return answer(text, done, self._meanings, self.names)

    def signs(self, text: str, tool: Known) -> list[tuple[Known, Call]]:
        """The ids of a text that are another tool's, each with the call that looks it up."""
        utterance = Utterance(text)
        every = [one for each in self._tools for one in _parameters(each)]
        there = foreign(utterance, _parameters(tool), every)
        ids = [one.text for one in utterance.of("id") if one.text in there]
        return [look for one in ids if (look := self._look_up_id(one, tool))]

    def look_up(self, call: Call) -> Call | None:
        """The call that tells of the thing that another call is about."""
        for value in call.input.values():
            tool = next(one for one in self._tools if one.name == call.name)
            if isinstance(value, str) and (look := self._look_up_id(value, tool, call.input)):
                return look[1]
        return None

    def _look_up_id(
        self, sign: str, but: Known, named: dict[str, Any] | None = None
    ) -> tuple[Known, Call] | None:
        for tool in self._tools:
            required = [one for one in _parameters(tool) if one.required]
            if tool.name == but.name or changes(tool.acts) or len(required) != 1:
                continue
            same = named is not None and named.get(required[0].name) == sign
            if fits(required[0], sign) or (same and required[0].identity):
                return tool, Call(tool.name, {required[0].name: sign})
        return None

    def found(self, parameter: Parameter, tool: Known) -> list[Found]:
        """What results of this request hold for a parameter of a tool; not the tool's own."""
        done = [(use, one) for use, one in self.done if use.name != tool.name]
        return _harvested(parameter, done)

    def found_before(self, parameter: Parameter) -> list[Found]:
        """What results of earlier requests hold for it, of the latest that hold something."""
        for use, result in results_before(self.request.before):
            if some := _harvested(parameter, [(use, result)]):
                return some
        return []

    def rows_before(self, tool: Known) -> list[Any]:
        """The records that this request has found, else those that the one before has."""
        done = [one for use, one in self.done if use.name != tool.name and one and not one.failed]
        rows = [row for one in done for row in rows_of(one.text)]
        if rows or done:
            return rows
        before = [one for _, one in results_before(self.request.before)]
        return next((rows for one in before if (rows := rows_of(one.text))), [])

    def recalled(self, tool: Known, parameter: Parameter, text: str) -> Any:
        """The value that the conversation has for a parameter; None where it has none."""
        before = self.request.before
        value = recalled(tool.name, parameter, text, before, (), self._meanings)
        return None if value is NOTHING else value

    def producer(self, attempt: Attempt, parameter: Parameter, words: Sequence[str]) -> Call | None:
        """The call that finds values for a parameter: a list, of which the words pick one, or a
        search for what they name.
        """
        nouns = nouns_of(parameter)
        picks = selects(attempt.text)
        listing = searching = None
        for tool in self._tools:
            about = set(stems(f"{tool.head} "))
            if tool.name == attempt.tool.name or changes(tool.acts) or not nouns & about:
                continue
            if not tool.shape.required and (picks or words or means_all(attempt.text)):
                listing = listing or Call(tool.name, _most(tool))
            elif tool.searches and not tool.open and words:
                (name,) = tool.shape.required
                searching = searching or Call(tool.name, {name: " ".join(words)})
        return (listing or searching) if picks else (searching or listing)


def means_all(text: str) -> bool:
    return bool(_ALL & set(TOKEN.findall(text.lower())))


def pick(attempt: Attempt, values: Sequence[Found], words: Sequence[str]) -> Pick | None:
    """The values of those that the words mean; None where they mean none of them."""
    some = list(values)
    text = attempt.text
    everything = means_all(text) or bool(_SEVERAL & set(TOKEN.findall(text.lower())))
    members = {stem for one in some for row in one.rows for name in row for stem in stems(name)}
    names = frozenset(stem for word in words for stem in stems(word)) - members
    if names and some:
        shares = [len(names & one.names) for one in some]
        most = max(shares)
        if 2 * most < len(names):
            return None
        some = [one for one, share in zip(some, shares, strict=True) if share == most]
    if not some:
        return None
    for level in (0, -1):
        rows = list({id(one.rows[level]): one.rows[level] for one in some}.values())
        chosen = select(text, rows)
        if chosen is not None:
            ids = {id(one) for one in chosen}
            some = [one for one in some if id(one.rows[level]) in ids]
            break
    return Pick([one.value for one in some], everything)


def signature(name: str, parameters: dict[str, Any]) -> str:
    """What two calls have in common that are the same; capitals and the last sign do not count.

    >>> signature("find", {"q": "Is it?"}) == signature("find", {"q": "is it"})
    True
    """
    alike = {
        each: one.casefold().strip(" ?!.") if isinstance(one, str) else one
        for each, one in parameters.items()
    }
    return f"{name} {json.dumps(alike, sort_keys=True, default=str)}"


def _harvested(parameter: Parameter, done: "Sequence[tuple[Any, Any]]") -> list[Found]:
    return [
        one
        for use, result in done
        if result is not None and not result.failed
        for one in harvest(parameter, result.text, use.name)
    ]


def _most(tool: Known) -> dict[str, Any]:
    """The input of a list that gives as much as it can."""
    return {
        name: int(one.maximum)
        for name, one in tool.shape.properties.items()
        if one.kind == "integer" and one.maximum is not None and name in _COUNTS
    }


def _parameters(tool: Known) -> list[Parameter]:
    shapes = tool.shape.properties
    return [Parameter(name, one, name in tool.shape.required) for name, one in shapes.items()]
