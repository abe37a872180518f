"""What a tool is, and the wire between a runner and the Lambda that holds tools."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.errors import ToolFailed, Unauthenticated
from app.local.wire.models import model
from app.local.wire.validation import violations
from app.tools import Output, Refusal, Tool, principal_of
from app.tools.action_group import lambda_tools, outcome_of, tool_specs
from lambdas.tools.contract import ActionGroup
from tests.lambdas.tools.events import function_event
from tests.lambdas.tools.shop import tables

FOLDER = Path(__file__).parents[2] / "lambdas" / "tools"
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/handler.py"))
SCHEMA = {"type": "object", "properties": {}, "required": []}


def group(name: str) -> ActionGroup:
    tools: ActionGroup = import_module(f"lambdas.tools.{name}.handler").tools
    return tools


def lambda_of(name: str, events: list[Any] | None = None) -> dict[str, Tool]:
    """A Lambda's tools as a runner has them: from the file, each call by way of JSON."""
    described = json.loads((FOLDER / name / "tool_specs.json").read_text())
    handler = import_module(f"lambdas.tools.{name}.handler").handler

    def invoke(event: Any) -> Any:
        if events is not None:
            events.append(event)
        return json.loads(json.dumps(handler(json.loads(json.dumps(event)), None)))

    return {tool.name: tool for tool in lambda_tools(described, invoke)}


@pytest.mark.parametrize("name", NAMES)
def test_converse_takes_a_tool_as_it_is(name: str) -> None:
    shape: Any = model("bedrock-runtime").operation_model("Converse").input_shape
    for tool in (*group(name).tools(), *lambda_of(name).values()):
        Draft202012Validator.check_schema(tool.input_schema)
        specification = {
            "name": tool.name,
            "description": tool.description,
            "inputSchema": {"json": tool.input_schema},
        }
        request = {"modelId": "m", "toolConfig": {"tools": [{"toolSpec": specification}]}}
        assert not list(violations(shape, request))


def test_a_tool_in_lambda_has_the_schema_of_its_function() -> None:
    [search, _] = group("products").tools()
    properties = search.input_schema["properties"]
    assert search.input_schema["required"] == ["query"]
    assert properties["max_price"] == {
        "type": "number",
        "minimum": 0,
        "description": "The most that one piece may cost.",
    }
    assert (properties["limit"]["maximum"], properties["limit"]["default"]) == (20, 5)
    assert lambda_of("products")["search_products"].input_schema == search.input_schema


@pytest.mark.parametrize("name", NAMES)
def test_what_is_told_reads_back_as_the_same_tools(name: str) -> None:
    specs = group(name).specs()
    assert tool_specs(name, lambda_tools(specs, lambda _event: {})) == specs


def test_a_tool_in_lambda_is_called_for_whoever_asks() -> None:
    events: list[Any] = []
    tools = lambda_of("orders", events)
    with tables():
        from lambdas.tools.orders import handler as orders
        from lambdas.tools.seed import seed

        seed("orders", orders._table(), customer="ada")
        try:
            mine = tools["my_orders"].call({"limit": 1}, {"principal": "ada"})
            another_s = tools["order_status"].call({"order_id": "A-1042"}, {"principal": "bob"})
            nobody_s = tools["my_orders"].call({}, {})
            misused = tools["my_orders"].call({"limit": 99}, {"principal": "ada"})
            unknown = tools["my_orders"].call({"customer": "ada"}, {"principal": "bob"})
        finally:
            orders._table().meta.client.close()
            orders._table.cache_clear()
    assert isinstance(mine, Output)
    assert [one["order_id"] for one in json.loads(mine.text)] == ["A-1047"]
    assert another_s == Refusal(
        "There is no order A-1042 of theirs. my_orders lists those there are."
    )
    assert nobody_s == Refusal("Nobody is signed in, so there is nothing of theirs to look up.")
    assert isinstance(misused, Refusal)
    assert misused.misuse
    assert unknown == Refusal("There is no parameter customer, only limit.", misuse=True)
    # The event is of the shape that a Bedrock agent sends.
    assert events[0].keys() == function_event("my_orders").keys()
    assert events[0]["parameters"] == [{"name": "limit", "type": "integer", "value": "1"}]


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ({"body": '{"error": "No.", "more": 1}'}, Output('{"error": "No.", "more": 1}')),
        ({"body": '{"error": "No."}'}, Refusal("No.")),
        ({"body": "[1]"}, Output("[1]")),
        ({"body": "Not JSON"}, Output("Not JSON")),
        ({"body": "Say which.", "state": "REPROMPT"}, Refusal("Say which.", misuse=True)),
    ],
)
def test_a_response_is_an_output_or_a_refusal(result: Any, outcome: Any) -> None:
    function_response: Any = {"responseBody": {"TEXT": {"body": result["body"]}}}
    if "state" in result:
        function_response["responseState"] = result["state"]
    called = {"actionGroup": "g", "function": "f"}
    answer = {"response": {**called, "functionResponse": function_response}}
    assert outcome_of(answer, called) == outcome


@pytest.mark.parametrize(
    ("group", "function", "result"),
    [
        ("another", "f", {"responseBody": {"TEXT": {"body": "secret"}}}),
        ("g", "another", {"responseBody": {"TEXT": {"body": "secret"}}}),
        ("g", "f", {"responseBody": {"TEXT": {"body": ["secret"]}}}),
        ("g", "f", {"responseBody": {"application/json": {"body": "secret"}}}),
        ("g", "f", {"responseState": "FAILURE", "responseBody": {"TEXT": {"body": "secret"}}}),
        ("g", "f", {"responseState": "secret", "responseBody": {"TEXT": {"body": "secret"}}}),
        ("g", "f", "secret"),
    ],
)
def test_a_response_to_something_else_is_a_failure_of_the_tool(
    group: str, function: str, result: Any
) -> None:
    answer = {"response": {"actionGroup": group, "function": function, "functionResponse": result}}
    with pytest.raises(ToolFailed) as failure:
        outcome_of(answer, {"actionGroup": "g", "function": "f"})
    assert "tool f " in failure.value.detail
    assert "secret" not in failure.value.detail


@pytest.mark.parametrize(
    ("name", "schema"), [("", SCHEMA), ("two words", SCHEMA), ("x" * 65, SCHEMA), ("a", {})]
)
def test_what_no_model_could_call_is_no_tool(name: str, schema: Any) -> None:
    with pytest.raises(ValueError, match=r"name|schema"):
        Tool(name, "Says nothing.", schema, lambda _arguments, _session: Output(""))


def test_the_principal_is_the_session_s() -> None:
    assert principal_of({"principal": "ada"}) == "ada"
    with pytest.raises(Unauthenticated):
        principal_of({"user": "ada"})
