"""A run: the answers to a file of questions, as they are kept in a file of JSON.

{"version": 1, "questions": "questions.jsonl", "application": "laptop", "model": null,
 "started": "2026-11-29T08:00:00+00:00", "complete": true,
 "answers": [{"id", "question", "answer", "citations": [{"number", "uri", "page", "section",
              "text"}], "model", "input_tokens", "output_tokens", "seconds", "conversation",
              "error"}]}
"""

import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from app.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class Quote:
    """A citation of an answer."""

    number: int
    uri: str
    page: int | None = None
    section: str | None = None
    text: str = ""
    page_label: str | None = None


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """What a question was answered with.

    Attributes:
        id: of the question.
        model: who wrote it, as the application says.
        seconds: from the request to the whole answer, without waiting because of throttling.
        conversation: the conversation that it is a turn of.
        error: why there is no answer.
    """

    id: str
    question: str
    answer: str = ""
    citations: tuple[Quote, ...] = ()
    model: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0
    conversation: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class EvalRun:
    """The answers of one run.

    Attributes:
        questions: the name of the file of questions.
        application: `laptop`, or the name of a stack.
        model: the model that was asked for; None for the application's own.
        complete: whether every question was asked.
    """

    questions: str
    application: str
    started: datetime
    complete: bool
    answers: tuple[RecordedAnswer, ...]
    model: str | None = None
    version: Literal[1] = 1


class BadRun(InvalidRequest):
    """A file is no run."""


_RUN = TypeAdapter(EvalRun)


def save_run(run: EvalRun, path: Path) -> None:
    """Write a run to a file that this user alone can read: it may quote anybody's documents. A file
    that was there is replaced at once, or stays as it was.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as out:
            out.write(_RUN.dump_json(run, indent=1) + b"\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def load_run(path: Path) -> EvalRun:
    """Read a run.

    Raises:
        BadRun: the file is no run, or one of another version; with the field and the rule.
    """
    try:
        return _RUN.validate_json(path.read_bytes())
    except ValidationError as error:
        [first, *_] = error.errors()
        field = ".".join(map(str, first["loc"]))
        where = f"{path.name}: {field}" if field else path.name
        raise BadRun(f"{where} is not that of a run: {first['msg']}.", field="run") from None


def as_json(run: EvalRun) -> dict[str, Any]:
    """A run without its answers, for a report."""
    members = asdict(run)
    del members["answers"], members["version"]
    return {**members, "started": run.started.isoformat()}
