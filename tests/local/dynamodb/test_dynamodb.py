"""DynamoDB through boto3: tables that moto keeps, behind the wire's own checks."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from app.local import dynamodb
from app.local.dynamodb import tables
from tests.conftest import Serve
from tests.wire_server import Server

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.service_resource import Table

ORDERS: Any = {
    "TableName": "orders",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "customer", "AttributeType": "S"},
        {"AttributeName": "order_id", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "customer", "KeyType": "HASH"},
        {"AttributeName": "order_id", "KeyType": "RANGE"},
    ],
    "SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "alias/outcrop"},
    "DeletionProtectionEnabled": False,
}
FIRST = {"customer": {"S": "ada"}, "order_id": {"S": "A-1"}}


@pytest.fixture
def start(serve: Serve, tmp_path: Path) -> Iterator[Callable[[], Server]]:
    """Starts a stand-in on the test's home; the one before it ends."""
    with ExitStack() as stack:

        def start() -> Server:
            stack.close()
            tables = stack.enter_context(closing(dynamodb.Tables(tmp_path)))
            return serve({"dynamodb": dynamodb.handlers(tables)})

        yield start


@pytest.fixture
def server(start: Callable[[], Server]) -> Server:
    return start()


@pytest.fixture
def client(server: Server) -> "DynamoDBClient":
    made: DynamoDBClient = server.client("dynamodb")
    return made


@pytest.fixture
def orders(client: "DynamoDBClient", server: Server) -> Iterator["Table"]:
    client.create_table(**ORDERS)
    resource = boto3.resource(
        "dynamodb",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    yield resource.Table("orders")
    resource.meta.client.close()


def code(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return refused.value.response["Error"]["Code"]


def test_items_are_kept_with_their_types(orders: "Table") -> None:
    item: dict[str, Any] = {
        "customer": "ada",
        "order_id": "A-1",
        "total": Decimal("12.50"),
        "paid": True,
        "note": None,
        "picture": b"\x00\xff",
        "lines": [{"product": "P-1", "quantity": Decimal(2)}],
        "tags": {"gift", "new"},
    }
    orders.put_item(Item=item)
    found = orders.get_item(Key={"customer": "ada", "order_id": "A-1"})["Item"]
    assert found == item


def test_a_query_finds_one_customers_items_in_order(orders: "Table") -> None:
    with orders.batch_writer() as batch:
        for customer, order in (("ada", "A-2"), ("bob", "A-3"), ("ada", "A-1")):
            batch.put_item(Item={"customer": customer, "order_id": order})
    found = orders.query(
        KeyConditionExpression="customer = :me", ExpressionAttributeValues={":me": "ada"}
    )
    assert [item["order_id"] for item in found["Items"]] == ["A-1", "A-2"]


def test_a_condition_that_fails_says_so(client: "DynamoDBClient", orders: "Table") -> None:
    orders.put_item(Item={"customer": "ada", "order_id": "A-1", "status": "shipped"})
    with pytest.raises(ClientError) as refused:
        client.put_item(
            TableName="orders",
            Item=FIRST,
            ConditionExpression="attribute_not_exists(order_id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert code(refused) == "ConditionalCheckFailedException"
    answer: Any = refused.value.response
    assert answer["Item"]["status"] == {"S": "shipped"}


def test_a_transaction_that_is_cancelled_says_why(
    client: "DynamoDBClient", orders: "Table"
) -> None:
    orders.put_item(Item={"customer": "ada", "order_id": "A-1"})
    with pytest.raises(ClientError) as refused:
        client.transact_write_items(
            TransactItems=[
                {
                    "Put": {
                        "TableName": "orders",
                        "Item": FIRST,
                        "ConditionExpression": "attribute_not_exists(order_id)",
                    }
                }
            ]
        )
    answer: Any = refused.value.response
    assert answer["CancellationReasons"][0]["Code"] == "ConditionalCheckFailed"


@pytest.mark.usefixtures("orders")
def test_what_a_stack_asks_for_its_tables(client: "DynamoDBClient") -> None:
    arn = client.describe_table(TableName="orders")["Table"]["TableArn"]
    assert arn == "arn:aws:dynamodb:us-east-1:000000000000:table/orders"
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "stack", "Value": "Outcrop"}])
    assert client.list_tags_of_resource(ResourceArn=arn)["Tags"] == [
        {"Key": "stack", "Value": "Outcrop"}
    ]
    recovery: Any = {"PointInTimeRecoveryEnabled": True}
    client.update_continuous_backups(TableName="orders", PointInTimeRecoverySpecification=recovery)
    described = client.describe_continuous_backups(TableName="orders")
    status = described["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert status["PointInTimeRecoveryStatus"] == "ENABLED"
    client.update_table(TableName="orders", DeletionProtectionEnabled=True)
    with pytest.raises(ClientError) as refused:
        client.delete_table(TableName="orders")
    assert code(refused) == "ValidationException"
    client.update_table(TableName="orders", DeletionProtectionEnabled=False)
    client.delete_table(TableName="orders")
    assert client.list_tables()["TableNames"] == []


def test_errors_are_dynamodbs(client: "DynamoDBClient") -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_item(TableName="orders", Key=FIRST)
    with pytest.raises(ClientError) as refused:
        client.create_table(**(ORDERS | {"BillingMode": "FREE"}))
    assert code(refused) == "ValidationException"
    assert "BillingMode" in str(refused.value)


@pytest.mark.parametrize("deleted", [False, True])
@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("tag_resource", {"Tags": [{"Key": "team", "Value": "north"}]}),
        ("untag_resource", {"TagKeys": ["team"]}),
        ("put_resource_policy", {"Policy": "{}"}),
        ("delete_resource_policy", {}),
    ],
)
def test_what_defines_no_table_is_refused(
    client: "DynamoDBClient", operation: str, members: dict[str, Any], deleted: bool
) -> None:
    if deleted:
        client.create_table(**ORDERS | {"TableName": "gone"})
        client.delete_table(TableName="gone")
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/gone"
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        getattr(client, operation)(ResourceArn=arn, **members)


