"""What was spent, on whose account: every call of a model, also one that failed or was cut off.

    account = Account(LogMeter(), principal)
    with account.call(model_id, "answer") as call:
        ...                                         the model is called
        call.observe(completion.usage)              what it says that it read and wrote

When the block ends, in whatever way, the meter learns of the call: once, with what is known by
then. Quotas and reports of usage read what a meter records; `LogMeter`, the default, writes a line
to the log for each.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol

from app.aws import cancellation
from app.errors import OutcropError
from app.events import Usage

log = logging.getLogger(__name__)

Purpose = Literal["rewrite", "answer", "retrieve", "embed"]
Outcome = Literal["complete", "failed", "cut"]


@dataclass(frozen=True, slots=True)
class MeteredCall:
    """One call that costs something.

    Attributes:
        principal: whose request it was made for.
        model: the model's id; of a Retrieve, `knowledge-base/<id>`, whose own model embeds the
            query.
        outcome: `failed` if the service or the network failed, `cut` if the caller left, the
            deadline passed or the process stopped before it was complete.
        usage: the tokens that the service told; None where it told nothing, which does not mean
            that the call was free.
        error: the code of what went wrong, such as `throttled` or `timed-out`.
    """

    principal: str
    model: str
    purpose: Purpose
    outcome: Outcome
    usage: Usage | None
    error: str | None = None


class Meter(Protocol):
    """Learns of every call. It must not raise: a turn would fail for its bookkeeping."""

    def record(self, call: MeteredCall) -> None:
        """Take note of a call that has ended."""


class LogMeter:
    """Writes a line for each call. In AWS, CloudWatch Logs Insights can add them up:

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
        usage: what the service has told of it so far.
    """

    usage: Usage | None = None

    def observe(self, usage: Usage) -> None:
        """Take note of what the service tells; it counts anew each time, from the beginning."""
        self.usage = usage


@dataclass(frozen=True, slots=True)
class Account:
    """The meter, for the requests of one principal."""

    meter: Meter
    principal: str

    @contextmanager
    def call(self, model: str, purpose: Purpose) -> Iterator[OpenCall]:
        """Meter the call that is made in the block."""
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
            self.meter.record(
                MeteredCall(self.principal, model, purpose, outcome, call.usage, error)
            )
