"""Rules for tables: each has the key that its readers ask by, and they may do what they do with it.

The code of the application and of the tools is not in the template; what it needs is written here,
and in the folders of the tools.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.resources import BUDGET_EXPIRY, BUDGET_KEYS
from app.tool_folders import tool_prefix
from app.tools.declaration import declarations
from infra.policy.grants import FUNCTION, environments, may, role_of
from infra.policy.template import Template, referent

Broken = Iterator[tuple[str, str]]

TABLE = "AWS::DynamoDB::Table"


@dataclass(frozen=True, slots=True)
class Use:
    """What a function does with the table that one of its variables names."""

    keys: tuple[str, ...]
    actions: tuple[str, ...]
    expiry: str | None = None


USES: Mapping[str, Use] = {
    "OUTCROP_BUDGET_TABLE": Use(
        BUDGET_KEYS,
        ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"),
        BUDGET_EXPIRY,
    ),
    **{
        f"{tool_prefix(tool.group)}TABLE": Use(
            tool.table.keys, tuple(f"dynamodb:{action}" for action in tool.table.actions)
        )
        for tool in declarations()
        if tool.table
    },
}


def tables_fit_their_readers(template: Template) -> Broken:
    tables = dict(template.of(TABLE))
    for name, variable, use, table in _uses(template):
        if table not in tables:
            yield name, f"{variable} names no table of the stack"
            continue
        keys = tuple(one["AttributeName"] for one in tables[table]["KeySchema"])
        if keys != use.keys:
            yield table, f"{name} asks by {', '.join(use.keys)}, and its key is {', '.join(keys)}"
        expiry = tables[table].get("TimeToLiveSpecification", {})
        if use.expiry and (expiry.get("AttributeName"), expiry.get("Enabled")) != (
            use.expiry,
            True,
        ):
            yield table, f"its items never end; let DynamoDB delete them by {use.expiry}"


def tables_readers_are_allowed(template: Template) -> Broken:
    functions = dict(template.of(FUNCTION))
    for name, variable, use, table in _uses(template):
        role = role_of(functions[name])
        missing = [
            action for action in use.actions if not may(template, role, action, f"${{{table}.Arn}}")
        ]
        if missing:
            yield name, f"{role} is not allowed {', '.join(missing)} on the table of {variable}"


def tables_are_paid_by_the_request(template: Template) -> Broken:
    for name, properties in template.of(TABLE):
        if properties.get("BillingMode") != "PAY_PER_REQUEST":
            yield name, "it refuses more than it was provisioned for; set PAY_PER_REQUEST"


def _uses(template: Template) -> Iterator[tuple[str, str, Use, str]]:
    """A function, its variable, what it does, and the logical id of the table."""
    for name, variables in environments(template):
        for variable, use in USES.items():
            if variable in variables:
                yield name, variable, use, referent(variables[variable])


RULES = (tables_fit_their_readers, tables_readers_are_allowed, tables_are_paid_by_the_request)
