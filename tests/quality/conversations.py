"""Conversations of our own, on the whole path: over READMEs of installed packages and these docs.

They stand beside those of `user_questions`: other documents, and every kind of follow-up.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.evaluation import judge
from tests.flows.home import laptop
from tests.quality._readmes import documents
from tests.quality._score import expectation, recorded
from tests.tables import Table

CONVERSATIONS = Path(__file__).parent / "_own_conversations.jsonl"
_DOCS = Path(__file__).parents[2] / "docs"
_PAGES = (
    "answers",
    "budgets",
    "conversations",
    "documents",
    "faults",
    "search",
    "settings",
    "store",
)


def conversations() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CONVERSATIONS.read_text().splitlines()]


def texts() -> dict[str, bytes]:
    """The documents by their names."""
    pages = {f"{name}.md": (_DOCS / f"{name}.md").read_bytes() for name in _PAGES}
    return documents() | pages


def run() -> Iterator[Table]:
    outcomes = defaultdict(list)
    wrong = []
    for row, outcome in _judged():
        outcomes[row["kind"]].append(outcome)
        if outcome != "right":
            wrong.append(f"{row['id']} {outcome}: {row['question']}")
    rows = [
        (kind, str(len(some)), str(some.count("right")), str(some.count("abstained")))
        for kind, some in outcomes.items()
    ]
    yield Table(
        "conversations, turn by turn, the whole path",
        ("kind", "turns", "right", "abstained wrongly"),
        rows,
        notes=wrong,
    )


def _judged() -> Iterator[tuple[dict[str, Any], str]]:
    with TemporaryDirectory() as scratch, laptop(Path(scratch)) as home:
        for name, content in texts().items():
            home.put(name, content)
        for conversation in conversations():
            known: dict[str, str] = {}
            for row in conversation["turns"]:
                answer = home.call("POST", "/chat", {"message": row["question"], **known})
                known = {"conversationId": answer["conversationId"]}
                question = expectation(row)
                yield row, judge(question, recorded(question, answer)).outcome
