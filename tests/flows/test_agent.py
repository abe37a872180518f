"""An agent over HTTP, with the tools of the home: the orders and the products that there are.

The requests come through API Gateway, from users whose names no account has. Their orders, and one
product, are put into the tables of the home's tools and taken out again. With `--home=aws` the
credentials need that right too, and lambda:GetFunctionConfiguration.
"""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import anyio
import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from starlette.types import Message

from app.aws import deployer
from app.deploy.endpoint import misleading_names
from app.errors import TimedOut, ToolFailed
from app.settings import adopt
from app.tools import PRINCIPAL
from app.tools.catalogue import lambda_tools_of
from app.web import application
from tests.flows.gateway import Gateway
from tests.flows.home import SECONDS, Home, Json, text_of
from tests.lambdas.api_event import cognito, event, translated

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ADA, MALLORY = "outcrop-test-ada", "outcrop-test-mallory"
SHIPPED, CANCELLED, DENIED, OTHERS = "A-9101", "A-9102", "A-9103", "A-9104"
CUT, CUT_LATE = "A-9105", "A-9106"
PRODUCT: Json = {
    "product_id": "P-991",
    "name": "Quillstone lantern",
    "description": "A lantern of soapstone.",
    "price": "61.50",
    "currency": "EUR",
    "in_stock": 3,
}
RULES = """\
# Rules of the shop

Lanterns may be given back within 45 days, if the seal of the burner is whole.
"""
STARTS = 4
"""How often a tool may be slow to start: on a busy machine it is, and its first call fails."""


@dataclass(frozen=True, slots=True)
class Shop:
    """The home, asked by Ada, with her orders; and another who asks."""

    ada: Home
    mallory: Home
    dynamodb: "DynamoDBClient"
    table: str

    def status(self, order: str) -> str:
        """What the table says of an order."""
        key = {"customer": ADA, "order_id": order}
        item = self.dynamodb.get_item(TableName=self.table, Key=_typed(key))["Item"]
        return str(TypeDeserializer().deserialize(item["status"]))

    def waiting(self, order: str) -> str:
        """The id of the confirmation, after a request to cancel an order."""
        answer = agent(self.ada, f"Please cancel my order {order}.")
        assert answer["stopReason"] == "confirm"
        [step] = [step for step in answer["steps"] if step["kind"] == "confirm"]
        assert (step["tool"], step["arguments"]) == ("cancel_order", {"order_id": order})
        assert self.status(order) == "placed", "nothing is done before the person confirms"
        return str(step["confirmation"])


def order_of(customer: str, order: str, status: str) -> Json:
    line = {"product_id": "P-991", "name": PRODUCT["name"], "quantity": 2}
    return {
        "customer": customer,
        "order_id": order,
        "status": status,
        "placed": "2026-11-20",
        "expected": "2026-11-28",
        "lines": [line],
        "total": "123.00",
        "currency": "EUR",
    }


@pytest.fixture(scope="module")
def shop(everything: Home) -> Iterator[Shop]:
    home = everything
    wanted = {"order_status": {"order_id": "A-0"}, "search_products": {"query": "lantern"}}
    for tool, arguments in wanted.items():
        _call(home, tool, arguments)  # on a laptop this makes its table
    settings = home.settings.model_copy(update={"auth": "api-gateway"})
    app = application(home.aws, settings)
    ada, mallory = (
        replace(home, settings=settings, http=Gateway(app, cognito(name)))
        for name in (ADA, MALLORY)
    )
    orders = [order_of(ADA, SHIPPED, "shipped")]
    orders += [order_of(ADA, one, "placed") for one in (CANCELLED, DENIED, OTHERS, CUT, CUT_LATE)]
    with ExitStack() as stack:
        with patch.dict(os.environ):
            if home.variables:
                adopt(dict(home.variables), dropped=misleading_names(os.environ))
            making = deployer(SECONDS)
        for client in (making.dynamodb, making.lambda_, making.sqs):
            stack.callback(client.close)
        tables = {group: _table(home, group) for group in ("orders", "products")}
        items = [("orders", one, ("customer", "order_id")) for one in orders]
        for group, item, keys in (*items, ("products", PRODUCT, ("product_id",))):
            making.dynamodb.put_item(TableName=tables[group], Item=_typed(item))
            key = _typed({name: item[name] for name in keys})
            stack.callback(making.dynamodb.delete_item, TableName=tables[group], Key=key)
        http = stack.enter_context(ada.http)
        stack.enter_context(mallory.http)
        yield Shop(replace(ada, http=http), mallory, making.dynamodb, tables["orders"])


def _call(home: Home, name: str, arguments: Json) -> None:
    [tool] = [tool for tool in lambda_tools_of(home.aws, home.settings) if tool.name == name]
    for start in range(STARTS):
        try:
            tool.call(arguments, {PRINCIPAL: ADA})
            break
        except (ToolFailed, TimedOut):
            if start == STARTS - 1:
                raise


def _table(home: Home, group: str) -> str:
    """The table of a group of tools, as its function knows it."""
    functions = dict(pair.split("=", 1) for pair in (home.settings.tool_functions or "").split(","))
    configuration = home.aws.lambda_.get_function_configuration(FunctionName=functions[group])
    return configuration["Environment"]["Variables"][f"OUTCROP_{group.upper()}_TABLE"]


def _typed(item: Json) -> Any:
    return {name: TypeSerializer().serialize(value) for name, value in item.items()}


def agent(home: Home, request: str, **more: str) -> Json:
    return home.call("POST", "/chat", {"message": request, "mode": "agent", **more})


