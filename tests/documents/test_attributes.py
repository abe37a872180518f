"""Attributes come with the upload that asked for them, or not at all."""

from typing import Any

import pytest

from app.documents import offer, sync
from app.errors import InvalidRequest, Unavailable
from tests.documents.conftest import BUCKET, Sides, post

SIDECAR = "a.md.metadata.json"


def tell(sides: Sides, *keys: str) -> dict[str, type[Exception]]:
    failures = sync(sides.bucket, sides.knowledge_base, keys)
    return {key: type(error) for key, error in failures.items()}


def test_they_come_with_the_upload(sides: Sides) -> None:
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


def test_what_was_dealt_with_is_not_told_twice(sides: Sides) -> None:
    sides.upload("a.md", team="north")
    assert tell(sides, "a.md") == {}
    sides.base.calls.clear()
    assert tell(sides, "a.md", SIDECAR) == {}
    assert sides.base.calls == [("get", ["a.md"])]


def test_what_was_taken_back_since_is_told_again(sides: Sides) -> None:
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
    assert tell(sides, "a.md") == {"a.md": Unavailable}
    assert sides.known == []


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
