"""What it means that a guardrail gave no verdict, for the operator and for the caller."""

import logging

from app.errors import BackendError, OperatorError, OutcropError, Throttled

log = logging.getLogger(__name__)

CLOSED = "The guardrail gave no verdict, and without one nothing is used or shown."
OPEN = "The guardrail gave no verdict, and OUTCROP_GUARDRAIL_WHEN_DOWN=open lets texts pass."

_SET_UP = (
    "See that OUTCROP_GUARDRAIL_ID and OUTCROP_GUARDRAIL_VERSION name a guardrail and a version "
    "that are there and READY in this Region, and that Outcrop's role may call "
    "bedrock:ApplyGuardrail on it."
)
_QUOTA = (
    "Ask for a higher quota of text units of ApplyGuardrail a second, or judge less: "
    "OUTCROP_GUARDRAIL_MODE=buffer judges an answer once, OUTCROP_GUARDRAIL_PASSAGES=false no "
    "passages."
)
_WAIT = (
    "If Bedrock's guardrails stay down, OUTCROP_GUARDRAIL_WHEN_DOWN=open answers without verdicts, "
    "and says so in each answer."
)


def without_verdict(error: OutcropError, identifier: str, version: str) -> OutcropError:
    """The error of a turn whose text got no verdict. What the operator has to do goes to the log.

    The caller may try a throttled or broken guardrail again. That there is none of this name or
    version, or that Bedrock finds a fault with the request, no caller can mend.
    """
    what = f"{error.detail} It is the guardrail {identifier}, version {version}."
    log.error("no verdict of the guardrail: %s %s", what, _advice(error))
    if isinstance(error, BackendError):
        return type(error)(f"{error.detail} {CLOSED}")
    return OperatorError(f"{what} {CLOSED} {_SET_UP}")


def _advice(error: OutcropError) -> str:
    if isinstance(error, Throttled):
        return _QUOTA
    return _WAIT if isinstance(error, BackendError) else _SET_UP
