"""What became of documents: as few calls as there can be, and none that is paid for in vain."""

import base64
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from app.documents import find, listing, offer, remove, sync
from app.documents.bucket import MOST_TAGS, REQUESTED, Object
from app.documents.knowledge_base import Detail
from app.documents.names import document_id
from app.documents.status import LONGEST_ON_ITS_WAY, Document, _document
from app.errors import InvalidRequest, NotFound, OutcropError
from app.local.wire import JSON
from tests.documents.conftest import BUCKET, Sides, post


def test_a_page_costs_one_listing_and_a_call_for_ten_documents(
    sides: Sides, calls: Counter[str]
) -> None:
    keys = [f"{number:02}.md" for number in range(45)]
    sides.put(*keys, *(f"{key}.metadata.json" for key in keys))
    calls.clear()
    first, cursor = listing(sides.bucket, sides.knowledge_base, 20)
    assert [document.name for document in first] == keys[:20]
    assert calls == {"ListObjectsV2": 1, "GetKnowledgeBaseDocuments": 2}
    second, cursor = listing(sides.bucket, sides.knowledge_base, 20, cursor)
    third, cursor = listing(sides.bucket, sides.knowledge_base, 20, cursor)
    assert [document.name for document in [*second, *third]] == keys[20:]
    assert cursor is None


def test_no_search_is_made_for_a_document_that_was_uploaded(
    sides: Sides, calls: Counter[str]
) -> None:
    """Retrieve is paid for: it is asked only whether a document that left both sides is gone."""
    digest = sha256(b"A text.").hexdigest()
    assert not offer(sides.bucket, sides.knowledge_base, "a.md", sha256=digest).replaces
    sides.upload("a.md", sha256=digest)
    assert find(sides.bucket, sides.knowledge_base, document_id("a.md")).status == "UPLOADED"
    sync(sides.bucket, sides.knowledge_base, ["a.md"])
    assert find(sides.bucket, sides.knowledge_base, document_id("a.md")).status == "INDEXED"
    assert offer(sides.bucket, sides.knowledge_base, "a.md", sha256=digest).unchanged
    assert calls["Retrieve"] == 0
    remove(sides.bucket, sides.knowledge_base, document_id("a.md"))
    sync(sides.bucket, sides.knowledge_base, ["a.md"])
    with pytest.raises(NotFound):
        find(sides.bucket, sides.knowledge_base, document_id("a.md"))
    assert calls["Retrieve"] == 1


def test_indexed_is_not_said_of_the_version_before(sides: Sides) -> None:
    """The Knowledge Base is done with the old text just after the new one came."""
    sides.upload("a.md", "The old text.")
    sync(sides.bucket, sides.knowledge_base, ["a.md"])
    sides.upload("a.md", "The new text.")
    identifier = document_id("a.md")
    assert find(sides.bucket, sides.knowledge_base, identifier).status == "UPLOADED"
    sync(sides.bucket, sides.knowledge_base, ["a.md"])
    assert find(sides.bucket, sides.knowledge_base, identifier).status == "INDEXED"


def test_a_time_that_is_yet_to_come_makes_no_document_wait_for_it(sides: Sides) -> None:
    """A file that was copied into the laptop's bucket keeps the time that it bears."""
    updated = datetime.now(UTC) - timedelta(seconds=10)

    def status(modified: datetime) -> str:
        item = Object("a.md", 1, modified, '"etag"')
        return _document(sides.bucket, "a.md", item, Detail("INDEXED", updated)).status

    assert status(datetime.now(UTC) - timedelta(seconds=5)) == "UPLOADED"
    assert status(datetime.now(UTC) + timedelta(hours=1)) == "INDEXED"
    assert status(updated) == status(updated - timedelta(seconds=5)) == "INDEXED"


@pytest.mark.parametrize(("others", "is_noted"), [(MOST_TAGS - 1, True), (MOST_TAGS, False)])
def test_where_an_object_has_all_the_tags_that_s3_allows_nothing_is_noted(
    sides: Sides, others: int, is_noted: bool
) -> None:
    sides.upload("a.md")
    tags: Any = [{"Key": f"key-{number}", "Value": "value"} for number in range(others)]
    sides.s3.put_object_tagging(Bucket=BUCKET, Key="a.md", Tagging={"TagSet": tags})
    assert sync(sides.bucket, sides.knowledge_base, ["a.md"]) == {}
    left = sides.s3.get_object_tagging(Bucket=BUCKET, Key="a.md")["TagSet"]
    assert [tag for tag in left if tag["Key"] != REQUESTED] == tags
    assert len(left) == others + is_noted
    head = sides.bucket.head("a.md")
    assert head
    assert sides.bucket.requested(head) is is_noted


def test_tags_of_others_stay(sides: Sides) -> None:
    sides.upload("a.md")
    cost: Any = {"Key": "cost", "Value": "library"}
    sides.s3.put_object_tagging(
        Bucket=sides.bucket.name, Key="a.md", Tagging={"TagSet": [cost]}
    )  # fmt: skip
    sync(sides.bucket, sides.knowledge_base, ["a.md"])
    tags = sides.s3.get_object_tagging(Bucket=sides.bucket.name, Key="a.md")["TagSet"]
    assert cost in tags
    assert find(sides.bucket, sides.knowledge_base, document_id("a.md")).status == "INDEXED"


