"""Questions in twelve languages about documents in the same language, and near misses.

A set of our own (`_foreign/`): in each language two short documents, and six questions about each
that it answers and six that it does not, though it comes near: another number, another thing of its
sort, a time or a person that is not told. One document of each language is "open": its wrong
answers were read while the writer was worked on. The other is "kept": it was only counted.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.flows.home import Home, laptop
from tests.tables import Table

FOLDER = Path(__file__).parent / "_foreign"
LANGUAGES = {path.stem: tomllib.loads(path.read_text()) for path in sorted(FOLDER.glob("*.toml"))}
HALVES = ("open", "kept")


@dataclass(frozen=True)
class Asked:
    """What came of a question: right, wrong or lost; of one without an answer, refused or wrong."""

    code: str
    half: str
    question: str
    has_answer: bool
    outcome: str
    answer: str


def run() -> Iterator[Table]:
    every = results()
    for half in HALVES:
        some = [one for one in every if one.half == half]
        rows = [_counts(code, [one for one in some if one.code == code]) for code in LANGUAGES] + [
            _counts("all", some)
        ]
        wrong = [
            f"{one.code} {one.outcome}: {one.question} - {one.answer[:100]!r}"
            for one in some
            if half == "open" and one.outcome not in ("right", "refused")
        ]
        yield Table(
            f"questions about documents in their own language, {half}",
            ("language", "right", "wrong", "lost", "near misses refused"),
            rows,
            notes=wrong,
        )


def results(codes: Sequence[str] = tuple(LANGUAGES)) -> list[Asked]:
    with TemporaryDirectory() as scratch, laptop(Path(scratch)) as home:
        for code in codes:
            for one in LANGUAGES[code]["documents"]:
                home.put(_name(code, one), f"# {one['title']}\n{one['text']}", language=code)
        return [
            result
            for code in codes
            for one in LANGUAGES[code]["documents"]
            for result in _asked(home, code, one)
        ]


def _name(code: str, document: dict[str, Any]) -> str:
    return f"{document['half']}-{code}.md"


def _asked(home: Home, code: str, document: dict[str, Any]) -> Iterator[Asked]:
    only = {"equals": {"key": "language", "value": code}}
    questions = [*document["questions"], *([one, ""] for one in document["absent"])]
    for question, words in questions:
        said = home.call("POST", "/chat", {"message": question, "filter": only})
        answer = said["answer"]
        is_said = bool(said["citations"])
        if words:
            outcome = "right" if is_said and words in answer else "wrong" if is_said else "lost"
        else:
            outcome = "wrong" if is_said else "refused"
        yield Asked(code, document["half"], question, bool(words), outcome, answer)


def _counts(code: str, some: Sequence[Asked]) -> tuple[str, ...]:
    asked = [one.outcome for one in some if one.has_answer]
    absent = [one.outcome for one in some if not one.has_answer]
    counts = [f"{asked.count(name)}/{len(asked)}" for name in ("right", "wrong", "lost")]
    return (code, *counts, f"{absent.count('refused')}/{len(absent)}")