def test_an_operation_that_is_not_there_is_refused_by_name(client: "DynamoDBClient") -> None:
    with pytest.raises(ClientError, match="does not have dynamodb's CreateGlobalTable"):
        client.create_global_table(
            GlobalTableName="orders", ReplicationGroup=[{"RegionName": "us-east-1"}]
        )


def test_moto_is_imported_by_the_first_request_only_and_named_where_it_is_missing(
    tmp_path: Path,
) -> None:
    program = """
import sys
from pathlib import Path
from app.local import dynamodb
from app.local.wire import Call, ServiceError

service = dynamodb.handlers(dynamodb.Tables(Path(sys.argv[1])))
assert not any(name.startswith("moto") for name in sys.modules)
sys.modules["moto"] = None  # as if it were not installed
try:
    service["ListTables"](Call("dynamodb", "ListTables", {}, {}, "1"))
except ServiceError as error:
    print(error)
"""
    said = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    ).stdout
    assert "NotImplementedException" in said
    assert "moto, which cannot be imported" in said
    assert "`make up` installs it" in said


def test_a_request_that_moto_stumbles_over_is_the_caller_s_fault(server: Server) -> None:
    with pytest.raises(ClientError) as caught:
        server.client("dynamodb", parameter_validation=False).create_table(TableName="orders")
    error = caught.value.response
    assert error["Error"]["Code"] == "ValidationException"
    assert "KeySchema" in error["Error"]["Message"]
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400


