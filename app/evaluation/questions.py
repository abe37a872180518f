"""A file of questions: JSON Lines, a question or a conversation of several on each line.

    {"id": "fact-1", "kind": "fact", "question": "How large may a document be?",
     "must": [["50 MB", "50 megabytes"]], "must_not": ["5 GB"], "gold_docs": ["documents.md"],
     "abstain": false, "note": "the bucket's own limit is larger"}
    {"id": "talk-1", "turns": [{"question": ..}, {"question": ..}]}

Every line is read before anything is asked, and each fault is named with its line, its field and
the rule that it breaks.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.errors import InvalidRequest
from app.evaluation.matching import AT_THE_START, normalize

LONGEST_QUESTION = 10_000  # characters; the application takes no more
MOST_FAULTS = 20  # that an error names
QUESTION, FIRST, FOLLOW_UP = "question", "first", "follow-up"
"""The kinds of questions that name none: alone, and in a conversation."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """A question, and what its answer has to be.

    Attributes:
        must: groups of strings; of each group, the answer has to hold one.
        must_not: strings of which the answer may hold none.
        gold_docs: the documents that have the answer, by the ends of their paths.
        abstain: right is an answer that cites nothing, because the documents do not have it.
    """

    id: str
    kind: str
    question: str
    must: tuple[tuple[str, ...], ...] = ()
    must_not: tuple[str, ...] = ()
    gold_docs: tuple[str, ...] = ()
    abstain: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Questions that are asked one after the other in one conversation; most often a single one."""

    id: str
    turns: tuple[Expectation, ...]
    is_conversation: bool = False


@dataclass(frozen=True, slots=True)
class BadLine:
    """A fault of a file.

    Attributes:
        line: its number, from 1.
        field: the part at fault, as in `must.0`; empty for the whole line.
    """

    line: int
    field: str
    rule: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (f"line {self.line}", self.field, self.rule)))


class BadQuestions(InvalidRequest):
    """A file of questions cannot be used."""

    def __init__(self, name: str, faults: list[BadLine]) -> None:
        shown = [str(fault) for fault in faults[:MOST_FAULTS]]
        if more := len(faults) - len(shown):
            shown.append(f"and {more} more")
        super().__init__("\n".join([f"{name} cannot be used:", *shown]), field="questions")
        self.faults = faults


def read_questions(path: Path) -> list[Exchange]:
    """Read a file.

    Raises:
        BadQuestions: naming every fault of every line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise BadQuestions(path.name, [BadLine(line, "", "it is not in UTF-8")]) from None
    return parse_questions(text, path.name)


def parse_questions(text: str, name: str = "The file") -> list[Exchange]:
    """The questions in a text of JSON Lines; see `read_questions`."""
    exchanges: list[Exchange] = []
    faults: list[BadLine] = []
    lines: dict[str, int] = {}  # the line of each id
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            exchange = _exchange(line, number)
        except _Faults as error:
            faults += error.faults
            continue
        for field, identifier in _ids(exchange):
            if identifier in lines:
                rule = f"line {lines[identifier]} has the id {identifier!r} already"
                faults.append(BadLine(number, field, rule))
            lines[identifier] = number
        exchanges.append(exchange)
    if not (exchanges or faults):
        faults.append(BadLine(1, "", "the file has no question"))
    if faults:
        raise BadQuestions(name, faults)
    return exchanges


class _Faults(Exception):
    def __init__(self, faults: list[BadLine]) -> None:
        super().__init__(faults)
        self.faults = faults


def _has_characters(string: str) -> str:
    """A string to look for that has something to look for once it is normalized."""
    rest = normalize(string.removeprefix(AT_THE_START))
    if not rest or (string.startswith(AT_THE_START) and not re.search(r"\w", rest)):
        raise PydanticCustomError("empty", "it has nothing to look for: every answer would hold it")
    return string


_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Wanted = Annotated[str, AfterValidator(_has_characters)]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _QuestionLine(_Line):
    id: _Name | None = None
    kind: _Name | None = None
    question: Annotated[_Text, StringConstraints(max_length=LONGEST_QUESTION)]
    must: list[Annotated[list[_Wanted], Field(min_length=1)]] = []
    must_not: list[_Wanted] = []
    gold_docs: list[_Text] = []
    abstain: bool = False
    note: str = ""

    @model_validator(mode="after")
    def _decides(self) -> "_QuestionLine":
        if self.abstain and self.must:
            raise PydanticCustomError(
                "abstain", "with `abstain` no answer is right, so that `must` has to be empty"
            )
        if not (self.abstain or self.must or self.gold_docs):
            raise PydanticCustomError(
                "decides", "nothing tells a right answer: it needs `must`, `gold_docs` or `abstain`"
            )
        return self

    def expectation(self, identifier: str, kind: str) -> Expectation:
        return Expectation(
            self.id or identifier,
            self.kind or kind,
            self.question,
            tuple(map(tuple, self.must)),
            tuple(self.must_not),
            tuple(self.gold_docs),
            self.abstain,
            self.note,
        )


class _ConversationLine(_Line):
    id: _Name | None = None
    kind: _Name | None = None
    note: str = ""
    turns: Annotated[list[_QuestionLine], Field(min_length=1)]


def _exchange(line: str, number: int) -> Exchange:
    """The exchange of a line.

    Raises:
        _Faults: it has faults.
    """
    try:
        value = json.loads(line)
    except ValueError as error:
        raise _Faults([BadLine(number, "", f"it is not JSON ({error})")]) from None
    if not isinstance(value, dict):
        raise _Faults([BadLine(number, "", "it has to be a JSON object")])
    try:
        if "turns" in value:
            return _conversation(_ConversationLine.model_validate(value), number)
        return _single(_QuestionLine.model_validate(value), number)
    except ValidationError as error:
        raise _Faults([_fault(number, one) for one in error.errors()]) from None


def _single(line: _QuestionLine, number: int) -> Exchange:
    expectation = line.expectation(f"line-{number}", QUESTION)
    return Exchange(expectation.id, (expectation,))


def _conversation(line: _ConversationLine, number: int) -> Exchange:
    identifier = line.id or f"line-{number}"
    turns = tuple(
        turn.expectation(f"{identifier}.{place}", FIRST if place == 1 else FOLLOW_UP)
        for place, turn in enumerate(line.turns, start=1)
    )
    return Exchange(identifier, turns, is_conversation=True)


def _ids(exchange: Exchange) -> Iterator[tuple[str, str]]:
    """The ids of a line, each with its field."""
    if not exchange.is_conversation:
        yield "id", exchange.id
        return
    yield "id", exchange.id
    for place, turn in enumerate(exchange.turns):
        yield f"turns.{place}.id", turn.id


def _fault(number: int, error: Any) -> BadLine:
    rule = str(error["msg"])
    if error["type"] == "extra_forbidden":
        rule = "there is no such field"
    elif error["type"] == "missing":
        rule = "it is missing"
    return BadLine(number, ".".join(map(str, error["loc"])), rule)
