"""Attributes come with the upload that asked for them, or not at all."""

from typing import Any

import pytest

from app.documents import offer, sync
from app.documents.attributes import LARGEST
from app.errors import InvalidRequest, Unavailable
from app.local.wire import ServiceError
from tests.documents.conftest import BUCKET, Sides, post

SIDECAR = "a.md.metadata.json"
HEADER = "x-amz-meta-outcrop-attributes"


def tell(sides: Sides, *keys: str) -> dict[str, type[Exception]]:
    failures = sync(sides.bucket, sides.knowledge_base, keys)
    return {key: type(error) for key, error in failures.items()}


def test_attributes_come_with_the_upload(sides: Sides) -> None:
    sides.upload("a.md", team="north", year=2024, tags=["x", "y"])
    assert tell(sides, "a.md") == {}
    assert sides.attributes("a.md") == {"team": "north", "year": 2024, "tags": ["x", "y"]}


def test_a_form_that_is_never_used_changes_nothing(sides: Sides) -> None:
    sides.upload("a.md", team="north")
    tell(sides, "a.md")
    offer(sides.bucket, sides.knowledge_base, "a.md", {"team": "south"})
    assert tell(sides, "a.md", SIDECAR) == {}
    assert sides.attributes("a.md") == {"team": "north"}


def test_an_upload_without_any_takes_them_away(sides: Sides) -> None:
    sides.upload("a.md", team="north")
    tell(sides, "a.md")
    sides.upload("a.md", "Another text.")
    assert tell(sides, "a.md") == {}
    assert sides.attributes("a.md") is None
    assert "Contents" not in sides.s3.list_objects_v2(Bucket=BUCKET, Prefix=SIDECAR)


def test_the_last_upload_decides_whichever_form_is_older(sides: Sides) -> None:
    first = offer(sides.bucket, sides.knowledge_base, "a.md", {"team": "first"})
    second = offer(sides.bucket, sides.knowledge_base, "a.md", {"team": "second"})
    post(second, "The second form is used first.")
    post(first, "The first form is used last.")
    assert tell(sides, "a.md") == {}
    assert sides.attributes("a.md") == {"team": "first"}


def test_a_form_cannot_be_given_other_attributes(sides: Sides) -> None:
    theirs = offer(sides.bucket, sides.knowledge_base, "theirs.md", {"team": "theirs"})
    mine = offer(sides.bucket, sides.knowledge_base, "mine.md", {"team": "mine"})
    name = "x-amz-meta-outcrop-attributes"
    relabelled = {**theirs.fields, name: mine.fields[name]}
    without = {key: value for key, value in theirs.fields.items() if key != name}
    for fields in (relabelled, without):
        with pytest.raises(AssertionError, match="Policy Condition failed"):
            post(type(theirs)(**{**_members(theirs), "fields": fields}), "x")


def test_an_upload_during_the_ingestion_of_another_ends_with_its_own(sides: Sides) -> None:
    """Wherever it comes between: the run that tells last has seen what is there."""

    def another() -> None:
        sides.upload("a.md", "Another text.", team="second")
        tell(sides, "a.md")

    sides.upload("a.md", team="first")
    sides.base.during["ingest"] = another
    assert tell(sides, "a.md") == {}
    assert sides.attributes("a.md") == {"team": "second"}


def test_an_upload_during_the_deletion_keeps_its_attributes(sides: Sides) -> None:
    def another() -> None:
        sides.upload("a.md", team="second")
        tell(sides, "a.md")

    sides.upload("a.md", team="first")
    tell(sides, "a.md")
    sides.delete("a.md")
    sides.base.during["delete"] = another
    assert tell(sides, "a.md") == {}
    assert sides.attributes("a.md") == {"team": "second"}


def test_a_document_that_goes_leaves_no_sidecar_of_ours(sides: Sides) -> None:
    sides.upload("a.md", team="north")
    tell(sides, "a.md")
    sides.delete("a.md")
    assert tell(sides, "a.md") == {}
    assert sides.bucket.head(SIDECAR) is None


def test_a_sidecar_put_by_hand_stays_and_one_taken_away_stays_away(sides: Sides) -> None:
    sides.upload("a.md", team="north")
    tell(sides, "a.md")
    by_hand: Any = {"Bucket": BUCKET, "Key": SIDECAR}
    sides.s3.put_object(**by_hand, Body=b'{"metadataAttributes": {"team": "by hand"}}')
    assert tell(sides, SIDECAR) == {}
    assert sides.attributes("a.md") == {"team": "by hand"}
    sides.s3.delete_object(**by_hand)
    assert tell(sides, SIDECAR) == {}
    assert sides.attributes("a.md") is None
    sides.upload("a.md", team="north")
    assert tell(sides, "a.md") == {}
    assert sides.attributes("a.md") == {"team": "north"}


