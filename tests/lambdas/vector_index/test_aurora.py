"""The table of a Knowledge Base in Aurora: botocore is the oracle of what the Data API is asked."""

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from lambdas.cloudformation import NOTHING, Resource
from lambdas.vector_index.aurora import Database, change

CLUSTER = "arn:aws:rds:us-east-1:111122223333:cluster:outcrop"
SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:outcrop"


def statements(table: str, dimensions: int) -> list[str]:
    from infra.stores import aurora  # not at collection: it imports the CDK

    return aurora.statements(table, dimensions)


@pytest.fixture(scope="module")
def properties() -> dict[str, Any]:
    return {
        "ClusterArn": CLUSTER,
        "SecretArn": SECRET,
        "Database": "outcrop",
        "Table": "chunks_1a2b3c4d",
        "Statements": statements("chunks_1a2b3c4d", 1024),
    }


@pytest.fixture
def data_api() -> Iterator[Stubber]:
    client = boto3.client(
        "rds-data", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def database(stubber: Stubber, seconds: float = 60) -> Database:
    until = time.monotonic() + seconds
    client: Any = stubber.client  # the stub's type knows no service
    return Database(client, CLUSTER, SECRET, "outcrop", until, pause=0.001)


def expect(stubber: Stubber, statement: str) -> None:
    parameters = {
        "resourceArn": CLUSTER,
        "secretArn": SECRET,
        "database": "outcrop",
        "sql": statement,
    }
    stubber.add_response("execute_statement", {}, parameters)


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_the_statements_are_run_in_their_order(
    data_api: Stubber, properties: dict[str, Any], request_type: str
) -> None:
    for statement in properties["Statements"]:
        expect(data_api, statement)
    resource = Resource(NOTHING)
    change(request_type, properties, database(data_api), resource)
    assert resource.physical_id == "chunks_1a2b3c4d"


def test_the_table_is_what_bedrock_asks_for() -> None:
    extension, table, *indices = statements("chunks", 256)
    assert extension == "CREATE EXTENSION IF NOT EXISTS vector"
    assert table == (
        "CREATE TABLE IF NOT EXISTS chunks (id uuid PRIMARY KEY, vector vector(256), text text, "
        "metadata json, custom_metadata jsonb)"
    )
    assert [index.partition(" USING ")[2].split(" ")[0] for index in indices] == [
        "hnsw",
        "gin",
        "gin",
    ]


def test_a_cluster_that_sleeps_is_waited_for(data_api: Stubber) -> None:
    for code in ("DatabaseResumingException", "DatabaseUnavailableException"):
        data_api.add_client_error("execute_statement", code, http_status_code=400)
    expect(data_api, "SELECT 1")
    database(data_api).run("SELECT 1")


def test_a_cluster_that_does_not_wake_in_time_is_given_up(data_api: Stubber) -> None:
    data_api.add_client_error("execute_statement", "DatabaseResumingException")
    with pytest.raises(ClientError, match="DatabaseResumingException"):
        database(data_api, seconds=0).run("SELECT 1")


def test_a_statement_that_aurora_refuses_is_not_sent_again(data_api: Stubber) -> None:
    data_api.add_client_error("execute_statement", "BadRequestException", "syntax error")
    with pytest.raises(ClientError, match="syntax error"):
        database(data_api).run("SELEC 1")


def test_a_delete_drops_the_table(data_api: Stubber, properties: dict[str, Any]) -> None:
    expect(data_api, "DROP TABLE IF EXISTS chunks_1a2b3c4d")
    change("Delete", properties, database(data_api), Resource("chunks_1a2b3c4d"))


def test_deleting_a_table_that_was_never_made_calls_nothing(
    data_api: Stubber, properties: dict[str, Any]
) -> None:
    change("Delete", properties, database(data_api), Resource(NOTHING))
