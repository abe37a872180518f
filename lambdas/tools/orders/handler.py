"""Orders, for an agent. The table: partition key `customer`, sort key `order_id`, both strings.

Only the person who placed an order can see it or cancel it: the customer is the session's
principal, and orders of others are not found.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from app.aws import calling, table
from app.errors import Conflict, NotFound
from app.settings import tool_table
from lambdas.tools.contract import ActionGroup

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

DEADLINE_SECONDS = 6
PLACED, CANCELLED = "placed", "cancelled"

tools = ActionGroup(
    "orders", "The orders of the person who is asking: what became of them, and to cancel one."
)


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """The Lambda's entry point."""
    return tools.answer(event, context)


class Line(BaseModel):
    product_id: str
    name: str
    quantity: int


class Order(BaseModel):
    order_id: str
    status: str
    placed: date
    expected: date | None = None
    lines: list[Line]
    total: Decimal
    currency: str


@tools.function
def order_status(
    order_id: Annotated[
        str,
        Field(description="The order's id: A, a dash and four digits, as in A-1042.", min_length=1),
    ],
) -> Order:
    """Look up one order of the person who is asking: its status, the day it is expected, its lines
    and its total. Use it when they name an order.
    """
    with calling("GetItem"):
        response = _table().get_item(Key={"customer": tools.principal, "order_id": order_id})
    if "Item" not in response:
        raise NotFound(f"There is no order {order_id} of theirs. my_orders lists those there are.")
    return Order.model_validate(response["Item"])


@tools.function
def my_orders(
    limit: Annotated[int, Field(description="How many orders at most.", ge=1, le=20)] = 5,
) -> list[Order]:
    """List the orders of the person who is asking, the latest first. Use it when they ask about
    their orders and name none.
    """
    with calling("Query"):
        response = _table().query(
            KeyConditionExpression="customer = :principal",
            ExpressionAttributeValues={":principal": tools.principal},
            ScanIndexForward=False,
            Limit=limit,
        )
    return [Order.model_validate(item) for item in response["Items"]]


@tools.confirmed_function
def cancel_order(
    order_id: Annotated[
        str,
        Field(description="The order's id: A, a dash and four digits, as in A-1047.", min_length=1),
    ],
) -> Order:
    """Cancel one order of the person who is asking, if it is not on its way yet. Use it only when
    they ask to cancel that order.
    """
    with calling("UpdateItem"):
        try:
            response = _table().update_item(
                Key={"customer": tools.principal, "order_id": order_id},
                UpdateExpression="SET #status = :cancelled REMOVE #expected",
                ConditionExpression="#status IN (:placed, :cancelled)",
                ExpressionAttributeNames={"#status": "status", "#expected": "expected"},
                ExpressionAttributeValues={":placed": PLACED, ":cancelled": CANCELLED},
                ReturnValues="ALL_NEW",
            )
        except _table().meta.client.exceptions.ConditionalCheckFailedException:
            response = None
    if response is None:
        order = order_status(order_id)
        raise Conflict(f"Order {order_id} is {order.status}, and cannot be cancelled any more.")
    return Order.model_validate(response["Attributes"])


@cache
def _table() -> "Table":
    return table(tool_table("orders"), DEADLINE_SECONDS)