@pytest.mark.parametrize("key", ["a/", "a.md.metadata.json", ""])
def test_what_is_no_document_is_not_found(sides: Sides, key: str) -> None:
    if key:
        sides.put(key)
    with pytest.raises(NotFound):
        find(sides.bucket, sides.knowledge_base, document_id(key))


def test_a_removal_that_breaks_off_leaves_no_document_without_its_attributes(sides: Sides) -> None:
    """Attributes may say who is to find a document: it must not stay behind without them."""
    sides.put("a.md", "a.md.metadata.json")
    requests: list[str] = []

    def break_off(params: Mapping[str, Any], **_: Any) -> None:
        requests.append(params["url_path"])
        if len(requests) == 2:
            raise ConnectionClosedError(endpoint_url="the bucket")

    sides.s3.meta.events.register("before-call.s3.DeleteObject", break_off, unique_id="test")
    try:
        with pytest.raises(OutcropError):
            remove(sides.bucket, sides.knowledge_base, document_id("a.md"))
    finally:
        sides.s3.meta.events.unregister("before-call.s3.DeleteObject", unique_id="test")
    left = [item["Key"] for item in sides.s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert left == ["a.md.metadata.json"]


def test_a_form_takes_fifty_megabytes_within_five_minutes(sides: Sides) -> None:
    upload = offer(sides.bucket, sides.knowledge_base, "a.md")
    policy = json.loads(base64.b64decode(upload.fields["policy"]))
    assert ["content-length-range", 1, 50 * 1024 * 1024] in policy["conditions"]
    for expires in (datetime.fromisoformat(policy["expiration"]), upload.expires):
        assert timedelta(minutes=4) < expires - datetime.now(UTC) <= timedelta(minutes=5)


def test_a_name_that_is_outcrops_own_is_refused(sides: Sides) -> None:
    with pytest.raises(InvalidRequest, match="reserved"):
        offer(sides.bucket, sides.knowledge_base, ".outcrop/attributes/a.md")


FAILED: JSON = {"status": "FAILED", "statusReason": "It is odd."}


def test_a_document_is_described_alike_alone_and_in_a_list(sides: Sides) -> None:
    sides.upload("a.md", "Twelve bytes")
    uri, identifier = f"s3://{BUCKET}/a.md", document_id("a.md")

    def described() -> Document:
        document = find(sides.bucket, sides.knowledge_base, identifier)
        [listed], cursor = listing(sides.bucket, sides.knowledge_base, 10)
        assert cursor is None
        assert listed == document
        return document

    head = sides.bucket.head("a.md")
    assert head
    new = Document(identifier, "a.md", uri, 12, head.modified, None, "UPLOADED")
    assert described() == new
    assert sync(sides.bucket, sides.knowledge_base, ["a.md"]) == {}
    assert described() == replace(new, status="INDEXED")
    updated = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=5)
    sides.base.says = {**FAILED, "updatedAt": updated}
    failed = replace(new, status="FAILED", reason="It is odd.", updated=updated)
    assert described() == failed
    deleted_document = remove(sides.bucket, sides.knowledge_base, identifier)
    assert deleted_document == Document(identifier, "a.md", uri, None, None, None, "DELETING")
    assert find(sides.bucket, sides.knowledge_base, identifier) == replace(
        deleted_document, updated=updated, reason="It is odd."
    )


@pytest.mark.parametrize("status", ["INDEXED", "PARTIALLY_INDEXED"])
def test_the_reason_of_a_document_that_searches_find_is_its_warnings(
    sides: Sides, status: str
) -> None:
    sides.upload("a.md", "The first text.")
    sync(sides.bucket, sides.knowledge_base, ["a.md"])
    warnings = ("Page 2 has no text layer.", "2 fields are empty.")
    sides.base.says = {"status": status, "statusReason": "\n".join(warnings)}
    identifier = document_id("a.md")
    document = find(sides.bucket, sides.knowledge_base, identifier)
    assert (document.status, document.reason, document.warnings) == (status, None, warnings)
    sides.upload("a.md", "The next text.")
    document = find(sides.bucket, sides.knowledge_base, identifier)
    assert (document.status, document.reason, document.warnings) == ("UPLOADED", None, ())


def test_of_a_new_version_the_reason_of_the_old_one_is_not_told(sides: Sides) -> None:
    sides.upload("a.md", "The old text.")
    sync(sides.bucket, sides.knowledge_base, ["a.md"])
    sides.base.says = FAILED
    sides.upload("a.md", "The new one.")
    document = find(sides.bucket, sides.knowledge_base, document_id("a.md"))
    assert (document.status, document.reason, document.size) == ("UPLOADED", None, 12)


