"""SQS's standard queues: through boto3, and with a clock that the test turns."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.local import sqs as service
from app.local.messaging import NoSuchQueue, NotInFlight, QueueMessage
from app.local.sqs.broker import Queues, md5_of_attributes
from tests.local.s3.putting import scratch
from tests.web.served import until
from tests.wire_server import serving

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture(scope="module")
def queues() -> Iterator[Queues]:
    with scratch() as folder:
        opened = Queues(folder)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def sqs(queues: Queues) -> Iterator["SQSClient"]:
    with serving({"sqs": service.handlers(queues)}) as server:
        yield server.client("sqs")


@pytest.fixture
def url(sqs: "SQSClient", request: pytest.FixtureRequest) -> str:
    name = request.node.name.split("[")[0].replace("test_", "")[:80]
    return sqs.create_queue(QueueName=name)["QueueUrl"]


@pytest.fixture
def clock() -> "Clock":
    return Clock()


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def timed(clock: Clock, tmp_path: Path) -> Iterator[Queues]:
    """Queues whose time is the test's."""
    opened = Queues(tmp_path, clock=clock)
    opened.create("q", {})
    yield opened
    opened.close()


def attributes(sqs: "SQSClient", url: str) -> Any:
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def test_a_message_is_received_once_and_deleted(sqs: "SQSClient", url: str) -> None:
    sent = sqs.send_message(
        QueueUrl=url,
        MessageBody="Grüße",
        MessageAttributes={
            "kind": {"DataType": "String", "StringValue": "test"},
            "raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
            "n": {"DataType": "Number.int", "StringValue": "1"},
        },
    )
    [message] = sqs.receive_message(
        QueueUrl=url, MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"]
    )["Messages"]
    assert message["Body"] == "Grüße"
    assert message["MessageId"] == sent["MessageId"]
    assert message["MD5OfBody"] == sent["MD5OfMessageBody"]
    assert message["MessageAttributes"]["raw"]["BinaryValue"] == b"\x00\xff"
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    assert attributes(sqs, url)["ApproximateNumberOfMessagesNotVisible"] == "1"
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert attributes(sqs, url)["ApproximateNumberOfMessagesNotVisible"] == "0"
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def test_attributes_are_given_by_name(sqs: "SQSClient", url: str) -> None:
    value: Any = {"DataType": "String", "StringValue": "x"}
    sqs.send_message(
        QueueUrl=url, MessageBody="x", MessageAttributes={"a.b": value, "a.c": value, "d": value}
    )
    [message] = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["a.*"])["Messages"]
    assert message["MessageAttributes"].keys() == {"a.b", "a.c"}
    assert "Attributes" not in message


def test_the_md5_of_attributes_is_that_of_the_developer_guide() -> None:
    """Name, type and value, each after its length in four bytes; a byte tells text from binary."""
    text = {"a": {"DataType": "String", "StringValue": "b"}}
    spelled = b"\0\0\0\x01a\0\0\0\x06String\x01\0\0\0\x01b"
    assert md5_of_attributes(text) == md5(spelled).hexdigest()


