"""What the flow of documents asks S3 and the Knowledge Base, and what it makes of the answers."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from botocore.exceptions import CredentialRetrievalError

from app.aws import Clients, clients
from app.documents.attributes import FRESH, NONE, Snapshot, align, stage
from app.documents.bucket import Bucket, Object
from app.documents.knowledge_base import REFUSED, Detail, KnowledgeBase
from app.errors import Conflict, InvalidRequest, OperatorError, Unavailable
from app.settings import DocumentSettings
from tests.models.loopback import JSON_TYPE, Loopback, error, reply

URI = "s3://documents/a.md"
DOCUMENTS = "/knowledgebases/KB12345678/datasources/DS12345678/documents"
ITEM = Object("a.md", 1, datetime(2026, 1, 2, tzinfo=UTC), '"e"', "digest", tagged=True)
S3 = {"dataSourceType": "S3", "s3": {"uri": URI}}
CUSTOM = {"dataSourceType": "CUSTOM", "custom": {"id": URI}}


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Loopback, Clients]]:
    with Loopback() as server, pytest.MonkeyPatch.context() as patch:
        for service in ("S3", "BEDROCK_AGENT", "BEDROCK_AGENT_RUNTIME"):
            patch.setenv(f"AWS_ENDPOINT_URL_{service}", server.url)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        yield server, clients(20)


@pytest.fixture
def server(running: tuple[Loopback, Clients]) -> Loopback:
    running[0].forget()
    return running[0]


@pytest.fixture
def aws(running: tuple[Loopback, Clients]) -> Clients:
    return running[1]


@pytest.fixture(params=[False, True], ids=["own", "managed"])
def base(request: pytest.FixtureRequest, aws: Clients) -> KnowledgeBase:
    settings = DocumentSettings(
        knowledge_base_id="KB12345678",
        data_source_id="DS12345678",
        documents_bucket="documents",
        knowledge_base_type="MANAGED" if request.param else "VECTOR",
    )
    return KnowledgeBase.of(aws, settings)


def json_reply(**members: Any) -> bytes:
    return reply(json.dumps(members).encode(), headers=JSON_TYPE)


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("HeadObject", lambda bucket: bucket.head("a.md")),
        ("ListObjectsV2", lambda bucket: list(bucket.documents())),
        ("GetObject", lambda bucket: bucket.read("a.md")),
        ("PutObject", lambda bucket: bucket.put("a.md", b"", "none")),
        ("DeleteObject", lambda bucket: bucket.delete("a.md")),
        ("GetObjectTagging", lambda bucket: bucket.requested(ITEM)),
        ("GetObjectTagging", lambda bucket: bucket.request(ITEM)),
    ],
)
def test_a_call_that_the_bucket_forbids_is_named(
    server: Loopback, aws: Clients, operation: str, call: Callable[[Bucket], Any]
) -> None:
    server.enqueue(reply(b"", status=403))
    with pytest.raises(OperatorError, match=rf"^{operation}: ") as raised:
        call(Bucket(aws.s3, "documents"))
    assert raised.value.detail


def test_a_tag_that_cannot_be_put_is_an_error_and_one_of_an_object_that_is_gone_is_none(
    server: Loopback, aws: Clients
) -> None:
    bucket = Bucket(aws.s3, "documents")
    new = Object("a.md", 1, ITEM.modified, '"e"', "digest")
    server.enqueue(reply(b"", status=409))
    with pytest.raises(Conflict, match=r"^PutObjectTagging: "):
        bucket.request(new)
    server.enqueue(reply(b"", status=404))
    bucket.request(new)
    assert [request.line.split()[0] for request in server.requests] == ["PUT", "PUT"]
    server.enqueue(reply(b"", status=404))
    assert not bucket.requested(ITEM)


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("GetKnowledgeBaseDocuments", lambda base: base.details([URI])),
        ("Retrieve", lambda base: base.finds(URI)),
    ],
)
def test_a_call_that_the_knowledge_base_forbids_is_named(
    server: Loopback, base: KnowledgeBase, operation: str, call: Callable[[KnowledgeBase], Any]
) -> None:
    server.enqueue(error("AccessDeniedException", 403))
    with pytest.raises(OperatorError, match=rf"^{operation}: "):
        call(base)


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("IngestKnowledgeBaseDocuments", lambda base: base.ingest({URI: None})),
        ("DeleteKnowledgeBaseDocuments", lambda base: base.delete([URI])),
    ],
)
def test_a_forbidden_call_over_documents_fails_each_of_them_by_name(
    server: Loopback, base: KnowledgeBase, operation: str, call: Callable[[KnowledgeBase], Any]
) -> None:
    server.enqueue(error("AccessDeniedException", 403))
    failures = call(base)
    assert list(failures) == [URI]
    assert str(failures[URI]).startswith(f"{operation}: AccessDeniedException")


def test_each_document_of_each_call_that_fails_has_its_error(
    server: Loopback, base: KnowledgeBase
) -> None:
    uris = [f"s3://documents/{number}.md" for number in range(12)]
    server.enqueue(error("AccessDeniedException", 403))
    server.enqueue(error("AccessDeniedException", 403))
    assert list(base.delete(uris)) == uris
    assert len(server.requests) == 2


def test_documents_are_told_with_and_without_a_sidecar(
    server: Loopback, base: KnowledgeBase
) -> None:
    server.enqueue(json_reply(documentDetails=[]))
    assert base.ingest({URI: None, "s3://documents/b.md": "s3://documents/b.json"}) == {}
    [request] = server.requests
    assert request.line == f"PUT {DOCUMENTS} HTTP/1.1"
    first, second = json.loads(request.body)["documents"]
    own = {"dataSourceType": "S3", "s3": {"s3Location": {"uri": URI}}}
    custom = {
        "customDocumentIdentifier": {"id": URI},
        "sourceType": "S3_LOCATION",
        "s3Location": {"uri": URI},
    }
    managed = {"dataSourceType": "CUSTOM", "custom": custom}
    assert first == {"content": managed if base.managed else own}
    assert second["metadata"] == {
        "type": "S3_LOCATION",
        "s3Location": {"uri": "s3://documents/b.json"},
    }


def test_documents_are_dropped_by_their_identifiers(server: Loopback, base: KnowledgeBase) -> None:
    server.enqueue(json_reply(documentDetails=[]))
    assert base.delete([URI]) == {}
    [request] = server.requests
    assert request.line == f"POST {DOCUMENTS}/deleteDocuments HTTP/1.1"
    assert json.loads(request.body)["documentIdentifiers"] == [CUSTOM if base.managed else S3]


def test_the_status_time_and_reason_of_a_document_are_read(
    server: Loopback, base: KnowledgeBase
) -> None:
    identifier = CUSTOM if base.managed else S3
    own = {"knowledgeBaseId": "KB12345678", "dataSourceId": "DS12345678", "identifier": identifier}
    failed = {**own, "status": "FAILED", "updatedAt": "2026-01-02T03:04:05Z", "statusReason": "Odd"}
    server.enqueue(json_reply(documentDetails=[failed]))
    updated = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    details = base.details([URI])
    assert details == {URI: Detail("FAILED", updated, "Odd")}
    [request] = server.requests
    assert request.line == f"POST {DOCUMENTS}/getDocuments HTTP/1.1"
    assert json.loads(request.body)["documentIdentifiers"] == [identifier]
    server.enqueue(json_reply(documentDetails=[{**own, "status": "NOT_FOUND"}]))
    assert base.details([URI]) == {}


def test_a_document_that_cannot_be_asked_for_is_refused_with_its_rule(
    server: Loopback, base: KnowledgeBase
) -> None:
    server.enqueue(error("ValidationException", 400, "Odd."))
    [(uri, detail)] = base.details([URI]).items()
    assert (uri, detail.status, detail.updated) == (URI, REFUSED, None)
    assert detail.reason == "GetKnowledgeBaseDocuments: ValidationException: Odd."
    assert not detail.kept


@pytest.mark.parametrize(
    ("status", "kept"),
    [("INDEXED", True), ("FAILED", True), ("DELETING", False), ("DELETE_IN_PROGRESS", False)],
)
def test_a_document_is_kept_until_it_leaves(status: str, kept: bool) -> None:
    assert Detail(status).kept is kept


def test_the_longest_address_and_the_first_that_is_too_long(
    server: Loopback, base: KnowledgeBase
) -> None:
    longest = 1024 if base.managed else 133
    assert base.refusal(URI.ljust(longest, "x")) is None
    rule = base.refusal(URI.ljust(longest + 1, "x"))
    assert rule == (
        f"Its address, {URI.ljust(60, 'x')}..., has {longest + 1} characters; Bedrock's direct "
        f"ingestion takes {longest}. Put it into the bucket under a shorter name."
    )
    assert base.refusal("s3://documents/a\u2028.md") == (
        "Its name holds a line break, which Bedrock's direct ingestion does not take. Put it into "
        "the bucket under another name."
    )
    assert base.details(["s3://documents/a\n.md"])["s3://documents/a\n.md"].status == REFUSED
    assert server.requests == []


def test_retrieve_looks_for_one_passage_of_the_document(
    server: Loopback, base: KnowledgeBase
) -> None:
    server.enqueue(json_reply(retrievalResults=[{"content": {"text": "a"}}]))
    server.enqueue(json_reply(retrievalResults=[]))
    assert base.finds(URI) is True
    assert base.finds(URI) is False
    kind = "managedSearchConfiguration" if base.managed else "vectorSearchConfiguration"
    search = {
        "numberOfResults": 1,
        "filter": {"equals": {"key": "x-amz-bedrock-kb-source-uri", "value": URI}},
    }
    assert server.requests[0].line == "POST /knowledgebases/KB12345678/retrieve HTTP/1.1"
    assert json.loads(server.requests[0].body) == {
        "retrievalQuery": {"text": URI},
        "retrievalConfiguration": {kind: search},
    }


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("There is an ongoing ingestion job.", Unavailable),
        ("Ongoing KnowledgeBaseDocuments requests.", Unavailable),
        ("An ongoing wedding.", InvalidRequest),
    ],
)
def test_a_refusal_that_will_pass_is_unavailable_and_any_other_invalid(
    server: Loopback, base: KnowledgeBase, message: str, kind: type[Exception]
) -> None:
    server.enqueue(error("ValidationException", 400, message))
    server.enqueue(error("ValidationException", 400, message))
    failures = [*base.ingest({URI: None}).values(), *base.delete([URI]).values()]
    assert [type(failure) for failure in failures] == [kind, kind]
    assert all(message.rstrip(".") in str(failure) for failure in failures)


def test_a_form_that_cannot_be_signed_is_an_error_that_names_it(aws: Clients) -> None:
    """The application's credentials have expired, and nobody renews them."""

    def expire(**_: Any) -> None:
        raise CredentialRetrievalError(provider="sso", error_msg="The login has expired.")

    bucket = Bucket(aws.s3, "documents")
    aws.s3.meta.events.register("before-sign.s3.PutObject", expire, unique_id="expire")
    try:
        with pytest.raises(OperatorError, match=r"^PresignedPost: .*The login has expired"):
            bucket.form("a.md", fields={}, conditions=[], lifetime=timedelta(minutes=5))
    finally:
        aws.s3.meta.events.unregister("before-sign.s3.PutObject", unique_id="expire")


