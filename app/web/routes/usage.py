"""The route of what the caller has spent, and may spend."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from app.aws import Clients
from app.budgets import Ledger, Month
from app.budgets.limits import BILLION, Moment, Period
from app.errors import NotFound
from app.models.facts.token_prices import AS_OF
from app.settings import Settings
from app.web import schemas
from app.web.principal import principal_of

TAG = "usage"


def router(_clients: Clients, settings: Settings) -> APIRouter:
    """`/usage`."""
    routes = APIRouter()
    principal = principal_of(settings)

    @routes.get("/usage")
    def usage(
        owner: Annotated[str, Depends(principal)],
        request: Request,
        month: Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] = None,
    ) -> schemas.Spending:
        """Show what the caller has spent in a month, day by day, and its budgets."""
        ledger: Ledger | None = request.app.state.ledger
        if ledger is None:
            raise NotFound(
                "Nothing is counted here, because OUTCROP_BUDGET_TABLE is not set; on the laptop, "
                "because no budget is."
            )
        moment = ledger.clock()
        name = month or moment.month
        return _spending(ledger, ledger.table.read(owner, name) or Month(owner, name, {}), moment)

    return routes


def _spending(ledger: Ledger, month: Month, moment: Moment) -> schemas.Spending:
    is_present = month.month == moment.month
    days = [
        day for day in (f"{number:02d}" for number in range(1, 32)) if f"calls_{day}" in month.sums
    ]
    return schemas.Spending.model_validate(
        {
            "month": _sums(month, "", month.month) | _budget(ledger, "month", moment, is_present),
            "today": _sums(month, f"_{moment.day}", f"{month.month}-{moment.day}")
            | _budget(ledger, "day", moment, is_present)
            if is_present
            else None,
            "days": [_sums(month, f"_{day}", f"{month.month}-{day}") for day in days],
            "unpriced_calls": month.sums.get("unpriced", 0),
            "unverified_calls": month.sums.get("unverified", 0),
            "prices_as_of": AS_OF,
        }
    )


def _sums(month: Month, suffix: str, name: str) -> dict[str, Any]:
    amount = month.amount(suffix)
    return {
        "period": name,
        "calls": month.sums.get(f"calls{suffix}", 0),
        "tokens": amount.tokens,
        "dollars": amount.nanodollars / BILLION,
    }


def _budget(ledger: Ledger, period: Period, moment: Moment, is_present: bool) -> dict[str, Any]:
    """The limits of a period, and its end; nothing for a period that is over."""
    if not is_present:
        return {}
    most = {limit.unit: limit.most for limit in ledger.limits.limits if limit.period == period}
    dollars = most.get("nanodollars")
    return {
        "most_tokens": most.get("tokens"),
        "most_dollars": None if dollars is None else dollars / BILLION,
        "resets": moment.reset(period),
    }