def test_a_batch_answers_for_each_entry(sqs: "SQSClient", url: str) -> None:
    answer = sqs.send_message_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "good", "MessageBody": "1"},
            {"Id": "bad", "MessageBody": "\x00"},
            {"Id": "late", "MessageBody": "2", "DelaySeconds": 901},
        ],
    )
    assert [one["Id"] for one in answer["Successful"]] == ["good"]
    assert [(one["Id"], one["Code"]) for one in answer["Failed"]] == [
        *(("bad", "InvalidMessageContents"), ("late", "InvalidParameterValue")),
    ]
    [message] = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    receipt = message["ReceiptHandle"]
    changed = sqs.change_message_visibility_batch(
        QueueUrl=url, Entries=[{"Id": "1", "ReceiptHandle": receipt, "VisibilityTimeout": 60}]
    )
    assert [one["Id"] for one in changed["Successful"]] == ["1"]
    deleted = sqs.delete_message_batch(
        QueueUrl=url,
        Entries=[{"Id": "1", "ReceiptHandle": receipt}, {"Id": "2", "ReceiptHandle": "x"}],
    )
    assert [one["Id"] for one in deleted["Successful"]] == ["1"]
    assert [one["Code"] for one in deleted["Failed"]] == ["ReceiptHandleIsInvalid"]


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], "EmptyBatchRequest"),
        ([{"Id": "a", "MessageBody": "x"}] * 2, "BatchEntryIdsNotDistinct"),
        ([{"Id": "a b", "MessageBody": "x"}], "InvalidBatchEntryId"),
        ([{"Id": str(n), "MessageBody": "x"} for n in range(11)], "TooManyEntriesInBatchRequest"),
        ([{"Id": str(n), "MessageBody": "x" * 600_000} for n in range(2)], "BatchRequestTooLong"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_batch_that_breaks_a_rule_is_refused(sqs: "SQSClient", entries: Any, code: str) -> None:
    url = sqs.create_queue(QueueName="batches")["QueueUrl"]
    with pytest.raises(ClientError, match=code):
        sqs.send_message_batch(QueueUrl=url, Entries=entries)


def test_queues_are_named_listed_and_deleted(sqs: "SQSClient") -> None:
    first = sqs.create_queue(
        QueueName="list-a", Attributes={"VisibilityTimeout": "5"}, tags={"a": "b"}
    )
    second = sqs.create_queue(QueueName="list-b")
    urls = [first["QueueUrl"], second["QueueUrl"]]
    assert sqs.list_queues(QueueNamePrefix="list-")["QueueUrls"] == urls
    pages = sqs.get_paginator("list_queues").paginate(
        QueueNamePrefix="list-", PaginationConfig={"PageSize": 1}
    )
    assert [url for page in pages for url in page["QueueUrls"]] == urls
    assert sqs.get_queue_url(QueueName="list-a")["QueueUrl"] == urls[0]
    assert sqs.list_queue_tags(QueueUrl=urls[0])["Tags"] == {"a": "b"}
    same = sqs.create_queue(QueueName="list-a", Attributes={"VisibilityTimeout": "5"})
    assert same["QueueUrl"] == urls[0]
    with pytest.raises(sqs.exceptions.QueueNameExists):
        sqs.create_queue(QueueName="list-a", Attributes={"VisibilityTimeout": "6"})
    sqs.delete_queue(QueueUrl=urls[0])
    for call in (sqs.receive_message, sqs.purge_queue, sqs.delete_queue):
        with pytest.raises(sqs.exceptions.QueueDoesNotExist):
            call(QueueUrl=urls[0])


@pytest.mark.parametrize(
    ("name", "wanted", "code"),
    [
        ("a.fifo", {}, "UnsupportedOperation"),
        ("a", {"FifoQueue": "true"}, "UnsupportedOperation"),
        ("a b", {}, "InvalidParameterValue"),
        ("a" * 81, {}, "InvalidParameterValue"),
        ("a", {"VisibilityTimeout": "43201"}, "InvalidAttributeValue"),
        ("a", {"DelaySeconds": "soon"}, "InvalidAttributeValue"),
        ("a", {"RedrivePolicy": "{}"}, "InvalidParameterValue"),
        (
            "a",
            {"RedrivePolicy": '{"deadLetterTargetArn": "arn:aws:sqs:x", "maxReceiveCount": 1}'},
            "does not exist",
        ),
    ],
)
def test_a_queue_that_the_stand_in_cannot_make_is_refused(
    sqs: "SQSClient", name: str, wanted: Any, code: str
) -> None:
    with pytest.raises(ClientError, match=code):
        sqs.create_queue(QueueName=name, Attributes=wanted)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"MaxNumberOfMessages": 11}, "InvalidParameterValue"),
        ({"WaitTimeSeconds": 21}, "InvalidParameterValue"),
        ({"VisibilityTimeout": -1}, "InvalidParameterValue"),
    ],
)
def test_receive_message_refuses_parameters_out_of_range(
    sqs: "SQSClient", url: str, params: Any, code: str
) -> None:
    with pytest.raises(ClientError, match=code):
        sqs.receive_message(QueueUrl=url, **params)