WHOLE: Any = ORDERS | {
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-order",
            "KeySchema": [{"AttributeName": "order_id", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
}


def order(number: int, **attributes: Any) -> Any:
    return {"customer": {"S": "ada"}, "order_id": {"S": f"A-{number}"}, **attributes}


def state(client: Any) -> Any:
    """All that a client can ask of the tables."""
    found = []
    for name in client.list_tables()["TableNames"]:
        table = client.describe_table(TableName=name)["Table"]
        arn = table["TableArn"]
        items = client.scan(TableName=name)["Items"]
        found.append(
            (
                table,
                client.list_tags_of_resource(ResourceArn=arn)["Tags"],
                client.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
                sorted(items, key=str),
            )
        )
    return found


def test_tables_and_items_are_there_after_a_restart(start: Callable[[], Server]) -> None:
    client = start().client("dynamodb")
    client.create_table(**WHOLE)
    client.create_table(**(ORDERS | {"TableName": "gone"}))
    arn = client.describe_table(TableName="orders")["Table"]["TableArn"]
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "stack", "Value": "Outcrop"}])
    expiry = {"AttributeName": "expires", "Enabled": True}
    client.update_time_to_live(TableName="orders", TimeToLiveSpecification=expiry)
    policy = '{"Version": "2012-10-17", "Statement": []}'
    revision = client.put_resource_policy(ResourceArn=arn, Policy=policy)["RevisionId"]
    client.put_resource_policy(ResourceArn=arn, Policy=policy, ExpectedRevisionId=revision)
    for number in range(6):
        client.put_item(TableName="orders", Item=order(number, n={"N": "1.5"}, b={"B": b"\x00"}))
    client.put_item(TableName="gone", Item=order(1))
    client.delete_table(TableName="gone")
    key = order(0)
    client.update_item(
        TableName=arn,
        Key=key,
        UpdateExpression="SET n = n + :one REMOVE b",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    client.delete_item(TableName="orders", Key=order(1))
    client.batch_write_item(
        RequestItems={
            "orders": [{"DeleteRequest": {"Key": order(2)}}, {"PutRequest": {"Item": order(7)}}]
        }
    )
    change = {"TableName": "orders", "UpdateExpression": "SET m = :m"}
    client.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": "orders", "Item": order(8)}},
            {"Delete": {"TableName": "orders", "Key": order(3)}},
            {
                "Update": {
                    **change,
                    "Key": order(4),
                    "ExpressionAttributeValues": {":m": {"S": "é"}},
                }
            },
        ]
    )
    before = state(client)
    ((_, _, _, items),) = before
    assert [item["order_id"]["S"] for item in items if item.get("m", {}).get("S") == "é"] == ["A-4"]
    assert {item["order_id"]["S"][2:] for item in items} == set("04578")
    client = start().client("dynamodb")
    assert state(client) == before
    found = client.query(
        TableName="orders",
        IndexName="by-order",
        KeyConditionExpression="order_id = :id",
        ExpressionAttributeValues={":id": {"S": "A-0"}},
    )["Items"]
    assert found == [{**key, "n": {"N": "2.5"}}]
    assert client.get_resource_policy(ResourceArn=arn)["Policy"] == policy


