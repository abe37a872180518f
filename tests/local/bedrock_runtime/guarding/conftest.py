"""A stand-in whose model answers by script, and whose guardrails judge by words and expressions."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.local import bedrock_runtime
from app.local.bedrock import foundation_models, guardrail_handlers
from app.local.bedrock.guardrails import Guardrails
from app.local.bedrock.guardrails.judge import GuardrailJudge
from app.local.bedrock_runtime import chat_completions
from tests.local.bedrock_runtime.guardrails import ORDER, make_guardrail
from tests.local.bedrock_runtime.scripted import TODAY, Scripted
from tests.local.engines import engine_of
from tests.wire_server import Server, serving

POLICIES: Any = {
    "wordPolicyConfig": {"wordsConfig": [{"text": "basalt"}, {"text": "red tuff"}]},
    "sensitiveInformationPolicyConfig": {"regexesConfig": [ORDER]},
}

Make = Callable[..., str]


@pytest.fixture(scope="package")
def scripted() -> Scripted:
    return Scripted()


@pytest.fixture(scope="package")
def server(scripted: Scripted, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home: Path = tmp_path_factory.mktemp("home")
    guardrails, engine = Guardrails(home), engine_of(writer=scripted)
    judge = GuardrailJudge(guardrails, engine.guard)
    runtime = bedrock_runtime.handlers(engine, foundation_models, lambda: TODAY, judge=judge)
    endpoints = chat_completions.endpoints(engine, foundation_models, lambda: TODAY, judge)
    services = {"bedrock": guardrail_handlers.handlers(guardrails), "bedrock-runtime": runtime}
    try:
        with serving(services, endpoints=endpoints) as server:
            yield server
    finally:
        guardrails.close()


@pytest.fixture(scope="package")
def client(server: Server) -> Any:
    return server.client("bedrock-runtime")


@pytest.fixture(scope="package")
def make(server: Server) -> Make:
    return partial(make_guardrail, server)


@pytest.fixture(scope="package")
def guardrail(make: Make) -> str:
    """Blocks basalt and red tuff, and masks the numbers of orders."""
    return make(**POLICIES)


@pytest.fixture(autouse=True)
def fresh(scripted: Scripted) -> Iterator[None]:
    """No script or prompt of another test."""
    scripted.scripts, scripted.prompts = [], []
    yield
    assert not scripted.scripts, "a script was not asked for"
