"""The table of budgets, for an operator: a stack's, or that of the laptop's home."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.cli.application import application
from app.errors import OperatorError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SECONDS = 30


@contextmanager
def opened(stack: str | None) -> Iterator[tuple["DynamoDBClient", str]]:
    """A client of DynamoDB and the table's name, while the block runs.

    Raises:
        OperatorError: there is no such stack, or the laptop's home counts nothing.
    """
    from app.aws import dynamodb

    if stack is not None:
        from app.deploy.stack.description import describe_complete

        yield dynamodb(SECONDS), describe_complete(stack).output("BudgetTable")
        return
    from app.deploy import laptop
    from app.deploy.endpoint import misleading_names
    from app.deploy.laptop.names import BUDGETS
    from app.settings import LaptopSettings, adopt, inherited_environment, read

    with application():
        addresses = laptop.running(read(LaptopSettings))
        if addresses is None:
            raise OperatorError("The laptop's home has just stopped. Ask again.")
        adopt(addresses.variables(), dropped=misleading_names(inherited_environment()))
        client = dynamodb(SECONDS)
        try:
            client.describe_table(TableName=BUDGETS)
        except client.exceptions.ResourceNotFoundException:
            raise OperatorError(
                "Nothing is counted in this home, because it has no budget: set one, as "
                "OUTCROP_PRINCIPAL_TOKENS_DAY, before `outcrop up`."
            ) from None
        yield client, BUDGETS
