"""DynamoDB through boto3: tables that moto keeps, behind the wire's own checks."""

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from app.local import dynamodb
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
def server(serve: Serve) -> Server:
    return serve({"dynamodb": dynamodb.handlers()})


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


def test_an_operation_that_is_not_there_is_refused_by_name(client: "DynamoDBClient") -> None:
    with pytest.raises(ClientError, match="does not have dynamodb's CreateGlobalTable"):
        client.create_global_table(
            GlobalTableName="orders", ReplicationGroup=[{"RegionName": "us-east-1"}]
        )


def test_a_new_stand_in_has_no_tables(client: "DynamoDBClient", serve: Serve) -> None:
    client.create_table(**ORDERS)
    another = serve({"dynamodb": dynamodb.handlers()}).client("dynamodb")
    assert another.list_tables()["TableNames"] == []


def test_moto_is_imported_by_the_first_request_only_and_named_where_it_is_missing() -> None:
    program = """
import sys
from app.local import dynamodb
from app.local.wire import Call, ServiceError

service = dynamodb.handlers()
assert not any(name.startswith("moto") for name in sys.modules)
sys.modules["moto"] = None  # as if it were not installed
try:
    service["ListTables"](Call("dynamodb", "ListTables", {}, {}, "1"))
except ServiceError as error:
    print(error)
"""
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
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
