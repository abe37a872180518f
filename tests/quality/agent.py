"""Right end states of an agent over our own tasks, with the stand-in's planner as its model.

    python -m tests.quality agent       the figures, and what is wrong with the tasks that are open
    python -m tests.quality.agent [--loop] [ID ..]
                                        every turn of the open tasks, as it went; with the smallest
                                        loop over Converse in place of the application's agent

What is kept aside is counted apart, and its tasks are not printed.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.guardrail_definition import read_choice
from tests.quality._agent_home import Agent, ApplicationAgent, ConverseLoop, Shop, shop
from tests.quality._agent_tasks import KINDS, Reply, Task, tasks
from tests.tables import Table

LEAST_OPEN, LEAST_HELD = 0.95, 0.8
"""Floors of the shares that end right."""

AgentOf = Callable[[Shop], Agent]
"""Begins a conversation with an agent."""


@dataclass(frozen=True)
class Run:
    """A task as it went, and what is wrong with it."""

    task: Task
    replies: Sequence[Reply]
    problems: Sequence[str]


def runs(
    some: Sequence[Task], running: Shop, agent_of: AgentOf = ApplicationAgent
) -> Iterator[Run]:
    """Each task, carried out."""
    for task in some:
        running.restock(task)
        before = running.orders_of()
        agent = agent_of(running)
        replies = [agent.say(turn.user) for turn in task.turns]
        problems = task.problems(replies, before, running.orders_of())
        yield Run(task, replies, problems)


def right(some: Sequence[Run]) -> float:
    """The share of tasks that ended right."""
    return sum(not one.problems for one in some) / len(some)


def run() -> Iterator[Table]:
    with shop() as running:
        yield _table("the application's agent", list(runs(tasks(), running)))
        yield _table("a loop over Converse", list(runs(tasks(), running, ConverseLoop)))
    with shop(read_choice(None)) as guarded:
        title = "the application's agent, behind the default guardrail"
        yield _table(title, list(runs(tasks(), guarded)))


def _table(name: str, every: Sequence[Run]) -> Table:
    kinds = {kind: [one for one in every if one.task.kind == kind] for kind in KINDS.values()}
    rows = [
        (kind, *_counts([one for one in some if one.task.held == held] for held in (False, True)))
        for kind, some in {**kinds, "all": every}.items()
    ]
    wrong = [
        f"{one.task.id}: {'; '.join(one.problems)}"
        for one in every
        if one.problems and not one.task.held
    ]
    columns = ("kind", "open", "right", "held", "right")
    return Table(f"Tasks of an agent, right end states: {name}", columns, rows, notes=wrong)


def _counts(halves: Iterator[list[Run]]) -> Iterator[str]:
    for some in halves:
        yield str(len(some))
        yield str(sum(not one.problems for one in some))


def main() -> None:
    names = [one for one in sys.argv[1:] if one != "--loop"]
    agent_of = ConverseLoop if "--loop" in sys.argv else ApplicationAgent
    chosen = [one for one in tasks() if not one.held and (not names or one.id in names)]
    with shop() as running:
        for one in runs(chosen, running, agent_of):
            print(f"\n== {one.task.id}: {'; '.join(one.problems) or 'right'}")
            for turn, reply in zip(one.task.turns, one.replies, strict=True):
                calls = "".join(f"\n     {call}" for call in reply.calls)
                print(f"   > {turn.user}{calls}\n   < {reply.text}")


if __name__ == "__main__":
    main()
