"""The orders tool, over DynamoDB on the laptop."""

import json
from typing import Any

import pytest

from app.errors import OperatorError
from app.local.faults import Fail
from lambdas.tools.orders.handler import handler, tools
from tests.lambdas.tools.conftest import Shop
from tests.lambdas.tools.events import api_event, function_event, said, state

pytestmark = pytest.mark.usefixtures("shop")


def ask(function: str, principal: str | None = "ada", **parameters: str) -> dict[str, Any]:
    return handler(function_event(function, principal, **parameters), None)


def test_order_status_returns_status_dates_and_lines() -> None:
    answer = ask("order_status", order_id="A-1042")
    assert said(answer) == {
        "order_id": "A-1042",
        "status": "shipped",
        "placed": "2026-11-17",
        "expected": "2026-11-24",
        "lines": [
            {"product_id": "P-108", "name": "Single rope, 60 m", "quantity": 1},
            {"product_id": "P-109", "name": "Belay set", "quantity": 2},
        ],
        "total": "238.00",
        "currency": "EUR",
    }
    assert (answer["response"]["actionGroup"], answer["response"]["function"]) == (
        "a-group",
        "order_status",
    )
    assert state(answer) is None


def test_ones_own_orders_come_the_latest_first() -> None:
    assert [one["order_id"] for one in said(ask("my_orders"))] == [
        "A-1047",
        "A-1042",
        "A-1041",
        "A-1038",
    ]
    assert [one["order_id"] for one in said(ask("my_orders", limit="1"))] == ["A-1047"]
    event = function_event("my_orders")
    event["parameters"] = [
        {"name": "limit", "type": "integer", "value": 2}
    ]  # as a loop may send it
    assert len(said(handler(event, None))) == 2


def test_the_order_of_another_is_not_there() -> None:
    answer = ask("order_status", principal="bob", order_id="A-1042")
    assert said(answer) == {
        "error": "There is no order A-1042 of theirs. my_orders lists those there are."
    }
    assert state(answer) is None
    assert said(ask("my_orders", principal="bob")) == []


def test_who_asks_is_what_the_runner_says_and_not_what_the_model_says() -> None:
    answer = ask("my_orders", principal="bob", customer="ada", principal_="ada")
    assert said(answer) == {"error": "There is no parameter customer, principal_, only limit."}
    event = function_event("my_orders", None) | {"promptSessionAttributes": {"principal": "ada"}}
    assert said(handler(event, None)) == {
        "error": "Nobody is signed in, so there is nothing of theirs to look up."
    }


@pytest.mark.parametrize(
    ("function", "parameters", "words"),
    [
        ("order_status", {}, "order_id: Field required"),
        ("order_status", {"order_id": ""}, "order_id: String should have at least 1 character"),
        ("my_orders", {"limit": "all"}, "limit: Input should be a valid integer"),
        ("my_orders", {"limit": "0"}, "limit: Input should be greater than or equal to 1"),
    ],
)
def test_a_bad_parameter_is_named_and_the_model_asked_again(
    function: str, parameters: dict[str, str], words: str
) -> None:
    answer = ask(function, **parameters)
    assert words in said(answer)["error"]
    assert state(answer) == "REPROMPT"


def test_a_function_that_is_not_there_is_named_with_those_that_are() -> None:
    assert said(ask("buy")) == {
        "error": "There is no such function in orders, only order_status, my_orders, cancel_order."
    }


def test_an_order_that_is_not_on_its_way_is_cancelled_once_and_for_all(shop: Shop) -> None:
    _, tables = shop
    before = tables["orders"].get_item(Key={"customer": "ada", "order_id": "A-1047"})["Item"]
    answer = said(ask("cancel_order", order_id="A-1047"))
    assert (answer["status"], answer["expected"]) == ("cancelled", None)
    assert said(ask("order_status", order_id="A-1047")) == answer
    assert said(ask("cancel_order", order_id="A-1047")) == answer  # a call that is made again
    tables["orders"].put_item(Item=before)


@pytest.mark.parametrize(
    ("principal", "order_id", "words"),
    [
        ("ada", "A-1042", "Order A-1042 is shipped, and cannot be cancelled any more."),
        ("ada", "A-1038", "Order A-1038 is delivered"),
        ("ada", "A-9", "There is no order A-9 of theirs."),
        ("bob", "A-1047", "There is no order A-1047 of theirs."),
    ],
)
def test_no_other_order_is_cancelled(principal: str, order_id: str, words: str, shop: Shop) -> None:
    _, tables = shop
    before = tables["orders"].scan()["Items"]
    answer = ask("cancel_order", principal=principal, order_id=order_id)
    assert said(answer)["error"].startswith(words)
    assert state(answer) is None
    assert tables["orders"].scan()["Items"] == before


def test_a_cancellation_is_to_be_confirmed() -> None:
    confirms = {tool.name: tool.confirms for tool in tools.tools()}
    assert confirms == {"order_status": False, "my_orders": False, "cancel_order": True}


def test_the_event_of_an_api_schema_is_answered_as_one() -> None:
    answer = handler(api_event("/order_status", order_id="A-1041"), None)["response"]
    assert (answer["apiPath"], answer["httpMethod"]) == ("/order_status", "GET")
    assert answer["httpStatusCode"] == 200
    order = json.loads(answer["responseBody"]["application/json"]["body"])
    assert (order["status"], order["expected"]) == ("cancelled", None)
    missing = handler(api_event("/order_status", order_id="A-9"), None)["response"]
    assert missing["httpStatusCode"] == 404
    assert "my_orders" in json.loads(missing["responseBody"]["application/json"]["body"])["error"]


def test_a_failing_table_is_told_and_a_forbidden_one_fails_the_function(shop: Shop) -> None:
    server, _ = shop
    for code in ("TransactionConflictException", "AccessDeniedException"):
        server.faults.add(Fail(service="dynamodb", operation="GetItem", code=code))
    answer = ask("order_status", order_id="A-1042")
    assert "TransactionConflictException" in said(answer)["error"]
    assert state(answer) is None
    with pytest.raises(OperatorError, match="Allow this to the role"):
        ask("order_status", order_id="A-1042")
