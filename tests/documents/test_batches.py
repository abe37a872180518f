"""A batch of documents is looked at by a listing: as few calls, and no change is missed."""

import logging
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.documents import sync
from app.documents.bucket import Bucket
from app.documents.sync import LISTED, ROWS
from app.errors import Throttled, Unavailable
from tests.documents.conftest import BUCKET, Sides

KEYS = [f"{number}.md" for number in range(LISTED + 2)]
SIDECAR = ".metadata.json"
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(KEYS),
        st.sampled_from(("put", "delete", "sidecar", "no sidecar", "upload", "upload, team")),
    ),
    max_size=6,
)


def tell(sides: Sides, *keys: str) -> dict[str, type[Exception]]:
    failures = sync(sides.bucket, sides.knowledge_base, keys)
    return {key: type(error) for key, error in failures.items()}


def change(sides: Sides, key: str, what: str) -> None:
    match what:
        case "put":
            sides.put(key)
        case "delete":
            sides.delete(key)
        case "sidecar":
            sides.put(key + SIDECAR)
        case "no sidecar":
            sides.delete(key + SIDECAR)
        case "upload":
            sides.upload(key, f"This is {key}.")
        case "upload, team":
            sides.upload(key, f"This is {key}.", team="north")


def in_the_bucket(sides: Sides) -> dict[str, str | None]:
    """What the Knowledge Base has to know: each document's address, and its sidecar's."""
    listed = sides.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    keys = {item["Key"] for item in listed}
    uri = f"s3://{BUCKET}/"
    return {
        uri + key: uri + key + SIDECAR if key + SIDECAR in keys else None
        for key in keys
        if not key.endswith(SIDECAR) and not key.startswith(".")
    }


def test_a_batch_takes_one_look_at_each_document_and_two_listings(
    sides: Sides, calls: Counter[str]
) -> None:
    sides.put(*KEYS, KEYS[0] + SIDECAR)
    calls.clear()
    assert tell(sides, *KEYS, "gone.md") == {}
    assert (calls["HeadObject"], calls["ListObjectsV2"]) == (len(KEYS) + 1, 2)
    assert sides.base.documents == in_the_bucket(sides)


def test_few_documents_are_looked_at_one_by_one(sides: Sides, calls: Counter[str]) -> None:
    keys = KEYS[: LISTED - 1]
    sides.put(*keys)
    calls.clear()
    assert tell(sides, *keys) == {}
    assert (calls["HeadObject"], calls["ListObjectsV2"]) == (4 * len(keys), 0)


def test_what_a_listing_does_not_reach_is_looked_at(sides: Sides) -> None:
    """Documents far apart, so that the first ones' neighbours fill the listing."""
    keys = ["a.md", "a.md.more", "m.md", "x.md", "z.md"]
    sides.put(*keys, *(f"a{number:03}.md" for number in range(ROWS * len(keys))))
    sides.put("z.md" + SIDECAR)
    sides.base.during["ingest"] = lambda: sides.delete("x.md")
    assert tell(sides, *keys) == {}
    assert sides.known == ["a.md", "a.md.more", "m.md", "z.md"]
    assert sides.base.documents[f"s3://{BUCKET}/z.md"] == f"s3://{BUCKET}/z.md{SIDECAR}"


def test_a_listing_that_is_refused_holds_up_nobody(
    sides: Sides, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise Throttled("Slow down.")

    monkeypatch.setattr(Bucket, "glance", refuse)
    sides.put(*KEYS)
    with caplog.at_level(logging.WARNING):
        assert tell(sides, *KEYS) == {}
    assert sides.known == KEYS
    assert "one by one: Slow down." in caplog.text


def test_the_same_content_that_is_uploaded_again_with_other_attributes_has_them(
    sides: Sides,
) -> None:
    """Its ETag is the same, and only its head tells of the attributes."""
    for key in KEYS:
        sides.upload(key, team="north")
    sides.base.during["ingest"] = lambda: sides.upload(KEYS[1], team="south")
    assert tell(sides, *KEYS) == {}
    assert sides.attributes(KEYS[0]) == {"team": "north"}
    assert sides.attributes(KEYS[1]) == {"team": "south"}


def test_the_sidecar_of_an_upload_that_is_deleted_meanwhile_goes_too(sides: Sides) -> None:
    for key in KEYS:
        sides.upload(key, team="north")
    sides.base.during["ingest"] = lambda: sides.delete(KEYS[1])
    assert tell(sides, *KEYS) == {}
    assert sides.bucket.head(KEYS[1] + SIDECAR) is None
    assert sides.base.documents == in_the_bucket(sides)


def test_a_sidecar_without_a_document_that_a_person_has_put_meanwhile_stays(sides: Sides) -> None:
    """It has the bytes of the upload's own, which would have been deleted."""
    for key in KEYS:
        sides.upload(key, team="north")
    assert tell(sides, *KEYS) == {}
    for key in KEYS:
        sides.delete(key)
    by_hand = sides.bucket.read(KEYS[1] + SIDECAR)
    assert by_hand

    def put_sidecar() -> None:
        sides.s3.put_object(Bucket=BUCKET, Key=KEYS[1] + SIDECAR, Body=by_hand)

    sides.base.during["delete"] = put_sidecar
    assert tell(sides, *KEYS) == {}
    assert sides.bucket.read(KEYS[1] + SIDECAR) == by_hand


@pytest.mark.parametrize("which", [KEYS[1], KEYS[1] + SIDECAR])
def test_a_document_of_a_batch_that_never_rests_comes_again(sides: Sides, which: str) -> None:
    def write() -> None:
        sides.s3.put_object(Bucket=BUCKET, Key=which, Body=str(len(sides.base.calls)).encode())
        sides.base.during["ingest"] = write

    sides.put(*KEYS, KEYS[1] + SIDECAR)
    write()
    assert tell(sides, *KEYS) == {KEYS[1]: Unavailable}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=CHANGES, during=CHANGES, operation=st.sampled_from(("ingest", "delete", "get")))
def test_whatever_changes_while_a_batch_is_told_is_told(
    sides: Sides,
    before: list[tuple[str, str]],
    during: list[tuple[str, str]],
    operation: str,
) -> None:
    empty(sides)
    for key, what in before:
        change(sides, key, what)
    sides.base.during[operation] = happening(sides, during)
    assert tell(sides, *KEYS) == {}
    assert sides.base.documents == in_the_bucket(sides)


def happening(sides: Sides, changes: list[tuple[str, str]]) -> Callable[[], None]:
    def happen() -> None:
        for key, what in changes:
            change(sides, key, what)

    return happen


def empty(sides: Sides) -> None:
    sides.base.reset()
    for item in sides.s3.list_objects_v2(Bucket=BUCKET).get("Contents", []):
        sides.delete(item["Key"])
