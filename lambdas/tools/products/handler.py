"""Products, for an agent. The table: partition key `product_id`, a string.

A search reads the whole table and counts words, which does for a catalogue of some thousand. What
has to be found by meaning belongs into the Knowledge Base.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from app.aws import calling, table
from app.errors import NotFound
from app.settings import tool_table
from lambdas.tools.contract import ActionGroup

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

DEADLINE_SECONDS = 6
_STOP_WORDS = frozenset({"a", "an", "and", "for", "in", "of", "or", "the", "to", "with"})

tools = ActionGroup("products", "The catalogue: which products there are, and what they cost.")


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """The Lambda's entry point."""
    return tools.answer(event, context)


class Product(BaseModel):
    product_id: str
    name: str
    description: str
    price: Decimal
    currency: str
    in_stock: int

    @property
    def text(self) -> str:
        return f"{self.name}. {self.description}"


class Price(BaseModel):
    product_id: str
    name: str
    quantity: int
    unit_price: Decimal
    total: Decimal
    currency: str


@tools.function
def search_products(
    query: Annotated[
        str,
        Field(description="What is looked for, in a few words, as in: warm tent.", pattern=r"\w"),
    ],
    max_price: Annotated[
        float | None, Field(description="The most that one piece may cost.", ge=0)
    ] = None,
    limit: Annotated[int, Field(description="How many products at most.", ge=1, le=20)] = 5,
) -> list[Product]:
    """Search the catalogue by words of a product's name and description. Gives ids, descriptions,
    prices and how many are in stock; the best match first.
    """
    hits = [
        product
        for product in _products()
        if (max_price is None or product.price <= Decimal(str(max_price)))
        and matches(query, product.text)
    ]
    hits.sort(key=lambda one: (-matches(query, one.text), -matches(query, one.name), one.price))
    return hits[:limit]


@tools.function
def product_price(
    product_id: Annotated[str, Field(description="The product's id, as in P-104.", min_length=1)],
    quantity: Annotated[int, Field(description="How many pieces.", ge=1, le=1000)] = 1,
) -> Price:
    """Tell what a product costs: the price of one piece, and of as many as are wanted. Use it
    rather than to multiply.
    """
    with calling("GetItem"):
        response = _table().get_item(Key={"product_id": product_id})
    if "Item" not in response:
        raise NotFound(f"There is no product {product_id}. search_products finds a product's id.")
    product = Product.model_validate(response["Item"])
    return Price(
        product_id=product_id,
        name=product.name,
        quantity=quantity,
        unit_price=product.price,
        total=product.price * quantity,
        currency=product.currency,
    )


def matches(query: str, text: str) -> int:
    """How many words of the query stand in the text, or begin a word there.

    >>> matches("warm tents for winter", "Ridge tent. Warm, for two.")
    2
    """
    text_words = re.findall(r"\w+", text.lower())
    query_words = {word.removesuffix("s") for word in re.findall(r"\w+", query.lower())}
    return sum(
        any(word.startswith(one) for word in text_words) for one in query_words - _STOP_WORDS
    )


def _products() -> Iterator[Product]:
    pages = _table().meta.client.get_paginator("scan").paginate(TableName=_table().name)
    with calling("Scan"):
        for page in pages:
            yield from map(Product.model_validate, page["Items"])


@cache
def _table() -> "Table":
    return table(tool_table("products"), DEADLINE_SECONDS)