def test_an_object_is_read_from_its_head(server: Loopback, aws: Clients) -> None:
    headers = {
        "Last-Modified": "Fri, 02 Jan 2026 00:00:00 GMT",
        "ETag": '"e"',
        "x-amz-meta-outcrop-attributes": "digest",
        "x-amz-checksum-sha256": "q6s=",
        "x-amz-tagging-count": "1",
    }
    bucket = Bucket(aws.s3, "documents")
    server.enqueue(reply(b"", headers=headers))
    item = bucket.head("a.md")
    assert item == Object("a.md", 0, ITEM.modified, '"e"', "digest", "abab", tagged=True)
    assert item.version == "e/digest"
    assert server.requests[0].headers["x-amz-checksum-mode"] == "ENABLED"
    server.enqueue(reply(b"", headers=dict(list(headers.items())[:2])))
    assert bucket.head("a.md") == Object("a.md", 0, ITEM.modified, '"e"')


def test_what_was_put_is_described_as_it_lies_there(server: Loopback, aws: Clients) -> None:
    server.enqueue(reply(b"", headers={"ETag": '"e"'}))
    item = Bucket(aws.s3, "documents").put("a.md", b"12", "digest")
    assert (item.key, item.size, item.version) == ("a.md", 2, "e/digest")
    assert abs(item.modified - datetime.now(UTC)) < timedelta(minutes=1)
    [request] = server.requests
    assert request.headers["x-amz-meta-outcrop-attributes"] == "digest"


