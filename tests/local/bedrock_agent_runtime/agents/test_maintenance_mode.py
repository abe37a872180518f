"""An account to which Bedrock Agents is closed: the schedule of faults in docs/faults.md."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.local.faults import FaultClient
from tests.local.bedrock_agent.agents.agency import ROLE
from tests.local.bedrock_agent.knowledge_bases.world import refused
from tests.local.bedrock_agent_runtime.agents.shop import FUNCTIONS, Shop, text_of

PAGE = Path(__file__).parents[4] / "docs" / "faults.md"


def lines() -> list[str]:
    """The lines of the schedule on the page."""
    section = PAGE.read_text().partition("## An account to which Bedrock Agents is closed")[2]
    section = section.partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("{")]


@pytest.fixture
def faults(shop: Shop) -> Iterator[FaultClient]:
    faults = FaultClient(shop.url)
    yield faults
    faults.clear()


def test_a_new_account_creates_no_agent_and_invokes_those_that_are_there(
    shop: Shop, faults: FaultClient, session: str
) -> None:
    agent = shop.agent({"functionSchema": FUNCTIONS, "actionGroupName": "orders"})
    assert len(lines()) == 2
    faults.schedule("\n".join(lines()))
    definition: Any = {"agentName": "new", "agentResourceRoleArn": ROLE}
    inline: Any = {
        "foundationModel": "amazon.nova-lite-v1:0",
        "instruction": "You help customers of a shop with their orders and its manuals.",
        "sessionId": session,
        "inputText": "Hello",
    }
    for call, request in (
        (shop.agents.create_agent, definition),
        (shop.agents.create_agent, {"agentName": "!"}),  # as `outcrop doctor` asks
        (shop.runtime.invoke_inline_agent, inline),
    ):
        code, status, message = refused(call, **request)
        assert (code, status) == ("AccessDeniedException", 403)
        assert message.startswith("Bedrock Agents is in Maintenance Mode. New agent creation is")
    text = "What is the status of order A-1042?"
    assert "shipped" in text_of(shop.ask(agent, text, sessionId=session))
    shop.agents.update_agent(
        agentId=agent,
        **definition,
        foundationModel="amazon.nova-lite-v1:0",
        instruction="You help customers of a shop with their orders and its manuals.",
    )
    struck = [(fault["operation"], fault["call"]) for fault in faults.history()]
    assert struck == [("CreateAgent", 1), ("CreateAgent", 2), ("InvokeInlineAgent", 1)]
    faults.clear()
    made = shop.agents.create_agent(agentName="open", agentResourceRoleArn=ROLE)
    assert made["agent"]["agentStatus"] == "CREATING"


def test_both_lines_say_the_same() -> None:
    messages = {json.loads(line)["message"] for line in lines()}
    assert len(messages) == 1
