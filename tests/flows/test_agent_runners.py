"""One suite, two runners: the same questions, the same tools in real functions, the same events.

    converse        our own loop over Converse
    bedrock-agent   InvokeAgent, with the agent that `outcrop up` makes

What stands behind both is the stand-in, with the laptop's tools and a document.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from app.aws import clients, deployer, table
from app.deploy.laptop.provision import provision
from app.settings import Settings, adopt
from tests.flows.home import SECONDS, Home, Json, data_of, laptop, text_of

RUNNERS = ("converse", "bedrock-agent")
CARE = "# The Basalt kettle\n\nDescale the kettle once a month with vinegar.\n"
STATUS = "What is the status of order A-1042?"
CANCEL = "Please cancel order A-1047."


@contextmanager
def runner_home(runner: str, folder: Path, **variables: str) -> Iterator[Home]:
    """A home whose agent has this runner, with a document."""

    def deploy() -> Settings:
        return provision(clients(SECONDS), deployer(SECONDS))

    changes = {"OUTCROP_AGENT_RUNNER": runner, **variables}
    with patch.dict(os.environ, changes), laptop(folder, deploy) as home:
        home.upload("kettle.md", CARE)
        home.until("kettle.md", lambda _: True, 4 * SECONDS)
        yield home


@pytest.fixture(scope="module", params=RUNNERS)
def home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Home]:
    with runner_home(request.param, tmp_path_factory.mktemp(request.param)) as home:
        yield home


@pytest.fixture(autouse=True)
def _no_faults(home: Home) -> None:
    if home.faults:
        home.faults.clear()


def ask(home: Home, message: str, **more: Any) -> Json:
    return home.call("POST", "/chat", {"message": message, "mode": "agent", **more})


def steps_of(answer: Json) -> list[tuple[str, str]]:
    return [(step["kind"], step["tool"]) for step in answer["steps"]]


def status_of(home: Home, order: str) -> str:
    """The status in the table, whoever is asked."""
    names = [name for name in home.variables if name.startswith("AWS_")]
    with patch.dict(os.environ):
        adopt({name: home.variables[name] for name in names})
        own = table("outcrop-tools-orders", SECONDS)
        try:
            key = {"customer": "local", "order_id": order}
            return str(own.get_item(Key=key)["Item"]["status"])
        finally:
            own.meta.client.close()


def test_a_tool_is_called_and_its_result_is_the_answer(home: Home) -> None:
    answer = ask(home, STATUS)
    assert steps_of(answer) == [("tool_call", "order_status"), ("tool_result", "order_status")]
    call, outcome = answer["steps"]
    assert call["arguments"] == {"order_id": "A-1042"}
    assert (outcome["call"], outcome["isError"]) == (call["call"], False)
    assert json.loads(outcome["text"])["status"] == "shipped"
    assert "shipped" in answer["answer"]
    assert answer["usage"]["inputTokens"] > 0
    assert answer["usage"]["outputTokens"] > 0
    assert answer["stopReason"] == "end"


def test_the_documents_are_searched_and_cited(home: Home) -> None:
    parts = home.stream({"message": "How do I descale the kettle?", "mode": "agent"})
    text = text_of(parts)
    assert "once a month with vinegar [1]." in text
    [retrieval] = data_of(parts, "retrieval")
    assert retrieval["passages"][0]["document"] == "kettle.md"
    [citation] = data_of(parts, "citation")
    assert citation["document"] == "kettle.md"
    assert citation["text"] == "Descale the kettle once a month with vinegar."
    assert citation["supported"] is True
    assert text[citation["mark"] : citation["mark"] + 3] == "[1]"


def test_a_filter_holds_for_the_agents_search(home: Home) -> None:
    condition = {"equals": {"key": "team", "value": "nobody"}}
    answer = ask(home, "How do I descale the kettle?", filter=condition)
    assert answer["citations"] == []
    assert "vinegar" not in answer["answer"]


def test_a_call_waits_is_confirmed_once_and_made_once(home: Home) -> None:
    assert status_of(home, "A-1047") == "placed"
    waiting = ask(home, CANCEL)
    assert steps_of(waiting) == [("tool_call", "cancel_order"), ("confirm", "cancel_order")]
    assert waiting["stopReason"] == "confirm"
    assert "Please confirm: cancel_order (order_id: A-1047)." in waiting["answer"]
    assert status_of(home, "A-1047") == "placed"
    path = f"/confirmations/{waiting['steps'][1]['confirmation']}"
    answer = home.call("POST", path, {"decision": "confirm"})
    assert steps_of(answer) == [("tool_call", "cancel_order"), ("tool_result", "cancel_order")]
    assert answer["steps"][0]["arguments"] == {"order_id": "A-1047"}
    assert "cancelled" in answer["answer"]
    assert answer["turn"] == 1
    assert status_of(home, "A-1047") == "cancelled"
    for decision in ("confirm", "deny"):
        assert home.problem("POST", path, {"decision": decision})["status"] == 409


def test_a_denied_call_is_not_made(home: Home) -> None:
    before = status_of(home, "A-1041")
    waiting = ask(home, "Please cancel order A-1041.")
    path = f"/confirmations/{waiting['steps'][1]['confirmation']}"
    answer = home.call("POST", path, {"decision": "deny"})
    assert steps_of(answer) == [("tool_call", "cancel_order"), ("tool_result", "cancel_order")]
    assert answer["steps"][1]["isError"] is True
    assert status_of(home, "A-1041") == before
    assert home.problem("POST", path, {"decision": "confirm"})["status"] == 409


def test_a_refusal_is_read_by_the_model(home: Home) -> None:
    answer = ask(home, "What is the status of order A-9999?")
    assert steps_of(answer)[:2] == [("tool_call", "order_status"), ("tool_result", "order_status")]
    assert answer["steps"][1]["isError"] is True
    assert "There is no order A-9999" in answer["steps"][1]["text"]


def test_the_conversation_goes_on_across_modes(home: Home) -> None:
    plain = home.call("POST", "/chat", {"message": "How do I descale the kettle?"})
    first = ask(home, STATUS, conversationId=plain["conversationId"])
    assert first["turn"] == 1
    second = ask(home, "And A-1041?", conversationId=plain["conversationId"])
    assert second["turn"] == 2
    assert second["steps"][0]["arguments"] == {"order_id": "A-1041"}
