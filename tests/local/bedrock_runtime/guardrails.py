"""A stand-in that judges by guardrails with the engine's own judges, and how one is made."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.local import bedrock_runtime
from app.local.bedrock import guardrail_handlers
from app.local.bedrock.guardrails import Guardrails
from app.local.bedrock.guardrails.judge import GuardrailJudge
from app.local.bedrock.inference_profiles import InferenceProfiles, InvocableModels
from app.local.engine import Engine
from tests.wire_server import Server, serving

NO_QUESTION, NO_ANSWER = "Not that question.", "Not that answer."
ORDER = {"name": "order", "pattern": r"ORD-\d{6}", "action": "ANONYMIZE"}


@contextmanager
def judging(engine: Engine, home: Path) -> Iterator[Server]:
    """Serve bedrock and bedrock-runtime over one home."""
    guardrails, profiles = Guardrails(home), InferenceProfiles(home)
    judge = GuardrailJudge(guardrails, engine.guard)
    runtime = bedrock_runtime.handlers(engine, InvocableModels(profiles), judge=judge)
    services = {"bedrock": guardrail_handlers.handlers(guardrails), "bedrock-runtime": runtime}
    try:
        with serving(services) as server:
            yield server
    finally:
        profiles.close()
        guardrails.close()


def make_guardrail(server: Server, **policies: Any) -> str:
    """Make a guardrail of these policies, which may bring messages of its own; its id."""
    messages = {"blockedInputMessaging": NO_QUESTION, "blockedOutputsMessaging": NO_ANSWER}
    guardrail: str = server.client("bedrock").create_guardrail(
        name=f"guardrail-{uuid4()}", **messages | policies
    )["guardrailId"]
    return guardrail
