"""CloudFormation's event -> the table of a Knowledge Base in Aurora, through the Data API.

    Create, Update   run the statements that make it; each does nothing if it has been run before
    Delete           drop it

A cluster that sleeps wakes when it is asked, and refuses until it has.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from lambdas.cloudformation import NOTHING, Resource, answer

if TYPE_CHECKING:
    from mypy_boto3_rds_data import RDSDataServiceClient

PAUSE = 5.0  # seconds; a cluster wakes in fifteen or so
WAKING = frozenset(
    (
        "DatabaseResumingException",
        "DatabaseUnavailableException",
        "ServiceUnavailableError",
        "StatementTimeoutException",
    )
)


@dataclass(frozen=True, slots=True)
class Database:
    """A database, and until when it may take to wake, in seconds of the monotonic clock."""

    client: "RDSDataServiceClient"
    cluster: str
    secret: str
    name: str
    until: float
    pause: float = PAUSE

    def run(self, statement: str) -> None:
        """Run one statement.

        Raises:
            ClientError: it is refused, or the cluster has not woken in time.
        """
        while True:
            try:
                self.client.execute_statement(
                    resourceArn=self.cluster,
                    secretArn=self.secret,
                    database=self.name,
                    sql=statement,
                )
            except ClientError as error:
                late = time.monotonic() + self.pause > self.until
                if late or error.response["Error"]["Code"] not in WAKING:
                    raise
                time.sleep(self.pause)
            else:
                return


def handler(event: Mapping[str, Any], context: object) -> None:
    """The Lambda's entry point. The resource's properties are ClusterArn, SecretArn, Database;
    Table, and the Statements that make it.
    """
    answer(event, context, _work)


def _work(event: Mapping[str, Any], resource: Resource, seconds: float) -> None:
    properties = event["ResourceProperties"]
    client: RDSDataServiceClient = boto3.client("rds-data")
    until = time.monotonic() + seconds
    cluster, secret, name = (properties[key] for key in ("ClusterArn", "SecretArn", "Database"))
    change(
        event["RequestType"], properties, Database(client, cluster, secret, name, until), resource
    )


def change(
    request: str, properties: Mapping[str, Any], database: Database, resource: Resource
) -> None:
    """Make the table, or drop it. Its name is the resource's: another name is another table."""
    if request == "Delete":
        if resource.physical_id != NOTHING:
            database.run(f"DROP TABLE IF EXISTS {resource.physical_id}")
        return
    for statement in properties["Statements"]:
        database.run(statement)
    resource.physical_id = properties["Table"]
