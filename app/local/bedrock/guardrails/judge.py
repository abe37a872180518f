"""Judges texts by a guardrail.

    find        the version of the guardrail
    reading     what it looks for in this direction
    engine      what its policies find
    assessment  the same, as ApplyGuardrail writes it, with text units and coverage

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from app.local.bedrock.guardrails import assessment
from app.local.bedrock.guardrails.reading import read_policy
from app.local.engine.guard import Findings, Grounds, Policy, mask, masks
from app.local.engine.guard.patterns import NotAPattern
from app.local.judgement import (
    LONGEST_ANSWER,
    LONGEST_QUERY,
    LONGEST_SOURCES,
    Action,
    Content,
    Judgement,
    Mask,
    Source,
)
from app.local.wire import JSON, ServiceError

REASONS: Mapping[Action, str] = {
    "none": "No action.",
    "masked": "Guardrail masked.",
    "blocked": "Guardrail blocked.",
}


class Definitions(Protocol):
    """The guardrails of a home."""

    def definition(self, identifier: str, version: str) -> JSON:
        """What GetGuardrail answers. Raises ServiceError if there is no such version."""
        ...


class PolicyEngine(Protocol):
    """What finds what a policy looks for."""

    def judge(
        self,
        policy: Policy,
        texts: Sequence[str],
        grounds: Grounds | None = None,
        documents: Collection[int] = (),
    ) -> Findings: ...


@dataclass(frozen=True, slots=True)
class GuardrailJudge:
    """Judges texts by the guardrails of a home."""

    guardrails: Definitions
    engine: PolicyEngine

    def __call__(
        self,
        identifier: str,
        version: str,
        source: Source,
        contents: Sequence[Content],
        *,
        full: bool = False,
        without: Collection[str] = (),
    ) -> Judgement:
        """As `app.local.judgement.Judge` says.

        Raises:
            ServiceError: ResourceNotFoundException, or a ValidationException for texts that are too
                long to be grounded.
        """
        began = perf_counter()
        guardrail = self.guardrails.definition(identifier, version)
        policy = read_policy(guardrail, source, without)
        places = _places(contents)
        texts = [contents[place].text for place in places]
        grounds = _grounds(policy, contents, texts)
        documents = [
            number
            for number, place in enumerate(places)
            if "grounding_source" in contents[place].qualifiers
        ]
        try:
            findings = self.engine.judge(policy, texts, grounds, documents)
        except NotAPattern as error:
            raise _invalid(f"the stand-in does not take the regular expression {error}.") from error
        usage = assessment.usage(policy, texts, grounds)
        coverage = assessment.coverage(texts, contents)
        seconds = perf_counter() - began
        action, outputs = _outcome(guardrail, source, texts, findings)
        return Judgement(
            action,
            tuple(outputs),
            REASONS[action],
            assessment.write(guardrail, findings, usage, coverage, seconds, full=full),
            usage,
            coverage,
            tuple(_masks(findings, places)) if action == "masked" else (),
        )


def _outcome(
    guardrail: JSON, source: Source, texts: Sequence[str], findings: Findings
) -> tuple[Action, Sequence[str]]:
    """What the guardrail does, and what it puts in place of the texts."""
    actions = set(findings.actions())
    if "block" in actions:
        way = "Input" if source == "INPUT" else "Outputs"
        return "blocked", [guardrail[f"blocked{way}Messaging"]]
    if "mask" in actions:
        return "masked", mask(texts, findings)
    return "none", []


def _masks(findings: Findings, places: Sequence[int]) -> Iterator[Mask]:
    """What is masked, by the numbers of the contents."""
    for span, instead in masks(findings):
        yield Mask(places[span.text], span.start, span.end, instead)


def _places(contents: Sequence[Content]) -> Sequence[int]:
    """The numbers of the contents that every policy judges: those that are marked `guard_content`,
    or else those that are not marked.
    """
    places = range(len(contents))
    marked = [place for place in places if "guard_content" in contents[place].qualifiers]
    return marked or [place for place in places if not contents[place].qualifiers]


def _grounds(policy: Policy, contents: Sequence[Content], texts: Sequence[str]) -> Grounds | None:
    """The sources and the query of an answer; None if there is nothing to be judged by them."""
    sources = tuple(each.text for each in contents if "grounding_source" in each.qualifiers)
    query = " ".join(each.text for each in contents if "query" in each.qualifiers)
    if not policy.grounding or not sources or not query or not texts:
        return None
    for kind, length, most in (
        ("grounding_source", sum(map(len, sources)), LONGEST_SOURCES),
        ("query", len(query), LONGEST_QUERY),
        ("answer", sum(map(len, texts)), LONGEST_ANSWER),
    ):
        if length > most:
            raise _invalid(
                f"contextual grounding takes a {kind} of at most {most:,} characters, "
                f"and this one has {length:,}."
            )
    return Grounds(sources, query)


def _invalid(rule: str) -> ServiceError:
    return ServiceError("ValidationException", f"content: {rule}")
