"""The steps of a turn: what the model called, and what came of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from app.local.engine.writer import Document, ToolResult, ToolUse
from app.local.engine.writer import Turn as Said
from app.local.wire import JSON


@dataclass(frozen=True, slots=True)
class CallResult:
    """What a call came to.

    Attributes:
        id: the call's.
        text: for the model to read.
        failed: whether its arguments were wrong, or its user denied it.
        references: the passages of a lookup, as `retrievedReferences`.
        citations: of the text, where it was generated from passages.
    """

    id: str
    text: str
    failed: bool = False
    references: tuple[JSON, ...] = ()
    citations: tuple[JSON, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A reply of the model that calls operations, and the results; or one that its parser could not
    read, and what the model is told then (`reprompt`).
    """

    text: str
    calls: tuple[ToolUse, ...]
    results: tuple[CallResult, ...] = ()
    reprompt: str = ""

    def as_json(self) -> JSON:
        """The step, for a session."""
        return {
            "text": self.text,
            "reprompt": self.reprompt,
            "calls": [{"id": one.id, "name": one.name, "input": one.input} for one in self.calls],
            "results": [
                {
                    "id": one.id,
                    "text": one.text,
                    "failed": one.failed,
                    "references": list(one.references),
                    "citations": list(one.citations),
                }
                for one in self.results
            ],
        }

    @classmethod
    def of(cls, record: JSON) -> Self:
        """A step that `as_json` wrote."""
        return cls(
            record["text"],
            tuple(ToolUse(one["id"], one["name"], one["input"]) for one in record["calls"]),
            tuple(
                CallResult(
                    one["id"],
                    one["text"],
                    one["failed"],
                    tuple(one["references"]),
                    tuple(one.get("citations", ())),
                )
                for one in record["results"]
            ),
            record.get("reprompt", ""),
        )


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn that is over: what the user said, and what the agent answered.

    Attributes:
        steps: what it called for that, without what it looked up: the answer says it.
    """

    question: str
    answer: str
    steps: tuple[Step, ...] = ()

    def as_json(self) -> list[Any]:
        """The exchange, for a session."""
        return [self.question, self.answer, [step.as_json() for step in self.steps]]

    @classmethod
    def of(cls, record: Sequence[Any]) -> Self:
        """An exchange that `as_json` wrote."""
        question, answer, *steps = record
        return cls(question, answer, tuple(Step.of(one) for one in (steps[0] if steps else ())))


def without_lookups(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps with their calls of operations alone."""
    for step in steps:
        results = tuple(one for one in step.results if not (one.references or one.citations))
        ids = {one.id for one in results}
        if calls := tuple(call for call in step.calls if call.id in ids):
            yield Step(step.text, calls, results)


def step_turns(steps: Iterable[Step]) -> Iterator[Said]:
    """The steps of a turn so far, as the model is shown them: its calls, and their results."""
    first = 0
    for step in steps:
        yield Said("assistant", step.text, step.calls)
        if step.reprompt:
            yield Said("user", step.reprompt)
            continue
        results = []
        for result in step.results:
            documents = tuple(_documents(result.references, first))
            first += len(documents)
            results.append(_result(result, documents))
        yield Said("user", "", (), tuple(results))


def references(steps: Iterable[Step]) -> list[JSON]:
    """The passages of all lookups, in the order in which the model's quotes count them."""
    return [one for step in steps for result in step.results for one in result.references]


def citations(steps: Iterable[Step]) -> list[JSON]:
    """The citations of all responses that were generated from passages."""
    return [one for step in steps for result in step.results for one in result.citations]


def arguments(call: ToolUse) -> Mapping[str, Any]:
    """The arguments of a call; none where the model wrote no JSON object."""
    try:
        return call.parameters()
    except ValueError:
        return {}


def _result(result: CallResult, documents: Sequence[Document]) -> ToolResult:
    text = "" if documents else result.text
    return ToolResult(result.id, text, failed=result.failed, documents=tuple(documents))


def _documents(passages: Iterable[JSON], first: int) -> Iterator[Document]:
    for number, reference in enumerate(passages, first):
        text = reference["content"].get("text", "")
        place = origin(reference["location"])
        yield Document(
            str(number),
            text,
            place.rpartition("/")[2],
            "search_result",
            (text,),
            place,
            cited=True,
        )


def origin(location: JSON) -> str:
    """The address of a passage's document; empty where its location has none."""
    for place in location.values():
        if isinstance(place, dict):
            return str(next(iter(place.values()), ""))
    return ""
