"""The ingest function, given batches as Lambda gives them, on a real queue."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.local.wire import JSON
from app.resources import INGEST_SECONDS, VISIBILITY_SECONDS
from lambdas.ingest import handler as module
from tests.documents.conftest import BUCKET, Sides, serving, sides

__all__ = ["serving", "sides"]

QUEUE = "events"


@pytest.fixture(scope="module", autouse=True)
def settings(serving: Sides) -> Iterator[None]:
    """Of the function, which keeps its clients."""
    assert serving.bucket.name == BUCKET
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("OUTCROP_KNOWLEDGE_BASE_ID", "KB12345678")
        environment.setenv("OUTCROP_DATA_SOURCE_ID", "DS12345678")
        environment.setenv("OUTCROP_DOCUMENTS_BUCKET", BUCKET)
        module._sides.cache_clear()
        module._queues.cache_clear()
        yield


@pytest.fixture(autouse=True)
def _no_queue() -> None:
    """None is left of the test before."""
    sqs = module._queues()
    for url in sqs.list_queues().get("QueueUrls", []):
        sqs.delete_queue(QueueUrl=url)


def receive(*bodies: Any) -> JSON:
    """An event with these messages, in flight."""
    sqs = module._queues()
    url = sqs.create_queue(QueueName=QUEUE, Attributes={"VisibilityTimeout": "360"})["QueueUrl"]
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body if isinstance(body, str) else notice(body))
    messages: list[Any] = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
    )["Messages"]
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{QUEUE}",
            }
            for message in messages
        ]
    }


def notice(keys: list[str]) -> str:
    return json.dumps({"Records": [{"s3": {"object": {"key": key}}} for key in keys]})


def failed(event: JSON) -> list[str]:
    """The bodies of the messages that come again."""
    identifiers = {
        item["itemIdentifier"] for item in module.handler(event, None)["batchItemFailures"]
    }
    return [message["body"] for message in event["Records"] if message["messageId"] in identifiers]


def test_only_the_messages_that_failed_come_again(sides: Sides) -> None:
    sides.put("a b.md", "bad.md", "c.md")
    sides.base.refuses = ["bad.md"]
    event = receive(["a+b.md"], ["bad.md"], ["c.md", "bad.md.metadata.json"])
    assert failed(event) == [notice(["bad.md"]), notice(["c.md", "bad.md.metadata.json"])]
    assert sides.known == ["a b.md", "c.md"]


def test_a_message_that_is_none_of_s3s_is_let_go_and_harms_nobody(
    sides: Sides, caplog: pytest.LogCaptureFixture
) -> None:
    sides.put("a.md")
    other = ["not JSON", "[]", "null", '{"Records": 7}', '{"Records": [{"s3": null}]}']
    assert failed(receive(*other, ["a.md"], '{"Event": "s3:TestEvent"}')) == []
    assert sides.known == ["a.md"]
    assert caplog.text.count("no notification of S3's") == len(other)


def test_what_is_given_back_comes_again_soon(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long before the queue's own visibility timeout of six minutes has passed."""
    monkeypatch.setattr(module, "FIRST_PAUSE", 1)
    sides.put("a.md", "b.md")
    sides.base.refuses = ["a.md", "b.md"]
    sides.base.message = "There is an ongoing ingestion job on the data source."
    event = receive(["a.md"], ["b.md"])
    assert len(failed(event)) == 2
    sqs = module._queues()
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    again = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=2, WaitTimeSeconds=10)
    assert {m["MessageId"] for m in again["Messages"]} <= {m["messageId"] for m in event["Records"]}
    assert again["Messages"]


def test_what_a_function_that_was_killed_had_comes_again_soon_after_its_timeout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Long before the queue's own visibility timeout, too: nothing gives these messages back."""
    monkeypatch.setattr(module, "HIDDEN_SECONDS", 1)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "sync", killed)
    event = receive(["a.md"])
    with pytest.raises(KeyboardInterrupt):
        module.handler(event, None)
    sqs = module._queues()
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    again = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)
    assert [m["MessageId"] for m in again["Messages"]] == [m["messageId"] for m in event["Records"]]


def test_messages_are_hidden_while_their_function_may_run() -> None:
    assert INGEST_SECONDS < module.HIDDEN_SECONDS < VISIBILITY_SECONDS
