"""Turns of agents through boto3: functions, Knowledge Bases, sessions, traces, control."""

import json
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import EventStreamError

from tests.local.bedrock_agent.agents.agency import openapi
from tests.local.bedrock_agent.knowledge_bases.world import refused
from tests.local.bedrock_agent_runtime.agents.script import Script
from tests.local.bedrock_agent_runtime.agents.shop import (
    FUNCTIONS,
    Shop,
    control_of,
    text_of,
    traces_of,
)

STATUS = "What is the status of order {}?"


def confirmation(invocation: Any, state: str = "CONFIRM", **members: Any) -> Any:
    result = {"actionGroup": "orders", "function": "cancel_order", "confirmationState": state}
    return {
        "invocationId": invocation["invocationId"],
        "returnControlInvocationResults": [{"functionResult": result | members}],
    }


def test_a_function_is_called_and_its_result_is_the_answer(
    shop: Shop, agent: str, session: str
) -> None:
    state = {"sessionAttributes": {"principal": "ada"}}
    events = shop.ask(
        agent, STATUS.format("A-1042"), sessionId=session, sessionState=state, enableTrace=True
    )
    assert "shipped" in text_of(events)
    names = [name for name, _ in traces_of(events)]
    assert names == [
        *("modelInvocationInput", "modelInvocationOutput", "rationale"),
        *("invocationInput", "observation"),
        *("modelInvocationInput", "modelInvocationOutput", "observation"),
    ]
    traces = traces_of(events)
    action = traces[3][1]["actionGroupInvocationInput"]
    assert (action["actionGroupName"], action["function"]) == ("orders", "order_status")
    assert action["parameters"] == [{"name": "order_id", "type": "string", "value": "A-1042"}]
    output = json.loads(traces[4][1]["actionGroupInvocationOutput"]["text"])
    assert output["principal"] == "ada"
    assert traces[-1][1]["type"] == "FINISH"


def test_a_knowledge_base_is_searched_and_cited(shop: Shop, agent: str, session: str) -> None:
    events = shop.ask(agent, "How do I descale the kettle?", sessionId=session, enableTrace=True)
    assert text_of(events) == "Descale the kettle once a month with vinegar."
    [citation] = events[-1]["chunk"]["attribution"]["citations"]
    part = citation["generatedResponsePart"]["textResponsePart"]
    assert part["text"] == text_of(events)
    [reference] = citation["retrievedReferences"]
    assert reference["location"]["s3Location"]["uri"] == "s3://manuals/kettle.md"
    kinds = [trace.get("type") for name, trace in traces_of(events) if name == "observation"]
    assert kinds == ["KNOWLEDGE_BASE", "FINISH"]


def test_a_function_and_a_knowledge_base_answer_together(
    shop: Shop, agent: str, session: str
) -> None:
    question = "What is the status of order A-1042, and how long is the warranty of the kettle?"
    events = shop.ask(agent, question, sessionId=session)
    quoted = "The Basalt kettle has a warranty of three years."
    assert text_of(events) == f"Order A-1042 is shipped.\n\n{quoted}"
    [citation] = events[-1]["chunk"]["attribution"]["citations"]
    part = citation["generatedResponsePart"]["textResponsePart"]
    assert part == {"text": quoted, "span": {"start": 26, "end": 73}}


def test_an_operation_of_an_openapi_document_gets_its_request(shop: Shop, session: str) -> None:
    body = {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "reason": {"type": "string", "description": "Why it is looked up."}
                    },
                }
            }
        },
    }
    parameter = {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "The order's id, as in A-1042.",
        "schema": {"type": "string"},
    }
    document = openapi(
        operationId="orderStatus",
        description="Look up the status of an order.",
        parameters=[parameter],
        requestBody=body,
    )
    agent = shop.agent({"apiSchema": {"payload": json.dumps(document)}})
    events = shop.ask(agent, STATUS.format("A-1042"), sessionId=session, enableTrace=True)
    [output] = [
        trace["actionGroupInvocationOutput"]["text"]
        for name, trace in traces_of(events)
        if name == "observation" and trace["type"] == "ACTION_GROUP"
    ]
    event = json.loads(output)
    assert (event["apiPath"], event["httpMethod"]) == ("/orders/{id}", "GET")
    assert event["parameters"] == [{"name": "id", "type": "string", "value": "A-1042"}]
    assert event["sessionId"] == session
    assert event["agent"] == {
        "name": event["agent"]["name"],
        "id": agent,
        "alias": "TSTALIASID",
        "version": "DRAFT",
    }
    assert list(event["requestBody"]["content"]) == ["application/json"]


