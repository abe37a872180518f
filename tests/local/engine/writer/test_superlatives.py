"""The row with the most or the least, of a table or of what was named before."""

import pytest

from app.local.engine.writer.candidates import candidates
from app.local.engine.writer.selection.superlatives import extreme_row

PLANS = (
    "# Plans\n\n| plan | price | storage limit | since |\n| --- | --- | --- | --- |\n"
    "| Basic | 3.50 euros | 1,000 GB | 2019 |\n| Team | 20 euros | 500 GB | 2023 |\n"
    "| Solo | 9 euros | 80 GB | 2021 |\n\nAll prices are without taxes.\n"
)


def row(question: str, named: str = "", text: str = PLANS) -> str | None:
    best = extreme_row(question, candidates([text]), ["plans.md"], named)
    return best.cells[0][1] if best else None


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Which plan is cheapest?", "Basic"),
        ("Which plan is the most expensive?", "Team"),
        ("And which plan has the highest limit?", "Basic"),
        ("Which plan has the lowest storage limit?", "Solo"),
        ("Which of the plans is the newest?", "Team"),
    ],
)
def test_the_row_that_is_ahead_of_all_others_is_told(question: str, name: str) -> None:
    assert row(question) == name


def test_of_what_was_named_before_only_that_is_compared() -> None:
    assert row("Which of them is cheapest?", "Team costs 20 euros, and Solo 9.") == "Solo"


@pytest.mark.parametrize(
    "question",
    [
        "Which plan is fastest?",  # no column tells
        "Which customer is the oldest?",  # of something else
        "Is Basic the cheapest plan?",
        "Which plan is cheap?",
    ],
)
def test_where_no_column_tells_nothing_is_said(question: str) -> None:
    assert row(question) is None


@pytest.mark.parametrize(
    "text",
    [
        PLANS.replace("20 euros", "20 dollars"),
        PLANS.replace("20 euros", "on request"),
        PLANS.replace("9 euros", "3.50 euros"),
    ],
    ids=["other units", "no number", "a tie"],
)
def test_what_cannot_be_compared_is_not(text: str) -> None:
    assert row("Which plan is cheapest?", text=text) is None


def test_a_table_that_may_go_on_in_another_passage_is_not_compared() -> None:
    rows = "".join(
        f"| plan number {n} of the catalogue of plans | {n} euros |\n" for n in range(40)
    )
    text = f"# Plans\n\n| plan | price |\n| --- | --- |\n{rows}"
    assert row("Which plan is cheapest?", text=text) is None
    assert row("Which plan is cheapest?", text=f"{text}\nThat is all of them.\n") is not None
