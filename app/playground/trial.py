"""A trial, and what it is made with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.budgets.ledger import read_prices
from app.budgets.limits import BILLION, Amount
from app.errors import InvalidRequest
from app.events import GuardrailMode, Usage
from app.guardrail import Guard, Verdict
from app.meter import Account
from app.models import Message, Model, Prompt
from app.models.facts.token_prices import TokenPrice, token_price
from app.playground.code import RuntimeAddress
from app.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient


@dataclass(frozen=True, slots=True)
class Trial:
    """What a model is asked, and how.

    Attributes:
        messages: a conversation that ends with the user's message.
        model: its id; None is the settings' model.
        max_tokens: the longest reply; None for the longest that the settings and the model allow.
        temperature, top_p, top_k, stop: as of a Prompt. What is left out is the model's default.
        guardrail: what the caller takes for granted of the home: that it judges, or that it does
            not. None takes the home as it is.
    """

    messages: tuple[Message, ...]
    model: str | None = None
    system: str = ""
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: tuple[str, ...] = ()
    guardrail: bool | None = None

    def prompt(self, model: Model, settings: Settings) -> Prompt:
        """What the model is asked.

        Raises:
            InvalidRequest: naming the part that is at fault.
        """
        longest = min(settings.max_tokens, model.facts.output or settings.max_tokens)
        if self.max_tokens is not None and self.max_tokens > settings.max_tokens:
            raise InvalidRequest(
                f"A reply has at most {settings.max_tokens} tokens here, by OUTCROP_MAX_TOKENS, "
                f"and not {self.max_tokens}.",
                field="max_tokens",
            )
        return Prompt(
            messages=self.messages,
            system=self.system,
            max_tokens=longest if self.max_tokens is None else self.max_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            top_k=self.top_k,
            stop=self.stop,
        )

    def check_guardrail(self, settings: Settings) -> None:
        """Refuse a trial that takes the home for another than it is.

        Raises:
            InvalidRequest: naming `guardrail`.
        """
        if self.guardrail is True and not settings.guardrail_id:
            raise InvalidRequest("This home has no guardrail; leave it out.", field="guardrail")
        if self.guardrail is False and settings.guardrail_id:
            raise InvalidRequest(
                "The guardrail of this home judges every text, and a trial cannot do without it; "
                "leave it out.",
                field="guardrail",
            )


@dataclass(frozen=True, slots=True)
class PlaygroundContext:
    """The services and settings for one trial.

    Attributes:
        is_whole: whether the reader gets the whole reply at once.
    """

    runtime: "BedrockRuntimeClient"
    settings: Settings
    guard: Guard
    account: Account
    is_whole: bool = False

    @property
    def address(self) -> RuntimeAddress:
        """Where requests go to."""
        meta = self.runtime.meta
        return RuntimeAddress(meta.region_name, meta.endpoint_url)

    @property
    def guardrail_mode(self) -> GuardrailMode | None:
        """When the reply is judged; None without a guardrail."""
        if not self.settings.guardrail_id:
            return None
        return "buffer" if self.is_whole else self.settings.guardrail_mode

    @property
    def shows_reasoning(self) -> bool:
        """Whether reasoning is shown as it comes: not before a guardrail has judged it."""
        return not self.settings.guardrail_id

    def judge(self, prompt: Prompt, words: str) -> Verdict:
        """The guard's verdict on the reply, which rests on no passages and is grounded in none."""
        return self.guard.answer(words, prompt.messages[-1].text, ())

    def passes(self, reasoning: str) -> bool:
        """Whether the guard lets reasoning be seen."""
        return not reasoning.strip() or not self.guard.answer(reasoning, "", ()).intervened

    def dollars(self, model_id: str, usage: Usage) -> float | None:
        """What these tokens cost by list price; None if the price is not known."""
        prices: Mapping[str, TokenPrice] = read_prices(self.settings.prices)
        price = prices.get(model_id) or token_price(model_id)
        return Amount.of(usage, price).nanodollars / BILLION if price else None
