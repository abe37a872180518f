"""A guardrail on Retrieve and RetrieveAndGenerate: what it does to a question and to an answer.

    question   judged as input: passed on, masked, or answered with the guardrail's message
    answer     each of its parts judged as output, against the passages that it was written from

The passages themselves are not judged: Bedrock says of its own that guardrails are not applied to
the references. What Retrieve does where the guardrail steps in is not documented: here a question
that is blocked finds nothing, and of one that is masked the masked text is searched for.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-test-config.html#kb-test-config-guardrails
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.local.control.errors import unsupported
from app.local.judgement import (
    LONGEST_ANSWER,
    LONGEST_SOURCES,
    Action,
    Content,
    Judge,
    Judgement,
    Source,
)
from app.local.wire import JSON, ServiceError

ACTIONS = {"none": "NONE", "masked": "INTERVENED", "blocked": "INTERVENED"}
"""Bedrock's guardrailAction, by what the guardrail does."""

_GROUNDS = frozenset({"grounding_source"})
_QUERY = frozenset({"query"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is left of texts that a guardrail has judged.

    Attributes:
        texts: the texts, masked where they had to be; if they are blocked, the message alone.
    """

    action: Action
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RequestGuard:
    """The guardrail that a request names, in its member `field`."""

    judge: Judge
    field: str
    identifier: str
    version: str

    def question(self, text: str) -> Verdict:
        """The verdict on a question.

        Raises:
            ServiceError: naming the field: there is no such guardrail, or it cannot judge this.
        """
        judgement = self._judgement("INPUT", [Content(text)])
        return Verdict(judgement.action, judgement.outputs or (text,))

    def answer(self, parts: Sequence[str], question: str, passages: Sequence[str]) -> Verdict:
        """The verdict on the parts of an answer. What is too long for contextual grounding is
        judged piece by piece, and of the passages the first are taken that there is room for.

        Raises:
            ServiceError: naming the field: the guardrail cannot judge this.
        """
        grounds = [Content(one, _GROUNDS) for one in _within(passages, LONGEST_SOURCES)]
        grounds.append(Content(question, _QUERY))
        texts = [""] * len(parts)
        action: Action = "none"
        for batch in _batches(parts):
            contents = [Content(piece) for _, piece in batch]
            judgement = self._judgement("OUTPUT", [*grounds, *contents])
            if judgement.action == "blocked":
                return Verdict("blocked", judgement.outputs)
            if judgement.action == "masked":
                action = "masked"
            outputs = judgement.outputs or tuple(piece for _, piece in batch)
            for (place, _), output in zip(batch, outputs, strict=True):
                texts[place] += output
        return Verdict(action, tuple(texts))

    def _judgement(self, source: Source, contents: Sequence[Content]) -> Judgement:
        try:
            return self.judge(self.identifier, self.version, source, contents)
        except ServiceError as error:
            raise ServiceError(
                error.code, f"{self.field}: {error.message}", **error.members
            ) from error


def guard_of(judge: Judge | None, field: str, configuration: JSON | None) -> RequestGuard | None:
    """The guardrail of a guardrailConfiguration, the request's member `field`; None without one.

    Raises:
        ServiceError: ValidationException: nothing here judges by guardrails.
    """
    if configuration is None:
        return None
    if judge is None:
        raise unsupported(field, "guardrails")
    return RequestGuard(
        judge, field, configuration["guardrailId"], configuration["guardrailVersion"]
    )


def _within(texts: Sequence[str], most: int) -> Iterator[str]:
    """The first texts, as many characters of them as there is room for."""
    for text in texts:
        if most <= 0:
            return
        yield text[:most]
        most -= len(text)


def _batches(parts: Sequence[str]) -> Iterator[list[tuple[int, str]]]:
    """The parts, each with its place, in batches that are not too long; a part that is too long
    itself is cut.
    """
    batch: list[tuple[int, str]] = []
    room = LONGEST_ANSWER
    for place, part in enumerate(parts):
        for start in range(0, len(part), LONGEST_ANSWER):
            piece = part[start : start + LONGEST_ANSWER]
            if batch and len(piece) > room:
                yield batch
                batch, room = [], LONGEST_ANSWER
            batch.append((place, piece))
            room -= len(piece)
    if batch:
        yield batch
