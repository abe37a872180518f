"""What functions of an agent answer, checked as Bedrock checks it; several calls in one reply; a
function that hangs.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EventStreamError

from app.local.bedrock_agent_runtime.agents.lambdas import LARGEST
from tests.local.bedrock_agent.agents.agency import openapi
from tests.local.bedrock_agent_runtime.agents.script import Script
from tests.local.bedrock_agent_runtime.agents.shop import (
    FUNCTIONS,
    JSON,
    Shop,
    control_of,
    text_of,
    traces_of,
)

ORDERS = {"functionSchema": FUNCTIONS, "actionGroupName": "orders"}
QUESTION = "What of my order?"
REPEATS = """
import json

def handler(event, context):
    return json.loads(event["sessionAttributes"]["answer"])
"""
STATUS = ("order_status", {"order_id": "A-1"})
DOCUMENT = openapi(
    operationId="orderStatus",
    description="Look up the status of an order.",
    parameters=[
        {
            "name": "id",
            "in": "path",
            "required": True,
            "description": "The order's id.",
            "schema": {"type": "string"},
        }
    ],
)


def function_answer(**result: Any) -> JSON:
    body = {"responseBody": {"TEXT": {"body": "It is shipped."}}, **result}
    response = {"actionGroup": "group0", "function": "order_status", "functionResponse": body}
    return {"messageVersion": "1.0", "response": response}


def request_answer(**members: Any) -> JSON:
    response = {
        "actionGroup": "group0",
        "apiPath": "/orders/{id}",
        "httpMethod": "GET",
        "httpStatusCode": 200,
        "responseBody": {"application/json": {"body": '{"status": "shipped"}'}},
        **members,
    }
    return {"messageVersion": "1.0", "response": response}


def changed(answer: JSON, **members: Any) -> JSON:
    """The answer with members of its response changed; those that are None are left out."""
    response = {**answer["response"], **members}
    return {**answer, "response": {k: v for k, v in response.items() if v is not None}}


@pytest.fixture(scope="module")
def repeats(scripted: Shop) -> str:
    return scripted.deploy("repeats", REPEATS)


@pytest.fixture(scope="module")
def functions(scripted: Shop, repeats: str, scripted_base: str) -> str:
    """An agent whose function answers as the session attribute `answer` says."""
    group = {"functionSchema": FUNCTIONS, "actionGroupExecutor": {"lambda": repeats}}
    return scripted.agent(group, base=scripted_base)


@pytest.fixture(scope="module")
def requests(scripted: Shop, repeats: str) -> str:
    """The same for an operation of an OpenAPI document."""
    schema = {"payload": json.dumps(DOCUMENT)}
    return scripted.agent({"apiSchema": schema, "actionGroupExecutor": {"lambda": repeats}})


Ask = Callable[..., list[JSON]]


@pytest.fixture
def ask(scripted: Shop, script: Script, session: str) -> Ask:
    """A turn in which the function answers so; the model then says Done."""

    def turn(agent: str, answer: Any, *, call: Any = STATUS, **params: Any) -> list[JSON]:
        script.say([call], "Done.")
        text = answer if isinstance(answer, str) else json.dumps(answer)
        state = {"sessionAttributes": {"answer": text, "keep": "yes"}}
        return scripted.ask(
            agent, QUESTION, sessionId=session, sessionState=state, enableTrace=True, **params
        )

    return turn


def broken(ask: Ask, script: Script, agent: str, answer: Any, **params: Any) -> str:
    """The message of the error with which a turn breaks off at the function's answer."""
    events: list[JSON] = []
    with pytest.raises(EventStreamError) as caught:
        ask(agent, answer, events=events, **params)
    while script.left():
        script.delta()
    assert caught.value.response["Error"]["Code"] == "dependencyFailedException"
    name, failure = traces_of(events)[-1]
    assert (name, failure["failureCode"]) == ("failureTrace", 424)
    return str(caught.value)


