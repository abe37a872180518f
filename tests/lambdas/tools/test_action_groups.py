"""What agents are told of the tools, and what the tables hold for a first try."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from app.local.wire.models import model
from app.local.wire.validation import violations
from app.tools.input_schema import WrongTool
from lambdas.tools.contract import ActionGroup
from lambdas.tools.seed import seed
from tests.lambdas.tools.conftest import Shop
from tests.lambdas.tools.events import function_event, said

FOLDER = Path(__file__).parents[3] / "lambdas" / "tools"
NAMES = sorted(path.parent.name for path in FOLDER.glob("*/handler.py"))


def told(name: str, file: str = "action_group.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / name / file).read_text())
    return found


@pytest.mark.parametrize("name", NAMES)
def test_an_agent_is_told_what_the_functions_are(name: str) -> None:
    tools: ActionGroup = import_module(f"lambdas.tools.{name}.handler").tools
    assert told(name) == tools.describe(), "run: python -m lambdas.tools"
    assert told(name, "tool_specs.json") == tools.specs(), "run: python -m lambdas.tools"
    assert tools.name == name


@pytest.mark.parametrize("name", NAMES)
def test_bedrock_takes_what_an_agent_is_told(name: str) -> None:
    shape: Any = model("bedrock-agent").operation_model("CreateAgentActionGroup").input_shape
    wanted = {"agentId": "AGENT00001", "agentVersion": "DRAFT"}
    assert not list(violations(shape, wanted | told(name)))
    for function in told(name).get("functionSchema", {}).get("functions", ()):
        assert len(function["parameters"]) <= 5  # a quota that the model does not know


def test_a_parameter_without_a_description_is_refused_when_it_is_told() -> None:
    tools = ActionGroup("bare", "Nothing is said here.")

    @tools.function
    def bare(word: str) -> list[str]:
        return [word]

    with pytest.raises(WrongTool, match="bare: the parameter word needs a description"):
        tools.describe()
    assert said(tools.answer(function_event("bare", word="so"), None)) == ["so"]


def test_seeds_are_put_once_and_overwrite_nothing(shop: Shop) -> None:
    _, tables = shop
    key = {"customer": "ada", "order_id": "A-1042"}
    tables["orders"].update_item(
        Key=key,
        UpdateExpression="SET #status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": "delivered"},
    )
    assert seed("orders", tables["orders"], customer="ada") == 0
    assert tables["orders"].get_item(Key=key)["Item"]["status"] == "delivered"
    assert seed("orders", tables["orders"], customer="eve") == 4
