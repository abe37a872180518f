"""What Outcrop's own guardrail would do to users' questions and answers, which are harmless.

The guardrail is the default definition with every action NONE: it finds what it would find and
leaves every turn as it is, so that one run says which right answers it would have held back.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import quantiles
from typing import Any

from app.aws import clients, deployer
from app.deploy.laptop.provision import provision
from app.guardrail_definition import GuardrailChoice, GuardrailDefinition, read_definition
from app.settings import Settings
from tests.flows.home import SECONDS
from tests.quality._score import FOLDER
from tests.quality.user_questions import Judged, judged
from tests.tables import Table

NOTHING = {"input": "NONE", "output": "NONE"}
SCORES = ("GROUNDING", "RELEVANCE")


def run() -> Iterator[Table]:
    if not FOLDER.exists():
        yield Table("guarded", ("skipped",), (("../shared/eval/user_questions is missing",),))
        return
    judgements = judged(reporting_home)
    turns = [*judgements.questions, *judgements.turns]
    right = [one for one in turns if one.outcome == "right"]
    note = (
        f"Held back of right answers: {held_back(turns):.1%}. "
        f"Questions refused: {refused(turns):.1%}."
    )
    yield Table(
        f"The default guardrail over {len(turns)} turns of users, of which {len(right)} are right",
        ("text", "policy", "rule", "turns", "of right ones"),
        list(_rows(turns)),
        notes=[note],
    )
    yield Table(
        "Scores of answers",
        ("score", "of", "answers", "lowest", "1 in 20", "1 in 10", "1 in 4", "median"),
        [_scores(kind, of, some) for kind in SCORES for of, some in _outcomes(turns)],
    )


def held_back(turns: Sequence[Judged]) -> float:
    """How many of the right answers the guardrail would block, 0 to 1."""
    right = [one for one in turns if one.outcome == "right"]
    return sum("answer" in {text for text, *_ in _broken(one)} for one in right) / len(right)


def refused(turns: Sequence[Judged]) -> float:
    """How many questions the guardrail would block, 0 to 1."""
    return sum("question" in {text for text, *_ in _broken(one)} for one in turns) / len(turns)


def reporting() -> GuardrailDefinition:
    """The default definition with every action NONE."""
    rules: dict[str, Any] = read_definition().model_dump(exclude_none=True)
    for rule in rules["content"]["filters"].values():
        rule["action"] = NOTHING
    rules["words"]["managed"] = dict.fromkeys(rules["words"]["managed"], NOTHING)
    pii = rules["sensitive_information"]["pii"]
    rules["sensitive_information"]["pii"] = dict.fromkeys(pii, NOTHING)
    for rule in rules["grounding"].values():
        rule["action"] = "NONE"
    return GuardrailDefinition.model_validate(rules)


def reporting_home() -> Settings:
    """Make a home whose guardrail only reports."""
    choice = GuardrailChoice("reporting", reporting())
    return provision(clients(SECONDS), deployer(SECONDS), guardrail=choice)


def _broken(turn: Judged) -> Iterator[tuple[str, str, str]]:
    """The rules that a turn's texts break: the text, the policy and the rule, once each."""
    seen = set()
    for verdict in turn.verdicts:
        for finding in verdict["policies"]:
            score, least = finding.get("score"), finding.get("threshold")
            rule = (verdict["source"], finding["policy"], finding["kind"])
            if (score is None or score < least) and rule not in seen:
                seen.add(rule)
                yield rule


def _rows(turns: Sequence[Judged]) -> Iterator[tuple[str, ...]]:
    broken = Counter(rule for one in turns for rule in _broken(one))
    right = Counter(rule for one in turns if one.outcome == "right" for rule in _broken(one))
    for rule, count in sorted(broken.items()):
        yield (*rule, str(count), str(right[rule]))


def _outcomes(turns: Sequence[Judged]) -> Iterator[tuple[str, list[Judged]]]:
    for outcome in sorted({one.outcome for one in turns}):
        yield outcome, [one for one in turns if one.outcome == outcome]


def _scores(kind: str, of: str, turns: Sequence[Judged]) -> tuple[str, ...]:
    scores = sorted(
        finding["score"]
        for one in turns
        for verdict in one.verdicts
        for finding in verdict["policies"]
        if finding["kind"] == kind
    )
    if len(scores) < 2:
        return (kind, of, str(len(scores)), *("",) * 5)
    parts = quantiles(scores, n=20, method="inclusive")
    figures = (scores[0], parts[0], parts[1], parts[4], parts[9])
    return (kind, of, str(len(scores)), *(f"{one:.2f}" for one in figures))