PREFIX = "The server encountered an error processing the Lambda response."


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ([], "it is no JSON object"),
        ('"shipped"', "it is no JSON object"),
        ("null", "it is no JSON object"),
        ({}, "messageVersion is None"),
        (function_answer() | {"messageVersion": "2.0"}, "messageVersion is '2.0', not '1.0'"),
        (function_answer() | {"messageVersion": 1.0}, "messageVersion is 1.0"),
        ({"messageVersion": "1.0"}, "it has no object `response`"),
        ({"messageVersion": "1.0", "response": []}, "it has no object `response`"),
        (changed(function_answer(), actionGroup="other"), "response.actionGroup is 'other'"),
        (changed(function_answer(), actionGroup=None), "response.actionGroup is None"),
        (changed(function_answer(), function="cancel_order"), "response.function is 'cancel_"),
        (changed(function_answer(), function=None), "response.function is None"),
        (changed(function_answer(), functionResponse=None), "functionResponse is no object"),
        (changed(function_answer(), functionResponse="shipped"), "functionResponse is no object"),
        (function_answer(responseBody=None), "it has no responseBody"),
        (function_answer(responseBody={}), "it has no responseBody"),
        (
            function_answer(responseBody={"application/json": {"body": "{}"}}),
            "responseBody.TEXT.body is no text",
        ),
        (function_answer(responseBody={"TEXT": "shipped"}), "responseBody.TEXT.body is no text"),
        (function_answer(responseBody={"TEXT": {"body": {}}}), "responseBody.TEXT.body is no text"),
        (function_answer(responseState="SUCCESS"), "responseState is 'SUCCESS'"),
        (function_answer(responseState=1), "responseState is 1"),
        (function_answer() | {"sessionAttributes": []}, "sessionAttributes is no object of texts"),
        (
            function_answer() | {"sessionAttributes": {"count": 1}},
            "sessionAttributes is no object of texts",
        ),
        (
            function_answer() | {"promptSessionAttributes": {"day": None}},
            "promptSessionAttributes is no object of texts",
        ),
        (function_answer() | {"knowledgeBasesConfiguration": {}}, "knowledgeBasesConfiguration is"),
        (
            function_answer() | {"knowledgeBasesConfiguration": [{"knowledgeBaseId": "A"}]},
            "knowledgeBasesConfiguration is no list",
        ),
    ],
)
def test_a_function_that_answers_otherwise_breaks_the_turn_off(
    answer: Any, reason: str, ask: Ask, script: Script, functions: str
) -> None:
    message = broken(ask, script, functions, answer)
    assert PREFIX in message
    assert reason in message


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (request_answer(actionGroup="other"), "response.actionGroup is 'other'"),
        (request_answer(apiPath="/orders/A-1"), "response.apiPath is '/orders/A-1'"),
        (request_answer(httpMethod="POST"), "response.httpMethod is 'POST', not 'GET'"),
        (request_answer(httpStatusCode="200"), "response.httpStatusCode is '200'"),
        (request_answer(httpStatusCode=True), "response.httpStatusCode is True"),
        (request_answer(responseBody={}), "it has no responseBody"),
        (
            request_answer(responseBody={"application/json": {"status": "shipped"}}),
            "responseBody.application/json.body is no text",
        ),
    ],
)
def test_an_operation_that_answers_otherwise_breaks_the_turn_off(
    answer: Any, reason: str, ask: Ask, script: Script, requests: str
) -> None:
    call = ("orderStatus", {"id": "A-1"})
    message = broken(ask, script, requests, answer, call=call)
    assert PREFIX in message
    assert reason in message


def test_a_right_answer_reaches_the_model(
    ask: Ask, script: Script, functions: str, requests: str
) -> None:
    assert text_of(ask(functions, function_answer())) == "Done."
    assert script.messages()[-1]["content"] == "It is shipped."
    assert text_of(ask(requests, request_answer(), call=("orderStatus", {"id": "A-1"}))) == "Done."
    assert script.messages()[-1]["content"] == '{"status": "shipped"}'


def test_an_answer_has_at_most_25_kb(ask: Ask, script: Script, functions: str) -> None:
    room = LARGEST - len(json.dumps(function_answer()))

    def sized(more: int) -> JSON:
        return function_answer(responseBody={"TEXT": {"body": "It is shipped." + "x" * more}})

    assert text_of(ask(functions, sized(room))) == "Done."
    message = broken(ask, script, functions, sized(room + 1))
    assert f"exceeds maximum size 25KB: {LARGEST + 1}" in message.replace(
        message[message.index("arn:") : message.index(" returned") + 10], ""
    )


