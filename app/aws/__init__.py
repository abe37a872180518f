"""AWS's clients.

No other package makes a client of boto3's. Region, credentials and endpoints come from
boto3's own chain, so endpoint variables decide which home answers. If AWS_ENDPOINT_URL is set, a
client that does not point there is refused (`app.aws.endpoint`).

    bedrock_runtime    one attempt: a generating call is never sent twice. It would be billed
                       twice, and has no client token by which Bedrock could notice.
    lambda_            one attempt, too: whether a tool that did not answer has acted is not known
    agents             InvokeAgent: one attempt, for both reasons; it streams as a model does
    the others         three attempts, in mode `standard`, within the deadline

`dynamodb()` is for the table of budgets, `table()` one DynamoDB table for a tool, `queues()` SQS
for the ingest function.
`deployer()` has the further clients that make the laptop's resources, as the CDK stack does in AWS;
`operator()` has those that examine an account, and a stack in it. `signer()` signs a request that
boto3 does not send. Every call is made inside `calling()`, which translates its failure to one of
`app.errors`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import NoCredentialsError, NoRegionError

from app.aws.cancellation import Cancellation, Cancelled, cancellable, cancellation
from app.aws.endpoint import check_endpoint
from app.aws.event_streams import events_of
from app.aws.failures import FAILURES, calling, translate
from app.aws.session import new_session
from app.aws.side_by_side import side_by_side
from app.aws.signing import Signer
from app.aws.text import well_formed
from app.resources import TOOL_SECONDS

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
    "dynamodb",
    "events_of",
    "operator",
    "queues",
    "side_by_side",
    "signer",
    "translate",
    "well_formed",
]

_Client = TypeVar("_Client", bound=BaseClient)

ATTEMPTS = 3
CONNECT_SECONDS = 5
START_SECONDS = 45  # for Lambda to start a function, on a busy laptop too
CONNECTIONS = 64  # a stream holds its connection for as long as the answer takes


@dataclass(frozen=True, slots=True)
class Clients:
    """One client for each service. Any thread may use any of them."""

    bedrock: BedrockClient
    bedrock_runtime: BedrockRuntimeClient
    bedrock_agent: AgentsforBedrockClient
    bedrock_agent_runtime: AgentsforBedrockRuntimeClient
    agents: AgentsforBedrockRuntimeClient
    s3: S3Client
    lambda_: LambdaClient


@dataclass(frozen=True, slots=True)
class Deployer:
    """The further clients that make queues, functions and tables."""

    sqs: SQSClient
    lambda_: LambdaClient
    dynamodb: DynamoDBClient


class Operator:
    """The clients that examine an account before a deployment, and its stack afterwards.

    A client is made when it is first used: a command needs one or two of them.
    """

    def __init__(self, session: boto3.Session, config: Config) -> None:
        if session.region_name is None:
            raise NoRegionError
        self.region = session.region_name
        self._session, self._config = session, config
        self._others: dict[str, Any] = {}

    @cached_property
    def sts(self) -> STSClient:
        return _check_client(self._session.client("sts", config=self._config))

    @cached_property
    def ssm(self) -> SSMClient:
        return _check_client(self._session.client("ssm", config=self._config))

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        return _check_client(self._session.client("cloudformation", config=self._config))

    @cached_property
    def service_quotas(self) -> ServiceQuotasClient:
        return _check_client(self._session.client("service-quotas", config=self._config))

    @cached_property
    def bedrock(self) -> BedrockClient:
        client: BedrockClient = _sign_without_tls(
            _check_client(self._session.client("bedrock", config=self._config))
        )
        return client

    @cached_property
    def bedrock_agent(self) -> AgentsforBedrockClient:
        return _check_client(self._session.client("bedrock-agent", config=self._config))

    @cached_property
    def s3(self) -> S3Client:
        return _check_client(self._session.client("s3", config=self._config))

    @cached_property
    def lambda_(self) -> LambdaClient:
        return _check_client(self._session.client("lambda", config=self._config))

    def client(self, service: str) -> Any:
        """A client for checks that ask a service one or two things each."""
        if service not in self._others:
            client: Any = self._session.client(service, config=self._config)  # type: ignore[call-overload]
            self._others[service] = _check_client(client)
        return self._others[service]


def clients(deadline_seconds: float) -> Clients:
    """The clients, for turns that may take `deadline_seconds`.

    A generating call may take that long, and the call of a tool's function as long as its timeout
    and a start. The attempts of another call may take half as long, together. A `Cancellation`
    breaks off each at the deadline, or earlier.

    Raises:
        OperatorError: there is no Region, or a profile or an endpoint cannot be used.
    """
    generating = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=deadline_seconds,
        retries={"total_max_attempts": 1},
        max_pool_connections=CONNECTIONS,
    )
    tool_seconds = min(deadline_seconds, TOOL_SECONDS + START_SECONDS)
    acting = generating.merge(Config(read_timeout=tool_seconds))
    repeatable = _repeatable(deadline_seconds / 2)
    storage = repeatable.merge(
        Config(
            # The signature of presigned requests: newer Regions accept no other.
            signature_version="s3v4",
            # Presigned requests then have the Region's own host. By default they have the global
            # one, which redirects requests to a new bucket, and a redirected form is lost. At an
            # endpoint that is an IP address, botocore takes path style by itself.
            s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
            # botocore's defaults, made explicit: data damaged in transit is refused, not stored.
            request_checksum_calculation="when_supported",
            response_checksum_validation="when_supported",
        )
    )
    with calling("Setting up the AWS clients"):
        session = new_session()
        return Clients(
            bedrock=_sign_without_tls(_check_client(session.client("bedrock", config=repeatable))),
            bedrock_runtime=cancellable(
                _sign_without_tls(
                    _check_client(session.client("bedrock-runtime", config=generating))
                )
            ),
            bedrock_agent=_check_client(session.client("bedrock-agent", config=repeatable)),
            bedrock_agent_runtime=cancellable(
                _check_client(session.client("bedrock-agent-runtime", config=repeatable))
            ),
            agents=cancellable(
                _check_client(session.client("bedrock-agent-runtime", config=generating))
            ),
            s3=cancellable(
                _refuse_unsigned_forms(_check_client(session.client("s3", config=storage)))
            ),
            lambda_=cancellable(_check_client(session.client("lambda", config=acting))),
        )


def deployer(deadline_seconds: float) -> Deployer:
    """The deployer's clients; as for `clients`."""
    config = _repeatable(deadline_seconds)
    with calling("Setting up the AWS clients"):
        session = new_session()
        return Deployer(
            _check_client(session.client("sqs", config=config)),
            _check_client(session.client("lambda", config=config)),
            _check_client(session.client("dynamodb", config=config)),
        )


