"""The clients against raw answers, and every failure by the table."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import botocore.exceptions as boto
import pytest
import urllib3.exceptions
from botocore.eventstream import ChecksumMismatch
from botocore.exceptions import ClientError, EventStreamError
from botocore.parsers import ResponseParserError

from app.aws import ATTEMPTS, Clients, calling, clients, deployer, failures, translate
from app.documents import Bucket
from app.errors import (
    BackendError,
    CallerError,
    Conflict,
    InvalidRequest,
    ModelFailed,
    NotFound,
    OperatorError,
    OutcropError,
    StreamCut,
    Throttled,
    TimedOut,
    TooLarge,
    Unavailable,
)
from tests.models.loopback import Act, Loopback, error, reply

SERVICES = ("BEDROCK", "BEDROCK_RUNTIME", "BEDROCK_AGENT", "BEDROCK_AGENT_RUNTIME", "S3", "LAMBDA")
KNOWLEDGE_BASE = "ABCDEFGHIJ"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> pytest.MonkeyPatch:
    """No configuration of this machine, and no search for one on a network."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return monkeypatch


@pytest.fixture
def account(environment: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    environment.setenv("AWS_ACCESS_KEY_ID", "test")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return environment


@pytest.fixture
def server(account: pytest.MonkeyPatch) -> Iterator[Loopback]:
    with Loopback() as server:
        for service in SERVICES:
            account.setenv(f"AWS_ENDPOINT_URL_{service}", server.url)
        yield server


def retrieve(aws: Clients) -> Any:
    return aws.bedrock_agent_runtime.retrieve(
        knowledgeBaseId=KNOWLEDGE_BASE, retrievalQuery={"text": "outcrop"}
    )


@pytest.mark.usefixtures("account")
def test_generating_calls_have_one_attempt_and_the_deadline_the_others_three_and_half_of_it() -> (
    None
):
    aws = clients(deadline_seconds=90)
    configs: dict[str, Any] = {name: getattr(aws, name).meta.config for name in Clients.__slots__}
    generating = configs.pop("bedrock_runtime")
    acting = configs.pop("lambda_")
    agents = configs.pop("agents")
    assert (agents.retries["total_max_attempts"], agents.read_timeout) == (1, 90)
    assert (generating.retries["total_max_attempts"], generating.read_timeout) == (1, 90)
    assert (acting.retries["total_max_attempts"], acting.read_timeout) == (1, 60)
    impatient: Any = clients(deadline_seconds=9).lambda_.meta.config
    assert impatient.read_timeout == 9
    making = deployer(deadline_seconds=45)
    configs |= {"sqs": making.sqs.meta.config, "lambda": making.lambda_.meta.config}
    for config in configs.values():
        assert config.retries == {"mode": "standard", "total_max_attempts": 3}
        assert config.read_timeout == 15


def test_a_retrieval_is_tried_again_and_no_more_than_allowed(server: Loopback) -> None:
    server.enqueue(error("ThrottlingException", 429))
    server.enqueue(reply(b'{"retrievalResults": []}', headers={"Content-Type": "application/json"}))
    aws = clients(deadline_seconds=60)
    assert retrieve(aws)["retrievalResults"] == []

    server.forget()
    for _ in range(ATTEMPTS + 1):
        server.enqueue(error("InternalServerException", 500))
    with pytest.raises(Unavailable), calling("Retrieve"):
        retrieve(aws)
    assert len(server.requests) == ATTEMPTS


@pytest.mark.parametrize("service", ["bedrock", "bedrock_runtime"])
def test_a_bearer_token_does_not_break_a_clear_text_endpoint(
    service: str, server: Loopback, account: pytest.MonkeyPatch
) -> None:
    account.setenv("AWS_BEARER_TOKEN_BEDROCK", "secret-token")
    server.enqueue(reply(b"{}", headers={"Content-Type": "application/json"}))
    aws = clients(deadline_seconds=10)
    if service == "bedrock":
        aws.bedrock.list_foundation_models()
    else:
        aws.bedrock_runtime.invoke_model(modelId="m", body=b"{}")
    (request,) = server.requests
    assert request.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=test/")
    assert "secret-token" not in str(request)


def test_a_bearer_token_alone_is_used_over_tls(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    environment.setenv("AWS_BEARER_TOKEN_BEDROCK", "secret-token")
    runtime = clients(deadline_seconds=10).bedrock_runtime
    sent = []

    def take(request: Any, **_: Any) -> None:
        sent.append(request.headers["Authorization"])
        raise boto.HTTPClientError(error="not sent: the test has seen enough")

    runtime.meta.events.register("before-send", take)
    with pytest.raises(boto.HTTPClientError):
        runtime.invoke_model(modelId="m", body=b"{}")
    assert sent in (["Bearer secret-token"], [b"Bearer secret-token"])


@pytest.mark.usefixtures("environment")
def test_a_missing_region_says_what_to_do() -> None:
    with pytest.raises(OperatorError, match="Set AWS_DEFAULT_REGION"):
        clients(deadline_seconds=10)


def test_missing_credentials_say_what_to_do(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    aws = clients(deadline_seconds=10)
    with pytest.raises(OperatorError, match="Set up credentials"), calling("Retrieve"):
        retrieve(aws)


def test_a_form_that_no_credentials_sign_says_what_to_do(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    bucket = Bucket(clients(deadline_seconds=10).s3, "documents")
    with pytest.raises(OperatorError, match=r"^PresignedPost: .*Set up credentials"):
        bucket.form("a.pdf", fields={}, conditions=[], lifetime=timedelta(minutes=5))


def test_a_profile_that_is_not_there_says_so(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(OperatorError, match="nobody"):
        clients(deadline_seconds=10)


@pytest.mark.usefixtures("account")
def test_presigned_requests_name_the_regions_own_host_and_sign_with_v4() -> None:
    s3 = clients(deadline_seconds=10).s3
    url = s3.generate_presigned_url("put_object", Params={"Bucket": "documents", "Key": "a b.pdf"})
    post = s3.generate_presigned_post("documents", "a b.pdf")
    assert url.startswith("https://documents.s3.eu-central-1.amazonaws.com/a%20b.pdf?X-Amz-")
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in url
    assert "checksum" not in url.lower()
    assert post["url"] == "https://documents.s3.eu-central-1.amazonaws.com/"


def test_at_an_address_the_bucket_stands_in_the_path(server: Loopback) -> None:
    s3 = clients(deadline_seconds=10).s3
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "documents", "Key": "a.pdf"})
    assert url.startswith(f"{server.url}/documents/a.pdf?")
    assert s3.generate_presigned_post("documents", "a.pdf")["url"] == f"{server.url}/documents"

    server.enqueue(reply(b"", headers={"ETag": '"e"'}))
    s3.put_object(Bucket="documents", Key="a.pdf", Body=b"bytes")
    (request,) = server.requests
    assert request.line == "PUT /documents/a.pdf HTTP/1.1"
    assert request.headers["x-amz-checksum-crc32"]
    assert request.body == b"bytes"


@pytest.mark.parametrize("step", [Act.CLOSE, Act.RESET])
def test_a_lost_connection_is_unavailable(step: Act, server: Loopback) -> None:
    for _ in range(ATTEMPTS):
        server.enqueue(step)
    with pytest.raises(Unavailable), calling("Retrieve"):
        retrieve(clients(deadline_seconds=60))
    assert len(server.requests) == ATTEMPTS


def test_a_connection_that_is_refused_is_unavailable(account: pytest.MonkeyPatch) -> None:
    with Loopback() as closed_server:
        account.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", closed_server.url)
    with pytest.raises(Unavailable, match="EndpointConnectionError"), calling("InvokeModel"):
        clients(deadline_seconds=10).bedrock_runtime.invoke_model(modelId="m", body=b"{}")


def test_a_response_that_is_no_xml_is_unavailable(server: Loopback) -> None:
    for _ in range(ATTEMPTS):
        server.enqueue(reply(b"<html>"))
    s3 = clients(deadline_seconds=10).s3
    with pytest.raises(Unavailable), calling("ListObjectsV2"):
        s3.list_objects_v2(Bucket="documents")
    assert len(server.requests) == ATTEMPTS


def told(code: str, status: int = 400, message: str = "no") -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Operation")


def streamed(code: str) -> EventStreamError:
    response: Any = {
        "Error": {"Code": code, "Message": ""},
        "ResponseMetadata": {"HTTPStatusCode": 400},
    }
    return EventStreamError(response, "Operation")


CODES = {
    Throttled: "ThrottlingException throttlingException ModelNotReadyException SlowDown "
    "TooManyRequestsException ServiceQuotaExceededException modelNotReadyException",
    Unavailable: "InternalServerException internalServerException ServiceUnavailableException "
    "BadGatewayException badGatewayException DependencyFailedException InternalError "
    "dependencyFailedException",
    TimedOut: "ModelTimeoutException modelTimeoutException RequestTimeout",
    ModelFailed: "ModelErrorException ModelStreamErrorException modelStreamErrorException",
    InvalidRequest: "ValidationException validationException",
    Conflict: "ConflictException PreconditionFailed ConditionalRequestConflict",
    NotFound: "NoSuchKey",
    TooLarge: "EntityTooLarge",
    OperatorError: "AccessDeniedException accessDeniedException AccessDenied ExpiredToken "
    "ExpiredTokenException UnrecognizedClientException InvalidSignatureException "
    "SignatureDoesNotMatch InvalidClientTokenId InvalidAccessKeyId NoSuchBucket "
    "ResourceNotFoundException",
}


@pytest.mark.parametrize(
    ("code", "kind"), [(code, kind) for kind, codes in CODES.items() for code in codes.split()]
)
def test_every_code_has_a_meaning(code: str, kind: type[OutcropError]) -> None:
    for answered in (told(code), streamed(code)):
        ours = translate(answered, "Retrieve")
        assert type(ours) is kind
        assert ours.detail.startswith(f"Retrieve: {code[0].upper()}{code[1:]}")


@pytest.mark.usefixtures("account")
def test_every_code_that_the_services_model_has_a_meaning() -> None:
    """Of each exception of Bedrock's in botocore: none falls through to the unknown."""
    aws = clients(deadline_seconds=10)
    bedrock = (aws.bedrock, aws.bedrock_runtime, aws.bedrock_agent, aws.bedrock_agent_runtime)
    shapes: list[Any] = [s for client in bedrock for s in client.meta.service_model.error_shapes]
    codes = {shape.name for shape in shapes}
    assert len(codes) > 12
    # tags and custom models, which Outcrop does not call
    beyond = {"ResourceInUseException", "TooManyTagsException"}
    codes_with_meaning = failures._CODES.keys() | {"ValidationException"}
    assert codes - beyond <= codes_with_meaning


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, OperatorError),
        (404, NotFound),
        (412, Conflict),
        (408, TimedOut),
        (429, Throttled),
        (500, Unavailable),
        (503, Unavailable),
        (504, TimedOut),
        (418, BackendError),
    ],
)
def test_an_unknown_code_goes_by_its_status_and_keeps_its_name(
    status: int, kind: type[OutcropError]
) -> None:
    ours = translate(told("TeapotException", status, "I am short."), "Retrieve")
    assert type(ours) is kind
    assert ours.detail == "Retrieve: TeapotException: I am short."