def test_a_status_of_long_after_the_upload_is_that_of_a_sync_of_the_whole_bucket(
    sides: Sides,
) -> None:
    sides.upload("a.md")
    sides.base.documents[f"s3://{BUCKET}/a.md"] = None
    head = sides.bucket.head("a.md")
    assert head
    for later, status in (
        (LONGEST_ON_ITS_WAY, "UPLOADED"),
        (LONGEST_ON_ITS_WAY + timedelta(seconds=1), "INDEXED"),
    ):
        sides.base.says = {"status": "INDEXED", "updatedAt": (head.modified + later)}
        document = find(sides.bucket, sides.knowledge_base, document_id("a.md"))
        assert document.status == status


def test_a_document_put_without_a_form_has_the_knowledge_bases_status(sides: Sides) -> None:
    sides.put("a.md")
    sides.base.documents[f"s3://{BUCKET}/a.md"] = None
    identifier = document_id("a.md")
    assert find(sides.bucket, sides.knowledge_base, identifier).status == "INDEXED"
    before = datetime.now(UTC) - timedelta(hours=1)
    sides.base.says = {"status": "INDEXED", "updatedAt": before}
    assert find(sides.bucket, sides.knowledge_base, identifier).status == "UPLOADED"


def test_a_document_that_cannot_be_named_is_listed_found_and_removed(sides: Sides) -> None:
    key = "x" * 130 + ".md"
    sides.put(key)
    document = find(sides.bucket, sides.knowledge_base, document_id(key))
    assert document.status == "REFUSED"
    assert document.reason
    assert "under a shorter name" in document.reason
    assert listing(sides.bucket, sides.knowledge_base, 1) == ([document], None)
    assert remove(sides.bucket, sides.knowledge_base, document_id(key)).status == "DELETING"
    with pytest.raises(NotFound) as raised:
        find(sides.bucket, sides.knowledge_base, document_id(key))
    assert raised.value.detail == f"There is no document {key!r}."
    assert raised.value.field == "id"


def test_an_empty_bucket_has_an_empty_list(sides: Sides) -> None:
    assert listing(sides.bucket, sides.knowledge_base, 10) == ([], None)


def test_a_page_is_asked_for_with_room_for_every_sidecar(sides: Sides) -> None:
    queries: list[Any] = []

    def note(params: Mapping[str, Any], **_: Any) -> None:
        queries.append(params["query_string"])

    sides.s3.meta.events.register("before-call.s3.ListObjectsV2", note, unique_id="test")
    try:
        listing(sides.bucket, sides.knowledge_base, 7, cursor="a.md")
    finally:
        sides.s3.meta.events.unregister("before-call.s3.ListObjectsV2", unique_id="test")
    [query] = queries
    assert (query["max-keys"], query["start-after"]) == (16, "a.md")


def test_only_what_has_tags_is_asked_for_them(sides: Sides, calls: Counter[str]) -> None:
    sides.upload("a.md")
    sync(sides.bucket, sides.knowledge_base, ["a.md"])
    assert (calls["PutObjectTagging"], calls["GetObjectTagging"]) == (1, 0)


@pytest.mark.parametrize("changed", ["status", "content", "attributes", "sidecar", "nothing"])
def test_an_upload_is_in_vain_only_if_all_is_as_it_was(sides: Sides, changed: str) -> None:
    digest = sha256(b"A text.").hexdigest()
    sides.upload("a.md", sha256=digest, team="north")
    sync(sides.bucket, sides.knowledge_base, ["a.md"])
    if changed == "status":
        sides.base.says = FAILED
    if changed == "sidecar":
        sides.delete("a.md.metadata.json")
    upload_form = offer(
        sides.bucket,
        sides.knowledge_base,
        "a.md",
        {"team": "south" if changed == "attributes" else "north"},
        sha256=None if changed == "content" else digest,
    )
    assert upload_form.replaces
    assert upload_form.unchanged is (changed == "nothing")
    assert upload_form.id == document_id("a.md")


@pytest.mark.parametrize("charset", ["windows-1252", "iso-8859-15", None])
def test_an_upload_in_another_encoding_is_not_in_vain(sides: Sides, charset: str | None) -> None:
    content = "A text."
    digest = sha256(content.encode()).hexdigest()
    first = offer(
        sides.bucket, sides.knowledge_base, "a.txt", sha256=digest, charset="windows-1252"
    )
    assert first.fields["Content-Type"] == "text/plain; charset=windows-1252"
    post(first, content)
    sync(sides.bucket, sides.knowledge_base, ["a.txt"])
    again = offer(sides.bucket, sides.knowledge_base, "a.txt", sha256=digest, charset=charset)
    assert again.unchanged is (charset == "windows-1252")


def test_a_form_says_of_what_type_a_document_is(sides: Sides) -> None:
    pdf = offer(sides.bucket, sides.knowledge_base, "a.pdf", sha256="ab" * 32)
    assert pdf.fields["Content-Type"] == "application/pdf"
    assert pdf.fields["x-amz-checksum-sha256"] == base64.b64encode(b"\xab" * 32).decode()
    assert (pdf.replaces, pdf.unchanged) == (False, False)
    assert "x-amz-checksum-sha256" not in offer(sides.bucket, sides.knowledge_base, "a.pdf").fields
