"""The store in OpenSearch on the wire: what it sends, and what it says of each answer.

The answers are a queue; a real OpenSearch is in tests/opensearch.
"""

import datetime
import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.local.engine.store import (
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreRefused,
    StoreUnavailable,
)
from app.local.engine.store.opensearch.endpoint import Endpoint, Signing, failure
from app.local.engine.store.opensearch.index import SearchIndex
from app.local.engine.store.opensearch.ledger import Generation
from app.local.engine.store.opensearch.stores import check_version
from app.local.engine.store.opensearch.target import WriteTarget
from app.local.engine.store.opensearch.writing import BulkWriter
from tests.http_server import Handler, HttpServer
from tests.lambdas.vector_index.answering import CUT, Answering, answering
from tests.local.engine.store.samples import chunk

ABOUT = {"version": {"distribution": "opensearch", "number": "2.19.1"}}


@pytest.fixture
def server() -> Iterator[Answering]:
    with answering() as state:
        yield state


def writer(endpoint: Endpoint) -> BulkWriter:
    client = endpoint.client()
    return BulkWriter(endpoint, client, WriteTarget(endpoint, client, "index"))


def items(*statuses: int, error: dict[str, Any] | None = None) -> tuple[int, Any]:
    """An answer to a bulk."""
    answers = [
        {"index": {"_id": f"7-{n}", "status": status} | ({"error": error} if status > 201 else {})}
        for n, status in enumerate(statuses)
    ]
    return 200, {"errors": any(status > 201 for status in statuses), "items": answers}


def test_a_version_that_can_be_used(server: Answering) -> None:
    server.enqueue((200, ABOUT))
    check_version(Endpoint(server.url))


@pytest.mark.parametrize(
    ("about", "sentence"),
    [
        ({"version": {"number": "8.1.0"}}, "What answers at http.* is no OpenSearch"),
        ({"tagline": "Hello"}, "is no OpenSearch"),
        (
            {"version": {"distribution": "opensearch", "number": "2.8.0"}},
            r"is version 2.8.0, .* has to be 2.9 or newer",
        ),
        (
            {"version": {"distribution": "opensearch", "number": "1.3.19"}},
            "is version 1.3.19",
        ),
    ],
)
def test_what_is_no_opensearch_or_too_old_is_refused(
    server: Answering, about: dict[str, Any], sentence: str
) -> None:
    server.enqueue((200, about))
    with pytest.raises(StoreError, match=sentence):
        check_version(Endpoint(server.url))


@pytest.mark.parametrize(
    ("answer", "kind", "sentence"),
    [
        ((401, {}), StoreUnavailable, "does not know who asks .*user and a password"),
        (
            (403, {"error": {"type": "security_exception", "reason": "no permissions for [x]"}}),
            StoreUnavailable,
            r"forbids it \(403\): no permissions for \[x\].*rights to make, read and write",
        ),
        (
            (503, {"error": {"type": "x", "reason": "all shards failed"}}),
            StoreUnavailable,
            r"cannot do it now \(503\): all shards failed.*_cluster/health",
        ),
        (
            (429, {"error": {"type": "rejected_execution_exception", "reason": "queue full"}}),
            StoreUnavailable,
            r"more work than it can take \(429\): queue full",
        ),
        (
            (404, {"error": {"type": "index_not_found_exception", "reason": "no such index"}}),
            StoreDamaged,
            "is gone: no such index",
        ),
        (
            (400, {"error": {"type": "x", "reason": "bad"}}),
            StoreRefused,
            r"refuses it \(400\): bad",
        ),
        ((CUT, {}), StoreUnavailable, "does not answer"),
    ],
)
def test_each_refusal_says_what_to_do(
    server: Answering, answer: tuple[int, Any], kind: type[StoreError], sentence: str
) -> None:
    server.enqueue(answer)
    endpoint = Endpoint(server.url)
    with pytest.raises(kind, match=sentence):
        SearchIndex(endpoint, endpoint.client(), "index").refresh()


def test_one_that_is_not_there_is_named_with_what_starts_it() -> None:
    with answering() as state:
        url = state.url
    with pytest.raises(StoreUnavailable, match=r"does not answer: .*refused.*make opensearch"):
        check_version(Endpoint(url))


