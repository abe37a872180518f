"""Metering: the tokens of every call of a model, by principal; of failed and cut calls too.

    account = Account(LogMeter(), principal)
    with account.call(model_id, "answer") as call:
        ...                                         the model is called
        call.observe(completion.usage)              the usage that it reports

When the block ends, in whatever way, the meter records the call, once, with the usage known by
then. `LogMeter`, the default, writes a line to the log for each call. Where budgets hold, the block
begins with a reservation, and ends with what it did cost (`app.budgets`).
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, Protocol

from app.aws import cancellation
from app.errors import OutcropError
from app.events import BudgetWarning, Usage

log = logging.getLogger(__name__)

Purpose = Literal["rewrite", "answer", "agent", "retrieve", "embed", "playground"]
Outcome = Literal["complete", "failed", "cut"]


@dataclass(frozen=True, slots=True)
class MeteredCall:
    """One call that costs something.

    Attributes:
        principal: the principal of the request.
        model: the model's id; `knowledge-base/<id>` for a Retrieve, whose own model embeds the
            query.
        outcome: `failed` if the service or the network failed; `cut` if the caller left, the
            deadline passed or the process stopped before it was complete.
        usage: the tokens that the service reported; None if it reported none, which does not mean
            that the call was free.
        error: the code of the error, such as `throttled` or `timed-out`.
    """

    principal: str
    model: str
    purpose: Purpose
    outcome: Outcome
    usage: Usage | None
    error: str | None = None


class Meter(Protocol):
    """Records calls. It must not raise: a turn would fail for its bookkeeping."""

    def record(self, call: MeteredCall) -> None:
        """Record a call that has ended."""


class LogMeter:
    """Writes a line to the log for each call. In AWS, CloudWatch Logs Insights can add them up:

    stats sum(usage.inputTokens) by usage.principal, usage.model
    """

    def record(self, call: MeteredCall) -> None:
        members = {
            "principal": call.principal,
            "model": call.model,
            "purpose": call.purpose,
            "outcome": call.outcome,
            "inputTokens": call.usage.input_tokens if call.usage else None,
            "outputTokens": call.usage.output_tokens if call.usage else None,
            "error": call.error,
        }
        usage = {name: value for name, value in members.items() if value is not None}
        words = " ".join(f"{name}={value}" for name, value in usage.items())
        log.info("usage %s", words, extra={"usage": usage})


@dataclass(slots=True)
class OpenCall:
    """A call under way.

    Attributes:
        usage: the usage that the service has reported so far.
    """

    usage: Usage | None = None

    def observe(self, usage: Usage) -> None:
        """Record the usage that the service reports; each report counts from the start of the
        call.
        """
        self.usage = usage


class Reservation(Protocol):
    """What a call may cost, until it is known what it did cost."""

    def settle(self, usage: Usage | None, *, failed: bool) -> tuple[BudgetWarning, ...]:
        """Count what the call did cost; return the warnings after it. It must not raise."""


class TurnSlot(Protocol):
    """A turn that counts as under way."""

    def leave(self) -> None:
        """Count it no more. It must not raise."""


class Budget(Protocol):
    """What principals may spend."""

    def enter(self, principal: str) -> TurnSlot:
        """Let a turn begin, or raise."""

    def reserve(self, principal: str, model: str, most: Usage) -> Reservation:
        """Reserve the most that a call can cost, or raise."""


@dataclass(slots=True)
class Account:
    """The meter and the budget for one request of a principal.

    Attributes:
        budget: None if nothing is counted.
        warnings: those after the last call.
    """

    meter: Meter
    principal: str
    budget: Budget | None = None
    warnings: tuple[BudgetWarning, ...] = field(default=(), compare=False)

    def enter(self) -> TurnSlot | None:
        """Let a turn begin; what it gives back has to be left when the turn has ended.

        Raises:
            CallerError: nothing is left of a budget, or too many turns are under way.
        """
        return self.budget.enter(self.principal) if self.budget else None

    @contextmanager
    def call(self, model: str, purpose: Purpose, most: Usage | None = None) -> Iterator[OpenCall]:
        """Meter the call that the block makes.

        Args:
            most: the most tokens that it can take; None for a call that reports none.

        Raises:
            CallerError: too little is left of a budget. The block does not run.
        """
        reservation = None
        if self.budget and most:
            reservation = self.budget.reserve(self.principal, model, most)
        call = OpenCall()
        outcome: Outcome = "cut"
        error: str | None = None
        try:
            yield call
            outcome = "complete"
        except OutcropError as failure:
            outcome, error = "failed", failure.code
            raise
        except Exception:
            outcome = "failed"
            raise
        finally:
            reason = cancellation().reason
            if reason and outcome != "complete":
                outcome, error = "cut", reason.code
            metered = MeteredCall(self.principal, model, purpose, outcome, call.usage, error)
            if reservation:
                failed = metered.outcome == "failed"
                self.warnings = reservation.settle(call.usage, failed=failed)
            self.meter.record(metered)
