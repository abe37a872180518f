"""Questions that nothing was fitted on, on the whole path: what is right, lost and wrong."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from app.evaluation import judge
from tests.flows.home import laptop
from tests.quality._score import expectation, recorded
from tests.quality._unseen import SETS, conversations, documents
from tests.tables import Table


class Result(NamedTuple):
    """A question as it stands in its file, and what came of it."""

    row: Mapping[str, Any]
    outcome: str
    answer: Mapping[str, Any]


def run() -> Iterator[Table]:
    for name in SETS:
        every = list(results(name))
        halves: dict[str, list[Result]] = defaultdict(list)
        for one in every:
            halves[one.row["half"]].append(one)
        for half, some in halves.items():
            yield _table(f"unseen, {name}, {half}", some, shown=half == "open")


def results(name: str) -> Iterator[Result]:
    """What comes of the questions of a set, in a home that has read its documents."""
    with TemporaryDirectory() as scratch, laptop(Path(scratch)) as home:
        texts = documents(name)
        for path, content in texts.items():
            home.upload(path, content)
        for path in texts:
            home.until(path, lambda _: True, seconds=600)
        for turns in conversations(name):
            known: dict[str, str] = {}
            for row in turns:
                answer = home.call("POST", "/chat", {"message": row["question"], **known})
                known = {"conversationId": answer["conversationId"]}
                question = expectation(as_question(row))
                yield Result(row, judge(question, recorded(question, answer)).outcome, answer)


def as_question(row: Mapping[str, Any]) -> dict[str, Any]:
    """A question in the words of `outcrop eval`."""
    names = ("question", "kind", "must", "must_not", "abstain")
    known = {name: row[name] for name in names if name in row}
    return known | {"gold_docs": list(row.get("documents", ()))}


def _table(title: str, some: Iterable[Result], *, shown: bool) -> Table:
    every = list(some)
    kinds: dict[str, list[Result]] = defaultdict(list)
    for one in every:
        kinds[one.row["kind"]].append(one)
    wrong = [
        f"{one.outcome}: {one.row['question']}" for one in every if shown and one.outcome != "right"
    ]
    rows = [_counts(kind, of_kind) for kind, of_kind in (*kinds.items(), ("all", every))]
    return Table(
        title,
        ("kind", "questions", "right", "wrong", "abstained wrongly", "median characters"),
        rows,
        notes=wrong,
    )


def _counts(kind: str, some: list[Result]) -> tuple[str, ...]:
    outcomes = [one.outcome for one in some]
    counts = (len(some), *(outcomes.count(name) for name in ("right", "wrong", "abstained")))
    length = median(len(one.answer["answer"]) for one in some)
    return (kind, *map(str, counts), f"{length:.0f}")