def test_a_message_over_the_queues_limit_is_refused(sqs: "SQSClient", url: str) -> None:
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MaximumMessageSize": "1024"})
    sqs.send_message(QueueUrl=url, MessageBody="é" * 512)
    with pytest.raises(ClientError, match="1024 bytes; it has 1025"):
        sqs.send_message(QueueUrl=url, MessageBody="é" * 512 + "x")


def test_a_long_poll_receives_a_message_that_comes_meanwhile(
    sqs: "SQSClient", url: str, queues: Queues
) -> None:
    received: list[Any] = []

    def wait() -> None:
        received.extend(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"])

    waiting = threading.Thread(target=wait)
    waiting.start()
    other = sqs.create_queue(QueueName="other")["QueueUrl"]
    for _ in range(10):  # until it surely waits
        sqs.send_message(QueueUrl=other, MessageBody="x")
    queues.send(url.rpartition("/")[2], "here")
    waiting.join(10)
    assert [message["Body"] for message in received] == ["here"]


def test_a_long_poll_ends_when_the_stand_in_stops(tmp_path: Path) -> None:
    queues = Queues(tmp_path)
    queues.create("q", {})
    result: list[Any] = []
    waiting = threading.Thread(target=lambda: result.append(queues.receive("q", wait=20)))
    waiting.start()
    queues.close()
    waiting.join(5)
    assert not waiting.is_alive()
    assert result == [[]]


def test_a_long_poll_ends_when_its_queue_is_removed(tmp_path: Path) -> None:
    queues = Queues(tmp_path)
    queues.create("q", {})

    def receive() -> None:
        with pytest.raises(NoSuchQueue):
            queues.receive("q", wait=20)

    waiting = threading.Thread(target=receive)
    waiting.start()
    until(lambda: queues.has_listener("q"))
    queues.remove("q")
    waiting.join(5)
    assert not waiting.is_alive()
    queues.close()


def test_a_hidden_message_comes_back(timed: Queues, clock: Clock) -> None:
    timed.send("q", "x")
    [first] = timed.receive("q", visibility=10)
    clock.now += 9.9
    assert timed.receive("q") == []
    clock.now += 0.2
    [second] = timed.receive("q")
    assert (second.id, second.received) == (first.id, 2)
    assert second.first_received == first.first_received
    timed.delete("q", first.receipt)
    clock.now += 31
    [third] = timed.receive("q")
    timed.delete("q", third.receipt)
    clock.now += 31
    assert timed.receive("q") == []


def test_an_entry_without_a_visibility_fails_alone(sqs: "SQSClient", url: str) -> None:
    sqs.send_message(QueueUrl=url, MessageBody="a")
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    handle = message["ReceiptHandle"]
    answer = sqs.change_message_visibility_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "without", "ReceiptHandle": handle},
            {"Id": "with", "ReceiptHandle": handle, "VisibilityTimeout": 5},
        ],
    )
    assert [entry["Id"] for entry in answer["Successful"]] == ["with"]
    [failure] = answer["Failed"]
    assert (failure["Id"], failure["Code"]) == ("without", "MissingParameter")


def test_visibility_is_changed_by_whoever_holds_the_message(timed: Queues, clock: Clock) -> None:
    timed.send("q", "x")
    [message] = timed.receive("q", visibility=10)
    timed.change_visibility("q", message.receipt, 100)
    clock.now += 99
    assert timed.receive("q") == []
    timed.change_visibility("q", message.receipt, 0)
    [again] = timed.receive("q", visibility=10)
    with pytest.raises(NotInFlight):
        timed.change_visibility("q", message.receipt, 5)
    timed.delete("q", again.receipt)


