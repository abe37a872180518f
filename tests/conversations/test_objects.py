"""What the bucket of conversations is asked, and what its failures mean."""

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from threading import Barrier
from typing import Any

import boto3
import pytest
from botocore.config import Config

from app.conversations.objects import AT_ONCE, MOST_DELETED, Objects
from app.errors import BackendError, Conflict, NotFound, OperatorError
from tests.models.loopback import Loopback, reply

XML = {"Content-Type": "application/xml"}


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


@pytest.fixture
def objects(server: Loopback) -> Objects:
    s3: Any = boto3.Session("AKIA", "secret", region_name="eu-central-1").client(
        "s3",
        endpoint_url=server.url,
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )
    return Objects(s3, "bucket")


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("ListObjectsV2", lambda objects: list(objects.walk("a/"))),
        ("ListObjectsV2", lambda objects: objects.page("a/", 1, None)),
        ("ListObjectsV2", lambda objects: objects.exists("a")),
        ("GetObject", lambda objects: objects.get("a")),
        ("PutObject", lambda objects: objects.put("a", b"")),
        ("DeleteObjects", lambda objects: objects.delete(["a"])),
    ],
)
def test_a_call_that_the_bucket_forbids_is_named(
    server: Loopback, objects: Objects, operation: str, call: Callable[[Objects], Any]
) -> None:
    server.enqueue(reply(b"", status=403))
    with pytest.raises(OperatorError, match=rf"^{operation}: "):
        call(objects)


def listing(*keys: str, truncated: bool = False) -> bytes:
    contents = "".join(
        f"<Contents><Key>{key}</Key><LastModified>2026-01-02T03:04:05Z</LastModified></Contents>"
        for key in keys
    )
    more = "<NextContinuationToken>t</NextContinuationToken>" if truncated else ""
    body = f"<ListBucketResult><IsTruncated>{truncated}</IsTruncated>{contents}{more}"
    return reply(f"{body}</ListBucketResult>".replace("True", "true").encode(), headers=XML)


def test_a_page_has_its_keys_and_says_whether_there_are_more(
    server: Loopback, objects: Objects
) -> None:
    server.enqueue(listing("a/1", "a/2", truncated=True))
    server.enqueue(listing())
    assert objects.page("a/", 2, None) == (["a/1", "a/2"], True)
    assert objects.page("a/", 2, "a/2") == ([], False)
    first, second = (request.line for request in server.requests)
    assert "prefix=a%2F" in first
    assert "max-keys=2" in first
    assert "start-after" not in first
    assert "start-after=a%2F2" in second


def test_a_walk_goes_through_every_page(server: Loopback, objects: Objects) -> None:
    server.enqueue(listing("a/1", truncated=True))
    server.enqueue(listing("a/2"))
    assert [item.key for item in objects.walk("a/")] == ["a/1", "a/2"]
    server.enqueue(listing())
    assert list(objects.walk("a/")) == []


def test_an_object_exists_only_under_its_own_key(server: Loopback, objects: Objects) -> None:
    server.enqueue(listing("a/deleted"))
    server.enqueue(listing("a/deleted-not"))
    assert objects.exists("a/deleted")
    assert not objects.exists("a/deleted")
    assert all("max-keys=1&" in f"{request.line}&" for request in server.requests)


def test_an_object_is_put_once_or_again(server: Loopback, objects: Objects) -> None:
    server.enqueue(reply(b""))
    server.enqueue(reply(b"", status=412))
    objects.put("a", b"{}")
    with pytest.raises(Conflict, match=r"^PutObject: "):
        objects.put("a", b"{}", once=True)
    again, once = (request.headers for request in server.requests)
    assert "if-none-match" not in again
    assert once["if-none-match"] == "*"
    assert again["content-type"] == once["content-type"] == "application/json"


@pytest.mark.parametrize("number", [0, 1, 2, AT_ONCE + 1])
def test_bodies_come_in_the_order_of_their_keys(
    server: Loopback, objects: Objects, number: int
) -> None:
    for _ in range(number):
        server.enqueue(reply(b"same"))
    assert list(objects.get_all([str(each) for each in range(number)])) == [b"same"] * number
    paths = sorted(request.line.split()[1] for request in server.requests)
    assert paths == sorted(f"/bucket/{each}" for each in range(number))


def test_two_objects_are_read_at_the_same_time(server: Loopback, objects: Objects) -> None:
    both = Barrier(2, timeout=20)

    def meet(**_: Any) -> None:
        both.wait()

    objects.s3.meta.events.register("before-call", meet)
    server.enqueue(reply(b""))
    server.enqueue(reply(b""))
    assert list(objects.get_all(["a", "b"])) == [b"", b""]


def test_readers_are_in_the_context_of_whoever_reads(server: Loopback, objects: Objects) -> None:
    """A turn that is cancelled cancels its readers too: they know it by their context."""
    reader = ContextVar("reader", default="nobody")
    readers: list[str] = []
    objects.s3.meta.events.register("before-call", lambda **_: readers.append(reader.get()))
    reader.set("ada")
    server.enqueue(reply(b""))
    server.enqueue(reply(b""))
    objects.get_all(["a", "b"])
    assert readers == ["ada", "ada"]


def test_reading_an_object_that_is_gone_raises_not_found(
    server: Loopback, objects: Objects
) -> None:
    not_found = b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>"
    server.enqueue(reply(not_found, status=404, headers=XML))
    server.enqueue(reply(not_found, status=404, headers=XML))
    with pytest.raises(NotFound, match=r"^GetObject: "):
        objects.get_all(["a", "b"])


def test_objects_are_deleted_a_thousand_in_a_call(server: Loopback, objects: Objects) -> None:
    server.enqueue(reply(b"<DeleteResult/>", headers=XML))
    server.enqueue(reply(b"<DeleteResult/>", headers=XML))
    objects.delete([str(number) for number in range(MOST_DELETED + 1)])
    counts = [request.body.count(b"<Key>") for request in server.requests]
    assert counts == [MOST_DELETED, 1]
    assert all(b"<Quiet>true</Quiet>" in request.body for request in server.requests)
    objects.delete([])
    assert len(server.requests) == 2


def test_an_object_that_the_bucket_does_not_delete_is_an_error(
    server: Loopback, objects: Objects
) -> None:
    error = b"<Error><Key>a</Key><Code>SlowDown</Code><Message>Later</Message></Error>"
    server.enqueue(reply(b"<DeleteResult>" + error + b"</DeleteResult>", headers=XML))
    with pytest.raises(BackendError) as raised:
        objects.delete(["a"])
    assert raised.value.detail == "DeleteObjects: SlowDown: Later. Delete again."
