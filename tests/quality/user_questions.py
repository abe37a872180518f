"""Questions of users over ordinary documents, on the whole path, judged by `app.evaluation`."""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from app.settings import Settings
from tests.flows.home import Home, Json, laptop, provisioned
from tests.quality._generate import generate
from tests.quality._score import FOLDER, Score
from tests.tables import Table

BEFORE = {  # right, on 28 November 2026
    "fact": 13,
    "code": 2,
    "list": 3,
    "table": 5,
    "yes-no": 5,
    "comparison": 3,
    "unanswerable": 1,
    "vague": 2,
    "language": 0,
    "chit-chat": 1,
    "first": 3,
    "follow-up": 6,
}


@dataclass(frozen=True)
class Judged:
    """A question of a kind, what is thought of its answer, and the guardrail's verdicts."""

    kind: str
    outcome: str
    fenced: bool
    characters: int
    gold: bool | None
    verdicts: Sequence[Json] = ()


class Judgements(NamedTuple):
    """The questions and the turns of the conversations as the application answers them, and the
    questions as RetrieveAndGenerate does.
    """

    questions: list[Judged]
    turns: list[Judged]
    generated: list[Judged]


def run() -> Iterator[Table]:
    if not FOLDER.exists():
        yield Table(
            "user_questions", ("skipped",), (("../shared/eval/user_questions is missing",),)
        )
        return
    questions, turns, _ = judged()
    for title, results in (("questions", questions), ("conversations, turn by turn", turns)):
        code = [one for one in results if one.kind == "code" and one.outcome == "right"]
        fenced = sum(one.fenced for one in code)
        note = f"Of {len(code)} right answers that are code, {fenced} are in a fence."
        yield Table(
            f"user_questions, {title}, the whole path",
            (
                "kind",
                "questions",
                "right before",
                "right",
                "abstained wrongly",
                "median characters",
            ),
            list(_rows(results)),
            notes=[note] if code else [],
        )


def judged(deploy: Callable[[], Settings] = provisioned) -> Judgements:
    """Everything, asked and judged, in the home that `deploy` makes."""
    score = Score()
    with TemporaryDirectory() as scratch, laptop(Path(scratch), deploy) as home:
        bucket = Path(scratch) / "s3" / home.settings.documents_bucket
        shutil.copytree(score.documents, bucket, dirs_exist_ok=True)
        for path in sorted(one for one in score.documents.rglob("*") if one.is_file()):
            home.until(path.relative_to(score.documents).as_posix(), lambda _: True, seconds=600)
        rows = score.questions("questions_public.jsonl")
        questions = [_judge(score, row, _ask(home, row["question"], None)) for row in rows]
        generated = [_judge(score, row, generate(home, row["question"])) for row in rows]
        turns = []
        for conversation in score.questions("conversations_public.jsonl"):
            known: str | None = None
            for row in conversation["turns"]:
                answer = _ask(home, row["question"], known)
                known = answer["conversationId"]
                turns.append(_judge(score, row, answer))
    return Judgements(questions, turns, generated)


def right(results: list[Judged]) -> float:
    """How many are right, 0 to 1."""
    return sum(one.outcome == "right" for one in results) / len(results)


def _ask(home: Home, question: str, conversation: str | None) -> dict[str, Any]:
    known = {"conversationId": conversation} if conversation else {}
    return home.call("POST", "/chat", {"message": question, **known})


def _judge(score: Score, row: dict[str, Any], answer: dict[str, Any]) -> Judged:
    verdict = score.judge(row, answer)
    fenced = bool(verdict.get("fenced"))
    length = len(answer["answer"])
    verdicts = answer.get("guardrail", ())
    return Judged(row["kind"], verdict["outcome"], fenced, length, verdict["gold"], verdicts)


def _rows(results: list[Judged]) -> Iterator[tuple[str, ...]]:
    kinds: dict[str, list[Judged]] = defaultdict(list)
    for one in results:
        kinds[one.kind].append(one)
    for kind, some in [*kinds.items(), ("all", results)]:
        before = sum(BEFORE[name] for name in kinds) if kind == "all" else BEFORE[kind]
        outcomes = [one.outcome for one in some]
        counts = (len(some), before, outcomes.count("right"), outcomes.count("abstained"))
        yield (kind, *map(str, counts), f"{median(one.characters for one in some):.0f}")
