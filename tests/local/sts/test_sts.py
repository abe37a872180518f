"""STS through boto3: who one is, and sessions."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from app.local import sts
from app.local.wire import JSON
from tests import http_calls
from tests.conftest import Serve
from tests.wire_server import Server

if TYPE_CHECKING:
    from mypy_boto3_sts import STSClient
    from mypy_boto3_sts.type_defs import CredentialsTypeDef

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ROLE = "arn:aws:iam::111122223333:role/team/Deployer"


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(serve: Serve, clock: Clock) -> Server:
    return serve({"sts": sts.handlers(now=clock)})


@pytest.fixture
def client(server: Server) -> "STSClient":
    made: STSClient = server.client("sts")
    return made


@pytest.fixture
def within(server: Server) -> Iterator[Any]:
    """A client that signs with a session's credentials."""
    made = []

    def client(credentials: "CredentialsTypeDef") -> "STSClient":
        one = boto3.client(
            "sts",
            region_name="us-east-1",
            endpoint_url=server.url,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )
        made.append(one)
        return one

    yield client
    for one in made:
        one.close()


def jwt(**claims: Any) -> str:
    parts: tuple[JSON, ...] = ({"alg": "RS256"}, claims, {})
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts
    )


def error(refused: pytest.ExceptionInfo[ClientError]) -> tuple[str, str, int]:
    response = refused.value.response
    status = response["ResponseMetadata"]["HTTPStatusCode"]
    return response["Error"]["Code"], response["Error"]["Message"], status


def test_the_caller_is_the_user_of_the_one_account(client: "STSClient") -> None:
    answer = client.get_caller_identity()
    assert answer["Account"] == "000000000000"
    assert answer["Arn"] == "arn:aws:iam::000000000000:user/stand-in"
    assert answer["UserId"].startswith("AIDA")
    assert answer["ResponseMetadata"]["RequestId"]


def test_whoever_assumes_a_role_is_in_that_role(client: "STSClient", within: Any) -> None:
    answer = client.assume_role(
        RoleArn=ROLE,
        RoleSessionName="ada@example.com",
        DurationSeconds=900,
        Policy='{"Version": "2012-10-17", "Statement": []}',
        PolicyArns=[{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}],
        Tags=[{"Key": "team", "Value": "a + b"}],
        SourceIdentity="ada",
    )
    assert answer["Credentials"]["Expiration"] == NOW + timedelta(seconds=900)
    assert answer["SourceIdentity"] == "ada"
    assert 0 < answer["PackedPolicySize"] < 100
    identity = within(answer["Credentials"]).get_caller_identity()
    assert identity["Account"] == "111122223333"
    assert identity["Arn"] == "arn:aws:sts::111122223333:assumed-role/Deployer/ada@example.com"
    assert identity["Arn"] == answer["AssumedRoleUser"]["Arn"]
    assert identity["UserId"] == answer["AssumedRoleUser"]["AssumedRoleId"]


def test_a_session_outlives_the_stand_in_and_ends_at_its_time(
    serve: Serve, within: Any, clock: Clock
) -> None:
    earlier: STSClient = serve({"sts": sts.handlers(now=clock)}).client("sts")
    credentials = earlier.assume_role(RoleArn=ROLE, RoleSessionName="ada")["Credentials"]
    session = within(credentials)
    clock.now += timedelta(minutes=59)
    assert session.get_caller_identity()["Account"] == "111122223333"
    clock.now += timedelta(minutes=1)
    with pytest.raises(ClientError) as refused:
        session.get_caller_identity()
    assert error(refused) == (
        "ExpiredToken",
        "The security token included in the request is expired",
        403,
    )


def test_get_session_token_keeps_the_user(client: "STSClient", within: Any) -> None:
    credentials = client.get_session_token()["Credentials"]
    assert credentials["Expiration"] == NOW + timedelta(hours=12)
    session = within(credentials)
    assert session.get_caller_identity()["Arn"] == client.get_caller_identity()["Arn"]
    with pytest.raises(ClientError) as refused:
        session.get_session_token()
    assert error(refused)[::2] == ("AccessDenied", 403)


def test_a_chain_of_roles_has_an_hour_and_one_source(client: "STSClient", within: Any) -> None:
    first = client.assume_role(RoleArn=ROLE, RoleSessionName="ada", SourceIdentity="ada")
    session = within(first["Credentials"])
    second = session.assume_role(RoleArn=ROLE, RoleSessionName="bob")
    assert second["SourceIdentity"] == "ada"
    for wrong in ({"DurationSeconds": 3601}, {"SourceIdentity": "bob"}):
        with pytest.raises(ClientError) as refused:
            session.assume_role(RoleArn=ROLE, RoleSessionName="bob", **wrong)
        assert error(refused)[::2] == ("ValidationError", 400)


