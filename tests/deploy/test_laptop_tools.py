"""The tools of the laptop's home: functions at once, tables at their first call, for good."""

import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from app.aws import clients, deployer, table
from app.deploy.laptop.provision import provision
from app.errors import OperatorError
from app.settings import adopt
from app.tools import CALL, PRINCIPAL, Output, Refusal, Tool
from app.tools.catalogue import lambda_tools_of
from lambdas.tools.orders.handler import tools as orders
from tests.flows.home import SECONDS, Home, laptop

SESSION = {PRINCIPAL: "local", CALL: "1"}
ORDERS = "outcrop-tools-orders"
SCHEMAS = ("functionSchema", "apiSchema")


@contextmanager
def tools_of(home: Home) -> Iterator[dict[str, Tool]]:
    """The tools as the application has them; boto3 leads to the home while the context lasts."""
    with patch.dict(os.environ):
        adopt({name: home.variables[name] for name in home.variables if name.startswith("AWS_")})
        aws = clients(2 * SECONDS)
        try:
            yield {tool.name: tool for tool in lambda_tools_of(aws, home.settings)}
        finally:
            aws.lambda_.close()


def read(outcome: Any) -> Any:
    assert isinstance(outcome, Output), outcome
    return json.loads(outcome.text)


def test_a_start_makes_functions_and_the_first_call_their_tables_which_outlive_a_restart(
    tmp_path: Path,
) -> None:
    with laptop(tmp_path) as home, tools_of(home) as tools:
        assert home.settings.tool_functions == f"orders={ORDERS},products=outcrop-tools-products"
        making = deployer(SECONDS)
        assert making.dynamodb.list_tables()["TableNames"] == []
        mine = read(tools["my_orders"].call({}, SESSION))
        assert [one["order_id"] for one in mine] == ["A-1047", "A-1042", "A-1041", "A-1038"]
        assert read(tools["my_orders"].call({}, {PRINCIPAL: "eve"})) == []
        assert making.dynamodb.list_tables()["TableNames"] == [ORDERS]
        assert read(tools["cancel_order"].call({"order_id": "A-1047"}, SESSION))["status"] == (
            "cancelled"
        )
        own = table(ORDERS, SECONDS)
        own.delete_item(Key={"customer": "local", "order_id": "A-1038"})
        own.meta.client.close()
    with laptop(tmp_path) as home, tools_of(home) as tools:
        mine = read(tools["my_orders"].call({}, SESSION))
        assert [(one["order_id"], one["status"]) for one in mine] == [
            ("A-1047", "cancelled"),
            ("A-1042", "shipped"),
            ("A-1041", "cancelled"),
        ], "a first item that was deleted stays away"
        tent = read(tools["search_products"].call({"query": "warm tent"}, SESSION))
        assert tent[0]["product_id"] == "P-104"
        assert tools["product_price"].call({"product_id": "P-999"}, SESSION) == Refusal(
            "There is no product P-999. search_products finds a product's id."
        )


def test_a_second_start_changes_nothing_and_mends_what_is_of_an_older_version(
    tmp_path: Path,
) -> None:
    with laptop(tmp_path) as home, tools_of(home):
        aws, making = clients(SECONDS), deployer(SECONDS)

        def revision() -> Any:
            return making.lambda_.get_function_configuration(FunctionName=ORDERS)["RevisionId"]

        first = revision()
        provision(aws, making)
        assert revision() == first
        making.lambda_.update_function_configuration(FunctionName=ORDERS, Timeout=3)
        provision(aws, making)
        configuration = making.lambda_.get_function_configuration(FunctionName=ORDERS)
        assert configuration["Timeout"] == 45


def test_functions_that_a_person_names_are_used_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCROP_TOOL_FUNCTIONS", "orders=my-orders")
    with laptop(tmp_path) as home, tools_of(home) as tools:
        assert home.settings.tool_functions == "orders=my-orders"
        with pytest.raises(OperatorError, match="Invoke: ResourceNotFoundException"):
            tools["my_orders"].call({}, SESSION)


def test_a_bedrock_agent_calls_the_same_functions_by_either_schema(tmp_path: Path) -> None:
    with laptop(tmp_path) as home, tools_of(home):
        aws, making = clients(40 * SECONDS), deployer(SECONDS)
        function = making.lambda_.get_function_configuration(FunctionName=ORDERS)["FunctionArn"]
        group = orders.describe()
        document = {"apiSchema": {"payload": json.dumps(orders.openapi())}}
        for number, schema in enumerate(({}, document)):
            agent = aws.bedrock_agent.create_agent(
                agentName=f"shop-{number}",
                agentResourceRoleArn="arn:aws:iam::000000000000:role/agent",
                foundationModel="amazon.nova-lite-v1:0",
                instruction="You help the customers of a shop with their orders.",
            )["agent"]["agentId"]
            parameters = {name: group[name] for name in group if not schema or name not in SCHEMAS}
            aws.bedrock_agent.create_agent_action_group(
                agentId=agent,
                agentVersion="DRAFT",
                actionGroupExecutor={"lambda": function},
                **{**parameters, **schema},
            )
            aws.bedrock_agent.prepare_agent(agentId=agent)
            stream: Any = aws.bedrock_agent_runtime.invoke_agent(
                agentId=agent,
                agentAliasId="TSTALIASID",
                sessionId="session",
                inputText="What is the status of my order A-1042?",
                sessionState={"sessionAttributes": SESSION},
            )["completion"]
            with closing(stream):
                answer = "".join(one["chunk"]["bytes"].decode() for one in stream)
            assert "shipped" in answer