def test_without_traces_the_answer_comes_alone_in_one_chunk(
    shop: Shop, agent: str, session: str
) -> None:
    [event] = shop.ask(agent, STATUS.format("A-1042"), sessionId=session)
    assert b"shipped" in event["chunk"]["bytes"]


def test_a_session_remembers_and_an_ended_one_does_not(
    shop: Shop, agent: str, session: str
) -> None:
    shop.ask(agent, STATUS.format("A-1042"), sessionId=session)
    events = shop.ask(agent, "And A-7?", sessionId=session, enableTrace=True)
    asked = json.loads(traces_of(events)[0][1]["text"])
    assert [message["role"] for message in asked["messages"]] == [
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]
    assert shop.ask(agent, sessionId=session, endSession=True) == []
    events = shop.ask(agent, STATUS.format("A-1042"), sessionId=session, enableTrace=True)
    assert len(json.loads(traces_of(events)[0][1]["text"])["messages"]) == 1


def test_a_follow_up_calls_what_was_called_before(shop: Shop, agent: str, session: str) -> None:
    shop.ask(agent, STATUS.format("A-1042"), sessionId=session)
    assert text_of(shop.ask(agent, "And A-7?", sessionId=session)) == "Order A-7 is shipped."
    quoted = "Descale the kettle once a month with vinegar."
    assert text_of(shop.ask(agent, "How do I descale the kettle?", sessionId=session)) == quoted
    events = shop.ask(agent, "And A-8?", sessionId=session, enableTrace=True)
    assert text_of(events) == "Order A-8 is shipped."
    contents = [one["content"] for one in json.loads(traces_of(events)[0][1]["text"])["messages"]]
    calls = [one for content in contents if isinstance(content, list) for one in content]
    assert [list(one) for one in calls] == [["toolUse"], ["toolResult"]] * 2


def test_what_a_function_sets_lasts_as_long_as_the_session(shop: Shop, session: str) -> None:
    agent = shop.agent({"functionSchema": FUNCTIONS, "actionGroupName": "orders"})
    shop.ask(agent, STATUS.format("A-1042"), sessionId=session)
    document = openapi(description="Look up the status of an order.")
    with_event = shop.agent({"apiSchema": {"payload": json.dumps(document)}})
    for _ in range(2):
        events = shop.ask(with_event, "Status of order A-1?", sessionId=session, enableTrace=True)
    [output] = [
        trace["actionGroupInvocationOutput"]["text"]
        for name, trace in traces_of(events)
        if name == "observation" and trace["type"] == "ACTION_GROUP"
    ]
    assert "last" in json.loads(output)["sessionAttributes"]


def test_a_write_waits_for_its_confirmation(shop: Shop, agent: str, session: str) -> None:
    events = shop.ask(agent, "Please cancel order A-1042", sessionId=session)
    control = control_of(events)
    [call] = control["invocationInputs"]
    assert call["functionInvocationInput"]["actionInvocationType"] == "USER_CONFIRMATION"
    assert call["functionInvocationInput"]["parameters"][0]["value"] == "A-1042"
    events = shop.ask(agent, sessionId=session, sessionState=confirmation(control))
    assert "A-1042" in text_of(events)


def test_a_denied_write_is_not_done(shop: Shop, agent: str, session: str) -> None:
    control = control_of(shop.ask(agent, "Please cancel order A-1042", sessionId=session))
    denied = confirmation(control, "DENY")
    events = shop.ask(agent, sessionId=session, sessionState=denied, enableTrace=True)
    names = [name for name, _ in traces_of(events)]
    assert "invocationInput" not in names
    assert "did not confirm" in text_of(events)


