"""What a million tokens cost: list prices of us-east-1 for on-demand use, as of November 2026.

Nothing fetches them, so AWS's price list has the last word. A model that is missing has no price
here; so has a profile of another geography than the us, whose prices may differ.
"""

from dataclasses import dataclass

from app.models.facts.ids import parse


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """US dollars for a million tokens, read and written."""

    input: float
    output: float


TOKEN_PRICES = {
    "amazon.nova-micro-v1:0": TokenPrice(0.035, 0.14),
    "amazon.nova-lite-v1:0": TokenPrice(0.06, 0.24),
    "amazon.nova-pro-v1:0": TokenPrice(0.80, 3.20),
}


def token_price(model_id: str) -> TokenPrice | None:
    """The price of a model, by the id that it is called by; None where it is not known.

    >>> token_price("us.amazon.nova-lite-v1:0")
    TokenPrice(input=0.06, output=0.24)
    >>> token_price("eu.amazon.nova-lite-v1:0") is None
    True
    """
    name = parse(model_id)
    return TOKEN_PRICES.get(name.model) if name.geography in (None, "us") else None
