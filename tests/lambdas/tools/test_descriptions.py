"""What an agent and a model are told of a function, and what cannot be told."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field

from app.local.wire.models import model
from app.local.wire.validation import violations
from app.tools import Tool
from app.tools.description import MOST_FUNCTIONS
from app.tools.input_schema import WrongTool
from lambdas.tools.contract import ActionGroup
from tests.lambdas.tools.gifts import flat, nested
from tests.local.bedrock_agent.agents.agency import Agency


def one(group: ActionGroup, name: str) -> Tool:
    return {tool.name: tool for tool in group.tools()}[name]


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agency]:
    with Agency(tmp_path_factory.mktemp("home")) as agency:
        yield agency


def test_a_model_is_told_of_enums_dates_defaults_examples_and_nested_objects() -> None:
    schema = one(nested, "send_gift").input_schema
    Draft202012Validator.check_schema(schema)
    assert "$ref" not in json.dumps(schema)
    assert schema["required"] == ["items", "recipient"]
    properties = schema["properties"]
    assert properties["wrapping"] == {
        "type": "string",
        "enum": ["paper", "box"],
        "default": "paper",
        "description": "How it is wrapped.",
    }
    assert properties["at"] == {
        "type": "string",
        "format": "date-time",
        "description": "When it is sent.",
    }
    assert properties["items"]["items"]["properties"]["quantity"]["maximum"] == 9
    assert properties["recipient"]["required"] == ["name"]
    since = one(flat, "find_vouchers").input_schema["properties"]["since"]
    assert (since["format"], since["examples"]) == ("date", ["2026-11-30"])
    shape: Any = model("bedrock-runtime").operation_model("Converse").input_shape
    for group in (flat, nested):
        tools = [{"toolSpec": each["toolSpec"]} for each in group.specs()["tools"]]
        request = {"modelId": "m", "toolConfig": {"tools": tools}}
        assert not list(violations(shape, request))


def test_a_function_schema_says_in_words_what_it_has_no_place_for() -> None:
    [find, count] = flat.describe()["functionSchema"]["functions"]
    parameters = find["parameters"]
    assert {name: each["description"] for name, each in parameters.items()} == {
        "status": "What became of it. One of: open, used.",
        "since": "The first day. A date, as YYYY-MM-DD. As in: 2026-11-30.",
        "worth": "In euros, at least. More than 0.",
        "tags": "All of them.",
        "limit": "How many at most. From 1 to 20. By default 5.",
    }
    assert {name: each["type"] for name, each in parameters.items()} == {
        "status": "string",
        "since": "string",
        "worth": "number",
        "tags": "array",
        "limit": "integer",
    }
    assert count == {
        "name": "count_vouchers",
        "description": "Count all vouchers.",
        "parameters": {},
    }


@pytest.mark.parametrize("group", [flat, nested], ids=lambda group: group.name)
def test_bedrock_takes_both_schemas(agency: Agency, group: ActionGroup) -> None:
    described = group.describe()
    schemas = {"apiSchema": {"payload": json.dumps(group.openapi())}}
    for number, parameters in enumerate((described, {**described, **schemas})):
        if number:
            parameters.pop("functionSchema", None)
        agent = agency.agent()
        created = agency.client.create_agent_action_group(
            agentId=agent,
            agentVersion="DRAFT",
            actionGroupExecutor={"lambda": "arn:aws:lambda:us-east-1:000000000000:function:any"},
            **parameters,
        )["agentActionGroup"]
        assert created["actionGroupName"] == group.name
        assert agency.prepared(agent) == "PREPARED"
    assert ("functionSchema" in described) == (group is flat)


def test_an_openapi_document_asks_for_confirmation_and_has_no_enum() -> None:
    document = nested.openapi()
    assert document["openapi"] == "3.0.0"
    [(path, methods)] = document["paths"].items()
    operation = methods["post"]
    assert (path, operation["operationId"]) == ("/send_gift", "send_gift")
    assert operation["x-requireConfirmation"] == "ENABLED"
    assert '"enum"' not in json.dumps(document)
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["wrapping"]["description"] == (
        "How it is wrapped. One of: paper, box. By default paper."
    )
    assert body["properties"]["items"]["items"]["required"] == ["product_id"]
    query = flat.openapi()["paths"]["/find_vouchers"]["get"]["parameters"]
    assert {each["name"]: each["required"] for each in query} == {
        "status": True,
        "since": True,
        "worth": False,
        "tags": False,
        "limit": False,
    }
    worth = next(each for each in query if each["name"] == "worth")["schema"]
    assert worth["exclusiveMinimum"] is True
    assert worth["minimum"] == 0


def bare(annotation: Any) -> ActionGroup:
    """A group with a function of one parameter, `value`."""
    group = ActionGroup("bare", "Nothing but this.")

    def act(value: Any) -> None: ...

    act.__annotations__ = {"value": annotation}
    act.__doc__ = "Act."
    group.function(act)
    return group


@pytest.mark.parametrize(
    ("annotation", "words", "schema"),
    [
        (
            Annotated[int, Field(description="Any.", ge=1)],
            "Any. At least 1.",
            {"type": "integer", "minimum": 1},
        ),
        (
            Annotated[int, Field(description="Any.", le=9, examples=[3, 4])],
            "Any. At most 9. As in: 3, 4.",
            {"type": "integer", "maximum": 9, "example": 3},
        ),
        (
            Annotated[float, Field(description="Any.", lt=2.5)],
            "Any. Less than 2.5.",
            {"type": "number", "maximum": 2.5, "exclusiveMaximum": True},
        ),
        (
            Annotated[list[Literal["a", "b"]], Field(description="Any.")],
            "Any. Each is one of: a, b.",
            {"type": "array", "items": {"type": "string", "description": "One of: a, b."}},
        ),
        (
            Annotated[Literal["a"], Field(description="Any.")],
            "Any. One of: a.",
            {"type": "string"},
        ),
        (
            Annotated[UUID, Field(description="Any.")],
            "Any. A UUID.",
            {"type": "string", "format": "uuid"},
        ),
        (
            Annotated[tuple[int, str], Field(description="Any.")],
            "Any.",
            {"type": "array", "minItems": 2, "maxItems": 2, "items": {}},
        ),
        (
            Annotated[dict[str, int], Field(description="Any.")],
            "Any.",
            {"type": "object", "additionalProperties": {"type": "integer"}},
        ),
        (
            Annotated[int | bool, Field(description="Any.")],
            "Any.",
            {"anyOf": [{"type": "integer"}, {"type": "boolean"}]},
        ),
    ],
)
def test_an_openapi_schema_has_what_openapi_knows_and_the_rest_in_words(
    agency: Agency, annotation: Any, words: str, schema: Any
) -> None:
    group = bare(annotation)
    [operation] = group.openapi()["paths"]["/act"].values()
    if "parameters" in operation:
        [parameter] = operation["parameters"]
        assert parameter["schema"] == schema
    else:
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        parameter = body["properties"]["value"]
        assert parameter == {**schema, "description": words}
    assert parameter["description"] == words
    agency.client.create_agent_action_group(
        agentId=agency.agent(),
        agentVersion="DRAFT",
        actionGroupExecutor={"lambda": "arn:aws:lambda:us-east-1:000000000000:function:any"},
        **group.describe(),
    )


class Tree(BaseModel):
    below: "list[Tree]" = []


@pytest.mark.parametrize(
    ("annotation", "rule"),
    [
        (str, "act: the parameter value needs a description"),
        (
            Annotated[str, Field(description="x" * 501)],
            "value: its description has to have 1 to 500",
        ),
        (Annotated[Tree, Field(description="A tree.")], "Tree holds another Tree"),
    ],
)
def test_what_cannot_be_told_is_refused_when_it_is_to_be(annotation: Any, rule: str) -> None:
    with pytest.raises(WrongTool, match=rule):
        bare(annotation).describe()


def test_a_function_without_types_or_with_any_number_of_parameters_is_no_tool() -> None:
    group = ActionGroup("bare", "Nothing but this.")

    def untyped(value): ...  # type: ignore[no-untyped-def]

    def many(*values: str) -> None: ...

    with pytest.raises(WrongTool, match="untyped: the parameter value needs a type"):
        group.function(untyped)
    with pytest.raises(WrongTool, match="many: the parameter values cannot be passed by its name"):
        group.function(many)


def test_a_group_has_no_more_tools_than_an_agent_takes() -> None:
    group = ActionGroup("many", "Too many.")
    for number in range(MOST_FUNCTIONS + 1):

        def act() -> None:
            """Act."""

        act.__name__ = f"act_{number}"
        group.function(act)
    with pytest.raises(WrongTool, match="many: a group has 1 to 11 tools, and this 12"):
        group.describe()


def test_a_function_without_a_docstring_is_refused() -> None:
    group = ActionGroup("silent", "Says nothing.")

    def act() -> None: ...

    group.function(act)
    with pytest.raises(WrongTool, match="act: its description has to have 1 to 1200 characters"):
        group.describe()


def test_the_files_of_the_tools_are_where_the_application_looks() -> None:
    folder = Path(__file__).parents[3] / "lambdas" / "tools"
    for path in folder.glob("*/handler.py"):
        assert json.loads((path.parent / "tool_specs.json").read_text())["actionGroup"] == (
            path.parent.name
        )