def test_a_confirmation_counts_once_and_for_its_own_call(
    shop: Shop, agent: str, session: str
) -> None:
    control = control_of(shop.ask(agent, "Please cancel order A-1042", sessionId=session))
    state = confirmation(control)
    for wrong, field in (
        (state | {"invocationId": "another"}, "invocationId"),
        (confirmation(control, function="order_status"), "functionResult"),
    ):
        with pytest.raises(EventStreamError) as error:
            shop.ask(agent, sessionId=session, sessionState=wrong)
        assert "validationException" in str(error.value)
        assert field in str(error.value)
    shop.ask(agent, sessionId=session, sessionState=state)
    code, _, message = refused(
        shop.runtime.invoke_agent,
        agentId=agent,
        agentAliasId="TSTALIASID",
        sessionId=session,
        sessionState=state,
    )
    assert code == "ValidationException"
    assert "no turn of this session waits" in message


def test_control_returns_to_a_caller_who_carries_out_the_calls(shop: Shop, session: str) -> None:
    group = {"functionSchema": FUNCTIONS, "actionGroupName": "orders"}
    agent = shop.agent(group | {"actionGroupExecutor": {"customControl": "RETURN_CONTROL"}})
    control = control_of(shop.ask(agent, STATUS.format("A-1042"), sessionId=session))
    [call] = control["invocationInputs"]
    assert call["functionInvocationInput"]["actionInvocationType"] == "RESULT"
    result = {
        "actionGroup": "orders",
        "function": "order_status",
        "responseBody": {"TEXT": {"body": '{"status": "lost"}'}},
    }
    state = {
        "invocationId": control["invocationId"],
        "returnControlInvocationResults": [{"functionResult": result}],
    }
    assert "lost" in text_of(shop.ask(agent, sessionId=session, sessionState=state))


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("A-500", "the table is away"),
        ("A-501", "response.actionGroup is 'another'"),
        ("A-502", "exceeds maximum size 25KB"),
        ("A-503", "reports a failure"),
    ],
)
def test_a_function_that_fails_breaks_the_turn_off(
    order: str, reason: str, shop: Shop, agent: str, session: str
) -> None:
    events: list[Any] = []
    with pytest.raises(EventStreamError, match=reason) as error:
        shop.ask(agent, STATUS.format(order), sessionId=session, enableTrace=True, events=events)
    assert "dependencyFailedException" in str(error.value)
    assert traces_of(events)[-1][0] == "failureTrace"


def test_wrong_arguments_are_an_observation(shop: Shop, agent: str, session: str) -> None:
    events = shop.ask(agent, STATUS.format("A-504"), sessionId=session, enableTrace=True)
    kinds = [trace.get("type") for name, trace in traces_of(events) if name == "observation"]
    assert kinds == ["REPROMPT", "FINISH"]
    assert "No such order." in text_of(events)


def test_draft_is_invoked_as_it_was_last_prepared(scripted: Shop, script: Script) -> None:
    agent = scripted.agent({"functionSchema": FUNCTIONS, "actionGroupName": "orders"})
    definition = scripted.agents.get_agent(agentId=agent)["agent"]
    changed = "You answer questions about kettles, and about nothing else at all."
    request: Any = {
        name: definition[name] for name in ("agentName", "foundationModel", "agentResourceRoleArn")
    }

    def shown() -> tuple[str, list[str]]:
        script.say("Yes.")
        events = scripted.ask(agent, "Are you there?", sessionId=uuid4().hex, enableTrace=True)
        assert events[0]["trace"]["agentVersion"] == "DRAFT"
        tools = script.requests[0].get("tools", ())
        return script.messages()[0]["content"], [one["function"]["name"] for one in tools]

    before = shown()
    assert before[1] == ["order_status", "cancel_order"]
    scripted.agents.update_agent(agentId=agent, **request, instruction=changed)
    [group] = scripted.agents.list_agent_action_groups(agentId=agent, agentVersion="DRAFT")[
        "actionGroupSummaries"
    ]
    scripted.agents.delete_agent_action_group(
        agentId=agent,
        agentVersion="DRAFT",
        actionGroupId=group["actionGroupId"],
        skipResourceInUseCheck=True,
    )
    assert shown() == before
    listed = scripted.agents.list_agent_versions(agentId=agent)["agentVersionSummaries"]
    assert [one["agentVersion"] for one in listed] == ["DRAFT"]
    scripted.agents.update_agent(agentId=agent, **request)
    scripted.agents.prepare_agent(agentId=agent)
    assert scripted.agents.get_agent(agentId=agent)["agent"]["agentStatus"] == "FAILED"
    assert shown() == before
    scripted.agents.update_agent(agentId=agent, **request, instruction=changed)
    scripted.agents.prepare_agent(agentId=agent)
    assert shown() == (changed, [])


