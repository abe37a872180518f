"""Admits turns, reserves what calls can cost, and settles what they did cost."""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.aws import dynamodb
from app.budgets.limits import Amount, Limit, Limits, Moment, limits_of, now
from app.budgets.table import Hold, Month, Table
from app.errors import BudgetSpent, InvalidRequest, OutcropError, Throttled, TooManyTurns
from app.events import BudgetWarning, Usage
from app.models.facts.token_prices import TokenPrice, token_price
from app.settings import Settings, WrongSettings

log = logging.getLogger(__name__)

WRITE_SECONDS = 15  # for a write, with all its attempts
TRIES = 5  # of a write whose condition was not met, though what is read then says that it is
MARGIN_SECONDS = 60  # a turn's process may take longer than its deadline to end
LONGEST_SECONDS = 3600.0
"""What seems to last longer, or longer than a turn, began before the clock was set back."""


@dataclass(frozen=True, slots=True)
class LedgerReservation:
    """What one call has reserved.

    Attributes:
        hold: None if there is no limit, and so nothing to reserve.
    """

    ledger: "Ledger"
    principal: str
    moment: Moment
    price: TokenPrice | None
    most: Usage
    hold: Hold

    def settle(self, usage: Usage | None, *, failed: bool) -> tuple[BudgetWarning, ...]:
        """Count what the call did cost: the usage that was reported, or else nothing if the service
        refused the call, and the prompt if the call was cut. It never raises: then what is reserved
        stays so until it ends by itself.

        Returns:
            The warnings after it.
        """
        read_prompt = Usage(0 if failed else self.most.input_tokens, 0)
        amount = Amount.of(usage or read_prompt, self.price)
        try:
            month = self.ledger.settle(self.hold, amount, self.price)
        except OutcropError as error:
            log.error("a call cannot be counted: %s: %s", error.code, error.detail)
            return ()
        return self.ledger.warnings(month, self.moment) if month else ()


@dataclass(frozen=True, slots=True)
class LedgerSlot:
    """A turn under way."""

    ledger: "Ledger"
    principal: str
    month: str
    turn: str | None

    def leave(self) -> None:
        """Count the turn no more. It never raises: the turn then ends by itself."""
        if self.turn is not None:
            self.ledger.leave(self.principal, self.month, self.turn)


