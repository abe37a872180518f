"""A table of budgets in a stand-in, which keeps it on the disk."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app import resources
from app.budgets import Ledger, Limits, Table
from app.budgets.limits import Limit, Moment
from app.local import dynamodb
from app.models.facts.token_prices import TokenPrice
from tests.lambdas.tools.shop import create
from tests.wire_server import serving

NAME = "budgets"
MODEL = "model"
PRICES = {MODEL: TokenPrice(1.0, 10.0)}
BEGIN = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = BEGIN

    def __call__(self) -> Moment:
        return Moment(self.at)

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of a stand-in's DynamoDB."""
    folder: Path = tmp_path_factory.mktemp("dynamodb")
    with (
        closing(dynamodb.Tables(folder)) as tables,
        serving({"dynamodb": dynamodb.handlers(tables)}) as server,
    ):
        yield server.client("dynamodb")


@pytest.fixture
def table(served: Any) -> Iterator[Table]:
    """An empty table."""
    create(served, NAME, resources.BUDGET_KEYS)
    yield Table(served, NAME)
    served.delete_table(TableName=NAME)


@pytest.fixture
def clock() -> Clock:
    return Clock()


Open = Callable[..., Ledger]


@pytest.fixture
def opened(table: Table, clock: Clock) -> Open:
    """Opens a ledger with limits, as in `opened(Limit("day", "tokens", 100), turns=2)`."""

    def ledger(*limits: Limit, **more: Any) -> Ledger:
        return Ledger(table, Limits(limits, **more), prices=PRICES, seconds=120, clock=clock)

    return ledger
