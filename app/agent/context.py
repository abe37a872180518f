"""What an agent's turn needs, beside what every turn does: tools, and limits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.agent.documents import SEARCH
from app.budgets.ledger import read_prices
from app.budgets.limits import Amount
from app.errors import OperatorError
from app.events import Usage
from app.models.facts.token_prices import token_price
from app.settings import Settings
from app.tools import Tool
from app.turn import TurnContext


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """Where a turn stops, whatever the model wants.

    Attributes:
        steps: the most replies of the model.
        errors: the most calls that are refused or fail.
        tokens: the most tokens, read and written, that its replies take.
        seconds: no reply is asked for after so long.
        dollars: the most that its replies cost, by list prices; None for any.
    """

    steps: int
    errors: int
    tokens: int
    seconds: float
    dollars: float | None = None

    def reached(self, turn: "TurnSpending") -> str | None:
        """The limit that a turn has reached, in words; None if there is none."""
        if turn.steps >= self.steps:
            return f"this took {self.steps} steps, which is the most"
        if turn.errors >= self.errors:
            return f"{self.errors} calls went wrong, which is the most"
        if turn.usage.input_tokens + turn.usage.output_tokens >= self.tokens:
            return f"this took {self.tokens} tokens, which is the most"
        if turn.seconds >= self.seconds:
            return f"this took {self.seconds:g} seconds, which is the most"
        if self.dollars is not None and turn.cost(turn.usage) >= self.dollars:
            return f"this cost ${self.dollars:g}, which is the most"
        return None

    @classmethod
    def of(cls, settings: Settings) -> "TurnLimits":
        """The limits of a deployment."""
        return cls(
            settings.agent_steps,
            settings.agent_errors,
            settings.agent_tokens,
            settings.deadline_seconds * 0.75,
            settings.agent_dollars,
        )


@dataclass(frozen=True, slots=True)
class TurnSpending:
    """What a turn has taken so far, as `TurnLimits` counts it.

    Attributes:
        cost: what tokens cost, in US dollars.
    """

    steps: int
    errors: int
    usage: Usage
    seconds: float
    cost: Callable[[Usage], float]


@dataclass(frozen=True, slots=True)
class AgentContext:
    """The services, settings and tools for the agent's turns of one principal.

    Attributes:
        tools: what the agent may call, beside its search of the documents.
        confirmation_seconds: for so long a call waits to be confirmed.
    """

    turn: TurnContext
    tools: Sequence[Tool]
    limits: TurnLimits
    confirmation_seconds: int

    @classmethod
    def of(cls, turn: TurnContext, tools: Sequence[Tool]) -> "AgentContext":
        """The context of a turn, with the settings' limits."""
        settings = turn.settings
        return cls(turn, tools, TurnLimits.of(settings), settings.confirmation_seconds)

    @property
    def all_tools(self) -> Sequence[Tool]:
        """The tools that the model is offered: the search of the documents comes last."""
        return (*self.tools, SEARCH)

    @property
    def principal(self) -> str:
        """Who asks, from the verified session."""
        return self.turn.account.principal

    def cost(self, model: str, usage: Usage) -> float:
        """What these tokens cost, in US dollars by list prices.

        Raises:
            OperatorError: the model's price is not known.
        """
        price = read_prices(self.turn.settings.prices).get(model) or token_price(model)
        if price is None:
            raise OperatorError(
                f"The price of {model} is not known, so OUTCROP_AGENT_DOLLARS cannot be kept: add "
                "it to OUTCROP_PRICES."
            )
        return Amount.of(usage, price).nanodollars / 1e9
