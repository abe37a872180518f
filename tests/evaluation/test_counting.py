"""Counts, thresholds, comparisons and kept runs."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.evaluation import (
    BadRun,
    BadThreshold,
    EvalRun,
    Expectation,
    Quote,
    RecordedAnswer,
    Result,
    by_kind,
    differences,
    judge,
    load_run,
    parse_threshold,
    save_run,
)

CITED = (Quote(1, "s3://bucket/bees.md"),)


def expectation(number: int, kind: str = "fact", *, abstain: bool = False) -> Expectation:
    gold = () if abstain else ("bees.md",)
    must = () if abstain else (("40",),)
    return Expectation(f"q{number}", kind, "How many?", must, (), gold, abstain)


def result(one: Expectation, text: str | None, seconds: float = 1) -> Result:
    """A result; without a text it abstains."""
    citations = CITED if text else ()
    answer = RecordedAnswer(one.id, one.question, text or "No.", citations, "m", 1000, 100, seconds)
    return judge(one, answer)


FACTS = [expectation(number) for number in range(4)]
HARD = [expectation(number, "hard", abstain=True) for number in range(4, 6)]
RESULTS = [
    *(result(FACTS[n], text, n) for n, text in enumerate(("40", "4", None, "40"))),
    result(HARD[0], None),
    result(HARD[1], "40"),
]


def test_each_kind_is_counted_and_all_at_the_end() -> None:
    facts, hard, whole = by_kind(RESULTS, lambda _: 0.5)
    assert (facts.kind, facts.questions, facts.right, facts.wrong) == ("fact", 4, 2, 1)
    assert (facts.wrong_abstentions, facts.cited, facts.citable) == (1, 3, 4)
    assert (facts.p50, facts.p95, facts.dollars) == (1, 3, 2.0)
    assert (hard.right_abstentions, hard.unanswerable, hard.citable) == (1, 2, 0)
    assert (whole.kind, whole.questions, whole.right, whole.input_tokens) == ("all", 6, 3, 6000)


def test_the_cost_is_unknown_where_one_price_is() -> None:
    assert by_kind(RESULTS, lambda answer: None if answer.id == "q1" else 1.0)[-1].dollars is None


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("right=0.5", 3 / 6),
        ("cited=90%", 3 / 4),
        ("abstained=.5", 1 / 2),
        ("answered=1", 3 / 4),
        ("fact=0.5", 2 / 4),
        ("fact.cited = 0.5", 3 / 4),
        ("hard.abstained=1", 1 / 2),
    ],
)
def test_a_threshold_is_a_share_of_the_questions_that_count_for_it(text: str, share: float) -> None:
    assert parse_threshold(text, [*FACTS, *HARD]).share([*FACTS, *HARD], RESULTS) == share


def test_what_was_not_answered_does_not_count_as_right() -> None:
    threshold = parse_threshold("right=1", FACTS)
    assert threshold.share(FACTS, [result(FACTS[0], "40")]) == 1 / 4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("right", "it is not of the form NAME=SHARE"),
        ("rigth=1", "there is no 'rigth'; there are right, cited, abstained, answered, fact, hard"),
        ("fact.speed=1", "there is no 'fact.speed'"),
        ("hard.cited=1", "no question counts for hard.cited"),
        ("right=1.1", "a number from 0 to 1"),
        ("right=nan", "a number from 0 to 1"),
        ("right=80", "a number from 0 to 1"),
        ("right=", "a number from 0 to 1"),
    ],
)
def test_a_bad_threshold_is_refused_with_the_rule(text: str, says: str) -> None:
    with pytest.raises(BadThreshold, match=says):
        parse_threshold(text, [*FACTS, *HARD])


def test_a_comparison_has_the_questions_that_changed() -> None:
    before = [result(FACTS[0], "40"), result(FACTS[1], "4"), result(FACTS[2], "40")]
    after = [result(FACTS[0], None), result(FACTS[1], "40"), result(FACTS[3], "40")]
    lost, gained = differences(before, after)
    assert (lost.after.expectation.id, lost.is_gain) == ("q0", False)
    assert (gained.after.expectation.id, gained.is_gain) == ("q1", True)


def run() -> EvalRun:
    answers = tuple(one.answer for one in RESULTS)
    return EvalRun("q.jsonl", "laptop", datetime(2026, 11, 29, tzinfo=UTC), True, answers)


def test_a_run_is_kept_for_its_owner_alone_and_read_again(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_text("an older one")
    save_run(run(), file)
    assert load_run(file) == run()
    assert list(tmp_path.iterdir()) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("no JSON", "run.json is not that of a run"),
        ("[]", "run.json is not that of a run"),
        ('{"version": 2}', "run.json: "),
    ],
)
def test_a_file_that_is_no_run_is_refused(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(BadRun, match=says):
        load_run(tmp_path / "run.json")