def test_what_is_in_flight_is_taken_back_as_if_never_received(timed: Queues, clock: Clock) -> None:
    timed.create("dead", {})
    policy = {"deadLetterTargetArn": timed.arn("dead"), "maxReceiveCount": 1}
    timed.configure("q", {"RedrivePolicy": json.dumps(policy)})
    timed.send("q", "delayed", delay=60)
    timed.send("q", "x")
    for _ in range(3):
        [message] = timed.receive("q", 10, visibility=360)
        assert (message.body, message.received) == ("x", 1)
        timed.take_back("q")
    [message] = timed.receive("q", visibility=360)
    clock.now += 1
    assert timed.counts("q") == (0, 1, 1)
    timed.delete("q", message.receipt)


def test_a_delayed_message_waits(timed: Queues, clock: Clock) -> None:
    timed.configure("q", {"DelaySeconds": "5"})
    timed.send("q", "by the queue")
    timed.send("q", "at once", delay=0)
    assert [message.body for message in timed.receive("q", 10)] == ["at once"]
    assert timed.counts("q") == (0, 1, 1)
    clock.now += 5
    assert [message.body for message in timed.receive("q", 10)] == ["by the queue"]


def test_an_old_message_is_dropped(timed: Queues, clock: Clock) -> None:
    timed.configure("q", {"MessageRetentionPeriod": "60"})
    timed.send("q", "x")
    clock.now += 61
    assert timed.counts("q") == (0, 0, 0)
    assert timed.receive("q") == []


def test_what_is_received_too_often_is_a_dead_letter(timed: Queues) -> None:
    timed.create("dead", {})
    policy = {"deadLetterTargetArn": timed.arn("dead"), "maxReceiveCount": "2"}
    timed.configure("q", {"RedrivePolicy": json.dumps(policy)})
    timed.send("q", "poison")
    for _ in range(2):
        assert len(timed.receive("q", visibility=0)) == 1
    assert timed.receive("q") == []
    [dead] = timed.receive("dead")
    assert (dead.body, dead.received, dead.source) == ("poison", 1, timed.arn("q"))


class AtLeastOnce(RuleBasedStateMachine):
    """Nothing is lost, whatever happens: a message is in the queue until it is deleted."""

    def __init__(self) -> None:
        super().__init__()
        self.stack, self.clock = ExitStack(), Clock()
        self.home = self.stack.enter_context(scratch())
        self.queues = Queues(self.home, clock=self.clock)
        self.queues.create("q", {})
        self.there: set[str] = set()
        self.held: dict[str, QueueMessage] = {}

    @rule()
    def send(self) -> None:
        self.there.add(self.queues.send("q", "x"))

    @rule(most=st.integers(1, 10), visibility=st.integers(0, 30))
    def receive(self, most: int, visibility: int) -> None:
        for message in self.queues.receive("q", most, visibility):
            assert message.id in self.there
            self.held[message.id] = message

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        if self.held:
            identifier = data.draw(st.sampled_from(sorted(self.held)))
            self.queues.delete("q", self.held.pop(identifier).receipt)
            self.there.discard(identifier)

    @rule(seconds=st.integers(1, 40))
    def pass_time(self, seconds: int) -> None:
        self.clock.now += seconds

    @rule()
    def restart(self) -> None:
        self.queues.close()
        self.queues = Queues(self.home, clock=self.clock)

    @invariant()
    def as_many_are_there_as_should_be(self) -> None:
        assert sum(self.queues.counts("q")) == len(self.there)

    def teardown(self) -> None:
        self.clock.now += 100
        bodies = set()
        while messages := self.queues.receive("q", 10):
            bodies |= {message.id for message in messages}
        assert bodies == self.there
        self.queues.close()
        self.stack.close()


TestAtLeastOnce = AtLeastOnce.TestCase
TestAtLeastOnce.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)
