"""The budgets of a principal: how much it may spend in a day and in a month."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from app.events import BudgetWarning, Usage
from app.models.facts.token_prices import TokenPrice
from app.settings import Settings

Period = Literal["day", "month"]
Unit = Literal["tokens", "nanodollars"]
BILLION = 10**9


@dataclass(frozen=True, slots=True)
class Amount:
    """What calls cost. Money is in whole nanodollars, so that sums are exact: a price of a dollar
    for a million tokens is a thousand nanodollars for one.

    >>> Amount.of(Usage(1_000_000, 1000), TokenPrice(0.06, 0.24))
    Amount(tokens=1001000, nanodollars=60240000)
    """

    tokens: int = 0
    nanodollars: int = 0

    @classmethod
    def of(cls, usage: Usage, price: TokenPrice | None) -> "Amount":
        """What these tokens cost; without a price, no money."""
        rate = price or TokenPrice(0, 0)
        return cls(
            usage.input_tokens + usage.output_tokens,
            round(1000 * rate.input * usage.input_tokens)
            + round(1000 * rate.output * usage.output_tokens),
        )

    def __sub__(self, other: "Amount") -> "Amount":
        return Amount(self.tokens - other.tokens, self.nanodollars - other.nanodollars)

    def in_unit(self, unit: Unit) -> int:
        """The amount in one unit."""
        return self.tokens if unit == "tokens" else self.nanodollars


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment, and the day and month that it is in, in UTC.

    >>> moment = Moment(datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
    >>> moment.month, moment.day, moment.reset("day").isoformat()
    ('2026-12', '31', '2027-01-01T00:00:00+00:00')
    """

    at: datetime

    @property
    def month(self) -> str:
        return f"{self.at:%Y-%m}"

    @property
    def day(self) -> str:
        return f"{self.at:%d}"

    def reset(self, period: Period) -> datetime:
        """The end of the period."""
        midnight = self.at.replace(hour=0, minute=0, second=0, microsecond=0)
        if period == "day":
            return midnight + timedelta(days=1)
        return (midnight.replace(day=1) + timedelta(days=32)).replace(day=1)


def now() -> Moment:
    """The moment at which it is called."""
    return Moment(datetime.now(UTC))


Spending = Mapping[Period, Amount]
"""What a principal has spent and reserved, in the day and in the month."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that a principal may spend of a unit in a period."""

    period: Period
    unit: Unit
    most: int

    @property
    def text(self) -> str:
        """The limit as a person reads it.

        >>> Limit("day", "nanodollars", 1_500_000_000).text, Limit("month", "tokens", 90_000).text
        ('$1.50 a day', '90,000 tokens a month')
        """
        if self.unit == "tokens":
            return f"{self.most:,} tokens a {self.period}"
        return f"${self.most / BILLION:,.2f} a {self.period}"


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit of a principal.

    Attributes:
        turns: the most turns of it at once; None for any number.
        warning_percent: the part of a limit from which on a warning is given.
    """

    limits: tuple[Limit, ...] = ()
    turns: int | None = None
    warning_percent: int = 80

    @property
    def need_prices(self) -> bool:
        """Whether money is limited, so that a model without a price cannot be called."""
        return any(limit.unit == "nanodollars" for limit in self.limits)

    def limits_below(self, spending: Spending, further: Amount) -> Iterator[Limit]:
        """The limits that are exceeded if so much more is spent."""
        for limit in self.limits:
            amount = spending[limit.period].in_unit(limit.unit)
            if amount + further.in_unit(limit.unit) > limit.most:
                yield limit

    def limits_reached(self, spending: Spending) -> Iterator[Limit]:
        """The limits of which nothing is left."""
        return self.limits_below(spending, Amount(1, 1))

    def warnings(self, spending: Spending, moment: Moment) -> tuple[BudgetWarning, ...]:
        """A warning for each limit of which much is spent."""
        return tuple(
            BudgetWarning(
                limit.period,
                "tokens" if limit.unit == "tokens" else "dollars",
                _readable(spending[limit.period].in_unit(limit.unit), limit.unit),
                _readable(limit.most, limit.unit),
                moment.reset(limit.period),
            )
            for limit in self.limits
            if 100 * spending[limit.period].in_unit(limit.unit) >= self.warning_percent * limit.most
        )


def _readable(count: int, unit: Unit) -> float:
    return count if unit == "tokens" else count / BILLION


def limits_of(settings: Settings) -> Limits:
    values: Mapping[tuple[Period, Unit], float | None] = {
        ("day", "tokens"): settings.principal_tokens_day,
        ("month", "tokens"): settings.principal_tokens_month,
        ("day", "nanodollars"): settings.principal_dollars_day,
        ("month", "nanodollars"): settings.principal_dollars_month,
    }
    return Limits(
        tuple(
            Limit(period, unit, round(most * (1 if unit == "tokens" else BILLION)))
            for (period, unit), most in values.items()
            if most is not None
        ),
        settings.principal_turns,
        settings.budget_warning_percent,
    )
