"""`outcrop mcp --stack`: the tools of a stack are called for the person who is signed in."""

import sys
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult

from app.settings import environment
from tests.deploy.aws_account import Account
from tests.mcp.clients import SECONDS
from tests.mcp.issuer import AUDIENCE, Issuer, issuing

OUTCROP = str(Path(sys.executable).with_name("outcrop"))
SETTINGS = {
    "OUTCROP_KNOWLEDGE_BASE_ID": "KB12345678",
    "OUTCROP_DATA_SOURCE_ID": "DS12345678",
    "OUTCROP_DOCUMENTS_BUCKET": "documents",
    "OUTCROP_CONVERSATIONS_BUCKET": "conversations",
    "OUTCROP_AUTH": "api-gateway",
    "OUTCROP_TOOL_FUNCTIONS": "orders=stack-orders",
    "AWS_LWA_PORT": "8080",
}
ARN = "arn:aws:sts::111122223333:assumed-role/Developer/ada"


@pytest.fixture
def account() -> Iterator[Account]:
    with Account() as account:
        variables = {"Variables": SETTINGS}
        account.answer("GetFunctionConfiguration", {"Environment": variables})
        account.answer("GetCallerIdentity", {"Arn": ARN, "Account": "111122223333"})
        yield account


def describe(account: Account, **outputs: str) -> None:
    stack = {
        "StackName": "Outcrop",
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": "2026-11-20T10:00:00Z",
        "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()],
    }
    account.answer("DescribeStacks", {"Stacks": [stack]})


def my_orders(account: Account, home: Path, **changes: str) -> CallToolResult:
    variables = {**account.environment(), "OUTCROP_HOME": str(home), **changes}
    server = StdioServerParameters(
        command=OUTCROP, args=["mcp", "--stack", "Outcrop"], env=environment(variables)
    )

    async def say() -> CallToolResult:
        with anyio.fail_after(SECONDS):
            async with Client(server, mode="legacy") as client:
                return await client.call_tool("my_orders", {})

    return anyio.run(say)


def principal_of_call(account: Account) -> str:
    """The principal in the event of the one call of a function, which the account refuses."""
    [params] = [params for operation, params in account.asked if operation == "Invoke"]
    return str(params["sessionAttributes"]["principal"])  # the event is the request's body


def test_without_cognito_the_principal_is_whose_credentials_they_are(
    account: Account, tmp_path: Path
) -> None:
    describe(account, Auth="iam", ApiFunction="stack-api")
    assert my_orders(account, tmp_path).is_error
    assert principal_of_call(account) == ARN


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuing() as issuer:
        yield issuer


def test_with_cognito_the_principal_is_who_is_signed_in(
    account: Account, issuer: Issuer, tmp_path: Path
) -> None:
    sign_in = "https://a.example/login?redirect_uri=http%3A%2F%2Flocalhost%3A8400"
    describe(
        account,
        Auth="cognito",
        ApiFunction="stack-api",
        UserPoolId="eu-central-1_AbC",
        UserPoolClientId=AUDIENCE,
        SignInUrl=sign_in,
    )
    result = my_orders(
        account,
        tmp_path,
        OUTCROP_TOKEN=issuer.token("ada"),
        OUTCROP_MCP_ISSUER=issuer.url,
        OUTCROP_MCP_AUDIENCE=AUDIENCE,
    )
    assert result.is_error
    assert principal_of_call(account) == "ada"
    assert "GetCallerIdentity" not in account.operations
