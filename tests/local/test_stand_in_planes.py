"""The control planes as the stand-in puts them together, and what it does not do with them yet."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.local.stand_in import Options, StandIn
from tests.local.bedrock_agent.agents.agency import definition
from tests.local.bedrock_agent.knowledge_bases.world import (
    MODEL,
    ROLE,
    SERVERLESS,
    refused,
)
from tests.wire_server import Server, serving

WRITES = "amazon.nova-lite-v1:0"


@contextmanager
def stand_in(home: Path) -> Iterator[Server]:
    with StandIn(Options(home)) as composed, serving(composed.services) as server:
        yield server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def made(home: Path) -> dict[str, str]:
    """A guardrail, a Knowledge Base, an agent that has both, and an alias of it."""
    with stand_in(home) as server:
        bedrock, agents = server.client("bedrock"), server.client("bedrock-agent")
        guardrail = bedrock.create_guardrail(
            name="rocks",
            blockedInputMessaging="No.",
            blockedOutputsMessaging="No.",
            wordPolicyConfig={"wordsConfig": [{"text": "basalt"}]},
        )["guardrailId"]
        version = bedrock.create_guardrail_version(guardrailIdentifier=guardrail)["version"]
        base = agents.create_knowledge_base(
            name="rocks",
            roleArn=ROLE,
            knowledgeBaseConfiguration={
                "type": "VECTOR",
                "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": MODEL},
            },
            storageConfiguration=SERVERLESS,
        )["knowledgeBase"]["knowledgeBaseId"]
        agent = agents.create_agent(
            **definition(
                guardrailConfiguration={
                    "guardrailIdentifier": guardrail,
                    "guardrailVersion": version,
                }
            )
        )["agent"]["agentId"]
        agents.associate_agent_knowledge_base(
            agentId=agent, agentVersion="DRAFT", knowledgeBaseId=base, description="Rocks"
        )
        agents.prepare_agent(agentId=agent)
        alias = agents.create_agent_alias(agentId=agent, agentAliasName="live")["agentAlias"]
        return {
            "guardrail": guardrail,
            "version": version,
            "base": base,
            "agent": agent,
            "alias": alias["agentAliasId"],
        }


@pytest.fixture(scope="module")
def server(home: Path, made: dict[str, str]) -> Iterator[Server]:
    """Started anew over what was made."""
    assert made
    with stand_in(home) as server:
        yield server


def test_what_was_made_is_there_after_a_restart(server: Server, made: dict[str, str]) -> None:
    agents = server.client("bedrock-agent")
    ids = {"agentId": made["agent"], "agentAliasId": made["alias"]}
    alias = agents.get_agent_alias(**ids)["agentAlias"]
    assert (alias["agentAliasStatus"], alias["routingConfiguration"]) == (
        "PREPARED",
        [{"agentVersion": "1"}],
    )
    version = agents.get_agent_version(agentId=made["agent"], agentVersion="1")["agentVersion"]
    assert version["guardrailConfiguration"]["guardrailIdentifier"] == made["guardrail"]


def test_an_agent_is_invoked(server: Server, made: dict[str, str]) -> None:
    reply = server.client("bedrock-agent-runtime").invoke_agent(
        agentId=made["agent"],
        agentAliasId=made["alias"],
        sessionId="session",
        inputText="What is basalt?",
    )
    with closing(reply["completion"]) as events:
        assert [event["chunk"]["bytes"] for event in events] == [b"No."]  # by its guardrail


def test_a_guardrail_is_applied(server: Server, made: dict[str, str]) -> None:
    reply = server.client("bedrock-runtime").apply_guardrail(
        guardrailIdentifier=made["guardrail"],
        guardrailVersion=made["version"],
        source="INPUT",
        content=[{"text": {"text": "basalt"}}],
    )
    assert (reply["action"], reply["outputs"]) == ("GUARDRAIL_INTERVENED", [{"text": "No."}])


def test_a_guardrail_stands_over_a_models_call(server: Server, made: dict[str, str]) -> None:
    asked: Any = {
        "modelId": WRITES,
        "messages": [{"role": "user", "content": [{"text": "What is basalt?"}]}],
    }
    client = server.client("bedrock-runtime")
    guardrail = {
        "guardrailIdentifier": made["guardrail"],
        "guardrailVersion": made["version"],
    }
    reply = client.converse(**asked, guardrailConfig=guardrail)
    assert reply["output"]["message"]["content"] == [{"text": "No."}]
    assert reply["stopReason"] == "guardrail_intervened"
    assert client.converse(**asked)["stopReason"] == "end_turn"


def test_a_body_that_configures_no_guardrail_is_refused(server: Server) -> None:
    body = b"""{"messages": [{"role": "user", "content": [{"text": "What is basalt?"}]}],
               "amazon-bedrock-guardrailConfig": {"tagSuffix": "xyz"}}"""
    code, status, message = refused(
        server.client("bedrock-runtime").invoke_model, modelId=WRITES, body=body
    )
    assert (code, status) == ("ValidationException", 400)
    assert "the request names no guardrail" in message


def test_a_guardrail_stands_over_retrieve(server: Server, made: dict[str, str]) -> None:
    configuration: Any = {"guardrailId": made["guardrail"], "guardrailVersion": made["version"]}
    reply = server.client("bedrock-agent-runtime").retrieve(
        knowledgeBaseId=made["base"],
        retrievalQuery={"text": "basalt"},
        guardrailConfiguration=configuration,
    )
    assert (reply["guardrailAction"], reply["retrievalResults"]) == ("INTERVENED", [])
