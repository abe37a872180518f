"""The questions of user_questions, judged as `outcrop eval` judges."""

import json
from pathlib import Path
from typing import Any

from app.evaluation import Expectation, Quote, RecordedAnswer, judge, parse_questions
from app.evaluation.matching import holds, normalize
from tests.quality import CORPORA

FOLDER = CORPORA / "user_questions"


class Score:
    """The scorer."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder, self.documents = folder, folder / "docs"

    def questions(self, name: str) -> list[dict[str, Any]]:
        """The lines of a file."""
        lines = (self.folder / name).read_text().splitlines()
        return [json.loads(line) for line in lines if line.strip()]

    def satisfies(self, row: dict[str, Any], text: str) -> bool:
        """Whether a text holds what the answer to a question has to hold, and nothing that it must
        not.
        """
        text = normalize(text)
        if any(holds(text, string) for string in row["must_not"]):
            return False
        return all(any(holds(text, string) for string in group) for group in row["must"])

    def judge(self, row: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        """What is thought of an answer: `outcome` is right, wrong or abstained."""
        question = expectation(row)
        result = judge(question, recorded(question, answer))
        return {
            "outcome": result.outcome,
            "gold": result.cites_gold,
            "why": result.reason,
            "fenced": result.is_fenced,
        }


def expectation(row: dict[str, Any]) -> Expectation:
    [exchange] = parse_questions(json.dumps(row))
    return exchange.turns[0]


def recorded(question: Expectation, answer: dict[str, Any]) -> RecordedAnswer:
    """The application's answer to a question."""
    quotes = tuple(Quote(place, one["uri"]) for place, one in enumerate(answer["citations"]))
    return RecordedAnswer(question.id, question.question, answer["answer"], quotes)