def test_a_version_is_invoked_by_its_alias(shop: Shop, agent: str, session: str) -> None:
    alias = shop.agents.create_agent_alias(agentId=agent, agentAliasName="live")["agentAlias"]
    events = shop.ask(
        agent,
        STATUS.format("A-1042"),
        agentAliasId=alias["agentAliasId"],
        sessionId=session,
        enableTrace=True,
    )
    assert events[0]["trace"]["agentVersion"] == "1"
    assert "shipped" in text_of(events)


def test_an_agent_is_defined_by_the_request_itself(shop: Shop, base: str, session: str) -> None:
    group = {
        "actionGroupName": "orders",
        "actionGroupExecutor": {"lambda": shop.function},
        "functionSchema": FUNCTIONS,
    }
    manuals = {"knowledgeBaseId": base, "description": "The manuals: warranty, care, returns."}
    definition: dict[str, Any] = {
        "foundationModel": "amazon.nova-lite-v1:0",
        "instruction": "You help customers of a shop with their orders and its manuals.",
        "actionGroups": [group],
        "knowledgeBases": [manuals],
        "sessionId": session,
    }

    def ask(**params: Any) -> list[dict[str, Any]]:
        reply = shop.runtime.invoke_inline_agent(**definition | params)
        with closing(reply["completion"]) as events:
            return list(events)

    events = ask(inputText=STATUS.format("A-1042"), enableTrace=True)
    assert "shipped" in text_of(events)
    assert "agentId" not in events[0]["trace"]
    events = ask(inputText="How do I descale the kettle?")
    assert events[-1]["chunk"]["attribution"]["citations"]
    control = control_of(ask(inputText="Please cancel order A-1042"))
    state = confirmation(control)
    assert "A-1042" in text_of(ask(inlineSessionState=state))
    for wrong, field in (
        ({"foundationModel": "amazon.nova-none-v1:0"}, "foundationModel"),
        ({"knowledgeBases": [manuals | {"knowledgeBaseId": "NONE000000"}]}, "knowledgeBases.1"),
        ({"actionGroups": [group, group]}, "actionGroups"),
        ({"agentCollaboration": "SUPERVISOR"}, "agentCollaboration"),
    ):
        request = {**definition, "inputText": "Hello?", **wrong}
        code, _, message = refused(shop.runtime.invoke_inline_agent, **request)
        assert (code, field in message) == ("ValidationException", True), message


def test_refusals_name_what_is_wrong(shop: Shop, agent: str, session: str) -> None:
    def refusal(**params: Any) -> tuple[str, str]:
        request = {
            "agentId": agent,
            "agentAliasId": "TSTALIASID",
            "sessionId": session,
            "inputText": "Hello?",
        }
        code, _, message = refused(shop.runtime.invoke_agent, **request | params)
        return code, message

    assert refusal(agentId="NONE000000")[0] == "ResourceNotFoundException"
    assert refusal(agentAliasId="NONE000000")[0] == "ResourceNotFoundException"
    code, message = refusal(inputText=" ")
    assert (code, "inputText" in message) == ("ValidationException", True)
    unprepared = shop.agents.create_agent(
        agentName="unprepared", agentResourceRoleArn="arn:aws:iam::000000000000:role/agent"
    )["agent"]["agentId"]
    code, message = refusal(agentId=unprepared)
    assert (code, "PrepareAgent" in message) == ("ValidationException", True)
