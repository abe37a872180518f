"""`bedrock`: which foundation models there are and by which names they are called; guardrails.

model_handlers       operations -> foundation_models, a snapshot of Bedrock's catalogue
profile_handlers     operations -> inference_profiles: Bedrock's own and the account's
guardrail_handlers   operations -> guardrails, their definitions and versions

    modelId --> names --> foundation_models, availability --> a model, or why it cannot be called
"""

from app.local.bedrock import guardrail_handlers, model_handlers, profile_handlers
from app.local.bedrock.guardrails import Guardrails
from app.local.bedrock.inference_profiles import InferenceProfiles
from app.local.wire import Service


def handlers(guardrails: Guardrails, profiles: InferenceProfiles) -> Service:
    """The operations of bedrock."""
    guarding = guardrail_handlers.handlers(guardrails)
    return {
        **model_handlers.handlers(),
        **guarding,
        **profile_handlers.handlers(profiles),
        **profile_handlers.tag_handlers(profiles, guarding),
    }