def test_a_failure_breaks_off_and_a_reprompt_goes_back(
    ask: Ask, script: Script, functions: str
) -> None:
    message = broken(ask, script, functions, function_answer(responseState="FAILURE"))
    assert "reports a failure: It is shipped." in message
    events = ask(functions, function_answer(responseState="REPROMPT"))
    assert text_of(events) == "Done."
    assert script.messages()[-1]["content"] == "The tool failed: It is shipped."
    [reprompt] = [one for _, one in traces_of(events) if one.get("type") == "REPROMPT"]
    assert reprompt["repromptResponse"]["source"] == "ACTION_GROUP"


def test_attributes_are_replaced_where_the_answer_has_them(
    ask: Ask, scripted: Shop, script: Script, functions: str, session: str
) -> None:
    answer = function_answer() | {
        "sessionAttributes": {"answer": json.dumps(function_answer()), "step": "two"},
        "promptSessionAttributes": {"today": "Monday"},
    }
    ask(functions, answer)
    assert "today: Monday" in script.messages()[0]["content"]
    script.say([STATUS], "Done.")
    scripted.ask(functions, QUESTION, sessionId=session)
    assert "today" not in script.messages()[0]["content"]


def test_an_answer_configures_later_lookups(
    ask: Ask, script: Script, functions: str, scripted_base: str
) -> None:
    uri = {"key": "x-amz-bedrock-kb-source-uri", "value": "s3://manuals/none.md"}
    search = {"vectorSearchConfiguration": {"filter": {"equals": uri}}}
    configuration = {"knowledgeBaseId": scripted_base, "retrievalConfiguration": search}
    answer = function_answer() | {"knowledgeBasesConfiguration": [configuration]}
    lookup = (f"search_documents_{scripted_base}", {"query": "How do I descale it?"})
    script.say([STATUS], [lookup], "Done.")
    ask(functions, answer)  # its own script comes behind this one
    while script.left():
        script.delta()
    assert script.messages(2)[-1]["content"] == "Nothing was found."


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def handler(event, context):\n    raise ValueError('away')\n", "away"),
        ("import nothing_of_the_kind\n", "nothing_of_the_kind"),
        ("def handler(event, context):\n    return {'n': float('nan')}\n", "NaN"),
        ("def handler(event, context):\n    return {'n': object()}\n", "object"),
        ("import os\n\ndef handler(event, context):\n    os._exit(1)\n", "exit"),
    ],
    ids=["raises", "imports", "nan", "object", "dies"],
)
def test_a_function_that_fails_names_itself(
    source: str,
    reason: str,
    scripted: Shop,
    script: Script,
    session: str,
    request: pytest.FixtureRequest,
) -> None:
    function = scripted.deploy(f"fails-{request.node.callspec.id}", source)
    agent = scripted.agent(ORDERS | {"actionGroupExecutor": {"lambda": function}})
    script.say([STATUS])
    with pytest.raises(EventStreamError) as caught:
        scripted.ask(agent, QUESTION, sessionId=session)
    assert caught.value.response["Error"]["Code"] == "dependencyFailedException"
    assert reason in str(caught.value)
    assert function in str(caught.value)


def test_a_function_that_is_not_there_is_named(
    scripted: Shop, script: Script, session: str
) -> None:
    function = scripted.function.replace(":shop", ":nobody")
    agent = scripted.agent(ORDERS | {"actionGroupExecutor": {"lambda": function}})
    script.say([STATUS])
    with pytest.raises(EventStreamError, match=r"cannot be invoked: .*nobody"):
        scripted.ask(agent, QUESTION, sessionId=session)


def test_a_function_that_hangs_is_ended_by_its_timeout(
    scripted: Shop, script: Script, session: str
) -> None:
    source = "import threading\n\ndef handler(event, context):\n    threading.Event().wait()\n"
    function = scripted.deploy("hangs", source, Timeout=1)
    agent = scripted.agent(ORDERS | {"actionGroupExecutor": {"lambda": function}})
    script.say([STATUS], "I am still here.")
    with pytest.raises(EventStreamError, match=r"Task timed out after 1\.00 seconds"):
        scripted.ask(agent, QUESTION, sessionId=session)
    assert text_of(scripted.ask(agent, "Are you there?", sessionId=session)) == "I am still here."


