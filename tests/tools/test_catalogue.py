"""The Lambda tools of a deployment: from the setting and the descriptions to a call on the wire."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.aws import Cancellation, Cancelled, Clients
from app.errors import OperatorError, OutcropError, Throttled, TimedOut, ToolFailed
from app.settings import Settings, WrongSettings, read
from app.tools import CALL, PRINCIPAL, Output, Refusal, Tool
from app.tools.action_group import MOST_BYTES
from app.tools.catalogue import lambda_tools_of, specs_of
from tests.models.loopback import Act, Loopback, clients_of, error, reply

SESSION = {PRINCIPAL: "ada", CALL: "turn-1:3"}
SECRET = "secret-of-the-function"


def settings(functions: str | None) -> Settings:
    return Settings(
        knowledge_base_id="-",
        data_source_id="-",
        documents_bucket="-",
        conversations_bucket="-",
        auth="local",
        tool_functions=functions,
    )


@contextmanager
def function(seconds: float = 20) -> Iterator[tuple[Loopback, Tool, Clients]]:
    """The tool my_orders, of a function whose answers a test enqueues."""
    with Loopback() as server:
        aws = clients_of(server, "AWS_ENDPOINT_URL_LAMBDA", seconds=seconds)
        tools = {tool.name: tool for tool in lambda_tools_of(aws, settings("orders=shop-orders"))}
        try:
            yield server, tools["my_orders"], aws
        finally:
            aws.lambda_.close()


def answer(body: str = "[]", **changes: Any) -> bytes:
    """What the orders' function answers to a call of my_orders."""
    result = {"responseBody": {"TEXT": {"body": body}}}
    response = {"actionGroup": "orders", "function": "my_orders", "functionResponse": result}
    return json.dumps({"messageVersion": "1.0", "response": response | changes}).encode()


def test_the_setting_names_the_functions_and_the_folders_describe_their_tools() -> None:
    nobody: Any = None
    tools = lambda_tools_of(nobody, settings("orders=a,products=arn:aws:lambda:eu-central-1:1:b"))
    assert [(tool.group, tool.name) for tool in tools] == [
        ("orders", "order_status"),
        ("orders", "my_orders"),
        ("orders", "cancel_order"),
        ("products", "search_products"),
        ("products", "product_price"),
    ]
    assert [tool.name for tool in tools if tool.confirms] == ["cancel_order"]
    assert lambda_tools_of(nobody, settings(None)) == ()


@pytest.mark.parametrize(
    ("functions", "said"),
    [
        ("weather=a", r"names the tools weather, which are not here: there are orders, products\."),
        ("orders=a,orders=b", "names a group twice"),
    ],
)
def test_a_group_that_is_not_here_or_twice_there_is_the_operator_s(
    functions: str, said: str
) -> None:
    nobody: Any = None
    with pytest.raises(OperatorError, match=said):
        lambda_tools_of(nobody, settings(functions))


def test_two_tools_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody: Any = None
    orders = specs_of("orders")
    monkeypatch.setattr("app.tools.catalogue.specs_of", lambda _group: orders)
    with pytest.raises(OperatorError, match="Several tools are called order_status"):
        lambda_tools_of(nobody, settings("orders=a,products=b"))


