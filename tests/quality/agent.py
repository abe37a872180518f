"""Right end states of an agent over our own tasks, with the stand-in's planner as its model.

    python -m tests.quality agent       the figures, and what is wrong with the tasks that are open
    python -m tests.quality.agent       every turn of the open tasks, as it went

What is kept aside is counted apart, and its tasks are not printed.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.quality._agent_home import Agent, ConverseLoop, Shop, shop
from tests.quality._agent_tasks import KINDS, Reply, Task, tasks
from tests.tables import Table

LEAST_OPEN, LEAST_HELD = 0.9, 0.75
"""Floors of the shares that end right."""

AgentOf = Callable[[Shop, str], Agent]
"""Makes the agent that a person talks to."""


@dataclass(frozen=True)
class Run:
    """A task as it went, and what is wrong with it."""

    task: Task
    replies: Sequence[Reply]
    problems: Sequence[str]


def runs(some: Sequence[Task], agent_of: AgentOf = ConverseLoop) -> Iterator[Run]:
    """Each task, carried out."""
    with shop() as running:
        for task in some:
            person = running.people(task)
            before = running.orders_of(person)
            agent = agent_of(running, person)
            replies = [agent.say(turn.user) for turn in task.turns]
            problems = task.problems(replies, before, running.orders_of(person))
            yield Run(task, replies, problems)


def right(some: Sequence[Run]) -> float:
    """The share of tasks that ended right."""
    return sum(not one.problems for one in some) / len(some)


def run() -> Iterator[Table]:
    every = list(runs(tasks()))
    by_kind: dict[str, list[Run]] = defaultdict(list)
    for one in every:
        by_kind[one.task.kind].append(one)
        by_kind["all"].append(one)
    wrong = [
        f"{one.task.id}: {'; '.join(one.problems)}"
        for one in every
        if one.problems and not one.task.held
    ]
    yield Table(
        "Tasks of an agent, right end states",
        ("kind", "open", "right", "held", "right"),
        [
            (
                kind,
                *_counts(
                    [one for one in by_kind[kind] if one.task.held == held]
                    for held in (False, True)
                ),
            )
            for kind in (*KINDS.values(), "all")
        ],
        notes=wrong,
    )


def _counts(halves: Iterator[list[Run]]) -> Iterator[str]:
    for some in halves:
        yield str(len(some))
        yield str(sum(not one.problems for one in some))


def main() -> None:
    chosen = [one for one in tasks() if not one.held]
    if names := sys.argv[1:]:
        chosen = [one for one in chosen if one.id in names]
    for one in runs(chosen):
        print(f"\n== {one.task.id}: {'; '.join(one.problems) or 'right'}")
        for turn, reply in zip(one.task.turns, one.replies, strict=True):
            calls = "".join(f"\n     {call}" for call in reply.calls)
            print(f"   > {turn.user}{calls}\n   < {reply.text}")


if __name__ == "__main__":
    main()
