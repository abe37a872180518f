"""The entry point of a tool's function in the laptop's home.

The laptop loads DynamoDB at the first call of a table, which takes a second. So a start of the home
makes no table: the function does, when it is first called, with its first items, and then it is the
tool's own handler. Items are put once in a table's life: one that a tool has deleted stays away.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from app.aws import calling, table
from app.settings import tool_table
from app.tools.declaration import ToolDeclaration, declaration_of
from lambdas.tools.seed import seed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

Handler = Callable[[Mapping[str, Any], object], dict[str, Any]]

DEADLINE_SECONDS = 30
PRINCIPAL = "local"
"""The laptop's one principal, whose the first items are."""
SEEDED = "outcrop:seeded"
"""The tag of a table that has got its first items."""


def handler_of(group: str) -> Handler:
    """The handler of a group's function, which makes its table first."""

    def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
        _make_table(group)
        answer: dict[str, Any] = import_module(f"lambdas.tools.{group}.handler").handler(
            event, context
        )
        return answer

    return handler


@cache
def _make_table(group: str) -> None:
    """Make the table and its first items, unless a process has done so before."""
    declaration = declaration_of(group)
    if declaration.table is None:
        return
    own = table(tool_table(group), DEADLINE_SECONDS)
    client = own.meta.client
    try:
        with calling("CreateTable"):
            if not _exists(own):
                _create(own, declaration)
            tags = client.list_tags_of_resource(ResourceArn=own.table_arn)["Tags"]
            if declaration.has_seed and not any(tag["Key"] == SEEDED for tag in tags):
                seed(group, own, **declaration.owned(PRINCIPAL))
                client.tag_resource(
                    ResourceArn=own.table_arn, Tags=[{"Key": SEEDED, "Value": "true"}]
                )
    finally:
        client.close()


def _exists(own: "Table") -> bool:
    try:
        own.load()
    except own.meta.client.exceptions.ResourceNotFoundException:
        return False
    return True


def _create(own: "Table", declaration: ToolDeclaration) -> None:
    assert declaration.table is not None
    keys = declaration.table.keys
    client = own.meta.client
    with suppress(client.exceptions.ResourceInUseException):  # another process was first
        client.create_table(
            TableName=own.name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[
                {"AttributeName": key, "KeyType": "RANGE" if at else "HASH"}
                for at, key in enumerate(keys)
            ],
        )
    own.wait_until_exists()
