"""What agents remember across sessions, through boto3."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import EventStreamError

from app.local.bedrock_agent_runtime.agents import sessions
from tests.local.bedrock_agent.knowledge_bases.world import refused
from tests.local.bedrock_agent_runtime.agents.script import Script
from tests.local.bedrock_agent_runtime.agents.shop import (
    FUNCTIONS,
    TEST_ALIAS,
    Shop,
    text_of,
    traces_of,
)

ORDERS = {"functionSchema": FUNCTIONS, "actionGroupName": "orders"}
ON: Any = {"memoryConfiguration": {"enabledMemoryTypes": ["SESSION_SUMMARY"]}}


@pytest.fixture
def memory() -> str:
    return uuid4().hex


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Lets time go by, for sessions."""

    def go(time: timedelta) -> None:
        monkeypatch.setattr(sessions, "_now", lambda: datetime.now(UTC) + time)

    return go


def remembered(shop: Shop, agent: str, memory: str, **params: Any) -> list[Any]:
    reply = shop.runtime.get_agent_memory(
        agentId=agent,
        agentAliasId=TEST_ALIAS,
        memoryId=memory,
        memoryType="SESSION_SUMMARY",
        **params,
    )
    return [one["sessionSummary"] for one in reply["memoryContents"]]


def end(shop: Shop, agent: str, session: str, **params: Any) -> None:
    assert shop.ask(agent, sessionId=session, endSession=True, **params) == []


def test_a_session_that_ended_is_summed_up_and_read_in_the_next(
    shop: Shop, memory: str, session: str
) -> None:
    agent = shop.agent(ORDERS, **ON)
    begun = datetime.now(UTC)
    shop.ask(agent, "What is the status of order A-1042?", sessionId=session, memoryId=memory)
    shop.ask(agent, "What is the status of order A-7?", sessionId=session, memoryId=memory)
    assert remembered(shop, agent, memory) == []
    end(shop, agent, session)
    [summary] = remembered(shop, agent, memory)
    assert (summary["memoryId"], summary["sessionId"]) == (memory, session)
    assert begun - timedelta(seconds=1) <= summary["sessionStartTime"] <= datetime.now(UTC)
    expires = summary["sessionExpiryTime"] - summary["sessionStartTime"]
    assert timedelta(days=30) <= expires < timedelta(days=30, minutes=5)
    assert "- What is the status of order A-1042?" in summary["summaryText"]
    assert "- What is the status of order A-7?" in summary["summaryText"]
    assert "Order A-1042 is shipped." in summary["summaryText"]

    request: Any = {"memoryId": memory, "enableTrace": True}
    events = shop.ask(agent, "Cancel order A-9", sessionId="another", **request)
    system = json.loads(traces_of(events)[0][1]["text"])["system"]
    assert summary["summaryText"] in system
    events = shop.ask(agent, "Cancel order A-9", sessionId="without", enableTrace=True)
    assert "memory_context" not in json.loads(traces_of(events)[0][1]["text"])["system"]


def test_the_stand_ins_model_answers_from_what_is_remembered(
    shop: Shop, base: str, memory: str, session: str
) -> None:
    agent = shop.agent(base=base, **ON)
    shop.ask(agent, "How do I descale the kettle?", sessionId=session, memoryId=memory)
    end(shop, agent, session)
    shop.agents.disassociate_agent_knowledge_base(
        agentId=agent, agentVersion="DRAFT", knowledgeBaseId=base
    )
    shop.agents.prepare_agent(agentId=agent)
    question = "How do I descale the kettle?"
    events = shop.ask(agent, question, sessionId="with", memoryId=memory)
    assert "Descale the kettle once a month with vinegar." in text_of(events)
    assert "vinegar" not in text_of(shop.ask(agent, question, sessionId="without"))


def test_the_header_of_a_response_names_the_memory(shop: Shop, memory: str, session: str) -> None:
    agent = shop.agent(**ON)
    request = {"agentId": agent, "agentAliasId": TEST_ALIAS, "sessionId": session}
    reply = shop.runtime.invoke_agent(**request, inputText="Hello", memoryId=memory)
    with closing(reply["completion"]) as events:
        assert len(list(events)) == 1
    assert reply["memoryId"] == memory
    reply = shop.runtime.invoke_agent(**request, inputText="Hello")
    reply["completion"].close()
    assert reply["memoryId"] == memory