def test_a_document_put_by_hand_has_the_sidecar_that_lies_beside_it(sides: Sides) -> None:
    sides.put("a.md")
    sides.s3.put_object(Bucket=BUCKET, Key=SIDECAR, Body=b'{"metadataAttributes": {"by": "hand"}}')
    assert tell(sides, "a.md", SIDECAR) == {}
    assert sides.attributes("a.md") == {"by": "hand"}


def test_an_event_about_an_ingested_document_ingests_nothing(sides: Sides) -> None:
    sides.upload("a.md", team="north")
    assert tell(sides, "a.md") == {}
    sides.base.calls.clear()
    assert tell(sides, "a.md", SIDECAR) == {}
    assert sides.base.calls == [("get", ["a.md"])]


def test_a_document_that_the_knowledge_base_lost_is_ingested_again(sides: Sides) -> None:
    """A run deleted what another had ingested, and died before its second look."""
    sides.upload("a.md", team="north")
    tell(sides, "a.md")
    sides.base.documents.clear()
    assert tell(sides, "a.md") == {}
    assert sides.known == ["a.md"]


def test_attributes_that_are_lost_are_not_left_out(sides: Sides) -> None:
    """Else a filter that keeps people apart would not find, or would find, the wrong documents."""
    sides.upload("a.md", team="north")
    for item in sides.s3.list_objects_v2(Bucket=BUCKET, Prefix=".outcrop/")["Contents"]:
        sides.delete(item["Key"])
    failures = sync(sides.bucket, sides.knowledge_base, ["a.md"])
    assert isinstance(failures["a.md"], Unavailable)
    assert failures["a.md"].detail == (
        "The attributes that 'a.md' was uploaded with are no longer in the bucket: it was copied, "
        "perhaps. Upload it again, or put its sidecar beside it."
    )
    assert sides.known == []


def test_the_same_attributes_in_another_order_are_the_same(sides: Sides) -> None:
    forms = [
        offer(sides.bucket, sides.knowledge_base, "a.md", metadata).fields[HEADER]
        for metadata in ({"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 1, "b": 3}, {})
    ]
    assert forms[0] == forms[1] != forms[2]
    assert forms[3] == "none"


def test_attributes_that_fill_a_sidecar_and_those_that_are_a_byte_too_long(sides: Sides) -> None:
    room = LARGEST - len('{"metadataAttributes": {"a": ""}}')
    offer(sides.bucket, sides.knowledge_base, "a.md", {"a": "ü" * (room // 2)})
    with pytest.raises(InvalidRequest) as refused:
        offer(sides.bucket, sides.knowledge_base, "a.md", {"a": "x" * (room + 1)})
    assert refused.value.detail == f"The metadata takes {LARGEST + 1} bytes; 10240 are allowed."
    assert refused.value.field == "metadata"


def test_what_is_staged_is_staged_again_before_it_can_expire(sides: Sides) -> None:
    puts: list[str] = []

    def note(params: Any, **_: Any) -> None:
        puts.append(params["url_path"])

    sides.s3.meta.events.register("before-call.s3.PutObject", note, unique_id="test")
    try:
        for _ in range(2):
            offer(sides.bucket, sides.knowledge_base, "a.md", {"team": "north"})
    finally:
        sides.s3.meta.events.unregister("before-call.s3.PutObject", unique_id="test")
    assert len(puts) == 1


def test_a_document_whose_state_is_not_to_be_had_is_told_again(
    sides: Sides, caplog: pytest.LogCaptureFixture
) -> None:
    sides.upload("a.md")
    assert tell(sides, "a.md") == {}

    def fail() -> None:
        raise ServiceError("AccessDeniedException", "Not you.")

    sides.base.during["get"] = fail
    sides.base.calls.clear()
    assert tell(sides, "a.md") == {}
    assert "ingest" in [operation for operation, _ in sides.base.calls]
    assert (
        "ingested again, although some may be current: GetKnowledgeBaseDocuments: AccessDenied"
        in caplog.text
    )


@pytest.mark.parametrize(
    ("metadata", "rule"),
    [
        ({"year": float("nan")}, "'year' cannot be: a number is finite"),
        ({"year": float("inf")}, "'year' cannot be: a number is finite"),
        ({"": "x"}, "'' cannot be: names have 1 to 200 characters"),
        ({"x" * 201: "x"}, "names have 1 to 200 characters"),
        ({"team": "\ud800"}, "'team' cannot be: text is Unicode"),
        ({"tags": ["fine", "\udfff"]}, "'tags' cannot be: text is Unicode"),
        ({"\ud800": True}, "text is Unicode"),
    ],
)
def test_what_cannot_be_an_attribute_is_refused_by_name(
    sides: Sides, metadata: Any, rule: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        offer(sides.bucket, sides.knowledge_base, "a.md", metadata)
    assert rule in refused.value.detail
    assert refused.value.field == "metadata"


def _members(upload: Any) -> dict[str, Any]:
    return {name: getattr(upload, name) for name in type(upload).__slots__}
