"""Tasks for an agent, and how a run of one is judged.

A task is a conversation of turns. Each turn has what the user says, the calls that it takes, and
what its answer has to say. At the end the person's orders are compared with what they should be.

    calls      steps of calls: ["tool name=value name~word+word", ..]. All calls of a step come
               before those of the next; within a step their order is free. `=` wants this value,
               `~` a text with these words. An argument that is not named must not be there, but
               for `limit`.
    may        calls that make no difference; without arguments any of the tool
    must       words that the answer has, "|" between those of which one is enough
    must_not   words that it has not
    after      the orders with another status than before
    orders     orders that this task has besides the seeds
    held       kept aside: not looked at while the planner is improved
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TASKS = Path(__file__).parent / "_agent_tasks.toml"
KINDS = {
    "single": "single call",
    "multi": "several steps",
    "missing": "missing argument",
    "none": "no tool fits",
    "follow": "follow-up",
    "unknown": "unknown id",
    "refused": "refused",
    "hostile": "hostile data",
}
# JSON, identifiers and dates as machines write them are nothing for a person to read.
_RAW = re.compile(r"[{}]|\b[a-z]+_[a-z_]+\b|\b\d{4}-\d\d-\d\d\b")


@dataclass(frozen=True)
class Call:
    """A call that was made."""

    tool: str
    arguments: Mapping[str, Any]

    def __str__(self) -> str:
        return " ".join([self.tool, *(f"{name}={one}" for name, one in self.arguments.items())])


@dataclass(frozen=True)
class Reply:
    """What an agent answered to a turn, and the calls that it made before, in their order."""

    text: str
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Turn:
    user: str
    calls: Sequence[Sequence[str]] = ()
    may: Sequence[str] = ()
    must: Sequence[str] = ()
    must_not: Sequence[str] = ()

    def problems(self, reply: Reply) -> Iterator[str]:
        """What is wrong with a reply."""
        yield from self._call_problems(reply.calls)
        text = reply.text.casefold()
        for words in self.must:
            if not any(one.casefold() in text for one in words.split("|")):
                yield f"does not say {words!r}"
        for words in self.must_not:
            if words.casefold() in text:
                yield f"says {words!r}"
        if raw := _RAW.search(reply.text):
            yield f"says {raw[0]!r}, which is for machines"

    def _call_problems(self, made: Sequence[Call]) -> Iterator[str]:
        left = [one for one in made if not any(_is(one, loose, loose=True) for loose in self.may)]
        for step in self.calls:
            now, left = left[: len(step)], left[len(step) :]
            for wanted in step:
                match = next((one for one in now if _is(one, wanted)), None)
                if match is None:
                    yield f"does not call {wanted}"
                else:
                    now.remove(match)
            yield from (f"calls {one}" for one in now)
        yield from (f"calls {one}" for one in left)


@dataclass(frozen=True)
class Task:
    """A conversation, and the end state that is right.

    Attributes:
        after: the status of each order that is not what it was.
        orders: items of the table besides the seeds.
    """

    id: str
    turns: Sequence[Turn]
    after: Mapping[str, str] = field(default_factory=dict)
    orders: Sequence[Mapping[str, Any]] = ()
    held: bool = False

    @property
    def kind(self) -> str:
        return KINDS[self.id.split("-")[0]]

    def problems(
        self,
        replies: Sequence[Reply],
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> list[str]:
        """What is wrong with a run; nothing, if its end state is right.

        Args:
            before: the person's orders at the beginning, by their ids.
            after: those at the end.
        """
        found = [
            f"{number}: {problem}"
            for number, (turn, reply) in enumerate(zip(self.turns, replies, strict=True), 1)
            for problem in turn.problems(reply)
        ]
        states = {name: one["status"] for name, one in before.items()} | dict(self.after)
        others = {name: one["status"] for name, one in after.items()}
        return found + ([] if states == others else [f"orders are {others}"])


def tasks() -> list[Task]:
    """Every task, in the order of the file."""
    rows = tomllib.loads(TASKS.read_text())["task"]
    return [Task(**{**row, "turns": [Turn(**turn) for turn in row["turns"]]}) for row in rows]


def _is(call: Call, wanted: str, *, loose: bool = False) -> bool:
    """Whether a call is the one that is wanted. `loose`: without arguments it is any of the tool.

    >>> _is(Call("find", {"query": "a warm tent", "limit": 5}), "find query~tent")
    True
    >>> _is(Call("find", {"query": "tent", "max_price": 5}), "find query~tent")
    False
    """
    tool, *conditions = wanted.split(" ")
    if call.tool != tool:
        return False
    if loose and not conditions:
        return True
    free = {"limit"} - {re.split("[=~]", one, maxsplit=1)[0] for one in conditions}
    rest = {name: one for name, one in call.arguments.items() if name not in free}
    for condition in conditions:
        name, sign, value = re.split("([=~])", condition, maxsplit=1)
        given = str(rest.pop(name, "")).casefold()
        if sign == "=" and not _same(given, value.casefold()):
            return False
        if sign == "~" and not all(word in given for word in value.casefold().split("+")):
            return False
    return not rest or rest == {"quantity": 1}


def _same(given: str, value: str) -> bool:
    try:
        return float(given) == float(value)
    except ValueError:
        return given == value
