"""The tools' tables, in DynamoDB on the laptop, and an environment that points at them."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from app.aws import table
from app.local import dynamodb
from tests.wire_server import Server, serving

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEYS = {"orders": ("customer", "order_id"), "products": ("product_id",)}


@contextmanager
def tables() -> Iterator[tuple[Server, dict[str, "Table"]]]:
    """The tables, empty, by the names of their tools; the environment is this for as long."""
    with (
        TemporaryDirectory() as folder,
        closing(dynamodb.Tables(Path(folder))) as kept,
        serving({"dynamodb": dynamodb.handlers(kept)}) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in environment(server.url).items():
            patch.setenv(name, value)
        for tool, keys in KEYS.items():
            create(server.client("dynamodb"), tool, keys)
        made = {tool: table(tool, 30) for tool in KEYS}
        try:
            yield server, made
        finally:
            for one in made.values():
                one.meta.client.close()


def environment(url: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
        "OUTCROP_ORDERS_TABLE": "orders",
        "OUTCROP_PRODUCTS_TABLE": "products",
    }


def create(client: Any, name: str, keys: tuple[str, ...]) -> None:
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        KeySchema=[
            {"AttributeName": key, "KeyType": kind}
            for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
        ],
    )
