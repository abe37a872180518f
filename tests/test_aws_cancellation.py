"""Calls broken off from another thread, and nobody else's call with them."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat
from cryptography.x509.oid import NameOID

from app.aws import Cancellation, Cancelled, Clients, cancellation, clients, side_by_side
from app.aws.cancellation import READ_AHEAD, _Response
from app.errors import TimedOut
from tests.models.loopback import JSON_TYPE, Act, Loopback, clients_of, reply

LOOPBACK = IPv4Address("127.0.0.1")
SECONDS = 20
LATE = TimedOut("late")
NOTHING = reply(b'{"retrievalResults": []}', headers=JSON_TYPE)


@pytest.fixture(scope="module")
def loopback() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback


@pytest.fixture(scope="module")
def aws(loopback: Loopback) -> Clients:
    return clients_of(loopback, "AWS_ENDPOINT_URL", seconds=60)


@pytest.fixture
def server(loopback: Loopback) -> Loopback:
    loopback.forget()
    return loopback


def retrieve(aws: Clients) -> Any:
    response = aws.bedrock_agent_runtime.retrieve(
        knowledgeBaseId="ABCDEFGHIJ", retrievalQuery={"text": "outcrop"}
    )
    return response["retrievalResults"]


def test_a_stream_s_response_reads_ahead_by_little() -> None:
    """What it has read ahead of its reader is held for as long as the stream lasts."""
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n"
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(head + b"x" * 60_000)
        response = _Response(ours)
        response.begin()
        left = len(ours.recv(100_000, socket.MSG_PEEK))
        assert len(head) + 60_000 - left <= READ_AHEAD
        assert response.read() == b"x" * 60_000


CALLS: dict[str, Callable[[Clients], Any]] = {
    "Retrieve": retrieve,
    "InvokeModel": lambda aws: aws.bedrock_runtime.invoke_model(modelId="m", body=b"{}"),
    "GetObject": lambda aws: aws.s3.get_object(Bucket="bucket", Key="key"),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_waits_is_broken_off_and_not_sent_again(
    call: str, server: Loopback, aws: Clients
) -> None:
    server.enqueue(Act.WAIT)
    cancelled = Cancellation()
    raised: list[BaseException] = []

    def run() -> None:
        with cancelled.active():
            try:
                CALLS[call](aws)
            except BaseException as error:  # noqa: BLE001  # whatever it is
                raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    for _ in range(SECONDS * 100):
        if server.requests:
            break
        threading.Event().wait(0.01)
    assert cancelled.cancel(LATE)
    assert server.left.wait(SECONDS)
    thread.join(SECONDS)
    assert raised, "the thread still waits"
    assert len(server.requests) == 1
    assert cancelled.reason is LATE


def test_calls_side_by_side_are_broken_off_together_and_leave_no_thread(
    server: Loopback, aws: Clients
) -> None:
    for _ in range(3):
        server.enqueue(Act.WAIT)
    cancelled = Cancellation()
    raised: list[BaseException] = []

    def run() -> None:
        with cancelled.active():
            try:
                side_by_side([lambda: retrieve(aws)] * 3, 3)
            except BaseException as error:  # noqa: BLE001  # whatever it is
                raised.append(error)

    before = set(threading.enumerate())
    thread = threading.Thread(target=run)
    thread.start()
    for _ in range(SECONDS * 100):
        if len(server.requests) == 3:
            break
        threading.Event().wait(0.01)
    assert len(server.requests) == 3, "they do not wait at the same time"
    assert cancelled.cancel(LATE)
    thread.join(SECONDS)
    assert raised, "the thread still waits"
    assert not [one for one in set(threading.enumerate()) - before if "side-by-side" in one.name]
    assert len(server.requests) == 3


def test_results_come_in_the_order_of_their_calls_and_so_does_a_failure() -> None:
    later = threading.Event()

    def first() -> str:
        assert later.wait(SECONDS)
        return "first"

    def second() -> str:
        later.set()
        return "second"

    def fail() -> str:
        raise ValueError

    assert side_by_side([first, second], 2) == ["first", "second"]
    assert side_by_side([], 2) == []
    later.clear()
    with pytest.raises(ValueError):  # noqa: PT011  # it has no message
        side_by_side([first, fail, second], 3)
    assert later.is_set(), "the others have ended"


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that signs itself, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(LOOPBACK)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(signed.public_bytes(Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


def test_a_cancelled_call_over_tls_is_broken_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, context = certificate(tmp_path)
    asked, left = threading.Event(), threading.Event()

    def wait_in_silence() -> None:
        connection, _ = listener.accept()
        with suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(65536)
            asked.set()
            while secured.recv(65536):
                pass
        left.set()

    with socket.create_server((str(LOOPBACK), 0)) as listener:
        threading.Thread(target=wait_in_silence, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://127.0.0.1:{listener.getsockname()[1]}")
        monkeypatch.setenv("AWS_CA_BUNDLE", str(path))
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        secure, cancelled = clients(60), Cancellation()

        def run() -> None:
            with cancelled.active(), suppress(BaseException):
                retrieve(secure)

        thread = threading.Thread(target=run)
        thread.start()
        assert asked.wait(SECONDS)
        cancelled.cancel(LATE)
        assert left.wait(SECONDS)
        thread.join(SECONDS)
        assert not thread.is_alive()


def test_no_call_begins_after_the_cancellation(server: Loopback, aws: Clients) -> None:
    cancelled = Cancellation()
    cancelled.cancel(LATE)
    with cancelled.active(), pytest.raises(Cancelled):
        retrieve(aws)
    assert server.requests == []


def test_a_connection_that_came_back_is_left_alone(server: Loopback, aws: Clients) -> None:
    """It may serve somebody else by then: cancelling its last user must not break it."""
    server.enqueue(NOTHING)
    server.enqueue(NOTHING)
    first = Cancellation()
    with first.active():
        assert retrieve(aws) == []
        connections = server.connections
        first.cancel(LATE)
    assert retrieve(aws) == []
    assert server.connections == connections, "it was used again"


def test_a_committed_call_is_not_broken_off(server: Loopback, aws: Clients) -> None:
    server.enqueue(NOTHING)
    committed = Cancellation()
    with committed.active():
        cancellation().commit()
        assert not committed.cancel(LATE)
        assert retrieve(aws) == []
    assert committed.reason is None


def test_what_is_cancelled_cannot_be_committed() -> None:
    cancelled = Cancellation()
    cancelled.cancel(LATE)
    cancelled.cancel(TimedOut("later"))
    with pytest.raises(Cancelled):
        cancelled.commit()
    assert cancelled.reason is LATE


def test_without_a_cancellation_nothing_is_broken_off() -> None:
    cancellation().cancel(LATE)
    cancellation().commit()
