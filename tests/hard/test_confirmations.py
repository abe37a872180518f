"""A few kills between a confirmation and its answer; `make hard` kills a hundred times."""

from tests.hard import Plan, confirmations


def test_a_confirmed_call_acts_once_whenever_the_application_is_killed(*, thorough: bool) -> None:
    counts = list(confirmations.run(Plan(number=100 if thorough else 6, seed=3)))
    assert counts[0].number == (100 if thorough else 6)
    assert [count for count in counts if count.broken] == []