def test_a_key_that_is_too_long_for_s3_is_not_asked_for(server: Loopback, aws: Clients) -> None:
    bucket = Bucket(aws.s3, "documents")
    assert bucket.head("ü" * 512 + "x") is None
    bucket.delete("ü" * 512 + "x")
    assert server.requests == []
    server.enqueue(reply(b"", status=404))
    server.enqueue(reply(b"", status=204))
    assert bucket.head("ü" * 512) is None
    bucket.delete("ü" * 512)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("age", "methods"),
    [(FRESH - timedelta(minutes=5), ["HEAD"]), (FRESH + timedelta(minutes=5), ["HEAD", "PUT"])],
)
def test_staged_attributes_are_stored_anew_once_they_could_expire_before_their_form(
    server: Loopback, aws: Clients, age: timedelta, methods: list[str]
) -> None:
    modified = format_datetime(datetime.now(UTC) - age, usegmt=True)
    server.enqueue(reply(b"", headers={"Last-Modified": modified, "ETag": '"e"'}))
    server.enqueue(reply(b"", headers={"ETag": '"e"'}))
    digest = stage(Bucket(aws.s3, "documents"), {"team": "north"})
    lines = [request.line.split() for request in server.requests]
    assert [line[0] for line in lines] == methods
    assert {line[1] for line in lines} == {f"/documents/.outcrop/attributes/{digest}.metadata.json"}


@pytest.mark.parametrize(
    ("seconds", "is_requested", "methods"),
    [(0, False, []), (1, False, []), (-1, False, ["DELETE"]), (-1, True, [])],
)
def test_a_sidecar_that_a_person_put_after_an_upload_stays_and_an_older_one_goes(
    server: Loopback, aws: Clients, seconds: int, is_requested: bool, methods: list[str]
) -> None:
    """S3 tells times to the second: one of the same second may be the newer one."""
    document = Object("a.md", 1, ITEM.modified, '"e"', NONE)
    modified = ITEM.modified + timedelta(seconds=seconds)
    sidecar = Object("a.md.metadata.json", 2, modified, '"s"')
    server.enqueue(reply(b"", status=204))
    snapshot = Snapshot(document, sidecar, is_requested)
    aligned = align(Bucket(aws.s3, "documents"), "a.md", snapshot)
    assert [request.line.split()[0] for request in server.requests] == methods
    assert aligned == (Snapshot(document, None) if methods else snapshot)
