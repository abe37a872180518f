"""The guardrail's verdicts on a turn, in one line below the answer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.cli.terminal_text import visible_line

RESULTS = {"none": "passed", "masked": "masked", "blocked": "blocked", "unjudged": "unjudged"}


def guardrail_line(verdicts: Sequence[Mapping[str, Any]]) -> str:
    """The line; empty if the guardrail has found nothing to tell.

    >>> score = {"policy": "grounding", "kind": "GROUNDING", "score": 0.934, "threshold": 0.7}
    >>> finding = {"action": "NONE", "confidence": None, **score}
    >>> guardrail_line([{"source": "answer", "action": "none", "policies": [finding]}])
    'guardrail: passed, grounding .93 (>= .7)'
    """
    texts = dict.fromkeys(map(_verdict, sorted(verdicts, key=lambda each: each["source"])))
    return visible_line(f"guardrail: {'; '.join(texts)}") if texts else ""


def _verdict(verdict: Mapping[str, Any]) -> str:
    source = "" if verdict["source"] == "answer" else f"{verdict['source'].replace('_', ' ')} "
    findings = dict.fromkeys(map(_finding, verdict["policies"]))
    return ", ".join((f"{source}{RESULTS[verdict['action']]}", *findings))


def _finding(finding: Mapping[str, Any]) -> str:
    if finding["score"] is not None:
        score, threshold = (_decimal(finding[name]) for name in ("score", "threshold"))
        sign = "<" if finding["score"] < finding["threshold"] else ">="
        return f"{finding['kind'].lower()} {score} ({sign} {threshold})"
    return " ".join(_words(finding))


def _words(finding: Mapping[str, Any]) -> Iterator[str]:
    yield finding["kind"]
    if finding["confidence"]:
        yield finding["confidence"].lower()
    if finding["action"] != "NONE":
        yield finding["action"].lower()


def _decimal(number: float | None) -> str:
    """Two decimals at most, as scores are written.

    >>> _decimal(0.7), _decimal(1.0), _decimal(0)
    ('.7', '1', '0')
    """
    return f"{number or 0:.2f}".rstrip("0").rstrip(".").removeprefix("0") or "0"
