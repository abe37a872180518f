"""The products tool, over DynamoDB on the laptop."""

from typing import Any

import pytest

from lambdas.tools.products.handler import handler
from tests.lambdas.tools.events import function_event, said, state

pytestmark = pytest.mark.usefixtures("shop")


def ask(function: str, **parameters: str) -> Any:
    return said(handler(function_event(function, **parameters), None))


def names(products: list[dict[str, Any]]) -> list[str]:
    return [product["name"] for product in products]


def test_a_search_ranks_by_words_and_then_by_price() -> None:
    products = ask("search_products", query="a warm tent for the winter")
    assert names(products) == ["Basalt tent", "Ridge tent"]
    assert products[0] == {
        "product_id": "P-104",
        "name": "Basalt tent",
        "description": "A warm tent for three, for winter and wind. 3.4 kg.",
        "price": "529.00",
        "currency": "EUR",
        "in_stock": 2,
    }


def test_a_search_keeps_to_the_price_and_the_limit() -> None:
    assert names(ask("search_products", query="tents", max_price="349")) == ["Ridge tent"]
    assert names(ask("search_products", query="rope boots tent", limit="1")) == [
        "Single rope, 60 m"
    ]
    assert ask("search_products", query="canoe") == []


def test_a_price_is_multiplied_here_and_not_by_a_model() -> None:
    assert ask("product_price", product_id="P-107", quantity="3") == {
        "product_id": "P-107",
        "name": "Lantern headlamp",
        "quantity": 3,
        "unit_price": "49.90",
        "total": "149.70",
        "currency": "EUR",
    }


def test_errors_say_what_to_do() -> None:
    assert ask("product_price", product_id="P-999") == {
        "error": "There is no product P-999. search_products finds a product's id."
    }
    answer = handler(function_event("search_products", query="?", max_price="cheap"), None)
    assert state(answer) == "REPROMPT"
    assert "query: String should match pattern" in said(answer)["error"]
    assert "max_price: Input should be a valid number" in said(answer)["error"]
