"""What browsers send for their pages is refused; what programs send is not."""

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.model import OperationModel
from botocore.serialize import create_serializer

from app.local.wire import JSON, SERVICES, Call, ServiceError
from app.local.wire.admission import check_content_type
from app.local.wire.models import model, operations
from app.local.wire.request import RequestHead
from tests import http_calls
from tests.conftest import Serve
from tests.wire_server import Server

SIGNED = "AWS4-HMAC-SHA256 Credential=AK/20261121/us-east-1/{}/aws4_request"
FUNCTION = {
    "FunctionName": "f",
    "Role": "arn:aws:iam::000000000000:role/r",
    "Code": {"ZipFile": ""},
}
CREATE = "/2015-03-31/functions"
JSON_TYPE = {"content-type": "application/json"}


@pytest.fixture
def calls() -> list[Call]:
    """What came through."""
    return []


@pytest.fixture
def server(serve: Serve, calls: list[Call]) -> Server:
    def handler(call: Call) -> JSON:
        calls.append(call)
        return {"body": b"", "contentType": "text/plain"} if call.service[0] == "b" else {}

    names = {
        "s3": ("GetObject", "PutObject", "DeleteObjects"),
        "lambda": ("CreateFunction", "DeleteFunction", "Invoke", "ListFunctions"),
        "sqs": ("SendMessage",),
        "bedrock-runtime": ("InvokeModel",),
    }
    return serve({service: dict.fromkeys(those, handler) for service, those in names.items()})