def test_an_idle_session_is_summed_up_when_its_time_is_over(
    shop: Shop, memory: str, session: str, later: Callable[[timedelta], None]
) -> None:
    agent = shop.agent(ORDERS, idleSessionTTLInSeconds=60, **ON)
    shop.ask(agent, "What is the status of order A-1042?", sessionId=session, memoryId=memory)
    later(timedelta(seconds=59))
    assert remembered(shop, agent, memory) == []
    later(timedelta(seconds=90))
    shop.ask(agent, "Status of order A-3?", sessionId="someone-else")  # cleans up
    events = shop.ask(
        agent, "Status of order A-2?", sessionId=session, memoryId=memory, enableTrace=True
    )
    asked = json.loads(traces_of(events)[0][1]["text"])
    assert "order A-1042" in asked["system"]
    assert len(asked["messages"]) == 1
    assert len(remembered(shop, agent, memory)) == 1
    later(timedelta(days=30, seconds=90))
    assert [one["summaryText"] for one in remembered(shop, agent, memory)] == [
        "The user asked:\n- Status of order A-2?\n\nThe answers were:\n- Order A-2 is shipped."
    ]
    later(timedelta(days=31))
    assert remembered(shop, agent, memory) == []


def test_a_turn_that_ends_its_session_is_part_of_the_summary(
    shop: Shop, memory: str, session: str
) -> None:
    agent = shop.agent(ORDERS, **ON)
    events = shop.ask(
        agent,
        "What is the status of order A-1042?",
        sessionId=session,
        memoryId=memory,
        endSession=True,
    )
    assert "shipped" in text_of(events)
    [summary] = remembered(shop, agent, memory)
    assert "A-1042" in summary["summaryText"]
    end(shop, agent, session)
    assert len(remembered(shop, agent, memory)) == 1


def test_as_many_sessions_are_read_as_the_agent_says_the_latest(
    scripted: Shop, script: Script, memory: str
) -> None:
    settings = {
        "storageDays": 2,
        "sessionSummaryConfiguration": {"maxRecentSessions": 2},
        **ON["memoryConfiguration"],
    }
    agent = scripted.agent(memoryConfiguration=settings)
    for number in range(3):
        script.say("Noted.", f"<summary>Colour number {number}.</summary>")
        scripted.ask(agent, "Hi", sessionId=f"session-{number}", memoryId=memory)
        end(scripted, agent, f"session-{number}")
    past = script.messages(1)[0]["content"]
    assert "Colour number 0.\n\nColour number 1." in past
    assert "<conversation>User: Hi\nAssistant: Noted.</conversation>" in past
    script.say("Hello.")
    scripted.ask(agent, "Hi", sessionId="session-3", memoryId=memory)
    system = script.messages()[0]["content"]
    assert system.index("Colour number 1.") < system.index("Colour number 2.")
    assert "Colour number 0." not in system
    latest = remembered(scripted, agent, memory)
    assert [one["summaryText"][-2:] for one in latest] == ["2.", "1.", "0."]
    expires = latest[0]["sessionExpiryTime"] - latest[0]["sessionStartTime"]
    assert timedelta(days=2) <= expires < timedelta(days=2, minutes=5)
    request = {
        "agentId": agent,
        "agentAliasId": TEST_ALIAS,
        "memoryId": memory,
        "memoryType": "SESSION_SUMMARY",
    }
    first = scripted.runtime.get_agent_memory(**request, maxItems=2)
    assert len(first["memoryContents"]) == 2
    second = scripted.runtime.get_agent_memory(**request, maxItems=2, nextToken=first["nextToken"])
    assert [one["sessionSummary"]["sessionId"] for one in second["memoryContents"]] == ["session-0"]
    assert "nextToken" not in second


