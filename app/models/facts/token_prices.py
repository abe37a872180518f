"""What a million tokens cost: list prices of us-east-1 for on-demand use, at the date `AS_OF`.

Nothing fetches them, so AWS's price list has the last word. A model that is missing has no price
here; so has a profile of another geography than the us and global ones, whose prices may differ.
Since Claude 4.5, a profile of a geography costs a tenth more than the global one.

Some prices stand in no list of AWS's that could be read: other people's tables agree on them. They
are marked as not verified, and `outcrop usage` says how many calls they were counted for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.models.facts.ids import parse

AS_OF = date(2026, 11, 1)


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """US dollars for a million tokens, read and written.

    Attributes:
        is_verified: whether the price was read in a list of AWS's, or named by the operator.
    """

    input: float
    output: float
    is_verified: bool = True


_US = (None, "us")  # the geographies of a bare id and of a us profile

TOKEN_PRICES: Mapping[str, TokenPrice] = {
    "amazon.nova-micro-v1:0": TokenPrice(0.035, 0.14),
    "amazon.nova-lite-v1:0": TokenPrice(0.06, 0.24),
    "amazon.nova-pro-v1:0": TokenPrice(0.80, 3.20),
    "anthropic.claude-haiku-4-5-20251001-v1:0": TokenPrice(1.10, 5.50),
    "anthropic.claude-sonnet-4-5-20250929-v1:0": TokenPrice(3.30, 16.50),
    "anthropic.claude-sonnet-4-6": TokenPrice(3.30, 16.50),
    "anthropic.claude-opus-4-5-20251101-v1:0": TokenPrice(5.50, 27.50, is_verified=False),
    "amazon.titan-embed-text-v2:0": TokenPrice(0.02, 0, is_verified=False),
    "cohere.embed-english-v3": TokenPrice(0.10, 0, is_verified=False),
    "cohere.embed-multilingual-v3": TokenPrice(0.10, 0, is_verified=False),
}
"""By the id of the model, for its bare id and for its us profile."""

GLOBAL_PRICES: Mapping[str, TokenPrice] = {
    "anthropic.claude-haiku-4-5-20251001-v1:0": TokenPrice(1.00, 5.00),
    "anthropic.claude-sonnet-4-5-20250929-v1:0": TokenPrice(3.00, 15.00),
    "anthropic.claude-sonnet-4-6": TokenPrice(3.00, 15.00),
    "anthropic.claude-opus-4-5-20251101-v1:0": TokenPrice(5.00, 25.00, is_verified=False),
}
"""For its global profile."""


def token_price(model_id: str) -> TokenPrice | None:
    """The price of a model, by the id that it is called by; None where it is not known.

    >>> token_price("us.amazon.nova-lite-v1:0")
    TokenPrice(input=0.06, output=0.24, is_verified=True)
    >>> token_price("global.anthropic.claude-sonnet-4-6")
    TokenPrice(input=3.0, output=15.0, is_verified=True)
    >>> token_price("eu.amazon.nova-lite-v1:0") is None
    True
    """
    name = parse(model_id)
    if name.geography == "global":
        return GLOBAL_PRICES.get(name.model)
    return TOKEN_PRICES.get(name.model) if name.geography in _US else None
