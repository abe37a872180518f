"""The ledger of the settings: which limits it has, what it costs by, and what is refused."""

from typing import Any

import pytest

from app.budgets import Limits, Table, ledger, limits_of
from app.budgets.ledger import read_prices
from app.budgets.limits import Limit, now
from app.errors import OutcropError
from app.models.facts.token_prices import TokenPrice
from app.settings import WrongSettings
from tests.web.backend import settings


def test_every_setting_of_a_budget_is_a_limit() -> None:
    chosen = settings(
        principal_tokens_day=10,
        principal_tokens_month=200,
        principal_dollars_day=0.5,
        principal_dollars_month=3,
        principal_turns=4,
        budget_warning_percent=60,
    )
    assert limits_of(chosen) == Limits(
        (
            Limit("day", "tokens", 10),
            Limit("month", "tokens", 200),
            Limit("day", "nanodollars", 500_000_000),
            Limit("month", "nanodollars", 3_000_000_000),
        ),
        turns=4,
        warning_percent=60,
    )
    assert limits_of(settings()) == Limits((), turns=None, warning_percent=80)


def test_without_a_table_there_is_no_ledger_and_no_limit_may_be() -> None:
    assert ledger(settings()) is None
    for limit in ("principal_turns", "principal_tokens_day", "principal_dollars_month"):
        with pytest.raises(WrongSettings, match=r"OUTCROP_BUDGET_TABLE: a budget, or OUTCROP_PRIN"):
            ledger(settings(**{limit: 1}))


def test_a_ledger_has_the_limits_the_prices_and_the_deadline_of_its_settings(
    monkeypatch: pytest.MonkeyPatch, table: Table, served: Any
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", served.meta.endpoint_url)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    chosen = settings(
        budget_table="budgets", principal_turns=1, prices="mine=1/2", deadline_seconds=240
    )
    opened = ledger(chosen)
    assert opened
    assert opened.limits == limits_of(chosen)
    assert opened.price("mine") == TokenPrice(1, 2)
    assert opened.price("amazon.nova-lite-v1:0") == TokenPrice(0.06, 0.24)
    slot = opened.enter("ada")
    month = table.read("ada", slot.month)
    assert month
    [until] = month.turns.values()
    assert 290 < until - opened.clock().at.timestamp() <= 300, "the deadline, and a minute"


def test_prices_are_read_by_model() -> None:
    assert read_prices("a=0.8/3.2,b:0=1/5") == {"a": TokenPrice(0.8, 3.2), "b:0": TokenPrice(1, 5)}
    assert read_prices(None) == read_prices("") == {}


@pytest.mark.parametrize("entry", ["a=1", "a=1/2/3", "a=x/2", "a"])
def test_a_price_that_is_no_number_is_named(entry: str) -> None:
    with pytest.raises(WrongSettings) as refused:
        read_prices(f"b=1/2,{entry}")
    assert refused.value.detail == (
        f"Settings are missing or wrong: OUTCROP_PRICES: {entry!r} is not of the form "
        "MODEL=IN/OUT, as in my-model=0.8/3.2."
    )


def test_a_failure_names_the_operation(served: Any) -> None:
    gone = Table(served, "gone")
    for operation, call in (
        ("GetItem", lambda: gone.read("ada", "2026-11")),
        ("Scan", lambda: list(gone.read_all("2026-11"))),
        ("UpdateItem", lambda: gone.leave("ada", "2026-11", "a-turn")),
        ("PutItem", lambda: gone.create("ada", now())),
    ):
        with pytest.raises(OutcropError, match=operation):
            call()
