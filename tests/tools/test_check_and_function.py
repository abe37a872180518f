"""The runner's check and the function's own validation agree on the form of arguments.

What the check passes, no function refuses for its form; and what a function refuses for its form,
the check refuses, where the schema says so. The functions are the real ones, called by the event
that a Lambda gets; only their tables are left out.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.tools import PRINCIPAL, Refusal, Tool, check
from lambdas.tools.orders import handler as orders
from lambdas.tools.products import handler as products

TOOLS = {tool.name: tool for group in (orders, products) for tool in group.tools.tools()}


class _NoTable:
    """A table with nothing in it."""

    name = "none"

    class meta:  # noqa: N801  # boto3's name
        class client:  # noqa: N801
            class exceptions:  # noqa: N801
                class ConditionalCheckFailedException(Exception): ...

            @staticmethod
            def get_paginator(_: str) -> Any:
                return _Pages()

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {}

    def query(self, **_: Any) -> dict[str, Any]:
        return {"Items": []}

    def update_item(self, **_: Any) -> dict[str, Any]:
        raise self.meta.client.exceptions.ConditionalCheckFailedException


class _Pages:
    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"Items": []}]


@pytest.fixture(scope="module", autouse=True)
def _without_tables() -> Iterator[None]:
    with patch.object(orders, "_table", _NoTable), patch.object(products, "_table", _NoTable):
        yield


def fitting(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Values by a parameter's schema, and just beside it."""
    least, most = schema.get("minimum"), schema.get("maximum")
    match schema["type"]:
        case "integer":
            low = least if least is not None else -(10**6)
            return st.integers(low - 2, (most if most is not None else 10**6) + 2)
        case "number":
            return st.floats(allow_nan=True, allow_infinity=True) | st.integers(-3, 10**6)
        case "boolean":
            return st.booleans()
        case _:
            return st.text(max_size=20) | st.sampled_from(["", " ", "A-1042", "\0", "7", "true"])


ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(
        ["1", "1.0", " 5 ", "٣", "1_0", "0x5", "1e1", "nan", "inf", "true", "\ud800"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@st.composite
def arguments_of(draw: st.DrawFn, tool: Tool) -> dict[str, Any]:
    """Arguments by a tool's schema and around it."""
    properties = tool.input_schema["properties"]
    arguments = {
        name: draw(fitting(schema) | ANYTHING)
        for name, schema in properties.items()
        if draw(st.integers(0, 4))
    }
    if not draw(st.integers(0, 5)):
        arguments[draw(st.sampled_from(["customer", "principal", "", "order_id ", "limit"]))] = 1
    return arguments


CALLS = st.sampled_from(sorted(TOOLS)).flatmap(
    lambda name: st.tuples(st.just(name), arguments_of(TOOLS[name]))
)


def refusal_of_form(tool: Tool, arguments: Mapping[str, Any]) -> Refusal | None:
    """What the function itself refuses for its form."""
    outcome = tool.call(arguments, {PRINCIPAL: "ada"})
    return outcome if isinstance(outcome, Refusal) and outcome.misuse else None


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(CALLS)
@example(("search_products", {"query": "tent", "max_price": 10**400}))
@example(("search_products", {"query": "tent", "limit": 5.0}))
@example(("my_orders", {"limit": True}))
@example(("my_orders", {"limit": 1e15}))
@example(("order_status", {"order_id": "A" * 5_000}))
def test_what_the_check_passes_no_function_refuses_for_its_form(
    call: tuple[str, dict[str, Any]],
) -> None:
    name, arguments = call
    if check(TOOLS[name], arguments) is None:
        assert refusal_of_form(TOOLS[name], arguments) is None


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(CALLS)
def test_what_a_function_refuses_for_its_form_the_check_refuses(
    call: tuple[str, dict[str, Any]],
) -> None:
    name, arguments = call
    try:
        written = json.loads(json.dumps(arguments, allow_nan=False))
    except ValueError:  # no event of a Lambda can have it
        assert any(isinstance(one, float) and not math.isfinite(one) for one in _leaves(arguments))
        return
    if refusal_of_form(TOOLS[name], written) is not None:
        assert check(TOOLS[name], written) is not None


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("my_orders", {"limit": 0}), ("order_status", {}), ("product_price", {"customer": "bob"})],
    ids=["range", "missing", "unknown"],
)
def test_both_refuse(tool: str, arguments: dict[str, Any]) -> None:
    assert check(TOOLS[tool], arguments)
    assert refusal_of_form(TOOLS[tool], arguments)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    else:
        yield value
