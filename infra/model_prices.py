"""What a million tokens cost, in and out, for the dashboard's sum.

US dollars, list prices of us-east-1 for on-demand use, as of November 2026 as far as is known here;
nothing fetches them, so AWS's price list has the last word. A model that is missing has no sum.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """US dollars for a million tokens.

    >>> ModelPrice(0.06, 0.24).metric("i", "o")
    '(i * 0.06 + o * 0.24) / 1000000'
    """

    tokens_in: float
    tokens_out: float

    def metric(self, tokens_in: str, tokens_out: str) -> str:
        """The sum, as metric math."""
        return f"({tokens_in} * {self.tokens_in} + {tokens_out} * {self.tokens_out}) / 1000000"


MODEL_PRICES = {
    "amazon.nova-micro-v1:0": ModelPrice(0.035, 0.14),
    "amazon.nova-lite-v1:0": ModelPrice(0.06, 0.24),
    "amazon.nova-pro-v1:0": ModelPrice(0.80, 3.20),
    "us.amazon.nova-micro-v1:0": ModelPrice(0.035, 0.14),
    "us.amazon.nova-lite-v1:0": ModelPrice(0.06, 0.24),
    "us.amazon.nova-pro-v1:0": ModelPrice(0.80, 3.20),
}
