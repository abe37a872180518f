"""The findings of a guardrail's policies in a text, as ApplyGuardrail reports them.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailAssessment.html

Every finding has an `action`: BLOCKED, ANONYMIZED for sensitive information that was replaced, or
NONE for a guardrail that only reports. Automated reasoning has no action and is left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.events import PolicyFinding

_POLICIES = frozenset(
    (
        "topicPolicy",
        "contentPolicy",
        "wordPolicy",
        "sensitiveInformationPolicy",
        "contextualGroundingPolicy",
    )
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A denied topic that the text is about."""

    name: str
    action: str


@dataclass(frozen=True, slots=True)
class ContentFilter:
    """Harmful content or an attack on the prompt.

    Attributes:
        kind: INSULTS, HATE, SEXUAL, VIOLENCE, MISCONDUCT or PROMPT_ATTACK.
        confidence: NONE, LOW, MEDIUM or HIGH.
    """

    kind: str
    confidence: str
    action: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the guardrail's own list, or of a managed one.

    Attributes:
        managed_list: the managed list's type, PROFANITY; None for a word of the guardrail's own.
    """

    match: str
    action: str
    managed_list: str | None = None


@dataclass(frozen=True, slots=True)
class SensitiveInformation:
    """A name, a number or an address that the guardrail protects.

    Attributes:
        kind: Bedrock's type of PII, such as EMAIL, or the name of a regular expression.
        match: the text that matched.
    """

    kind: str
    match: str
    action: str


@dataclass(frozen=True, slots=True)
class GroundingCheck:
    """How well the answer is grounded in its sources, or how relevant it is to the question.

    Attributes:
        kind: GROUNDING or RELEVANCE.
        score: 0 to 1; the answer is blocked where it is below the threshold.
        threshold: 0 to 0.99.
    """

    kind: str
    score: float
    threshold: float
    action: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The findings of one assessment, by policy.

    Attributes:
        unread: the actions of policies that this version does not know.
    """

    topics: tuple[Topic, ...] = ()
    content: tuple[ContentFilter, ...] = ()
    words: tuple[Word, ...] = ()
    sensitive_information: tuple[SensitiveInformation, ...] = ()
    grounding: tuple[GroundingCheck, ...] = ()
    unread: tuple[str, ...] = ()

    def findings(self) -> Iterator[PolicyFinding]:
        """The findings without the text that matched, which quotes a question or a document.

        >>> list(Assessment(words=(Word("darn", "BLOCKED"),)).findings())[0].kind
        'WORD'
        """
        for topic in self.topics:
            yield PolicyFinding("topic", topic.name, topic.action)
        for content in self.content:
            yield PolicyFinding("content", content.kind, content.action, content.confidence)
        for word in self.words:
            yield PolicyFinding("word", word.managed_list or "WORD", word.action)
        for information in self.sensitive_information:
            yield PolicyFinding("sensitive_information", information.kind, information.action)
        for check in self.grounding:
            yield PolicyFinding(
                "grounding",
                check.kind,
                check.action,
                score=check.score,
                threshold=check.threshold,
            )


def read_assessment(assessment: Mapping[str, Any]) -> Assessment:
    """Read one member of ApplyGuardrail's `assessments`.

    >>> pii = {"type": "EMAIL", "match": "ada@example.com", "action": "ANONYMIZED"}
    >>> policy = {"piiEntities": [pii], "regexes": []}
    >>> read_assessment({"sensitiveInformationPolicy": policy}).sensitive_information
    (SensitiveInformation(kind='EMAIL', match='ada@example.com', action='ANONYMIZED'),)
    """
    finding = partial(_findings, assessment)
    return Assessment(
        topics=tuple(
            Topic(_text(one, "name"), _text(one, "action"))
            for one in finding("topicPolicy", "topics")
        ),
        content=tuple(
            ContentFilter(_text(one, "type"), _text(one, "confidence"), _text(one, "action"))
            for one in finding("contentPolicy", "filters")
        ),
        words=tuple(
            Word(_text(one, "match"), _text(one, "action"), one.get("type"))
            for kind in ("customWords", "managedWordLists")
            for one in finding("wordPolicy", kind)
        ),
        sensitive_information=tuple(
            SensitiveInformation(_text(one, name), _text(one, "match"), _text(one, "action"))
            for kind, name in (("piiEntities", "type"), ("regexes", "name"))
            for one in finding("sensitiveInformationPolicy", kind)
        ),
        grounding=tuple(
            GroundingCheck(_text(one, "type"), one["score"], one["threshold"], _text(one, "action"))
            for one in finding("contextualGroundingPolicy", "filters")
        ),
        unread=tuple(actions([each for name, each in assessment.items() if name not in _POLICIES])),
    )


def actions(assessments: Any) -> Iterator[str]:
    """Every `action` in the reply's assessments, at any depth, so that policies which this version
    does not know count too.

    >>> list(actions([{"wordPolicy": {"customWords": [{"match": "x", "action": "BLOCKED"}]}}]))
    ['BLOCKED']
    """
    if isinstance(assessments, Mapping):
        if isinstance(action := assessments.get("action"), str):
            yield action
        assessments = list(assessments.values())
    if isinstance(assessments, list):
        for each in assessments:
            yield from actions(each)


def _findings(assessment: Mapping[str, Any], policy: str, kind: str) -> Sequence[Mapping[str, Any]]:
    """The findings of a policy. A reply of full scope has those too that were not detected: of them
    only the scores of grounding tell anything.
    """
    findings: Sequence[Mapping[str, Any]] = assessment.get(policy, {}).get(kind, ())
    if policy == "contextualGroundingPolicy":
        return findings
    return [one for one in findings if one.get("detected", True)]


def _text(finding: Mapping[str, Any], member: str) -> str:
    """A member of a finding; empty if the guardrail is configured to leave it out."""
    return str(finding.get(member, ""))
