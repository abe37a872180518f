"""What S3 tells a queue: of every change, however it was made."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from app.local.s3.storage import Buckets, FolderScanner
from app.local.sqs.broker import Queues
from tests.local.home import Home, running
from tests.local.s3.putting import put

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Told = Callable[[], list[Any]]


@pytest.fixture
def queue(stand_in: Home, bucket: str) -> str:
    """The ARN of a queue of the bucket's own."""
    url = stand_in.sqs.create_queue(QueueName=bucket)["QueueUrl"]
    attributes = stand_in.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return attributes["Attributes"]["QueueArn"]


@pytest.fixture
def told(stand_in: Home, bucket: str) -> Told:
    """What the queue holds, taken out of it."""

    def receive() -> list[Any]:
        messages = []
        while batch := stand_in.queues.receive(bucket, 10, wait=0):
            messages += [json.loads(message.body) for message in batch]
            for message in batch:
                stand_in.queues.delete(bucket, message.receipt)
        return messages

    return receive


def notify(s3: "S3Client", bucket: str, queue: str, *events: str, **rules: str) -> None:
    configuration: dict[str, Any] = {"QueueArn": queue, "Events": list(events)}
    if rules:
        pairs = [{"Name": name, "Value": value} for name, value in rules.items()]
        configuration["Filter"] = {"Key": {"FilterRules": pairs}}
    s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [configuration]}  # type: ignore[list-item]
    )  # fmt: skip


def short(messages: list[Any]) -> list[tuple[str, str]]:
    return [
        (record["eventName"], record["s3"]["object"]["key"])
        for message in messages
        for record in message["Records"]
    ]


def test_an_event_is_as_s3_writes_it(s3: "S3Client", bucket: str, queue: str, told: Told) -> None:
    notify(s3, bucket, queue, "s3:ObjectCreated:*", "s3:ObjectRemoved:*")
    [test] = told()
    assert (test["Event"], test["Bucket"]) == ("s3:TestEvent", bucket)
    tag = s3.put_object(Bucket=bucket, Key="a b/ü+.txt", Body=b"data")["ETag"]
    s3.delete_object(Bucket=bucket, Key="a b/ü+.txt")
    created, removed = (message["Records"][0] for message in told())
    assert created["eventVersion"] == "2.1"
    assert (created["eventSource"], created["awsRegion"]) == ("aws:s3", "us-east-1")
    assert created["eventName"] == "ObjectCreated:Put"
    assert created["s3"]["bucket"]["name"] == bucket
    assert created["s3"]["bucket"]["arn"] == f"arn:aws:s3:::{bucket}"
    described = created["s3"]["object"]
    assert (described["key"], described["size"]) == ("a+b/%C3%BC%2B.txt", 4)
    assert described["eTag"] == tag.strip('"')
    assert removed["eventName"] == "ObjectRemoved:Delete"
    assert removed["s3"]["object"].keys() == {"key", "sequencer"}
    assert removed["s3"]["object"]["sequencer"] > described["sequencer"]


def test_every_kind_of_change_has_its_name(
    s3: "S3Client", bucket: str, queue: str, told: Told
) -> None:
    notify(s3, bucket, queue, "s3:ObjectCreated:*", "s3:ObjectRemoved:Delete")
    told()
    s3.put_object(Bucket=bucket, Key="a", Body=b"")
    s3.copy_object(Bucket=bucket, Key="b", CopySource={"Bucket": bucket, "Key": "a"})
    upload: dict[str, Any] = {"Bucket": bucket, "Key": "c"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    part: Any = {"PartNumber": 1, "ETag": s3.upload_part(**upload, PartNumber=1, Body=b"")["ETag"]}
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [part]})
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}, {"Key": "nothing"}]})
    assert short(told()) == [
        ("ObjectCreated:Put", "a"),
        ("ObjectCreated:Copy", "b"),
        ("ObjectCreated:CompleteMultipartUpload", "c"),
        ("ObjectRemoved:Delete", "a"),
    ]


def test_only_what_was_asked_for_is_told(
    s3: "S3Client", bucket: str, queue: str, told: Told
) -> None:
    notify(s3, bucket, queue, "s3:ObjectCreated:Put", prefix="in/", suffix=".pdf")
    told()
    for key in ("in/a.pdf", "in/a.txt", "out/a.pdf"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    s3.delete_object(Bucket=bucket, Key="in/a.pdf")
    s3.copy_object(Bucket=bucket, Key="in/b.pdf", CopySource={"Bucket": bucket, "Key": "in/a.txt"})
    assert short(told()) == [("ObjectCreated:Put", "in/a.pdf")]
    stored: Any = s3.get_bucket_notification_configuration(Bucket=bucket)
    assert stored["QueueConfigurations"][0]["QueueArn"] == queue
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})
    s3.put_object(Bucket=bucket, Key="in/c.pdf", Body=b"")
    assert told() == []


def test_a_notification_that_s3_or_the_stand_in_lacks_is_refused(
    s3: "S3Client", bucket: str, queue: str
) -> None:
    nowhere = queue.replace(bucket, "nowhere")
    with pytest.raises(ClientError, match="destination"):
        notify(s3, bucket, nowhere, "s3:ObjectCreated:*")
    with pytest.raises(ClientError, match="FilterRules"):
        notify(s3, bucket, queue, "s3:ObjectCreated:*", infix="x")
    with pytest.raises(ClientError, match="LambdaFunctionConfigurations"):
        s3.put_bucket_notification_configuration(
            Bucket=bucket,
            NotificationConfiguration={
                "LambdaFunctionConfigurations": [
                    {
                        "LambdaFunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f",
                        "Events": ["s3:ObjectCreated:*"],
                    }
                ]
            },
        )
    assert "QueueConfigurations" not in s3.get_bucket_notification_configuration(Bucket=bucket)