class Ledger:
    """The budgets of every principal.

    Args:
        prices: of models that the list of prices lacks, or that cost something else here.
        seconds: the longest that a turn, and a call in it, can take.
        clock: what tells the moment.
    """

    def __init__(
        self,
        table: Table,
        limits: Limits,
        *,
        prices: Mapping[str, TokenPrice] | None = None,
        seconds: float = 120,
        clock: Callable[[], Moment] = now,
    ) -> None:
        self.table, self.limits = table, limits
        self._prices = prices or {}
        self._seconds = seconds
        self.clock = clock

    def price(self, model: str) -> TokenPrice | None:
        """The price of a model, by the id that it is called by."""
        return self._prices.get(model) or token_price(model)

    def enter(self, principal: str) -> LedgerSlot:
        """Let a turn begin.

        Raises:
            BudgetSpent: nothing is left of a budget.
            TooManyTurns: so many turns of the principal are under way.
        """
        moment, turn = self.clock(), secrets.token_hex(8)
        limits = self.limits
        if limits.turns is None and not limits.limits:
            return LedgerSlot(self, principal, moment.month, None)
        until = self._until(moment)
        for _ in range(TRIES):
            if self.table.enter(principal, moment, turn, until, limits):
                return LedgerSlot(self, principal, moment.month, turn)
            month = self._refresh(principal, moment)
            if month is None:
                continue
            if turn in month.turns:  # the write was sent twice
                return LedgerSlot(self, principal, moment.month, turn)
            if obstacles := list(limits.limits_reached(month.spending(moment.day))):
                raise _refusal(obstacles, moment)
            if limits.turns is not None and len(month.turns) >= limits.turns:
                raise TooManyTurns(
                    f"{limits.turns} of your questions are being answered, and no more can be at "
                    "once. Ask again when one of them has its answer."
                )
        raise Throttled("Too many questions of yours begin at once. Ask again in some seconds.")

    def leave(self, principal: str, month: str, turn: str) -> None:
        """Count a turn no more, so that another of its principal may begin. It never raises."""
        try:
            self.table.leave(principal, month, turn)
        except OutcropError as error:
            log.error("a turn counts until it ends by itself: %s: %s", error.code, error.detail)

    def reserve(self, principal: str, model: str, most: Usage) -> LedgerReservation:
        """Reserve what a call can cost.

        Args:
            most: the tokens of its prompt, on the high side, and of the longest answer.

        Raises:
            BudgetSpent: too little is left of a budget.
            InvalidRequest: money is limited, and the model's price is not known.
        """
        price = self.price(model)
        if price is None and self.limits.need_prices:
            raise InvalidRequest(
                f"{model}: its price is not known, and dollars are limited here. The operator can "
                "name it in OUTCROP_PRICES.",
                field="model",
            )
        moment = self.clock()
        hold = Hold(
            secrets.token_hex(8),
            principal,
            moment.month,
            moment.day,
            Amount.of(most, price),
            Amount.of(Usage(most.input_tokens, 0), price),
            self._until(moment),
        )
        for _ in range(TRIES):
            if self.table.hold(hold, self.limits):
                break
            month = self._refresh(principal, moment)
            if month is None:
                continue
            if hold.id in month.holds:  # the write was sent twice
                break
            if obstacles := list(self.limits.limits_below(month.spending(moment.day), hold.most)):
                raise _refusal(obstacles, moment)
        else:
            raise Throttled("Too many questions of yours are counted at once. Ask again.")
        return LedgerReservation(self, principal, moment, price, most, hold)

    def settle(self, hold: Hold, amount: Amount, price: TokenPrice | None) -> Month | None:
        """Count what a call did cost, by this price."""
        return self.table.settle(
            hold,
            amount,
            unpriced=1 if price is None else 0,
            unverified=1 if price is not None and not price.is_verified else 0,
        )

    def warnings(self, month: Month, moment: Moment) -> tuple[BudgetWarning, ...]:
        """The warnings of a month, as it is at a moment."""
        return self.limits.warnings(month.spending(moment.day), moment)

    def _until(self, moment: Moment) -> int:
        return int(moment.at.timestamp() + self._seconds + MARGIN_SECONDS)

    def _is_over(self, until: float, moment: Moment) -> bool:
        """Whether a turn or a call that ends by itself at `until` has ended."""
        left = until - moment.at.timestamp()
        return not 0 <= left <= max(LONGEST_SECONDS, self._seconds + MARGIN_SECONDS)

    def _refresh(self, principal: str, moment: Moment) -> Month | None:
        """A principal's month without what processes that have died left in it; None if something
        was changed, so that a write may be tried again.
        """
        month = self.table.read(principal, moment.month)
        if month is None:
            self.table.create(principal, moment)
            return None
        holds = [hold for hold in month.holds.values() if self._is_over(hold.until, moment)]
        turns = [turn for turn, until in month.turns.items() if self._is_over(until, moment)]
        for hold in holds:
            log.warning("a call of %s was never settled; its prompt counts", principal)
            self.table.settle(hold, hold.least)
        for turn in turns:
            self.table.leave(principal, moment.month, turn)
        return None if holds or turns else month


def _refusal(limits: list[Limit], moment: Moment) -> BudgetSpent:
    """The error for budgets that are spent, with the time at which the last of them begins anew."""
    resets = max(moment.reset(limit.period) for limit in limits)
    budgets = " and ".join(limit.text for limit in limits)
    return BudgetSpent(
        f"Your budget of {budgets} has too little left for this. It begins anew at "
        f"{resets:%Y-%m-%d %H:%M} UTC.",
        resets_at=resets,
        seconds=max(1, round((resets - moment.at).total_seconds())),
    )


def ledger(settings: Settings) -> Ledger | None:
    """The ledger of the settings; None without a table: then nothing is counted.

    Raises:
        WrongSettings: there is a budget and no table, or a price cannot be read.
    """
    if settings.budget_table is None:
        if settings.limits_spending:
            raise WrongSettings(
                "Settings are missing or wrong: OUTCROP_BUDGET_TABLE: a budget, or "
                "OUTCROP_PRINCIPAL_TURNS, needs the table that counts."
            )
        return None
    return Ledger(
        Table(dynamodb(WRITE_SECONDS), settings.budget_table),
        limits_of(settings),
        prices=read_prices(settings.prices),
        seconds=settings.deadline_seconds,
    )


def read_prices(text: str | None) -> Mapping[str, TokenPrice]:
    """The prices of a setting, by the ids of their models.

    >>> read_prices("my-model=0.8/3.2")
    {'my-model': TokenPrice(input=0.8, output=3.2, is_verified=True)}

    Raises:
        WrongSettings: a price is no number.
    """
    prices = {}
    for entry in text.split(",") if text else ():
        model, _, price = entry.partition("=")
        try:
            read_price, write_price = map(float, price.split("/"))
        except ValueError:
            raise WrongSettings(
                f"Settings are missing or wrong: OUTCROP_PRICES: {entry!r} is not of the form "
                "MODEL=IN/OUT, as in my-model=0.8/3.2."
            ) from None
        prices[model] = TokenPrice(read_price, write_price)
    return prices
