from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from lambdas.tools.orders import handler as orders
from lambdas.tools.products import handler as products
from lambdas.tools.seed import seed
from tests.lambdas.tools.shop import tables
from tests.wire_server import Server

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

Shop = tuple[Server, dict[str, "Table"]]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """Both tables, seeded: the orders are ada's."""
    with tables() as (server, made):
        seed("orders", made["orders"], customer="ada")
        seed("products", made["products"])
        yield server, made
        for tool in (orders, products):
            tool._table().meta.client.close()
            tool._table.cache_clear()
