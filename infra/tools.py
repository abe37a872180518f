"""The agent's tools: a function and a table for each.

The tables are made empty; `python -m lambdas.tools.seed` fills them for a first try.
"""

import json
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from constructs import Construct

from app.resources import TOOL_SECONDS
from infra.bundle import Bundle
from infra.contents import ROOT
from infra.context import Context
from infra.function import Function
from infra.permissions import allow
from infra.tables import table

FOLDER = ROOT / "lambdas" / "tools"
BUNDLE = Bundle("tools", "requirements-tools.txt", limit=65)
TIMEOUT = Duration.seconds(TOOL_SECONDS)

# tool -> the keys of its table, and the actions of its function on it
TABLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "orders": (
        ("customer", "order_id"),
        ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"),
    ),
    "products": (("product_id",), ("dynamodb:GetItem", "dynamodb:Scan")),
}


class Tool(Construct):
    """A tool: its function, its table, and its description for an agent."""

    def __init__(self, scope: Construct, name: str, context: Context, key: kms.IKey) -> None:
        super().__init__(scope, name.title())
        keys, actions = TABLES[name]
        self.name = name
        self.table = table(self, "Table", context, key, keys=keys)
        self.function = Function(
            self,
            "Function",
            context,
            description=f"The agent's tools for {name}.",
            bundle=BUNDLE,
            handler=f"lambdas.tools.{name}.handler.handler",
            timeout=TIMEOUT,
            memory=256,
            environment={f"OUTCROP_{name.upper()}_TABLE": self.table.table_name},
            allowed=[
                allow(actions, self.table.table_arn),
                allow(["kms:Decrypt"], key.key_arn),
            ],
        )

    @property
    def action_group(self) -> dict[str, Any]:
        """The parameters of CreateAgentActionGroup that describe the tool to an agent."""
        description: dict[str, Any] = json.loads(
            (FOLDER / self.name / "action_group.json").read_text()
        )
        return description


def tools(scope: Construct, context: Context, key: kms.IKey) -> list[Tool]:
    """All tools."""
    folder = Construct(scope, "Tools")
    return [Tool(folder, name, context, key) for name in TABLES]
