"""Bodies: in a file or in memory, out of aws-chunked, out of a browser's form."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local.wire import JSON, Application, Call, Service, ServiceError
from app.local.wire.aws_chunked import decode_aws_chunked
from app.local.wire.body import BodyTooLarge, in_file, in_memory
from app.local.wire.form import MOST_FIELD_BYTES, Form
from tests import http_calls
from tests.wire_server import Server, serving

SIGNED = {"authorization": "AWS4-HMAC-SHA256 Credential=A/2/us-east-1/s3/aws4_request"}
CHUNKED = SIGNED | {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}


async def cut(data: bytes, at: Iterable[int]) -> AsyncIterator[bytes]:
    """The data in pieces, cut at these places."""
    for start, end in pairwise(sorted({0, *at, len(data)})):
        if piece := data[start:end]:
            yield piece


def joined(pieces: AsyncIterator[bytes]) -> bytes:
    return asyncio.run(in_memory(pieces))


CUTS = st.sets(st.integers(min_value=0, max_value=400))


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=5), st.booleans(), CUTS)
def test_aws_chunked_wherever_it_is_cut(
    chunks: list[bytes], signed: bool, places: set[int]
) -> None:
    signature = ";chunk-signature=" + "a" * 64 if signed else ""
    body = b"".join(b"%x%b\r\n%b\r\n" % (len(one), signature.encode(), one) for one in chunks)
    body += f"0{signature}\r\nx-amz-checksum-crc32:NhCmhg==\r\nX-Other: b\r\n\r\n".encode()
    headers = {"content-encoding": "aws-chunked", "content-length": str(len(body))}
    assert joined(decode_aws_chunked(cut(body, places), headers)) == b"".join(chunks)
    assert headers == {
        "content-length": str(sum(map(len, chunks))),
        "x-amz-checksum-crc32": "NhCmhg==",
        "x-other": "b",
    }


def test_aws_chunked_without_trailers() -> None:
    headers: dict[str, str] = {}
    assert joined(decode_aws_chunked(cut(b"5\r\nhello\r\n0\r\n\r\n", [3]), headers)) == b"hello"
    assert headers == {"content-length": "5"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"5\r\nhel",
        b"5\r\nhello\r\n",
        b"many\r\nhello\r\n0\r\n\r\n",
        b"-5\r\nhello\r\n0\r\n\r\n",
        b"5;" + b"x" * 100_000,
    ],
)
def test_aws_chunked_that_is_broken(body: bytes) -> None:
    with pytest.raises(ServiceError, match="IncompleteBody"):
        joined(decode_aws_chunked(cut(body, []), {}))


BOUNDARY = "----WebKitFormBoundary7MA4"
FORM_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, value: bytes, filename: str | None = None) -> bytes:
    disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    head = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n"
    head += "Content-Type: text/plain\r\n" if filename else ""
    return head.encode() + b"\r\n" + value + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


@given(st.binary(max_size=300), CUTS)
def test_a_form_wherever_it_is_cut(content: bytes, places: set[int]) -> None:
    body = part("key", b"dir/${filename}") + part("Content-Type", b"text/plain")
    body += part("file", content, "grüße.txt") + part("submit", b"late") + END
    form = Form(FORM_TYPE)
    assert joined(form.file_part(cut(body, places))) == content
    assert form.fields == {"key": "dir/${filename}", "Content-Type": "text/plain"}
    assert form.filename == "grüße.txt"


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        (FORM_TYPE, part("key", b"k") + END, "InvalidArgument"),
        (FORM_TYPE, b"nonsense", "MalformedPOSTRequest"),
        (FORM_TYPE, part("file", b"it breaks", "off"), "MalformedPOSTRequest"),
        ("multipart/form-data", END, "MalformedPOSTRequest"),
        (
            FORM_TYPE,
            part("policy", b"x" * (MOST_FIELD_BYTES + 1)) + END,
            "MaxPostPreDataLengthExceeded",
        ),
    ],
)
def test_a_malformed_form_is_refused(content_type: str, body: bytes, code: str) -> None:
    with pytest.raises(ServiceError) as caught:
        joined(Form(content_type).file_part(cut(body, [])))
    assert caught.value.code == code


def test_what_is_over_the_limit_is_read_to_its_end() -> None:
    pieces = cut(b"x" * 100, range(100))
    with pytest.raises(BodyTooLarge, match="The body has 100 bytes; the limit is 99"):
        asyncio.run(in_memory(pieces, limit=99))
    assert joined(pieces) == b""


def test_a_file_over_the_limit_is_removed(tmp_path: Path) -> None:
    async def run(function: Any, *arguments: Any) -> Any:
        return function(*arguments)

    async def fill(limit: int) -> Any:
        return await in_file(cut(b"x" * 100, range(100)), tmp_path, run, limit)

    with pytest.raises(BodyTooLarge):
        asyncio.run(fill(99))
    assert list(tmp_path.iterdir()) == []
    assert asyncio.run(fill(100)).path.read_bytes() == b"x" * 100


# the same over HTTP


class Bucket:
    """Keeps what it is sent: moves the file, or leaves it."""

    def __init__(self, folder: Path) -> None:
        self.spool = folder / "spool"
        self.kept = folder / "kept"
        self.calls: list[Call] = []

    def service(self) -> Service:
        return {"PutObject": self.put, "PostObject": self.post, "DeleteObjects": self.note}

    def note(self, call: Call) -> JSON:
        self.calls.append(call)
        return {}

    def put(self, call: Call) -> JSON:
        assert call.body
        assert call.body.path.stat().st_size == call.body.size
        if call.params["Key"] == "keep":
            call.body.path.rename(self.kept)
        return self.note(call)

    def post(self, call: Call) -> JSON:
        self.put(Call(**vars(call) | {"params": {"Key": call.params["fields"]["key"]}}))
        self.calls = [call]
        created = {"Bucket": call.params["Bucket"], "Key": call.params["fields"]["key"]}
        return {"StatusCode": 201, "Location": "http://x/k", "PostResponse": created}


@pytest.fixture
def bucket(tmp_path: Path) -> Bucket:
    return Bucket(tmp_path)


@pytest.fixture
def server(bucket: Bucket) -> Any:
    with serving({"s3": bucket.service()}, bucket.spool) as server:
        yield server


def send(server: Server, method: str, target: str, **request: Any) -> httpx2.Response:
    return http_calls.request(method, server.url + target, trust_env=False, **request)


def test_a_file_that_the_handler_takes_stays(server: Server, bucket: Bucket) -> None:
    server.client("s3").put_object(Bucket="bucket", Key="keep", Body=b"mine now")
    assert bucket.kept.read_bytes() == b"mine now"
    assert list(bucket.spool.iterdir()) == []


def test_a_file_that_the_handler_leaves_is_removed(server: Server, bucket: Bucket) -> None:
    server.client("s3").put_object(Bucket="bucket", Key="leave", Body=b"x" * 3_000_000)
    assert bucket.calls[0].body
    assert bucket.calls[0].body.size == 3_000_000
    assert "Body" not in bucket.calls[0].params
    assert list(bucket.spool.iterdir()) == []


def test_an_empty_body_is_a_file_too(server: Server, bucket: Bucket) -> None:
    server.client("s3").put_object(Bucket="bucket", Key="keep")
    assert bucket.kept.read_bytes() == b""


def test_what_a_crash_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "body-left").write_bytes(b"x")
    (tmp_path / "other").write_bytes(b"x")
    Application({}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_a_client_that_goes_away_leaves_no_file(server: Server, bucket: Bucket) -> None:
    address = urlsplit(server.url)
    head = "PUT /bucket/keep HTTP/1.1\r\nHost: localhost\r\n"
    head += f"Authorization: {SIGNED['authorization']}\r\n"
    with socket.create_connection((address.hostname, address.port), 10) as connection:
        connection.sendall(head.encode() + b"Content-Length: 100\r\n\r\nonly this")
    send(server, "GET", "/_outcrop/health")
    server.stop()
    for _ in range(1000):
        if not list(bucket.spool.iterdir()):
            break
        asyncio.run(asyncio.sleep(0.005))
    assert list(bucket.spool.iterdir()) == []
    assert bucket.calls == []


def test_aws_chunked_over_http(server: Server, bucket: Bucket) -> None:
    headers = CHUNKED | {
        "content-encoding": "gzip,aws-chunked",
        "x-amz-decoded-content-length": "11",
        "x-amz-trailer": "x-amz-checksum-crc32",
    }
    body = b"6\r\nhello \r\n5\r\nworld\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n"
    answer = send(server, "PUT", "/bucket/keep", content=body, headers=headers)
    assert answer.status_code == 200
    assert bucket.kept.read_bytes() == b"hello world"
    params = bucket.calls[0].params
    assert params["ContentEncoding"] == "gzip"
    assert params["ContentLength"] == 11
    assert params["ChecksumCRC32"] == "DUoRhQ=="
    assert bucket.calls[0].headers["x-amz-checksum-crc32"] == "DUoRhQ=="


def test_aws_chunked_of_another_length_than_promised(server: Server, bucket: Bucket) -> None:
    headers = CHUNKED | {"x-amz-decoded-content-length": "12"}
    body = b"6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n"
    answer = send(server, "PUT", "/bucket/keep", content=body, headers=headers)
    assert answer.status_code == 400
    assert "<Code>IncompleteBody</Code>" in answer.text
    assert list(bucket.spool.iterdir()) == []
    assert bucket.calls == []


def test_a_browsers_form(server: Server, bucket: Bucket) -> None:
    answer = send(
        server,
        "POST",
        "/bucket",
        data={"key": "keep", "policy": "cG9saWN5"},
        files={"file": ("notes.txt", b"hello", "text/plain")},
    )
    assert answer.status_code == 201
    assert answer.headers["location"] == "http://x/k"
    assert "<PostResponse" in answer.text
    assert "<Key>keep</Key>" in answer.text
    assert bucket.kept.read_bytes() == b"hello"
    assert bucket.calls[0].params == {
        "Bucket": "bucket",
        "fields": {"key": "keep", "policy": "cG9saWN5"},
        "filename": "notes.txt",
    }


def test_a_form_over_http_that_is_broken(server: Server, bucket: Bucket) -> None:
    body = part("key", b"keep") + END
    answer = send(server, "POST", "/bucket", content=body, headers={"content-type": FORM_TYPE})
    assert answer.status_code == 400
    assert "POST requires exactly one file upload per request." in answer.text
    assert list(bucket.spool.iterdir()) == []


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_form_that_boto3_has_presigned(server: Server, bucket: Bucket, version: str) -> None:
    client = server.client("s3", signature_version=version)
    form = client.generate_presigned_post("bucket", "keep")
    answer = http_calls.post(
        form["url"], data=form["fields"], files={"file": b"signed"}, trust_env=False
    )
    assert answer.status_code == 201
    assert bucket.kept.read_bytes() == b"signed"
    assert bucket.calls[0].params["fields"] == form["fields"]


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_url_that_boto3_has_presigned(server: Server, bucket: Bucket, version: str) -> None:
    client = server.client("s3", signature_version=version)
    url = client.generate_presigned_url("put_object", {"Bucket": "bucket", "Key": "keep"})
    assert http_calls.put(url, content=b"signed", trust_env=False).status_code == 200
    assert bucket.kept.read_bytes() == b"signed"


def test_an_xml_body_is_read(server: Server, bucket: Bucket) -> None:
    """Entities, namespaces, and elements that nobody knows."""
    body = (
        '<?xml version="1.0"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        "<Object><Key>a&amp;b&#13;</Key><Nonsense>1</Nonsense></Object>"
        "<Object><Key> ü </Key></Object><Quiet>true</Quiet></Delete>"
    ).encode()
    answer = send(server, "POST", "/bucket?delete", content=body, headers=SIGNED)
    assert answer.status_code == 200
    assert bucket.calls[0].params == {
        "Bucket": "bucket",
        "Delete": {"Objects": [{"Key": "a&b\r"}, {"Key": " ü "}], "Quiet": True},
    }
