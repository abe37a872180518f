"""Judges texts by a guardrail.

    find        the version of the guardrail
    reading     what it looks for in this direction
    engine      what its policies find
    assessment  the same, as ApplyGuardrail writes it, with text units and coverage

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from app.local.bedrock.guardrails import assessment
from app.local.bedrock.guardrails.reading import read_policy
from app.local.engine.guard import Findings, Grounds, Policy, mask, masks
from app.local.engine.guard.patterns import NotAPattern
from app.local.judgement import Content, Judgement, Mask, Source
from app.local.wire import JSON, ServiceError

LIMITS = {"grounding_source": 100_000, "query": 1_000, "answer": 5_000}
"""Characters that contextual grounding takes.
https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-contextual-grounding-check.html"""

REASONS = {"none": "No action.", "masked": "Guardrail masked.", "blocked": "Guardrail blocked."}


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
        judged = _judged(contents)
        texts = [contents[number].text for number in judged]
        grounds = _grounds(policy, contents, texts)
        documents = [
            number
            for number, place in enumerate(judged)
            if "grounding_source" in contents[place].qualifiers
        ]
        try:
            findings = self.engine.judge(policy, texts, grounds, documents)
        except NotAPattern as error:
            raise _invalid(f"the stand-in does not take the regular expression {error}.") from error
        usage = assessment.usage(policy, texts, grounds)
        coverage = assessment.coverage(texts, contents)
        return _judgement(
            guardrail,
            source,
            texts,
            judged,
            findings,
            usage,
            coverage,
            assessment.write(
                guardrail, findings, usage, coverage, perf_counter() - began, full=full
            ),
        )


def _judgement(
    guardrail: JSON,
    source: Source,
    texts: Sequence[str],
    judged: Sequence[int],
    findings: Findings,
    usage: dict[str, int],
    coverage: JSON,
    written: JSON,
) -> Judgement:
    actions = set(findings.actions())
    if "block" in actions:
        way = "Input" if source == "INPUT" else "Outputs"
        outputs: Sequence[str] = (guardrail[f"blocked{way}Messaging"],)
        return Judgement("blocked", tuple(outputs), REASONS["blocked"], written, usage, coverage)
    if "mask" in actions:
        outputs = mask(texts, findings)
        spans = tuple(
            Mask(judged[span.text], span.start, span.end, instead)
            for span, instead in masks(findings)
        )
        reason = REASONS["masked"]
        return Judgement("masked", tuple(outputs), reason, written, usage, coverage, spans)
    return Judgement("none", (), REASONS["none"], written, usage, coverage)


def _judged(contents: Sequence[Content]) -> Sequence[int]:
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
    lengths = {
        "grounding_source": sum(map(len, sources)),
        "query": len(query),
        "answer": sum(map(len, texts)),
    }
    for kind, length in lengths.items():
        if length > LIMITS[kind]:
            raise _invalid(
                f"contextual grounding takes a {kind} of at most {LIMITS[kind]:,} characters, "
                f"and this one has {length:,}."
            )
    return Grounds(sources, query)


def _invalid(rule: str) -> ServiceError:
    return ServiceError("ValidationException", f"content: {rule}")
