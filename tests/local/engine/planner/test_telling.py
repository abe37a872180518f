"""What results of tools become in an answer."""

import json
from typing import Any

import pytest

from app.local.engine.planner import Planner
from app.local.engine.planner.selection import holds, select
from app.local.engine.planner.telling import told
from tests.local.engine.planner.conversations import ORDERS, called, prompt

ORDER = {
    "order_id": "A-7",
    "status": "shipped",
    "placed": "2031-04-28",
    "expected": "2031-05-03",
    "lines": [{"product_id": "P-1", "name": "Rope", "quantity": 2}, {"name": "Map"}],
    "total": "1020.00",
    "currency": "EUR",
}
PLACED = ORDER | {"order_id": "A-8", "status": "placed", "placed": "2031-05-01", "total": "9.00"}
GONE = ORDER | {"order_id": "A-6", "status": "cancelled", "placed": "2031-01-01", "total": "77.00"}


def test_a_record_is_told_in_sentences() -> None:
    assert told(ORDER) == (
        "Order A-7 is shipped, was placed on 28 April 2031 and is expected on 3 May 2031. "
        "It has 2 x Rope and Map. The total is 1020.00 EUR."
    )
    assert told(PLACED).startswith("Order A-8 was placed on 1 May 2031 and is expected")


def test_a_product_is_told_by_its_name_and_its_own_words() -> None:
    product = {"product_id": "P-1", "name": "Rope", "description": "Dry.", "price": "159.00",
               "currency": "EUR", "in_stock": 17, "photo": None}  # fmt: skip
    assert told(product) == "Rope (P-1): the price is 159.00 EUR and 17 are in stock. Dry."


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (
            {"a": True, "when": "2031-05-03T10:30:00Z"},
            "A: yes and the when is 3 May 2031 at 10:30.",
        ),
        ({"tags": ["warm", "dry", "red"]}, "The tags are warm, dry and red."),
        ({"place": {"city": "Oslo"}, "none": None}, "The place city is Oslo."),
        ({"id": 5}, "5."),
    ],
)
def test_values_are_said_as_people_say_them(record: dict[str, Any], text: str) -> None:
    assert told(record) == text


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Which is on its way?", ["A-7"]),
        ("the ones that haven't been shipped yet", ["A-8"]),
        ("those that are not cancelled", ["A-8", "A-7"]),
        ("my cheapest order", ["A-8"]),
        ("the order that I placed last", ["A-8"]),
        ("the second", ["A-7"]),
        ("orders over 50 EUR", ["A-7", "A-6"]),
        ("the latest that has been shipped", ["A-7"]),
        ("all my orders", None),
        ("my last two orders", None),
    ],
)
def test_a_text_picks_records_by_what_they_are(text: str, ids: list[str] | None) -> None:
    picked = select(text, [PLACED, ORDER, GONE])
    assert (None if picked is None else [one["order_id"] for one in picked]) == ids


def test_a_condition_that_a_record_says_nothing_of_neither_holds_nor_fails() -> None:
    assert holds("it was paid by card", {"name": "Rope"}) is None
    assert holds("it is still placed", PLACED) is True
    assert holds("it costs more than 100 euros", PLACED) is False


def test_only_what_is_asked_for_is_told(planner: Planner) -> None:
    for question, said in (
        ("What's the status of order A-7?", "Order A-7 is shipped."),
        ("When will order A-7 arrive?", "expected on 3 May 2031"),
        ("What is in order A-7?", "It has 2 x Rope and Map."),
        ("What is the total of order A-7?", "the total is 1020.00 EUR."),
    ):
        turns = called("get_order_status", json.dumps(ORDER), order_id="A-7")
        text = planner.plan(prompt(ORDERS, question, *turns)).text
        assert said in text, question
        assert ("1020.00" in text) == ("total" in question)


def test_a_failure_is_told_without_what_is_for_the_caller(planner: Planner) -> None:
    words = "There is no order A-9. get_order_status finds those there are."
    turns = called("cancel_order", words, failed=True, order_id="A-9")
    assert planner.plan(prompt(ORDERS, "Cancel order A-9", *turns)).text == "There is no order A-9."


@pytest.mark.parametrize(
    "result",
    ["[" * 100_000, '{"a":' * 50_000, '{"status": "' + "x" * 200_000 + '"}',
     "[" + "{}," * 9999 + "{}]", '{"status": null, "order_id": [[[{}]]]}', "null", "0", '""'],
    ids=["deep list", "deep object", "long", "empty rows", "odd", "null", "zero", "empty text"],
)  # fmt: skip
def test_a_result_of_any_form_is_told(planner: Planner, result: str) -> None:
    turns = called("get_order_status", result, order_id="A-9")
    assert planner.plan(prompt(ORDERS, "What's the status of order A-9?", *turns)).calls == ()


def test_a_search_that_finds_nothing_says_for_what(planner: Planner) -> None:
    turns = called("get_order_status", "[]", order_id="A-9")
    text = planner.plan(prompt(ORDERS, "What's the status of order A-9?", *turns)).text
    assert text == "Nothing was found for \u201cA-9\u201d."
