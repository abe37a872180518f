"""The way to AWS: the clients.

`clients()` is the only caller of `boto3.client`. Region, credentials and endpoints come from
boto3's own chain, so which home answers is a matter of endpoint variables. With AWS_ENDPOINT_URL
set, every client has to point there when it is made (`app.aws.endpoint`).

    bedrock_runtime     one attempt: a generating call is never sent twice. It would be paid for
                        twice, and takes no client token that could tell.
    the others          three attempts, in mode `standard`, within the deadline

`table()` is one DynamoDB table, for a tool; `queues()` is SQS, for the ingest function.
`deployer()` has the further clients that make the laptop's resources, as the CDK stack does in AWS;
`operator()` those that look at an account, and at a stack in it. `signer()` signs a request that is
no call of boto3's. A call is made inside `calling()`, which turns its failure into one of
`app.errors`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import NoRegionError

from app.aws.cancellation import Cancellation, Cancelled, cancellable, cancellation
from app.aws.endpoint import check_endpoint
from app.aws.failures import FAILURES, calling, translate
from app.aws.signing import Signer
from app.aws.text import well_formed

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_service_quotas import ServiceQuotasClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient

__all__ = [
    "FAILURES",
    "Cancellation",
    "Cancelled",
    "Clients",
    "Deployer",
    "Operator",
    "Signer",
    "calling",
    "cancellation",
    "clients",
    "deployer",
    "operator",
    "queues",
    "signer",
    "translate",
    "well_formed",
]

_Client = TypeVar("_Client", bound=BaseClient)

ATTEMPTS = 3
CONNECT_SECONDS = 5
CONNECTIONS = 64  # a stream holds its connection for as long as the answer takes


@dataclass(frozen=True, slots=True)
class Clients:
    """One client a service; each may be used from any thread."""

    bedrock: BedrockClient
    bedrock_runtime: BedrockRuntimeClient
    bedrock_agent: AgentsforBedrockClient
    bedrock_agent_runtime: AgentsforBedrockRuntimeClient
    s3: S3Client


@dataclass(frozen=True, slots=True)
class Deployer:
    """What `Clients` lacks to make queues, functions and tables."""

    sqs: SQSClient
    lambda_: LambdaClient
    dynamodb: DynamoDBClient


class Operator:
    """What it takes to look at an account before a stack is deployed, and at the stack after.

    A client is made when it is first used: a command needs one or two of them.
    """

    def __init__(self, session: boto3.Session, config: Config) -> None:
        if session.region_name is None:
            raise NoRegionError
        self.region = session.region_name
        self._session, self._config = session, config

    @cached_property
    def sts(self) -> STSClient:
        return _pointed(self._session.client("sts", config=self._config))

    @cached_property
    def ssm(self) -> SSMClient:
        return _pointed(self._session.client("ssm", config=self._config))

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        return _pointed(self._session.client("cloudformation", config=self._config))

    @cached_property
    def service_quotas(self) -> ServiceQuotasClient:
        return _pointed(self._session.client("service-quotas", config=self._config))

    @cached_property
    def bedrock(self) -> BedrockClient:
        client: BedrockClient = _signing(
            _pointed(self._session.client("bedrock", config=self._config))
        )
        return client

    @cached_property
    def bedrock_agent(self) -> AgentsforBedrockClient:
        return _pointed(self._session.client("bedrock-agent", config=self._config))

    @cached_property
    def s3(self) -> S3Client:
        return _pointed(self._session.client("s3", config=self._config))


def clients(deadline_seconds: float) -> Clients:
    """The clients, for turns that may take `deadline_seconds`.

    A generating call may wait for as long as that, the attempts of another for half of it together.
    A `Cancellation` breaks off whichever it is when the deadline passes, or earlier.

    Raises:
        OperatorError: no Region is set, or a profile or an endpoint is not usable.
    """
    generating = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=deadline_seconds,
        retries={"total_max_attempts": 1},
        max_pool_connections=CONNECTIONS,
    )
    repeatable = _repeatable(deadline_seconds / 2)
    storage = repeatable.merge(
        Config(
            # What presigned requests are signed with: newer Regions take nothing else.
            signature_version="s3v4",
            # Presigned requests then name the Region's own host. By default they name the global
            # one, which redirects to a young bucket, and a form that is redirected is lost. At an
            # endpoint that is an IP address, botocore takes path style by itself.
            s3={"addressing_style": "virtual"},
            # botocore's defaults, held fast: what was damaged on the way is refused, not stored.
            request_checksum_calculation="when_supported",
            response_checksum_validation="when_supported",
        )
    )
    with calling("Setting up the AWS clients"):
        session = boto3.Session()
        return Clients(
            bedrock=_signing(_pointed(session.client("bedrock", config=repeatable))),
            bedrock_runtime=cancellable(
                _signing(_pointed(session.client("bedrock-runtime", config=generating)))
            ),
            bedrock_agent=_pointed(session.client("bedrock-agent", config=repeatable)),
            bedrock_agent_runtime=cancellable(
                _pointed(session.client("bedrock-agent-runtime", config=repeatable))
            ),
            s3=cancellable(_pointed(session.client("s3", config=storage))),
        )


def deployer(deadline_seconds: float) -> Deployer:
    """The deployer's clients; as for `clients`."""
    config = _repeatable(deadline_seconds)
    with calling("Setting up the AWS clients"):
        session = boto3.Session()
        return Deployer(
            _pointed(session.client("sqs", config=config)),
            _pointed(session.client("lambda", config=config)),
            _pointed(session.client("dynamodb", config=config)),
        )


def operator(deadline_seconds: float) -> Operator:
    """The operator's clients; as for `clients`."""
    with calling("Setting up the AWS clients"):
        return Operator(boto3.Session(), _repeatable(deadline_seconds))


def signer(service: str) -> Signer:
    """Signs requests to a service that boto3 has no client for, such as one's own API.

    Raises:
        OperatorError: there is no Region, or there are no credentials.
    """
    with calling("Signing"):
        session = boto3.Session()
        return Signer(service, session.region_name, session.get_credentials())


def queues(deadline_seconds: float) -> SQSClient:
    """A client of SQS; as for `clients`."""
    with calling("Setting up the AWS clients"):
        return boto3.client("sqs", config=_repeatable(deadline_seconds))


def table(name: str, deadline_seconds: float) -> Table:
    """A DynamoDB table, for calls that may take `deadline_seconds` each; as for `clients`."""
    with calling("Setting up the AWS clients"):
        resource = boto3.resource("dynamodb", config=_repeatable(deadline_seconds))
        _pointed(resource.meta.client)
        return resource.Table(name)


def _repeatable(deadline_seconds: float) -> Config:
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=deadline_seconds / ATTEMPTS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        max_pool_connections=CONNECTIONS,
    )


def _pointed(client: _Client) -> _Client:
    """The client, which points where it has to.

    Raises:
        OperatorError: something in the environment leads it elsewhere.
    """
    check_endpoint(client.meta.endpoint_url, client.meta.service_model.service_name)
    return client


def _signing(client: Any) -> Any:
    """The client, made to sign its requests where a bearer token cannot be sent.

    With AWS_BEARER_TOKEN_BEDROCK set, botocore prefers it to access keys, and raises where there
    is no TLS to send it over. There the access keys sign; over TLS the token is used as ever.
    """
    if client.meta.endpoint_url.startswith("http://"):
        client.meta.events.register_first("choose-signer", lambda **_: "v4")
    return client
