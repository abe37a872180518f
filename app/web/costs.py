"""What an answer cost, by list prices or by those of the settings."""

from collections.abc import Callable

from app.budgets.ledger import read_prices
from app.budgets.limits import Amount
from app.events import Usage
from app.models.facts.token_prices import token_price
from app.settings import Settings

Cost = Callable[[str, Usage], float | None]
"""US dollars for the tokens of a model; None where its price is not known."""


def costs_of(settings: Settings) -> Cost:
    """The costs in a deployment."""
    prices = read_prices(settings.prices)

    def cost(model: str, usage: Usage) -> float | None:
        price = prices.get(model) or token_price(model)
        return Amount.of(usage, price).nanodollars / 1e9 if price else None

    return cost


def no_cost(_model: str, _usage: Usage) -> None:
    """Where nobody knows prices."""