def test_an_exception_event_without_a_name_cuts_the_answer() -> None:
    ours = translate(streamed(""), "InvokeModelWithResponseStream")
    assert type(ours) is StreamCut
    assert ours.detail == "InvokeModelWithResponseStream: unnamed error."


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (boto.NoRegionError(), OperatorError),
        (boto.NoCredentialsError(), OperatorError),
        (boto.PartialCredentialsError(provider="p", cred_var="v"), OperatorError),
        (boto.CredentialRetrievalError(provider="p", error_msg="e"), OperatorError),
        (boto.UnauthorizedSSOTokenError(), OperatorError),
        (boto.ProfileNotFound(profile="p"), OperatorError),
        (boto.InvalidEndpointConfigurationError(msg="m"), OperatorError),
        (boto.ParamValidationError(report="r"), InvalidRequest),
        (boto.ReadTimeoutError(endpoint_url="u"), TimedOut),
        (boto.ConnectTimeoutError(endpoint_url="u"), TimedOut),
        (boto.EndpointConnectionError(endpoint_url="u"), Unavailable),
        (boto.ConnectionClosedError(endpoint_url="u"), Unavailable),
        (boto.SSLError(endpoint_url="u", error=OSError()), Unavailable),
        (boto.ProxyConnectionError(proxy_url="u"), Unavailable),
        (boto.HTTPClientError(error="e"), Unavailable),
        (boto.ResponseStreamingError(error="e"), StreamCut),
        (boto.IncompleteReadError(actual_bytes=1, expected_bytes=2), StreamCut),
        (urllib3.exceptions.ReadTimeoutError(None, "u", "m"), TimedOut),  # type: ignore[arg-type]  # no pool at hand
        (urllib3.exceptions.ProtocolError("Connection broken"), StreamCut),
        (urllib3.exceptions.IncompleteRead(1, 2), StreamCut),
        (urllib3.exceptions.SSLError("e"), Unavailable),
        (ChecksumMismatch(1, 2), StreamCut),
        (ResponseParserError("not JSON"), BackendError),
        (boto.UnknownClientMethodError(method_name="m"), BackendError),
    ],
    ids=lambda value: getattr(type(value), "__name__", None),
)
def test_every_exception_has_a_meaning(raised: Exception, kind: type[OutcropError]) -> None:
    with pytest.raises(OutcropError) as ours, calling("Retrieve"):
        raise raised
    assert type(ours.value) is kind
    assert ours.value.__cause__ is raised
    assert type(raised).__name__ in ours.value.detail


