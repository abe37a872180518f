"""Budgets hold, whatever comes at once, and whatever dies."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.budgets import Ledger, Limits, Table
from app.budgets.limits import Amount, Limit
from app.errors import BudgetSpent, InvalidRequest, OutcropError, Throttled, TooManyTurns
from app.events import Usage
from app.meter import Account
from tests.budgets.conftest import MODEL, NAME, Clock, Open
from tests.test_meter import Recorder

DAY, MONTH = Limit("day", "tokens", 1000), Limit("month", "tokens", 1500)
CALL = Usage(60, 40)


def spent(table: Table, principal: str = "ada", day: str = "29") -> tuple[int, int]:
    """The tokens of a day and of its month."""
    month = table.read(principal, "2026-11")
    assert month
    spending = month.spending(day)
    return spending["day"].tokens, spending["month"].tokens


def test_a_call_counts_what_it_did_cost(opened: Open, table: Table) -> None:
    ledger = opened(DAY)
    reservation = ledger.reserve("ada", MODEL, CALL)
    assert spent(table) == (100, 100), "the most that it can cost, while it is under way"
    reservation.settle(Usage(50, 7), failed=False)
    assert spent(table) == (57, 57)
    month = table.read("ada", "2026-11")
    assert month
    assert month.amount("") == Amount(57, 50_000 + 70_000)
    assert (month.sums["calls"], month.sums["calls_29"], month.sums["unpriced"]) == (1, 1, 0)
    assert month.holds == {}


@pytest.mark.parametrize(
    ("usage", "failed", "tokens"),
    [
        (None, True, 0),  # the service refused the call
        (None, False, 60),  # it was cut before anything was reported: the prompt was read
        (Usage(50, 3), True, 53),  # it failed on the way
        (Usage(90, 400), False, 490),  # more than was estimated
    ],
)
def test_a_call_that_failed_or_was_cut_counts_what_is_known_of_it(
    opened: Open, table: Table, usage: Usage | None, failed: bool, tokens: int
) -> None:
    opened(DAY).reserve("ada", MODEL, CALL).settle(usage, failed=failed)
    assert spent(table) == (tokens, tokens)


def test_a_reservation_is_settled_once(opened: Open, table: Table) -> None:
    reservation = opened(DAY).reserve("ada", MODEL, CALL)
    for _ in range(2):
        reservation.settle(Usage(50, 7), failed=False)
    assert spent(table) == (57, 57)


def test_what_is_over_the_budget_is_refused_with_the_time_at_which_it_begins_anew(
    opened: Open, table: Table, clock: Clock
) -> None:
    ledger = opened(DAY, MONTH)
    ledger.reserve("ada", MODEL, CALL).settle(Usage(900, 50), failed=False)
    with pytest.raises(BudgetSpent, match="1,000 tokens a day") as refusal:
        ledger.reserve("ada", MODEL, CALL)
    assert spent(table) == (950, 950), "a refused call takes nothing"
    assert refusal.value.resets_at
    assert refusal.value.resets_at.isoformat() == "2026-11-30T00:00:00+00:00"
    assert refusal.value.retry_after == 12 * 3600
    ledger.reserve("eve", MODEL, CALL)  # another principal has a budget of its own

    clock.pass_by(days=1)
    ledger.reserve("ada", MODEL, CALL).settle(Usage(400, 50), failed=False)
    with pytest.raises(BudgetSpent, match="1,500 tokens a month") as refusal:
        ledger.reserve("ada", MODEL, Usage(90, 20))
    assert str(refusal.value.resets_at) == "2026-12-01 00:00:00+00:00"
    clock.pass_by(days=1)
    ledger.reserve("ada", MODEL, CALL)


def test_money_is_limited_too_and_needs_a_price(opened: Open) -> None:
    ledger = opened(Limit("month", "nanodollars", 1_000_000))  # a tenth of a cent
    ledger.reserve("ada", MODEL, CALL).settle(Usage(600, 0), failed=False)
    with pytest.raises(BudgetSpent, match=r"\$0.00 a month"):
        ledger.reserve("ada", MODEL, CALL)
    with pytest.raises(InvalidRequest, match="OUTCROP_PRICES") as refusal:
        ledger.reserve("ada", "meta.of-tomorrow", CALL)
    assert refusal.value.field == "model"


def test_a_call_without_a_price_is_counted_and_said(opened: Open, table: Table) -> None:
    opened(DAY).reserve("ada", "meta.of-tomorrow", CALL).settle(CALL, failed=False)
    month = table.read("ada", "2026-11")
    assert month
    assert (month.amount(""), month.sums["unpriced"]) == (Amount(100, 0), 1)


def test_a_budget_smaller_than_one_call_lets_none_through(opened: Open) -> None:
    with pytest.raises(BudgetSpent):
        opened(Limit("day", "tokens", 99)).reserve("ada", MODEL, CALL)


def test_much_that_is_spent_is_warned_of(opened: Open) -> None:
    ledger = opened(DAY, warning_percent=80)
    assert ledger.reserve("ada", MODEL, CALL).settle(Usage(700, 99), failed=False) == ()
    [warning] = ledger.reserve("ada", MODEL, CALL).settle(Usage(1, 0), failed=False)
    assert (warning.period, warning.unit) == ("day", "tokens")
    assert (warning.amount, warning.limit) == (800, 1000)


@pytest.mark.parametrize("tokens", [100, 130])
def test_of_calls_at_once_no_more_go_through_than_the_budget_is_for(
    opened: Open, table: Table, tokens: int
) -> None:
    """Two hundred calls of a hundred tokens, on a budget for fifty. Where an estimate is short of
    what a call takes, the budget is exceeded by that, for each call that was let through.
    """
    ledger = opened(Limit("day", "tokens", 50 * 100))

    def call(_: int) -> str:
        try:
            with Account(Recorder(), "ada", ledger).call(MODEL, "answer", CALL) as call:
                call.observe(Usage(60, tokens - 60))
        except OutcropError as error:
            return error.code
        return "answered"

    with ThreadPoolExecutor(32) as callers:
        outcomes = Counter(callers.map(call, range(200)))
    day, month = spent(table)
    assert outcomes.keys() <= {"answered", "budget-spent", "throttled"}
    assert day == month == outcomes["answered"] * tokens
    assert day <= 50 * 100 + 32 * (tokens - 100), "what is in flight, by what it was underestimated"
    assert day > 45 * 100, "and the budget is used"


def test_reservations_that_nobody_settles_end_by_themselves(
    opened: Open, table: Table, clock: Clock
) -> None:
    ledger = opened(DAY)
    for _ in range(10):
        ledger.reserve("ada", MODEL, CALL)  # and the process dies
    with pytest.raises(BudgetSpent):
        ledger.reserve("ada", MODEL, CALL)
    clock.pass_by(seconds=180)
    with pytest.raises(BudgetSpent):
        ledger.reserve("ada", MODEL, CALL)
    clock.pass_by(seconds=1)
    ledger.reserve("ada", MODEL, CALL)
    assert spent(table) == (10 * 60 + 100, 10 * 60 + 100), "their prompts were read"
    month = table.read("ada", "2026-11")
    assert month
    assert (month.sums["calls"], month.sums["unpriced"], month.sums["unverified"]) == (10, 0, 0)


def test_only_so_many_turns_of_a_principal_are_under_way(opened: Open, clock: Clock) -> None:
    ledger = opened(turns=2)
    first, second = ledger.enter("ada"), ledger.enter("ada")
    with pytest.raises(TooManyTurns, match="2 of your questions"):
        ledger.enter("ada")
    ledger.enter("eve").leave()
    first.leave()
    first.leave()
    ledger.enter("ada")
    with pytest.raises(TooManyTurns):
        ledger.enter("ada")
    second.leave()
    ledger.enter("ada")
    clock.pass_by(seconds=180)
    with pytest.raises(TooManyTurns):
        ledger.enter("ada")
    clock.pass_by(seconds=1)  # all that are left have died
    ledger.enter("ada")
    ledger.enter("ada")


def test_what_died_before_the_clock_was_set_back_does_not_last_until_that_time_comes_again(
    opened: Open, clock: Clock
) -> None:
    ledger = opened(DAY, turns=1)
    ledger.enter("ada")
    for _ in range(10):
        ledger.reserve("ada", MODEL, CALL)  # and the process dies
    clock.pass_by(days=-1)
    ledger.enter("ada")
    ledger.reserve("ada", MODEL, CALL)


class Contended(Table):
    """A table in which others write whenever one does."""

    def hold(self, *_arguments: object) -> bool:
        return False

    def enter(self, *_arguments: object) -> bool:
        return False


def test_a_write_that_never_comes_through_is_to_be_tried_later(served: Any, table: Table) -> None:
    assert table.read("ada", "2026-11") is None
    ledger = Ledger(Contended(served, NAME), Limits((DAY,), turns=2))
    with pytest.raises(Throttled) as refused:
        ledger.reserve("ada", "amazon.nova-lite-v1:0", CALL)
    assert refused.value.detail == ("Too many questions of yours are counted at once. Ask again.")
    with pytest.raises(Throttled) as refused:
        ledger.enter("ada")
    assert refused.value.detail == (
        "Too many questions of yours begin at once. Ask again in some seconds."
    )


def test_of_turns_at_once_no_more_begin_than_may(opened: Open, table: Table) -> None:
    ledger = opened(turns=5)

    def begin(_: int) -> str:
        try:
            ledger.enter("ada")
        except OutcropError as error:
            return error.code
        return "begun"

    with ThreadPoolExecutor(16) as callers:
        outcomes = Counter(callers.map(begin, range(60)))
    month = table.read("ada", "2026-11")
    assert month
    assert outcomes["begun"] == len(month.turns) == 5


def test_a_turn_does_not_begin_where_a_budget_is_spent(opened: Open) -> None:
    ledger = opened(DAY, turns=2)
    ledger.enter("ada").leave()
    ledger.reserve("ada", MODEL, CALL).settle(Usage(1000, 0), failed=False)
    with pytest.raises(BudgetSpent):
        ledger.enter("ada")


def test_a_write_that_is_sent_twice_counts_once(opened: Open, table: Table, served: Any) -> None:
    """As boto3 does if the first response was lost."""
    sent: list[Any] = []

    def keep(params: Any, **_: Any) -> None:
        sent.append(dict(params))

    def repeat(**_: Any) -> None:
        if len(sent) == 1:
            served.update_item(**sent[0])

    ledger = opened(DAY, turns=1)
    ledger.reserve("ada", MODEL, CALL).settle(Usage(1, 0), failed=False)  # the item is there
    events = served.meta.events
    events.register("provide-client-params.dynamodb.UpdateItem", keep)
    events.register("before-call.dynamodb.UpdateItem", repeat)
    try:
        reservation = ledger.reserve("ada", MODEL, CALL)
        assert spent(table) == (101, 101)
        sent.clear()
        reservation.settle(CALL, failed=False)
        assert spent(table) == (101, 101)
        sent.clear()
        ledger.enter("ada").leave()
    finally:
        events.unregister("provide-client-params.dynamodb.UpdateItem", keep)
        events.unregister("before-call.dynamodb.UpdateItem", repeat)


def test_an_item_can_be_deleted_by_dynamodb_a_year_later(opened: Open, served: Any) -> None:
    opened(DAY).reserve("ada", MODEL, CALL)
    key = {"principal": {"S": "ada"}, "month": {"S": "2026-11"}}
    item = served.get_item(TableName=NAME, Key=key)["Item"]
    assert int(item["expires"]["N"]) > 1_796_083_200 + 365 * 86_400  # the first of December 2026


def test_everybodys_month_can_be_read(opened: Open, table: Table, clock: Clock) -> None:
    ledger = opened()
    for principal in ("ada", "eve"):
        ledger.reserve(principal, MODEL, CALL).settle(CALL, failed=False)
    clock.pass_by(days=2)
    ledger.reserve("mae", MODEL, CALL)
    months = {month.principal: month.amount("").tokens for month in table.read_all("2026-11")}
    assert months == {"ada": 100, "eve": 100}
