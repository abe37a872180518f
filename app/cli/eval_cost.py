"""What the questions of a file cost: an estimate before, and the price of each answer after."""

from collections.abc import Sequence
from math import inf

import typer

from app.evaluation import EvalRun, Exchange, RecordedAnswer
from app.evaluation.tally import Price
from app.models.facts.token_prices import TokenPrice, token_price

LAPTOP = "laptop"
"""The application of a run that cost nothing."""

TYPICAL_TOKENS = 2_000, 300
"""The tokens that a call reads and writes, for an estimate: five passages and a paragraph."""


def estimate(exchanges: Sequence[Exchange], model: str, price: TokenPrice | None) -> str:
    """How many calls the questions take, and about what they cost.

    Args:
        price: of the model, where it is not that of the list.
    """
    turns = [len(exchange.turns) for exchange in exchanges]
    rewrites = sum(turns) - len(turns)
    calls = sum(turns) + rewrites
    rate = price or token_price(model)
    reads, writes = TYPICAL_TOKENS
    cost = "; their price is not known here (--price)"
    if rate:
        dollars = calls * _cost(rate, reads, writes)
        cost = f", about ${dollars:.2f} if each reads {reads:,} tokens and writes {writes:,}"
    follow_ups = f", of which {rewrites} rewrite a follow-up" if rewrites else ""
    return (
        f"{sum(turns)} questions take {calls} calls of {model}{follow_ups}{cost}, and "
        f"{sum(turns)} of Retrieve."
    )


def parse_price(text: str | None) -> TokenPrice | None:
    """The price of an option, as in 0.06/0.24."""
    if text is None:
        return None
    try:
        read_price, written = map(float, text.split("/"))
    except ValueError:
        read_price = written = -1
    if not (0 <= read_price < inf and 0 <= written < inf):
        rule = f"{text!r} is not of the form IN/OUT, as in 0.06/0.24"
        raise typer.BadParameter(rule, param_hint="--price")
    return TokenPrice(read_price, written)


def pricing(run: EvalRun, price: TokenPrice | None) -> Price:
    """What an answer's tokens cost: nothing on the laptop, unless a price is given."""

    def dollars(answer: RecordedAnswer) -> float | None:
        rate = price
        if rate is None and run.application == LAPTOP:
            return 0.0
        if rate is None and answer.model:
            rate = token_price(answer.model)
        return None if rate is None else _cost(rate, answer.input_tokens, answer.output_tokens)

    return dollars


def _cost(rate: TokenPrice, read_tokens: float, written: float) -> float:
    return (rate.input * read_tokens + rate.output * written) / 1e6
