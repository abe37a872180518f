"""`outcrop feedback export`: what was said of answers, as lines of JSON or as a table."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.cli.client import Client, Json
from app.cli.commands import feedback
from app.errors import InvalidRequest


def turn(number: int, rating: str | None, words: str | None = None) -> Json:
    said = {"rating": rating, "words": words, "at": "2026-04-09T12:34:56Z"} if rating else None
    return {
        "number": number,
        "question": "=HYPERLINK(1)",
        "answer": "It is 7 [1], hart.",
        "citations": [{"document": "b.md"}, {"document": "a.md"}, {"document": "b.md"}],
        "model": "m",
        "supersededBy": 2 if number == 0 else None,
        "feedback": said,
    }


class Script(Client):
    """A client of an application with two conversations, on two pages."""

    def call(self, method: str, path: str, **request: Any) -> Json:
        assert method == "GET"
        if path == "/conversations":
            is_first = "cursor" not in request["params"]
            items = [{"id": "c-1" if is_first else "c-2"}]
            return {"items": items, "nextCursor": "next" if is_first else None}
        turns = {"c-1": [turn(0, "down", "Größe?\nNo."), turn(1, None)], "c-2": [turn(3, "up")]}
        name = path.rpartition("/")[2]
        return {"id": name, "turns": turns[name]}


@pytest.fixture(autouse=True)
def _script(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def application(_stack: str | None) -> Iterator[Client]:
        yield Script("http://127.0.0.1:9")

    monkeypatch.setattr(feedback, "application", application)


def test_each_answer_that_was_rated_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    feedback.export()
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {
        "conversation": "c-1",
        "turn": 0,
        "rating": "down",
        "words": "Größe?\nNo.",
        "at": "2026-04-09T12:34:56Z",
        "model": "m",
        "question": "=HYPERLINK(1)",
        "answer": "It is 7 [1], hart.",
        "documents": ["a.md", "b.md"],
        "superseded": True,
    }
    assert (second["conversation"], second["rating"], second["words"]) == ("c-2", "up", None)


def test_a_table_holds_no_formula(capsys: pytest.CaptureFixture[str]) -> None:
    feedback.export(as_csv=True)
    header, first, _ = csv.reader(io.StringIO(capsys.readouterr().out, newline=""))
    row = dict(zip(header, first, strict=True))
    assert row["question"] == "'=HYPERLINK(1)"
    assert (row["words"], row["documents"]) == ("Größe?\nNo.", "a.md; b.md")


def test_everybodys_is_of_a_stack() -> None:
    with pytest.raises(InvalidRequest, match="--stack"):
        feedback.export(everybody=True)