def test_several_calls_of_one_reply_are_carried_out_in_their_order(
    scripted: Shop, script: Script, scripted_base: str, session: str
) -> None:
    agent = scripted.agent(ORDERS, base=scripted_base)
    lookup = (f"search_documents_{scripted_base}", {"query": "descale"})
    second = ("order_status", {"order_id": "A-2"})
    script.say([STATUS, lookup, second, ("fly", {})], "Done.")
    events = scripted.ask(agent, QUESTION, sessionId=session, enableTrace=True)
    assert text_of(events) == "Done."
    kinds = [one["type"] for name, one in traces_of(events) if name == "observation"]
    assert kinds == ["ACTION_GROUP", "KNOWLEDGE_BASE", "ACTION_GROUP", "REPROMPT", "FINISH"]
    calling, *results = script.messages()[-5:]
    assert [one["tool_call_id"] for one in results] == [one["id"] for one in calling["tool_calls"]]
    contents = [one["content"] for one in results]
    assert '"A-1"' in contents[0]
    assert "vinegar" in contents[1]
    assert '"A-2"' in contents[2]
    assert contents[3] == "The tool failed: There is no operation fly."


def test_a_call_that_fails_among_several_breaks_the_turn_off(
    scripted: Shop, script: Script, session: str
) -> None:
    agent = scripted.agent(ORDERS)
    script.say([STATUS, ("order_status", {"order_id": "A-500"}), STATUS])
    events: list[JSON] = []
    with pytest.raises(EventStreamError, match="the table is away"):
        scripted.ask(agent, QUESTION, sessionId=session, enableTrace=True, events=events)
    kinds = [one["type"] for name, one in traces_of(events) if name == "observation"]
    assert kinds == ["ACTION_GROUP"]


def test_calls_that_wait_stand_beside_those_that_are_made(
    scripted: Shop, script: Script, session: str
) -> None:
    agent = scripted.agent(ORDERS)
    cancel = ("cancel_order", {"order_id": "A-9"})
    script.say([cancel, STATUS], "Done.")
    events = scripted.ask(agent, QUESTION, sessionId=session, enableTrace=True)
    assert sum(name == "observation" for name, _ in traces_of(events)) == 1
    control = control_of(events)
    assert len(control["invocationInputs"]) == 1
    result = {"actionGroup": "orders", "function": "cancel_order", "confirmationState": "CONFIRM"}
    state = {
        "invocationId": control["invocationId"],
        "returnControlInvocationResults": [{"functionResult": result}],
    }
    assert text_of(scripted.ask(agent, sessionId=session, sessionState=state)) == "Done."
    first, second = (one["content"] for one in script.messages()[-2:])
    assert '"cancelled": "A-9"' in first
    assert '"A-1"' in second


def returned(control: Any, **members: Any) -> Any:
    result = {
        "actionGroup": "group0",
        "apiPath": "/orders/{id}",
        "httpMethod": "GET",
        "httpStatusCode": 200,
        "responseBody": {"application/json": {"body": '{"status": "lost"}'}},
        **members,
    }
    return {
        "invocationId": control["invocationId"],
        "returnControlInvocationResults": [{"apiResult": result}],
    }


def test_the_caller_answers_for_an_operation(scripted: Shop, script: Script, session: str) -> None:
    group = {
        "apiSchema": {"payload": json.dumps(DOCUMENT)},
        "actionGroupExecutor": {"customControl": "RETURN_CONTROL"},
    }
    agent = scripted.agent(group)
    script.say([("orderStatus", {"id": "A-1"})], "It is lost.")
    control = control_of(scripted.ask(agent, QUESTION, sessionId=session))
    [asks] = control["invocationInputs"]
    assert asks["apiInvocationInput"]["apiPath"] == "/orders/{id}"
    assert asks["apiInvocationInput"]["httpMethod"] == "GET"
    for wrong in ({"apiPath": "/orders"}, {"httpMethod": "POST"}, {"actionGroup": "other"}):
        with pytest.raises(EventStreamError, match="of no operation that waits"):
            scripted.ask(agent, sessionId=session, sessionState=returned(control, **wrong))
    with pytest.raises(EventStreamError, match="must have the result"):
        scripted.ask(agent, sessionId=session, sessionState=returned(control, responseBody={}))
    failure = returned(control, responseState="FAILURE")
    with pytest.raises(EventStreamError, match=r"dependencyFailedException.*failed") as caught:
        scripted.ask(agent, sessionId=session, sessionState=failure)
    assert "lost" in str(caught.value)
    events = scripted.ask(agent, sessionId=session, sessionState=returned(control))
    assert text_of(events) == "It is lost."
    assert script.messages()[-1]["content"] == '{"status": "lost"}'
