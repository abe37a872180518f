"""What a caller has spent: the body of GET /usage."""

from datetime import date, datetime

from app.web.schemas.base import Schema


class PeriodSpending(Schema):
    """What was spent in a period, calls under way included, and what may be.

    Attributes:
        period: a day or a month, as in 2026-11-29.
        dollars: by list prices.
        most_tokens: the budget; None if there is none.
        resets: when the period ends.
    """

    period: str
    calls: int
    tokens: int
    dollars: float
    most_tokens: int | None = None
    most_dollars: float | None = None
    resets: datetime | None = None


class Spending(Schema):
    """What the caller has spent in a month.

    Attributes:
        today: None for another month than this.
        days: each day with a call.
        unpriced_calls: calls of models whose price is not known; they count no dollars.
        unverified_calls: calls of models whose price was read in no list of AWS's; the dollars that
            they count are what others say.
        prices_as_of: the date of the list prices.
    """

    month: PeriodSpending
    today: PeriodSpending | None
    days: list[PeriodSpending]
    unpriced_calls: int
    unverified_calls: int
    prices_as_of: date
