"""What a guardrail's policies found, as ApplyGuardrail writes it.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailAssessment.html
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from app.local.engine.guard import Findings, Grounds, Policy
from app.local.engine.guard.findings import WordFinding
from app.local.engine.guard.policy import Action
from app.local.judgement import Content, text_units
from app.local.wire import JSON

DONE: Mapping[Action, str] = {"block": "BLOCKED", "mask": "ANONYMIZED", "report": "NONE"}


def write(
    guardrail: JSON,
    findings: Findings,
    usage: Mapping[str, int],
    coverage: JSON,
    seconds: float,
    *,
    full: bool,
) -> JSON:
    """An assessment.

    Args:
        guardrail: what GetGuardrail answers.
        usage, coverage: what the functions of these names say.
        seconds: how long it took.
        full: whether topics and content filters that were not detected are in it. Words, personal
            information and regular expressions are in it only where they are found, and contextual
            grounding always.
    """
    policies: JSON = {
        "topicPolicy": _drop_empty(topics=_topics(findings, full=full)),
        "contentPolicy": _drop_empty(filters=_filters(findings, full=full)),
        "wordPolicy": _both(
            customWords=[_word(word) for word in findings.words if word.rule],
            managedWordLists=[
                {**_word(word), "type": "PROFANITY"} for word in findings.words if not word.rule
            ],
        ),
        "sensitiveInformationPolicy": _both(
            piiEntities=_entities(findings), regexes=_regexes(findings)
        ),
        "contextualGroundingPolicy": _drop_empty(filters=_grounding(findings)),
    }
    return {
        **{policy: members for policy, members in policies.items() if members},
        "invocationMetrics": {
            "guardrailProcessingLatency": round(1000 * seconds),
            "usage": dict(usage),
            "guardrailCoverage": coverage,
        },
        "appliedGuardrailDetails": {
            "guardrailId": guardrail["guardrailId"],
            "guardrailArn": guardrail["guardrailArn"],
            "guardrailVersion": guardrail["version"],
            "guardrailOrigin": ["REQUEST"],
            "guardrailOwnership": "SELF",
        },
    }


def usage(policy: Policy, texts: Sequence[str], grounds: Grounds | None) -> dict[str, int]:
    """Text units by policy: those of the judged texts for each policy that is there. Contextual
    grounding reads the sources and the query as well. Regular expressions alone are free.
    """
    units = _units(texts)
    compared = _units([*grounds.sources, grounds.query, *texts]) if grounds else 0
    return {
        "topicPolicyUnits": units if policy.topics else 0,
        "contentPolicyUnits": units if policy.filters else 0,
        "wordPolicyUnits": units if policy.words or policy.profanity else 0,
        "sensitiveInformationPolicyUnits": units if policy.entities else 0,
        "sensitiveInformationPolicyFreeUnits": units if policy.patterns else 0,
        "contextualGroundingPolicyUnits": compared,
    }


def coverage(texts: Sequence[str], contents: Sequence[Content]) -> JSON:
    """How many characters were judged, and how many there are."""
    total = sum(len(content.text) for content in contents)
    return {"textCharacters": {"guarded": sum(map(len, texts)), "total": total}}


def _units(texts: Iterable[str]) -> int:
    return text_units(sum(map(len, texts)))


def _topics(findings: Findings, *, full: bool) -> list[JSON]:
    return [
        {
            "name": finding.rule.name,
            "type": "DENY",
            "action": _done(finding.rule.action, detected=finding.detected),
            "detected": finding.detected,
        }
        for finding in findings.topics
        if finding.detected or full
    ]


def _filters(findings: Findings, *, full: bool) -> list[JSON]:
    return [
        {
            "type": finding.rule.kind,
            "confidence": finding.confidence,
            "filterStrength": finding.rule.strength,
            "action": _done(finding.rule.action, detected=finding.detected),
            "detected": finding.detected,
        }
        for finding in findings.filters
        if finding.detected or full
    ]


def _word(finding: WordFinding) -> JSON:
    return {"match": finding.match, "action": DONE[finding.action], "detected": True}


def _entities(findings: Findings) -> list[JSON]:
    return [
        {
            "type": finding.rule.kind,
            "match": finding.match,
            "action": DONE[finding.rule.action],
            "detected": True,
        }
        for finding in findings.entities
    ]


def _regexes(findings: Findings) -> list[JSON]:
    return [
        {
            "name": finding.rule.name,
            "regex": finding.rule.regex,
            "match": finding.match,
            "action": DONE[finding.rule.action],
            "detected": True,
        }
        for finding in findings.patterns
    ]


def _grounding(findings: Findings) -> list[JSON]:
    return [
        {
            "type": finding.rule.kind,
            "threshold": finding.rule.least,
            "score": finding.score,
            "action": _done(finding.rule.action, detected=finding.detected),
            "detected": finding.detected,
        }
        for finding in findings.grounding
    ]


def _done(action: Action, *, detected: bool) -> str:
    return DONE[action] if detected else "NONE"


def _drop_empty(**members: list[JSON]) -> JSON:
    return {name: value for name, value in members.items() if value}


def _both(**members: list[JSON]) -> JSON:
    """The lists, which an assessment has both or neither of."""
    return members if any(chain(*members.values())) else {}
