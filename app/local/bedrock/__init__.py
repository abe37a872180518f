"""`bedrock`: which foundation models there are, and guardrails.

model_handlers       operations -> foundation_models, a snapshot of Bedrock's catalogue
guardrail_handlers   operations -> guardrails, their definitions and versions
"""

from app.local.bedrock import guardrail_handlers, model_handlers
from app.local.bedrock.guardrails import Guardrails
from app.local.wire import Service


def handlers(guardrails: Guardrails) -> Service:
    """The operations of bedrock."""
    return {**model_handlers.handlers(), **guardrail_handlers.handlers(guardrails)}