def test_the_agents_own_prompts_sum_up_and_place_what_is_remembered(
    scripted: Shop, script: Script, memory: str, session: str
) -> None:
    prompts = [
        {
            "promptType": "MEMORY_SUMMARIZATION",
            "promptState": "ENABLED",
            "promptCreationMode": "OVERRIDDEN",
            "basePromptTemplate": "Of $conversation$ behind [$past_conversation_summary$]",
            "inferenceConfiguration": {"maximumLength": 77},
        },
        {
            "promptType": "ORCHESTRATION",
            "promptState": "ENABLED",
            "promptCreationMode": "OVERRIDDEN",
            "basePromptTemplate": "$question$ [$memory_content$]",
        },
    ]
    agent = scripted.agent(promptOverrideConfiguration={"promptConfigurations": prompts}, **ON)
    script.say("Noted.", "All of it.", "Yes.")
    scripted.ask(agent, "Hi", sessionId=session, memoryId=memory)
    end(scripted, agent, session)
    assert script.messages(1)[0]["content"] == "Of User: Hi\nAssistant: Noted. behind []"
    assert script.requests[1]["max_tokens"] == 77
    scripted.ask(agent, "Hi", sessionId="next", memoryId=memory)
    content = script.messages()[0]["content"]
    assert content.startswith("Hi [<memory_context>\n<document name=")
    assert "All of it." in content


def test_memory_is_deleted_by_its_id_by_session_or_whole(scripted: Shop, script: Script) -> None:
    agent = scripted.agent(**ON)
    for memory, session in (("ada", "one"), ("ada", "two"), ("bob", "one"), ("bob", "two")):
        script.say("Noted.", f"Of {memory}, {session}.")
        scripted.ask(agent, "Hi", sessionId=session, memoryId=memory)
        end(scripted, agent, session)
    alias = {"agentId": agent, "agentAliasId": TEST_ALIAS}

    def left() -> list[str]:
        return [
            one["summaryText"]
            for memory in ("ada", "bob")
            for one in remembered(scripted, agent, memory)
        ]

    assert len(left()) == 4
    scripted.runtime.delete_agent_memory(**alias, memoryId="ada", sessionId="two")
    assert left() == ["Of ada, one.", "Of bob, two.", "Of bob, one."]
    scripted.runtime.delete_agent_memory(**alias, memoryId="ada")
    assert left() == ["Of bob, two.", "Of bob, one."]
    scripted.runtime.delete_agent_memory(**alias)
    assert left() == []


def test_a_session_that_was_not_summed_up_is_tried_again(
    scripted: Shop, script: Script, memory: str, session: str
) -> None:
    agent = scripted.agent(**ON)
    script.say("Noted.")
    scripted.ask(agent, "Hi", sessionId=session, memoryId=memory)
    script.say(None)
    end(scripted, agent, session)
    script.say("All of it.")
    assert [one["summaryText"] for one in remembered(scripted, agent, memory)] == ["All of it."]


def test_a_turn_that_fails_at_the_end_of_a_session_leaves_the_rest_remembered(
    scripted: Shop, script: Script, memory: str, session: str
) -> None:
    agent = scripted.agent(**ON)
    script.say("Noted.")
    scripted.ask(agent, "Hi", sessionId=session, memoryId=memory)
    script.say(None)
    with pytest.raises(EventStreamError):
        scripted.ask(agent, "Bye", sessionId=session, endSession=True)
    script.say("Only what was said before.")
    [summary] = remembered(scripted, agent, memory)
    assert summary["summaryText"] == "Only what was said before."
    assert script.messages()[0]["content"].count("User: ") == 1


def test_an_agent_without_memory_says_so(shop: Shop, memory: str, session: str) -> None:
    agent = shop.agent()
    request = {"agentId": agent, "agentAliasId": TEST_ALIAS}
    code, _, message = refused(
        shop.runtime.invoke_agent,
        **request,
        sessionId=session,
        inputText="Hello",
        memoryId=memory,
    )
    assert (code, "memoryConfiguration" in message) == ("ValidationException", True)
    assert remembered(shop, agent, memory) == []
    code, status, _ = refused(
        shop.runtime.get_agent_memory,
        agentId="NONE000000",
        agentAliasId=TEST_ALIAS,
        memoryId=memory,
        memoryType="SESSION_SUMMARY",
    )
    assert (code, status) == ("ResourceNotFoundException", 404)
    code, _, _ = refused(
        shop.runtime.get_agent_memory,
        **request,
        memoryId=memory,
        memoryType="SESSION_SUMMARY",
        nextToken="none",
    )
    assert code == "ValidationException"
