"""The agent's tools: a function for each folder of `lambdas/tools/`, and the table it declares.

The tables are made empty; `python -m lambdas.tools.seed` fills them for a first try.
"""

from collections.abc import Sequence
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from app.resources import TOOL_SECONDS
from app.tools.declaration import ToolDeclaration, declarations
from infra.bundle import Bundle
from infra.context import Context
from infra.function import Function
from infra.permissions import allow
from infra.tables import table

BUNDLE = Bundle("tools", "requirements-tools.txt", limit=65)
TIMEOUT = Duration.seconds(TOOL_SECONDS)


class Tool(Construct):
    """A group of tools: its function, its table if it has one, and its description for an agent."""

    def __init__(
        self, scope: Construct, declaration: ToolDeclaration, context: Context, key: kms.IKey
    ) -> None:
        self.name = declaration.group
        self.title = self.name.title().replace("_", "")
        super().__init__(scope, self.title)
        self.action_group: dict[str, Any] = declaration.description
        self.table: dynamodb.Table | None = None
        allowed: list[iam.PolicyStatement] = []
        if declaration.table:
            actions = [f"dynamodb:{action}" for action in declaration.table.actions]
            self.table = table(self, "Table", context, key, keys=declaration.table.keys)
            allowed = [
                allow(actions, self.table.table_arn),
                allow(["kms:Decrypt"], key.key_arn),
            ]
        self.function = Function(
            self,
            "Function",
            context,
            description=f"The agent's tools for {self.name}.",
            bundle=BUNDLE,
            handler=f"lambdas.tools.{self.name}.handler.handler",
            timeout=TIMEOUT,
            memory=256,
            environment=declaration.variables(self.table.table_name if self.table else None),
            allowed=allowed,
        )


def tools(scope: Construct, context: Context, key: kms.IKey) -> list[Tool]:
    folder = Construct(scope, "Tools")
    return [Tool(folder, declaration, context, key) for declaration in declarations()]


def tool_functions(tools: Sequence[Tool]) -> str:
    """OUTCROP_TOOL_FUNCTIONS: the functions by their groups."""
    return ",".join(f"{tool.name}={tool.function.function_name}" for tool in tools)