def test_keys_that_are_equal_are_one_item(start: Callable[[], Server]) -> None:
    client = start().client("dynamodb")
    client.create_table(
        TableName="numbers",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    for text in ("1.0", "10E-1", "100", "1E2"):
        client.put_item(TableName="numbers", Item={"id": {"N": text}, "text": {"S": text}})
    texts = {item["text"]["S"] for item in client.scan(TableName="numbers")["Items"]}
    assert texts == {"10E-1", "1E2"}
    client = start().client("dynamodb")
    assert {item["text"]["S"] for item in client.scan(TableName="numbers")["Items"]} == texts


def test_what_is_refused_leaves_nothing(start: Callable[[], Server]) -> None:
    client = start().client("dynamodb")
    client.create_table(**ORDERS)
    wrong = {"customer": {"N": "1"}, "order_id": {"S": "A-9"}}
    writes = [{"PutRequest": {"Item": item}} for item in (order(1), wrong)]
    with pytest.raises(ClientError):
        client.batch_write_item(RequestItems={"orders": writes})
    assert client.scan(TableName="orders")["Items"] == []
    client = start().client("dynamodb")
    assert client.scan(TableName="orders")["Items"] == []


def test_what_cannot_be_stored_is_not_there(
    start: Callable[[], Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = start().client("dynamodb")
    client.create_table(**ORDERS)

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(tables, "set_items", fail)
        with pytest.raises(ClientError):
            client.put_item(TableName="orders", Item=order(1))
    assert client.scan(TableName="orders")["Items"] == []
    client.put_item(TableName="orders", Item=order(2))
    assert [item["order_id"]["S"] for item in client.scan(TableName="orders")["Items"]] == ["A-2"]


WRITER = """
import sys
from pathlib import Path
from app.local import dynamodb
from app.local.wire import Call

service = dynamodb.handlers(dynamodb.Tables(Path(sys.argv[1])))

def call(operation, **params):
    return service[operation](Call("dynamodb", operation, params, {}, "1"))

call("CreateTable", TableName="t", BillingMode="PAY_PER_REQUEST",
     AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
     KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
number = 0
while True:
    call("PutItem", TableName="t", Item={"id": {"N": str(number)}})
    print(number, flush=True)
    number += 1
"""


@pytest.mark.parametrize("acknowledged", [1, 40])
def test_no_acknowledged_item_is_lost_when_the_process_is_killed(
    tmp_path: Path, start: Callable[[], Server], acknowledged: int
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout
        lines = [writer.stdout.readline() for _ in range(acknowledged)]
        writer.kill()
        lines += writer.stdout.readlines()
    told = {line.strip() for line in lines if line.endswith("\n")}
    client = start().client("dynamodb")
    kept = {item["id"]["N"] for item in client.scan(TableName="t")["Items"]}
    assert told <= kept
    assert len(kept - told) <= 1


@pytest.mark.usefixtures("orders")
def test_capacity_is_told_only_to_who_asks(client: "DynamoDBClient") -> None:
    key = order(1)
    calls: list[tuple[str, Any]] = [
        ("put_item", {"TableName": "orders", "Item": key}),
        ("get_item", {"TableName": "orders", "Key": key}),
        ("update_item", {"TableName": "orders", "Key": key}),
        ("scan", {"TableName": "orders"}),
        ("batch_get_item", {"RequestItems": {"orders": {"Keys": [key]}}}),
        ("batch_write_item", {"RequestItems": {"orders": [{"PutRequest": {"Item": key}}]}}),
        ("transact_get_items", {"TransactItems": [{"Get": {"TableName": "orders", "Key": key}}]}),
        (
            "transact_write_items",
            {"TransactItems": [{"Put": {"TableName": "orders", "Item": key}}]},
        ),
        ("delete_item", {"TableName": "orders", "Key": key}),
    ]
    for name, parameters in calls:
        call = getattr(client, name)
        for quiet in ({}, {"ReturnConsumedCapacity": "NONE"}):
            answer = call(**parameters, **quiet)
            assert not {"ConsumedCapacity", "ItemCollectionMetrics"} & answer.keys(), name
        capacity = call(**parameters, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
        first = capacity[0] if isinstance(capacity, list) else capacity
        assert first["TableName"] == "orders"
        assert first["CapacityUnits"] >= 0.5


def test_a_table_says_what_becomes_of_it(client: "DynamoDBClient") -> None:
    assert client.create_table(**ORDERS)["TableDescription"]["TableStatus"] == "CREATING"
    client.get_waiter("table_exists").wait(TableName="orders")
    updated = client.update_table(TableName="orders", DeletionProtectionEnabled=False)
    assert updated["TableDescription"]["TableStatus"] == "UPDATING"
    deleted = client.delete_table(TableName="orders")
    assert deleted["TableDescription"]["TableStatus"] == "DELETING"
    client.get_waiter("table_not_exists").wait(TableName="orders")