def operator(deadline_seconds: float) -> Operator:
    """The operator's clients; as for `clients`."""
    with calling("Setting up the AWS clients"):
        return Operator(new_session(), _repeatable(deadline_seconds))


def signer(service: str) -> Signer:
    """A signer for a service that boto3 has no client for, such as Outcrop's own API.

    Raises:
        OperatorError: there is no Region, or there are no credentials.
    """
    with calling("Signing"):
        session = new_session()
        return Signer(service, session.region_name, session.get_credentials())


def queues(deadline_seconds: float) -> SQSClient:
    """A client of SQS; as for `clients`."""
    with calling("Setting up the AWS clients"):
        return new_session().client("sqs", config=_repeatable(deadline_seconds))


def dynamodb(deadline_seconds: float) -> DynamoDBClient:
    """A client of DynamoDB; as for `clients`. A `Cancellation` does not break off its calls: what a
    cut call has cost is counted after it.
    """
    with calling("Setting up the AWS clients"):
        return _check_client(new_session().client("dynamodb", config=_repeatable(deadline_seconds)))


def table(name: str, deadline_seconds: float) -> Table:
    """A DynamoDB table, for calls that may take `deadline_seconds` each; as for `clients`."""
    with calling("Setting up the AWS clients"):
        resource = new_session().resource("dynamodb", config=_repeatable(deadline_seconds))
        _check_client(resource.meta.client)
        return resource.Table(name)


def _repeatable(deadline_seconds: float) -> Config:
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=deadline_seconds / ATTEMPTS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        max_pool_connections=CONNECTIONS,
    )


def _check_client(client: _Client) -> _Client:
    """Return the client, if it points to AWS_ENDPOINT_URL.

    Raises:
        OperatorError: the environment leads it elsewhere.
    """
    check_endpoint(client.meta.endpoint_url, client.meta.service_model.service_name)
    return client


def _sign_without_tls(client: Any) -> Any:
    """Make the client sign its requests where a bearer token cannot be sent.

    With AWS_BEARER_TOKEN_BEDROCK set, botocore prefers it to access keys, and raises if the
    endpoint has no TLS. In that case access keys sign; over TLS the token is used as usual.
    """
    if client.meta.endpoint_url.startswith("http://"):
        client.meta.events.register_first("choose-signer", lambda **_: "v4")
    return client


def _refuse_unsigned_forms(client: Any) -> Any:
    """Make the client raise NoCredentialsError if there are no credentials to sign a form with.

    botocore raises it for requests and for presigned addresses. To sign a form, it reads an
    attribute of the missing credentials: an AttributeError, which nothing translates.
    """

    def check(
        request_signer: Any, signing_name: str, region_name: str, signature_version: str, **_: Any
    ) -> None:
        auth = request_signer.get_auth_instance(signing_name, region_name, signature_version)
        if auth.credentials is None:
            raise NoCredentialsError

    client.meta.events.register("before-sign.s3.PutObject", check)  # a form is signed as this
    return client