def test_exceptions_that_are_not_of_aws_are_not_translated() -> None:
    with pytest.raises(KeyError), calling("Retrieve"):
        raise KeyError("a fault of our own")
    with pytest.raises(NotFound), calling("Retrieve"):
        raise NotFound("ours already")


def test_a_guardrail_that_is_not_there_is_no_callers_mistake() -> None:
    message = "The guardrail identifier or version provided in the request does not exist."
    ours = translate(told("ValidationException", message=message), "InvokeModel")
    assert isinstance(ours, OperatorError)
    assert "OUTCROP_GUARDRAIL_ID" in ours.detail


@pytest.mark.parametrize(
    ("message", "kind", "field"),
    [
        ("The provided model identifier is invalid.", InvalidRequest, "model"),
        (
            "Retry with the ID or ARN of an inference profile that contains it.",
            InvalidRequest,
            "model",
        ),
        ("Input is too long for requested model.", TooLarge, "turns"),
        ("prompt is too long: 210000 tokens > 200000 maximum", TooLarge, "turns"),
        ("input length and `max_tokens` exceed context limit: 9 + 9 > 10", TooLarge, "turns"),
        ("`temperature` is deprecated for this model.", InvalidRequest, None),
    ],
)
def test_a_validation_error_says_which_part_is_at_fault(
    message: str, kind: type[CallerError], field: str | None
) -> None:
    ours = translate(told("ValidationException", message=message), "InvokeModel")
    assert isinstance(ours, CallerError)
    assert (type(ours), ours.field) == (kind, field)
    assert message.rstrip(".") in ours.detail


def test_no_access_to_a_model_says_where_to_get_it() -> None:
    model = translate(told("AccessDeniedException", 403), "InvokeModel")
    other = translate(told("AccessDeniedException", 403), "Retrieve")
    assert "Bedrock console" in model.detail
    assert "Bedrock console" not in other.detail


def test_a_missing_model_is_a_callers_error_and_any_other_missing_resource_an_operators() -> None:
    model = translate(told("ResourceNotFoundException", 404), "Converse")
    assert isinstance(model, NotFound)
    assert model.field == "model"
    base = translate(told("ResourceNotFoundException", 404), "Retrieve")
    assert isinstance(base, OperatorError)
    assert "setting" in base.detail