@pytest.mark.parametrize("value", ["orders", "orders=", "../orders=a", "orders=a,", "orders=a b"])
def test_a_setting_of_another_form_is_named(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KNOWLEDGE_BASE_ID", "DATA_SOURCE_ID", "DOCUMENTS_BUCKET", "CONVERSATIONS_BUCKET"):
        monkeypatch.setenv(f"OUTCROP_{name}", "-")
    monkeypatch.setenv("OUTCROP_AUTH", "local")
    monkeypatch.setenv("OUTCROP_TOOL_FUNCTIONS", value)
    with pytest.raises(WrongSettings, match="OUTCROP_TOOL_FUNCTIONS="):
        read(Settings)


def test_a_call_is_one_invocation_with_the_session_of_the_runner() -> None:
    with function() as (server, tool, _):
        server.enqueue(reply(answer('[{"order_id": "A-1"}]')))
        outcome = tool.call({"limit": 2}, SESSION)
    assert outcome == Output('[{"order_id": "A-1"}]')
    (request,) = server.requests
    assert request.line.startswith("POST /2015-03-31/functions/shop-orders/invocations ")
    assert request.headers["x-amz-invocation-type"] == "RequestResponse"
    event = json.loads(request.body)
    assert event["sessionAttributes"] == {"principal": "ada", "call": "turn-1:3"}
    assert (event["actionGroup"], event["function"]) == ("orders", "my_orders")
    assert event["parameters"] == [{"name": "limit", "type": "integer", "value": "2"}]


def test_a_refusal_of_the_function_is_one() -> None:
    reprompt = {
        "responseState": "REPROMPT",
        "responseBody": {"TEXT": {"body": '{"error": "limit: Input should be less."}'}},
    }
    with function() as (server, tool, _):
        server.enqueue(reply(answer(functionResponse=reprompt)))
        assert tool.call({}, SESSION) == Refusal("limit: Input should be less.", misuse=True)


def test_half_a_character_does_not_reach_the_model() -> None:
    with function() as (server, tool, _):
        server.enqueue(reply(answer("a \ud83d")))
        assert tool.call({}, SESSION) == Output("a \ufffd")


FAILURES = {
    "failed": reply(
        json.dumps({"errorMessage": SECRET, "errorType": SECRET}).encode(),
        headers={"X-Amz-Function-Error": "Unhandled"},
    ),
    "no JSON": reply(SECRET.encode()),
    "bytes": reply(b"\xff\xfe"),
    "nothing": reply(b""),
    "nested": reply(b"[" * 20_000),
    "a number too large to read": reply(b"9" * 20_000),
    "null": reply(b"null"),
    "another shape": reply(json.dumps({"body": SECRET}).encode()),
    "another group": reply(answer(SECRET, actionGroup="products")),
    "another function": reply(answer(SECRET, function="cancel_order")),
    "FAILURE": reply(
        answer(
            functionResponse={
                "responseState": "FAILURE",
                "responseBody": {"TEXT": {"body": SECRET}},
            }
        )
    ),
    "too long": reply(answer(SECRET * 2000)),
    "a megabyte": reply(b'"' + b"x" * 2**20 + b'"'),
    "updated": error("ResourceConflictException", 409, SECRET),
    "not ready": error("ResourceNotReadyException", 502, SECRET),
    "request refused": error("InvalidRequestContentException", 400, SECRET),
    "service": error("ServiceException", 500, SECRET),
}


@pytest.mark.parametrize("sent", FAILURES.values(), ids=FAILURES)
def test_a_function_that_fails_is_named_as_the_tool_and_not_repeated(sent: bytes) -> None:
    with function() as (server, tool, _):
        server.enqueue(sent)
        with pytest.raises(ToolFailed) as failure:
            tool.call({}, SESSION)
    assert "my_orders" in failure.value.detail
    assert SECRET not in failure.value.detail
    assert len(server.requests) == 1, "a call that may have acted is not made again"


def test_the_longest_answer_that_bedrock_would_take_passes() -> None:
    padding = "x" * (MOST_BYTES - len(answer("")))
    with function() as (server, tool, _):
        server.enqueue(reply(answer(padding)))
        server.enqueue(reply(answer(padding + "x")))
        assert tool.call({}, SESSION) == Output(padding)
        with pytest.raises(ToolFailed):
            tool.call({}, SESSION)


def hang(server: Loopback) -> None:
    server.enqueue(Act.WAIT)


def hang_within(server: Loopback) -> None:
    head, body = reply(answer("[]")).split(b"\r\n\r\n")
    server.enqueue(head + b"\r\n\r\n" + body[:20], Act.WAIT)


@pytest.mark.parametrize("order", [hang, hang_within])
def test_a_function_that_hangs_is_waited_for_until_the_deadline(
    order: Callable[[Loopback], None],
) -> None:
    with function(seconds=0.3) as (server, tool, _):
        order(server)
        with pytest.raises(TimedOut, match="my_orders did not answer in time; whether") as failure:
            tool.call({}, SESSION)
        assert server.left.wait(10)
    assert failure.value.retryable
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        (error("TooManyRequestsException", 429, SECRET), Throttled),
        (error("ResourceNotFoundException", 404, SECRET), OperatorError),
        (error("AccessDeniedException", 403, SECRET), OperatorError),
    ],
)
def test_what_lambda_refuses_is_throttled_or_the_operator_s(
    sent: bytes, kind: type[OutcropError]
) -> None:
    with function() as (server, tool, _):
        server.enqueue(sent)
        with pytest.raises(kind) as failure:
            tool.call({}, SESSION)
    if kind is Throttled:
        assert failure.value.detail == "The tool my_orders is called too often at the moment."
    assert len(server.requests) == 1


def test_a_lost_connection_is_a_failure_of_the_tool() -> None:
    with function() as (server, tool, _):
        server.enqueue(Act.RESET)
        with pytest.raises(ToolFailed, match="my_orders cannot be reached"):
            tool.call({}, SESSION)


def test_a_cancellation_breaks_off_a_call() -> None:
    cancelled = Cancellation()
    with function() as (server, tool, _), cancelled.active():
        cancelled.cancel(TimedOut("The turn took too long."))
        with pytest.raises(Cancelled):
            tool.call({}, SESSION)
        assert server.requests == []


def test_the_log_says_what_the_function_did_and_not_what_it_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with function() as (server, tool, _), caplog.at_level(logging.ERROR):
        server.enqueue(FAILURES["failed"])
        with pytest.raises(ToolFailed):
            tool.call({}, SESSION)
    assert "shop-orders failed (Unhandled)" in caplog.text
    assert SECRET not in caplog.text