def test_what_a_person_does_is_told_as_well(
    s3: "S3Client", stand_in: Home, bucket: str, folder: Path, queue: str, told: Told
) -> None:
    notify(s3, bucket, queue, "s3:ObjectCreated:*", "s3:ObjectRemoved:*")
    told()
    scanner = FolderScanner(stand_in.buckets, quiet=0)
    file = folder / "a.txt"
    file.write_bytes(b"one")
    scanner.scan()
    assert short(told()) == [("ObjectCreated:Put", "a.txt")]
    file.touch()
    scanner.scan()
    assert told() == []
    file.write_bytes(b"another")
    scanner.scan()
    file.rename(folder / "b.txt")
    scanner.scan()
    assert short(told()) == [
        ("ObjectCreated:Put", "a.txt"),
        ("ObjectCreated:Put", "b.txt"),
        ("ObjectRemoved:Delete", "a.txt"),
    ]
    scanner.scan()
    assert told() == []


def test_a_file_that_is_still_being_written_waits(
    s3: "S3Client", stand_in: Home, bucket: str, folder: Path, queue: str, told: Told
) -> None:
    notify(s3, bucket, queue, "s3:ObjectCreated:*")
    told()
    scanner = FolderScanner(stand_in.buckets, quiet=60)
    (folder / "a.txt").write_bytes(b"half of")
    scanner.scan()
    assert told() == []
    os.utime(folder / "a.txt", (time.time() - 61, time.time() - 61))
    scanner.scan()
    assert short(told()) == [("ObjectCreated:Put", "a.txt")]


def test_a_file_whose_time_is_in_the_future_does_not_wait_for_it(
    s3: "S3Client", stand_in: Home, bucket: str, folder: Path, queue: str, told: Told
) -> None:
    """It was copied with the time of another machine, or the clock was set back."""
    notify(s3, bucket, queue, "s3:ObjectCreated:*")
    told()
    (folder / "a.txt").write_bytes(b"whole")
    os.utime(folder / "a.txt", (time.time() + 86_400, time.time() + 86_400))
    FolderScanner(stand_in.buckets, quiet=60).scan()
    assert short(told()) == [("ObjectCreated:Put", "a.txt")]


def test_a_listing_from_a_key_on_leaves_a_file_that_is_still_being_written(
    s3: "S3Client", bucket: str, folder: Path
) -> None:
    """A whole listing shows what is there; one of the ingest function's comes again and again."""
    (folder / "a.txt").write_bytes(b"half of")
    after = s3.list_objects_v2(Bucket=bucket, StartAfter="a")
    assert after["KeyCount"] == 0
    listed = s3.list_objects_v2(Bucket=bucket, StartAfter="")
    assert [item["Key"] for item in listed["Contents"]] == ["a.txt"]
    (folder / "b.txt").write_bytes(b"whole")
    os.utime(folder / "b.txt", (time.time() - 2, time.time() - 2))
    after = s3.list_objects_v2(Bucket=bucket, StartAfter="a.txt")
    assert [item["Key"] for item in after["Contents"]] == ["b.txt"]


def test_events_of_files_come_in_the_order_of_their_keys(
    s3: "S3Client", stand_in: Home, bucket: str, folder: Path, queue: str, told: Told
) -> None:
    notify(s3, bucket, queue, "s3:ObjectCreated:*")
    told()
    names = [f"{number:02}.txt" for number in range(30)]
    for name in sorted(names, key=hash):
        (folder / name).write_bytes(b"one")
    FolderScanner(stand_in.buckets, quiet=0).scan()
    received = [key for _, key in short(told())]
    assert received == names


def test_the_scanner_works_by_itself_and_stops(
    s3: "S3Client", stand_in: Home, bucket: str, folder: Path, queue: str
) -> None:
    notify(s3, bucket, queue, "s3:ObjectCreated:*")
    stand_in.queues.purge(bucket)
    with running(FolderScanner(stand_in.buckets, interval=0.01, quiet=0)):
        (folder / "a.txt").write_bytes(b"one")
        [message] = stand_in.queues.receive(bucket, wait=20)
    assert short([json.loads(message.body)]) == [("ObjectCreated:Put", "a.txt")]


class Broken:
    """Queues on a full disk."""

    def send_to_arn(self, arn: str, body: str) -> None:
        raise OSError(f"no space left for {body} to {arn}")


def test_an_event_waits_for_its_queue_and_the_write_stands(tmp_path: Path) -> None:
    buckets = Buckets(tmp_path, Broken())
    buckets.create("documents")
    arn = "arn:aws:sqs:us-east-1:000000000000:events"
    wish = {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}
    buckets.set_notifications("documents", {"QueueConfigurations": [wish]})
    put(buckets, "documents", "a", b"x")
    assert buckets.head("documents", "a").size == 1
    buckets.close()
    queues = Queues(tmp_path)
    queues.create("events", {})
    again = Buckets(tmp_path, queues)
    [message] = queues.receive("events")
    assert short([json.loads(message.body)]) == [("ObjectCreated:Put", "a")]
    again.close()
    queues.close()