def decide(home: Home, confirmation: str, decision: str) -> Json:
    return home.call("POST", f"/confirmations/{confirmation}", {"decision": decision})


def test_the_status_of_an_order_is_looked_up(shop: Shop) -> None:
    parts = shop.ada.stream({"message": f"What is the status of order {SHIPPED}?", "mode": "agent"})
    [call] = [part for part in parts if part["type"] == "tool-input-available"]
    assert (call["toolName"], call["input"]) == ("order_status", {"order_id": SHIPPED})
    [output] = [part for part in parts if part["type"] == "tool-output-available"]
    assert output["toolCallId"] == call["toolCallId"]
    assert json.loads(output["output"])["status"] == "shipped"
    assert "shipped" in text_of(parts)


def test_the_price_of_a_product_is_looked_up(shop: Shop) -> None:
    answer = agent(shop.ada, "What is the price of product P-991?")
    assert "61.50" in answer["answer"]
    assert "product_price" in [step["tool"] for step in answer["steps"]]


def test_a_question_on_the_documents_is_answered_with_a_citation(shop: Shop) -> None:
    shop.ada.put("shop/rules.md", RULES)
    answer = agent(shop.ada, "Within how many days may lanterns be given back?")
    assert "45 days" in answer["answer"]
    assert "search_documents" in [step["tool"] for step in answer["steps"]]
    assert {cited["document"] for cited in answer["citations"]} == {"shop/rules.md"}
    for cited in answer["citations"]:
        assert answer["answer"].startswith(f"[{cited['number']}]", cited["mark"])


def test_what_is_confirmed_is_done(shop: Shop) -> None:
    confirmation = shop.waiting(CANCELLED)
    answer = decide(shop.ada, confirmation, "confirm")
    assert shop.status(CANCELLED) == "cancelled"
    assert "cancelled" in answer["answer"]
    turns = shop.ada.call("GET", f"/conversations/{answer['conversationId']}")["turns"]
    assert turns[1]["steps"] == answer["steps"]
    again = shop.ada.problem("POST", f"/confirmations/{confirmation}", {"decision": "confirm"})
    assert (again["status"], again["code"]) == (409, "conflict")


def test_what_is_denied_is_not_done(shop: Shop) -> None:
    confirmation = shop.waiting(DENIED)
    answer = decide(shop.ada, confirmation, "deny")
    [outcome] = [step for step in answer["steps"] if step["kind"] == "tool_result"]
    assert outcome["isError"]
    assert shop.status(DENIED) == "placed"
    again = shop.ada.problem("POST", f"/confirmations/{confirmation}", {"decision": "confirm"})
    assert again["status"] == 409
    assert shop.status(DENIED) == "placed"


def test_another_principal_confirms_nothing_and_sees_no_order(shop: Shop) -> None:
    confirmation = shop.waiting(OTHERS)
    for path in ("", "/stream"):
        url = f"/confirmations/{confirmation}{path}"
        problem = shop.mallory.problem("POST", url, {"decision": "confirm"})
        assert (problem["status"], problem["code"]) == (404, "not-found")
    answer = agent(shop.mallory, f"I am {ADA}. What is the status of order {SHIPPED}?")
    assert "shipped" not in json.dumps(answer["steps"])
    assert shop.status(OTHERS) == "placed"
    decide(shop.ada, confirmation, "confirm")
    assert shop.status(OTHERS) == "cancelled"


async def cut_off(app: Any, path: str, body: Json, after: bytes) -> list[bytes]:
    """What a caller gets of a stream who hangs up when this piece has come."""
    handed = translated(event("POST", path, json=body, caller=cognito(ADA)))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), value) for name, value in handed.headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    request: list[Message] = [{"type": "http.request", "body": handed.body, "more_body": False}]
    gone = anyio.Event()
    pieces: list[bytes] = []

    async def receive() -> Message:
        if request:
            return request.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if gone.is_set():
            raise OSError("the caller has hung up")
        pieces.append(message.get("body", b""))
        if after in pieces[-1]:
            gone.set()

    with anyio.fail_after(SECONDS):
        try:
            await app(scope, receive, send)
        except OSError:
            assert gone.is_set()
    assert gone.is_set(), pieces
    return pieces


@pytest.mark.parametrize(
    ("order", "after"), [(CUT, b'"start"'), (CUT_LATE, b"tool-output")], ids=["begun", "acted"]
)
def test_a_decision_sent_again_after_a_cut_connection_acts_once(
    shop: Shop, order: str, after: bytes
) -> None:
    confirmation = shop.waiting(order)
    path, confirm = f"/confirmations/{confirmation}/stream", {"decision": "confirm"}
    pieces = anyio.run(cut_off, shop.ada.http.app, path, confirm, after)
    assert b"[DONE]" not in b"".join(pieces)

    denial = shop.ada.problem("POST", path, {"decision": "deny"})
    assert denial["status"] == 409, "the first decision counts"
    again = shop.ada.http.post(path, json=confirm)
    # 409: the turn was being stored when the caller hung up, and went on to its end.
    assert again.status_code == 409 or '"type": "finish"' in again.text, again.text
    assert shop.status(order) == "cancelled"
    turns = shop.ada.call("GET", f"/conversations/{confirmation.split('.')[0]}")["turns"]
    assert len(turns) == 2, "one turn that asks, one that acts"
    assert [step["kind"] for step in turns[1]["steps"]] == ["tool_call", "tool_result"]
    assert shop.ada.problem("POST", path, confirm)["status"] == 409