def test_one_that_is_slow_is_given_up() -> None:
    from threading import Event

    stop = Event()

    class Slow(Handler):
        def do_GET(self) -> None:
            stop.wait(20)

    with HttpServer(Slow) as server:
        with pytest.raises(StoreUnavailable, match=r"did not answer in 0 seconds: .*overloaded"):
            check_version(Endpoint(server.url, seconds=0.2))
        stop.set()


def test_a_certificate_that_is_not_trusted(tmp_path: Path) -> None:
    class About(Handler):
        def do_GET(self) -> None:
            body = b'{"version": {"distribution": "opensearch", "number": "2.19.1"}}'
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    certificate = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with HttpServer(About, context) as server:
        url = server.url
        with pytest.raises(StoreUnavailable, match=r"certificate .* not trusted.*OPENSEARCH_CA"):
            check_version(Endpoint(url))
        check_version(Endpoint(url, ca=str(certificate)))


def self_signed(folder: Path) -> Path:
    """A file with a key and a certificate for this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def test_a_name_and_a_password_are_sent_and_never_shown(server: Answering) -> None:
    server.enqueue((200, ABOUT), (401, {}))
    endpoint = Endpoint(server.url.replace("http://", "http://anna:p%40ss@"))
    check_version(endpoint)
    assert server.asked[0].headers["authorization"] == "Basic YW5uYTpwQHNz"
    with pytest.raises(StoreUnavailable) as caught:
        check_version(endpoint)
    assert "p%40ss" not in str(caught.value)


@pytest.mark.parametrize("service", ["es", "aoss"])
def test_requests_are_signed_for_a_domain_and_a_collection(server: Answering, service: Any) -> None:
    server.enqueue((200, {"count": 3, "_shards": {"failed": 0}}))
    signing = Signing(service, "eu-west-1", keys=("AKID", "secret", "token"))
    endpoint = Endpoint(server.url, signing)
    assert SearchIndex(endpoint, endpoint.client(), "index").count({"match_all": {}}) == 3
    headers = server.asked[0].headers
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKID/")
    assert f"/eu-west-1/{service}/aws4_request" in headers["authorization"]
    assert headers["x-amz-security-token"] == "token"


def test_a_signature_needs_credentials_and_a_region(tmp_path: Path) -> None:
    nothing = str(tmp_path / "none")
    signing = Signing("es", config_file=nothing, credentials_file=nothing, keys=("AKID", "secret"))
    with pytest.raises(StoreUnavailable, match="no AWS credentials or no Region"):
        Endpoint("http://127.0.0.1:1", signing).client()
    with pytest.raises(StoreUnavailable, match="cannot be signed: The config profile"):
        Endpoint("http://127.0.0.1:1", Signing("es", "r", profile="nobody")).client()


def test_a_chunk_that_comes_too_soon_is_sent_again_alone(server: Answering) -> None:
    busy = {"type": "rejected_execution_exception", "reason": "queue full"}
    server.enqueue(items(201, 429, 201, error=busy), items(201))
    chunks = [chunk(f"c{n}", n) for n in range(3)]
    writer(Endpoint(server.url)).write("document", Generation(7, 3), chunks)
    first, second = (body_lines(asked.body) for asked in server.asked)
    assert [line["index"]["_id"] for line in first[::2]] == ["7-0", "7-1", "7-2"]
    assert [line["index"]["_id"] for line in second[::2]] == ["7-1"]


def test_a_chunk_that_is_refused_fails_the_document_with_the_reason(server: Answering) -> None:
    error = {
        "type": "mapper_parsing_exception",
        "reason": "failed to parse field [year] of type [long]",
        "caused_by": {"type": "illegal_argument_exception", "reason": 'For input string: "next"'},
    }
    server.enqueue(items(201, 400, error=error))
    with pytest.raises(
        StoreRefused, match=r'chunk c1: .*failed to parse field \[year\].*For input string: "next"'
    ):
        writer(Endpoint(server.url)).write(
            "document", Generation(7, 2), [chunk("c0", 0), chunk("c1", 1)]
        )


def test_a_bulk_requires_an_alias_and_a_deletion_names_the_index(server: Answering) -> None:
    server.enqueue(items(201), (200, {"items": [{"delete": {"_id": "7-0", "status": 200}}]}))
    to_index = writer(Endpoint(server.url))
    to_index.write("document", Generation(7, 1), [chunk("c0", 0)])
    to_index.delete([Generation(7, 1)])
    write, deletion = server.asked
    assert write.path.endswith("/_bulk?require_alias=true")
    assert body_lines(write.body)[0]["index"]["_index"] == "index-writes"
    assert "require_alias" not in deletion.path
    assert deletion.body == {"delete": {"_index": "index", "_id": "7-0"}}


def test_a_chunk_that_was_gone_is_deleted_and_one_whose_index_is_gone_is_not(
    server: Answering,
) -> None:
    not_there = {"_id": "7-0", "status": 404}
    error = {"type": "index_not_found_exception", "reason": "no such index [index]"}
    server.enqueue(
        (200, {"items": [{"delete": {**not_there, "result": "not_found"}}]}),
        (200, {"items": [{"delete": {**not_there, "error": error}}]}),
    )
    from_index = writer(Endpoint(server.url))
    from_index.delete([Generation(7, 1)])
    with pytest.raises(StoreDamaged, match=r"is gone: no such index.* The next start"):
        from_index.delete([Generation(7, 1)])


def test_a_chunk_that_was_written_elsewhere_ends_the_write(server: Answering) -> None:
    """As the bulks that follow would be."""
    item = {"_index": "other", "_id": "7-0", "status": 201}
    server.enqueue((200, {"items": [{"index": item}]}))
    with pytest.raises(StoreDamaged, match=r"for the index index .*was written to other"):
        writer(Endpoint(server.url)).write("document", Generation(7, 1), [chunk("c0", 0)])


def test_a_collection_is_sent_no_ids(server: Answering) -> None:
    server.enqueue(items(201))
    endpoint = Endpoint(server.url, Signing("aoss", "eu-west-1", keys=("AKID", "secret")))
    writer(endpoint).write("document", Generation(7, 1), [chunk("c0", 0)])
    assert body_lines(server.asked[0].body)[0] == {"index": {"_index": "index"}}
    assert "require_alias" not in server.asked[0].path


def body_lines(body: Any) -> list[Any]:
    lines: list[Any] = body
    return lines


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (
            429,
            "blocked by: [TOO_MANY_REQUESTS/12/.. index has read-only-allow-delete block];",
        ),
        (403, "blocked by: [FORBIDDEN/10/cluster create-index blocked (api)];"),
    ],
)
def test_a_full_disk_is_told_from_other_refusals(status: int, reason: str) -> None:
    error = failure("OpenSearch", status, {"type": "cluster_block_exception", "reason": reason})
    assert isinstance(error, StoreFull)
    assert "above its flood stage" in str(error)


@pytest.mark.parametrize(
    ("status", "error", "sentence"),
    [
        (
            400,
            {"type": "index_closed_exception", "reason": "closed"},
            "closed. Somebody has closed the index; open it there",
        ),
        (
            403,
            {
                "type": "cluster_block_exception",
                "reason": "blocked by: [FORBIDDEN/8/index write (api)];",
            },
            "index write .*Somebody has blocked this; remove the block there",
        ),
    ],
)
def test_what_somebody_has_closed_or_blocked_may_be_asked_again(
    server: Answering, status: int, error: dict[str, Any], sentence: str
) -> None:
    server.enqueue((status, {"error": error, "status": status}), items(status, error=error))
    endpoint = Endpoint(server.url)
    with pytest.raises(StoreUnavailable, match=sentence):
        SearchIndex(endpoint, endpoint.client(), "index").refresh()
    with pytest.raises(StoreUnavailable, match=sentence):
        writer(endpoint).write("document", Generation(7, 1), [chunk("c0", 0)])


def test_an_answer_of_some_shards_is_none(server: Answering) -> None:
    shards = {"failed": 1, "failures": [{"status": 503, "reason": {"reason": "node left"}}]}
    server.enqueue((200, {"count": 3, "_shards": shards}))
    endpoint = Endpoint(server.url)
    with pytest.raises(StoreUnavailable, match="node left"):
        SearchIndex(endpoint, endpoint.client(), "index").count({"match_all": {}})