@pytest.mark.parametrize(
    ("parameters", "code", "said"),
    [
        ({"RoleArn": "arn:aws:iam::000000000000:user/ada"}, "ValidationError", "RoleArn"),
        ({"RoleArn": "arn:aws:s3:::a-bucket-of-mine"}, "ValidationError", "RoleArn"),
        ({"RoleSessionName": "a b"}, "ValidationError", "'roleSessionName'"),
        ({"DurationSeconds": 50_000}, "ValidationError", "less than or equal to 43200"),
        ({"Policy": "{"}, "MalformedPolicyDocument", "Policy"),
    ],
)
def test_assume_role_refuses_parameters_that_break_a_rule(
    client: "STSClient", parameters: Any, code: str, said: str
) -> None:
    with pytest.raises(ClientError) as refused:
        client.assume_role(**({"RoleArn": ROLE, "RoleSessionName": "ada"} | parameters))
    assert error(refused)[0] == code
    assert said.lower() in error(refused)[1].lower()


def test_a_web_identity_needs_no_signature(client: "STSClient", within: Any) -> None:
    token = jwt(
        iss="https://issuer.example", sub="ada-1815", aud=["outcrop"], exp=NOW.timestamp() + 1
    )
    answer = client.assume_role_with_web_identity(
        RoleArn=ROLE, RoleSessionName="ada", WebIdentityToken=token
    )
    assert answer["SubjectFromWebIdentityToken"] == "ada-1815"
    assert (answer["Audience"], answer["Provider"]) == ("outcrop", "https://issuer.example")
    assert within(answer["Credentials"]).get_caller_identity()["Arn"].endswith("Deployer/ada")


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("not-a-token", "InvalidIdentityToken"),
        (jwt(iss="i", aud="a"), "InvalidIdentityToken"),
        (jwt(iss="i", aud="a", sub="short"), "InvalidIdentityToken"),
        (jwt(iss="i", aud=7, sub="subject"), "InvalidIdentityToken"),
        ("e30.W10.e30", "InvalidIdentityToken"),
        (jwt(iss="i", sub="subject", aud="a", exp=NOW.timestamp()), "ExpiredTokenException"),
    ],
)
def test_a_web_identity_token_that_is_not_valid_is_refused(
    client: "STSClient", token: str, code: str
) -> None:
    with pytest.raises(ClientError) as refused:
        client.assume_role_with_web_identity(
            RoleArn=ROLE, RoleSessionName="ada", WebIdentityToken=token
        )
    assert error(refused)[0] == code


def test_a_presigned_url_says_who_signed_it(server: Server) -> None:
    url = f"{server.url}/?Action=GetCallerIdentity&Version=2011-06-15"
    signed = AWSRequest("GET", url)
    SigV4QueryAuth(Credentials("test", "test"), "sts", "us-east-1").add_auth(signed)
    assert "user/stand-in" in http_calls.get(str(signed.url), trust_env=False).text


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}]
)
def test_a_page_is_not_answered(server: Server, headers: dict[str, str]) -> None:
    form = {"Action": "GetSessionToken", "Version": "2011-06-15"}
    answer = http_calls.post(server.url, data=form, headers=headers, trust_env=False)
    assert answer.status_code == 403
    assert "<Code>AccessDenied</Code>" in answer.text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"Action=Nonsense&Version=2011-06-15", "Could not find operation Nonsense"),
        (b"Action=AssumeRole&Version=2011-06-15&PolicyArns.member.x.arn=a", "numbered"),
        (b"Action=AssumeRole&Version=2011-06-15&DurationSeconds=soon", "DurationSeconds"),
        (b"Action=%ff&Version=2011-06-15", "not a form"),
        (b"&".join(b"a=%d" % n for n in range(20_000)), "not a form"),
        (b"Action=AssumeRole&Version=2011-06-15&" + b"a" * 2**20, "the limit is 1048576"),
    ],
)
def test_a_broken_form_is_refused_in_a_readable_way(server: Server, body: bytes, said: str) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    headers["authorization"] = (
        "AWS4-HMAC-SHA256 Credential=AK/20261121/us-east-1/sts/aws4_request, SignedHeaders=host"
    )
    answer = http_calls.post(server.url, content=body, headers=headers, trust_env=False)
    assert answer.status_code in (400, 413)
    assert answer.text.startswith("<?xml")
    assert said in answer.text
