"""ApplyGuardrail's assessments as rows of a table.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailAssessment.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.cli.client import Json

Row = tuple[str, str, str, str, str]

# policy, its list of findings -> what a person calls it, the member that names the rule
LISTS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("topicPolicy", "topics"): ("topic", "name"),
    ("contentPolicy", "filters"): ("content", "type"),
    ("wordPolicy", "customWords"): ("word", ""),
    ("wordPolicy", "managedWordLists"): ("word", "type"),
    ("sensitiveInformationPolicy", "piiEntities"): ("PII", "type"),
    ("sensitiveInformationPolicy", "regexes"): ("regex", "name"),
    ("contextualGroundingPolicy", "filters"): ("grounding", "type"),
}


def findings(assessments: Sequence[Json]) -> Iterator[Row]:
    """A row for each finding: policy, rule, the text that matched, how sure it is, the action."""
    for assessment in assessments:
        for (policy, name), (title, rule) in LISTS.items():
            for one in assessment.get(policy, {}).get(name, ()):
                yield (
                    title,
                    str(one.get(rule, "")),
                    str(one.get("match", "")),
                    _certainty(one),
                    _action(one),
                )


def totals(reply: Json) -> str:
    """How long it took, and what of AWS's bill it would be on.

    >>> metrics = {"guardrailProcessingLatency": 12}
    >>> usage = {"topicPolicyUnits": 0, "wordPolicyUnits": 1}
    >>> totals({"assessments": [{"invocationMetrics": metrics}], "usage": usage})
    ', in 12 ms; text units: word 1'
    """
    metrics = [one.get("invocationMetrics", {}) for one in reply["assessments"]]
    milliseconds = sum(one.get("guardrailProcessingLatency", 0) for one in metrics)
    units = [
        f"{name.removesuffix('PolicyUnits')} {count}"
        for name, count in reply["usage"].items()
        if name.endswith("PolicyUnits") and count
    ]
    return f", in {milliseconds} ms; text units: {', '.join(units) or 'none'}"


def _certainty(finding: Any) -> str:
    if "score" in finding:
        return f"{finding['score']:.2f}, least {finding['threshold']:g}"
    return str(finding.get("confidence", ""))


def _action(finding: Any) -> str:
    """The action; of a rule that found nothing, that it passed."""
    return str(finding["action"]) if finding.get("detected", True) else "passed"