def send(server: Server, method: str, target: str, body: Any = b"", **headers: str) -> int:
    """The status; header names have `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = http_calls.request(
        method, server.url + target, content=body, headers=named, trust_env=False
    )
    return answer.status_code


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:80", "localhost", "LOCALHOST:4566", "[::1]:1", "b.localhost:4566"],
)
def test_requests_to_a_name_of_this_machine_are_answered(
    server: Server, calls: list[Call], host: str
) -> None:
    assert send(server, "GET", CREATE, authorization=SIGNED.format("lambda"), host=host) == 200
    assert send(server, "GET", "/_outcrop/health", host=host) == 200
    assert len(calls) == 1


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example"),
        *("127.0.0.1@evil.example", "evillocalhost", "127.0.0.1, evil.example", "10.0.0.1"),
        *("[::2]", "127.0.0.1:", "localhost:x", "0.0.0.0", "x"),
    ],
)  # fmt: skip
def test_a_page_whose_own_name_leads_to_this_machine_is_refused(
    server: Server, calls: list[Call], host: str
) -> None:
    for service in ("lambda", "s3", "bedrock"):
        signed = SIGNED.format(service)
        assert send(server, "GET", "/bucket/key", authorization=signed, host=host) == 403
    assert send(server, "GET", "/_outcrop/health", host=host) == 403
    assert not calls


def test_a_request_without_a_host_header_is_refused(server: Server) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), 10) as connection:
        connection.sendall(b"GET /_outcrop/health HTTP/1.0\r\n\r\n")
        assert connection.recv(1000).split()[1] in (b"400", b"403")


PAGES = [
    {"origin": "http://127.0.0.1:8080", "sec_fetch_site": "same-site"},
    {"origin": "https://evil.example", "sec_fetch_site": "cross-site"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "null", "sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-site"},
    {"sec_fetch_site": "cross-site"},
    {"sec_fetch_site": "same-origin"},
]


@pytest.mark.parametrize("page", PAGES, ids=str)
@pytest.mark.parametrize("signed", ["header", "query"])
def test_no_page_calls_a_service(
    server: Server, calls: list[Call], page: dict[str, str], signed: str
) -> None:
    def of(service: str, **more: str) -> tuple[str, dict[str, str]]:
        scope = f"a/b/c/{service}/aws4_request"
        if signed == "query":
            query = f"X-Amz-Credential={scope}&X-Amz-Signature=0f"
            return f"{query}&X-Amz-Target=AmazonSQS.SendMessage", {**page, **more}
        return "", {**page, **more, "authorization": SIGNED.format(service)}

    query, head = of("lambda", content_type="application/json")
    body = json.dumps(FUNCTION).encode()
    assert send(server, "POST", f"{CREATE}?{query}", body, **head) >= 400
    assert send(server, "POST", f"{CREATE}/f/invocations?{query}", b"{}", **head) >= 400
    assert send(server, "DELETE", f"{CREATE}/f?{query}", **head) >= 400
    assert send(server, "GET", f"{CREATE}?{query}", **head) >= 400
    query, head = of("sqs", content_type="application/json", x_amz_target="AmazonSQS.SendMessage")
    queued = b'{"QueueUrl": "q", "MessageBody": "m"}'
    assert send(server, "POST", f"/?{query}", queued, **head) == 403
    assert send(server, "POST", f"/bucket?{query}", queued, **head) == 403
    query, head = of("bedrock")
    assert send(server, "POST", f"/model/m/invoke?{query}", b"{}", **head) == 403
    assert send(server, "GET", "/_outcrop/health", **page) == 403
    assert send(server, "POST", "/_outcrop/faults", b"[]", **JSON_TYPE, **page) == 403
    assert not calls


@pytest.mark.parametrize(
    "sent_unasked",
    ["text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "TEXT/PLAIN",
     "multipart/form-data; boundary=x"],
)  # fmt: skip
def test_what_a_browser_sends_without_a_preflight_is_no_call(
    server: Server, calls: list[Call], sent_unasked: str
) -> None:
    head = {"content_type": sent_unasked, "authorization": SIGNED.format("lambda")}
    body = json.dumps(FUNCTION).encode()
    assert send(server, "POST", CREATE, body, **head) == 415
    assert send(server, "POST", f"{CREATE}/f/invocations", b"{}", **head) == 415
    head["authorization"] = SIGNED.format("bedrock")
    assert send(server, "POST", "/model/m/invoke", b"{}", **head) == 415
    assert send(server, "POST", "/model/m/invoke", b"", **head) == 415
    head["x_amz_target"] = "AmazonSQS.SendMessage"
    assert send(server, "POST", "/", b'{"QueueUrl": "q", "MessageBody": "m"}', **head) == 415
    assert send(server, "POST", "/_outcrop/faults", b"[]", content_type=sent_unasked) == 415
    assert not calls


def test_a_body_without_a_content_type_is_taken_only_as_a_blob(
    server: Server, calls: list[Call]
) -> None:
    signed = SIGNED.format("lambda")
    body = json.dumps(FUNCTION).encode()
    assert send(server, "POST", CREATE, body, authorization=signed) == 415
    assert send(server, "POST", CREATE, iter([body]), authorization=signed) == 415
    assert not calls
    # botocore sends these two without a type
    assert send(server, "POST", f"{CREATE}/f/invocations", b"{}", authorization=signed) == 200
    signed = SIGNED.format("bedrock")
    assert send(server, "POST", "/model/m/invoke", b"{}", authorization=signed) == 200


def test_requests_of_a_person_or_a_program_are_answered(server: Server, calls: list[Call]) -> None:
    assert send(server, "GET", "/_outcrop/health", sec_fetch_site="none") == 200
    # Node's own fetch names its mode, and no site.
    node = {"sec_fetch_mode": "cors", "authorization": SIGNED.format("bedrock")}
    assert (
        send(server, "POST", "/model/m/invoke", b"{}", content_type="application/json", **node)
        == 200
    )
    assert len(calls) == 1


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "s3"])
def test_no_body_that_botocore_sends_is_refused_for_its_content_type(service: str) -> None:
    """Of every operation: whatever body botocore's serializer gives it is accepted."""
    serializer = create_serializer(model(service).metadata["protocol"], include_validation=False)
    for operation in operations(service):
        written = serializer.serialize_to_request(_filled(operation), operation)
        body = written["body"]
        named = {name.lower(): _text(value) for name, value in written["headers"].items()}
        named |= {"content-length": str(len(body))} if body else {}
        head = RequestHead(written["method"], written["url_path"], {}, named, "id")
        check_content_type(head, operation)


def _filled(operation: OperationModel) -> JSON:
    """Parameters enough to be written: a text for each label, a body for each payload."""
    shape = operation.input_shape
    if shape is None:
        return {}
    params: JSON = {}
    for name, member in shape.members.items():
        place = member.serialization.get("location")
        if place == "uri":
            params[name] = "label"
        elif place is None and member.type_name in ("string", "blob"):
            params[name] = "text"
    return params


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def test_the_refusal_of_a_content_type_names_the_one_to_send() -> None:
    head = RequestHead(
        "POST", CREATE, {}, {"content-type": "text/plain", "content-length": "2"}, "id"
    )
    (create,) = (one for one in operations("lambda") if one.name == "CreateFunction")
    with pytest.raises(ServiceError, match="Content-Type: application/json"):
        check_content_type(head, create)
