"""Documents with their attributes: as the sidecars have them now, at one read for each."""

from collections import Counter
from typing import Any

import pytest

from app.documents import find, listing, with_attributes
from app.documents.described import attributes
from app.documents.names import document_id
from app.documents.sync import sync
from tests.documents.conftest import BUCKET, Sides


def listed(sides: Sides) -> dict[str, Any]:
    items, _ = listing(sides.bucket, sides.knowledge_base, 10)
    return {one.name: one.attributes for one in with_attributes(sides.bucket, items)}


def test_a_list_has_the_attributes_that_came_with_the_uploads(sides: Sides) -> None:
    sides.upload("a.md", year=2024, team="south")
    sides.upload("b.md")
    assert sync(sides.bucket, sides.knowledge_base, ["a.md", "b.md"]) == {}
    assert listed(sides) == {"a.md": {"year": 2024, "team": "south"}, "b.md": {}}
    one = find(sides.bucket, sides.knowledge_base, document_id("a.md"))
    assert one.attributes is None
    [one] = with_attributes(sides.bucket, [one])
    assert one.attributes == {"year": 2024, "team": "south"}


def test_a_sidecar_that_a_person_changed_is_what_counts(sides: Sides) -> None:
    sides.put("a.md")
    sidecar = b'{"metadataAttributes": {"year": {"value": {"type": "NUMBER", "numberValue": 7}}}}'
    sides.s3.put_object(Bucket=BUCKET, Key="a.md.metadata.json", Body=sidecar)
    assert listed(sides) == {"a.md": {"year": 7}}
    sides.delete("a.md.metadata.json")
    assert listed(sides) == {"a.md": {}}


def test_a_page_costs_one_read_for_each_document(sides: Sides, calls: Counter[str]) -> None:
    keys = [f"{number}.md" for number in range(5)]
    sides.put(*keys)
    items, _ = listing(sides.bucket, sides.knowledge_base, 10)
    calls.clear()
    with_attributes(sides.bucket, items)
    assert calls == {"GetObject": 5}


@pytest.mark.parametrize(
    "sidecar",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"metadataAttributes": {"year": NaN}}',
        b'{"metadataAttributes": {"year": null}}',
        b'{"metadataAttributes": {"year": {"value": {}}}}',
        b'{"metadataAttributes": {"team": "\\ud83d"}}',
        b'{"metadataAttributes": {"tags": [["a"]]}}',
        b'{"metadataAttributes": ["year"]}',
        b"[" * 5000,
    ],
)
def test_a_sidecar_that_is_malformed_gives_no_attributes(sidecar: bytes) -> None:
    assert attributes(sidecar) == {}


def test_of_a_long_sidecar_only_the_beginning_is_read(sides: Sides) -> None:
    sides.put("a.md")
    sidecar = b'{"metadataAttributes": {"a": "' + b"x" * 20_000 + b'"}}'
    sides.s3.put_object(Bucket=BUCKET, Key="a.md.metadata.json", Body=sidecar)
    assert listed(sides) == {"a.md": {}}
