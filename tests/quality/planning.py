"""How well the planner chooses tools and fills their arguments, on bfcl and metatool.

Every request is planned as it would be on the wire, with a free choice of tools. A tool counts as
chosen where it is called, or asked back for.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.local.engine.planner import Plan, Planner
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Prompt, ToolChoice, Turn
from tests.quality._tools import BFCL, METATOOL, Asked, bfcl, metatool
from tests.tables import Table

LEAST = {
    "metatool, top 1 of 199": 0.60,
    "metatool, top 5 of 199": 0.78,
    "multiple, the right tool": 0.97,
    "irrelevance, nothing is called": 0.65,
}
MOST = {"multiple, lost": 0.05, "simple_python, lost": 0.05}


@dataclass(frozen=True)
class Outcome:
    asked: Asked
    plan: Plan

    @property
    def abstains(self) -> bool:
        return not self.plan.calls and not self.plan.text

    @property
    def calls_right(self) -> bool:
        return bool(self.plan.calls) and self.plan.calls[0].name == self.asked.name


def run() -> Iterator[Table]:
    if not (BFCL.exists() and METATOOL.exists()):
        yield Table("Planning", ("corpora",), (("../shared/eval has not got them",),))
        return
    planner = Planner(Encoder())
    figures = choice(planner)
    bounds = {name: f"at least {bound:.2f}" for name, bound in LEAST.items()}
    bounds |= {name: f"at most {bound:.2f}" for name, bound in MOST.items()}
    rows = [(name, bounds.get(name, ""), f"{value:.3f}") for name, value in figures.items()]
    yield Table("Choice of a tool", ("metric", "floor", "as it is"), tuple(rows))
    yield Table(
        "Arguments equal, the tool being forced: 600 calls of bfcl",
        ("type", "parameters", "equal"),
        tuple(
            (kind, f"{n}", f"{right / n:.3f}") for kind, (right, n) in arguments(planner).items()
        ),
        ("A question mark marks parameters that may be left out; the last row is of whole calls.",),
    )


def choice(planner: Planner) -> dict[str, float]:
    """Every figure of how tools are chosen."""
    ranked = [planner.rank(one.request, _prompt(one)) for one in metatool()]
    right = [names.index(one.name) for names, one in zip(ranked, metatool(), strict=True)]
    multiple = [_planned(planner, one) for one in bfcl("multiple")]
    simple = [_planned(planner, one) for one in bfcl("simple_python")]
    irrelevant = [_planned(planner, one) for one in bfcl("irrelevance")]
    best = [planner.rank(one.request, _prompt(one))[0] == one.name for one in bfcl("multiple")]
    return {
        "metatool, top 1 of 199": _mean([place == 0 for place in right]),
        "metatool, top 5 of 199": _mean([place < 5 for place in right]),
        "multiple, the right tool": _mean(best),
        "multiple, lost": _mean([one.abstains for one in multiple]),
        "multiple, called": _mean([one.calls_right for one in multiple]),
        "simple_python, lost": _mean([one.abstains for one in simple]),
        "simple_python, called": _mean([one.calls_right for one in simple]),
        "irrelevance, nothing is called": _mean([one.abstains for one in irrelevant]),
        "irrelevance, no call is made": _mean([not one.plan.calls for one in irrelevant]),
    }


def arguments(planner: Planner) -> Mapping[str, tuple[int, int]]:
    """Of each type of parameter, how many are equal, and how many there are."""
    counts: dict[str, list[bool]] = defaultdict(list)
    calls = []
    for one in (*bfcl("multiple"), *bfcl("simple_python")):
        forced = Prompt(
            (Turn("user", one.request),), tools=one.tools, tool_choice=ToolChoice("tool", one.name)
        )
        made = planner.plan(forced).calls
        values = made[0].input if made else {}
        tool = next(tool for tool in one.tools if tool.name == one.name)
        schema = tool.input_schema
        equal = []
        for name, member in schema["properties"].items():
            rights = one.arguments.get(name, [""])
            left_out = "" in rights or member.get("default", "") in rights
            equal.append(is_equal(values[name], rights) if name in values else left_out)
            needed = "" if name in schema.get("required", ()) else "?"
            counts[_kind(member) + needed].append(equal[-1])
        calls.append(all(equal))
    rows = {kind: (sum(some), len(some)) for kind, some in sorted(counts.items())}
    return rows | {"whole calls": (sum(calls), len(calls))}


def is_equal(value: Any, rights: Sequence[Any]) -> bool:
    """Whether a value is one of the right ones, as bfcl compares them: case, spaces and punctuation
    of texts do not count.
    """
    return any(_same(value, right) for right in rights if right != "")


def _same(value: Any, right: Any) -> bool:
    if isinstance(value, dict) and isinstance(right, dict):
        return all(
            is_equal(value[name], some if isinstance(some, list) else [some])
            if name in value
            else "" in some
            for name, some in right.items()
        )
    if isinstance(value, list) and isinstance(right, list):
        return len(value) == len(right) and all(map(_same, value, right))
    return bool(_bare(value) == _bare(right))


def _bare(value: Any) -> Any:
    return re.sub(r"[ ,./\-_*^'\"]", "", value).lower() if isinstance(value, str) else value


def _kind(member: dict[str, Any]) -> str:
    kind = str(member["type"])
    if "enum" in member:
        return f"{kind}, listed"
    return f"{kind} of {member['items']['type']}" if kind == "array" else kind


def _prompt(one: Asked) -> Prompt:
    return Prompt((Turn("user", one.request),), tools=one.tools)


def _planned(planner: Planner, one: Asked) -> Outcome:
    return Outcome(one, planner.plan(_prompt(one)))


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    print(json.dumps(choice(Planner(Encoder())), indent=2))
