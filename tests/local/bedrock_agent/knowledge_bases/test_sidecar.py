"""Sidecars: both forms of an attribute, what is embedded, and what breaks a rule."""

import json
from typing import Any

import pytest

from app.local.bedrock_agent.knowledge_bases.sidecar import (
    LARGEST,
    Metadata,
    Sidecar,
    read,
    read_inline,
)
from app.local.engine.parsers import Records


def written(attributes: Any, **others: Any) -> bytes:
    return json.dumps({"metadataAttributes": attributes, **others}).encode()


def structure(**members: Any) -> dict[str, Any]:
    return {
        "documentStructureConfiguration": {
            "type": "RECORD_BASED_STRUCTURE_METADATA",
            "recordBasedStructureMetadata": members,
        }
    }


def fields(*names: str) -> list[dict[str, str]]:
    return [{"fieldName": name} for name in names]


def test_the_short_form_is_a_value_alone() -> None:
    attributes: Metadata = {
        "year": 2024,
        "size": 1.5,
        "team": "soils",
        "draft": False,
        "tags": ["a", "b"],
    }
    assert read(written(attributes)) == Sidecar(attributes, "")


def test_the_long_form_names_its_type_and_may_ask_to_be_embedded() -> None:
    content = written(
        {
            "year": {"value": {"type": "NUMBER", "numberValue": 2024}, "includeForEmbedding": True},
            "team": {"value": {"type": "STRING", "stringValue": "soils"}},
            "draft": {
                "value": {"type": "BOOLEAN", "booleanValue": True},
                "includeForEmbedding": True,
            },
            "tags": {
                "value": {"type": "STRING_LIST", "stringListValue": ["wet", "cold"]},
                "includeForEmbedding": False,
            },
        }
    )
    assert read(content) == Sidecar(
        {"year": 2024, "team": "soils", "draft": True, "tags": ["wet", "cold"]},
        "year: 2024\ndraft: true\n\n",
    )


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read(b"\xef\xbb\xbf" + written({"a": "b"})).attributes == {"a": "b"}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe{}", "not JSON in UTF-8"),
        (b"[]", "metadataAttributes"),
        (b"{}", "metadataAttributes"),
        (written([]), "metadataAttributes"),
        (written({"a": "b" * LARGEST}), "bytes"),
        (b'{"metadataAttributes": {"a": NaN}}', "NaN is no number"),
        (b'{"metadataAttributes": {"a": 1e999}}', "'a' must be"),
        (b'{"metadataAttributes": {"a": "\\ud83d"}}', "'a' must be"),
        (b'{"metadataAttributes": {"\\ud83d": 1}}', "no Unicode"),
        (b'{"metadataAttributes": {"a": {"value": {"type": ["STRING"]}}}}', "'a' must have"),
        (b"[" * 5000, "too deeply"),
        (written({"a": None}), "'a' must be a string, a number, true or false"),
        (written({"a": ["b", 1]}), "'a' must be"),
        (written({"": "b"}), "1 to 200 characters"),
        (written({"k" * 201: "b"}), "1 to 200 characters"),
        (written({"x-amz-bedrock-kb-source-uri": "b"}), "Bedrock's own"),
        (written({"a": {}}), "'a' must have a value whose type is one of STRING, NUMBER"),
        (written({"a": {"value": {"type": "DATE"}}}), "'a' must have a value whose type"),
        (written({"a": {"value": {"type": "NUMBER", "stringValue": "1"}}}), "fitting numberValue"),
        (written({"a": {"value": {"type": "NUMBER", "numberValue": True}}}), "fitting numberValue"),
        (
            written({"a": {"value": {"type": "STRING_LIST", "stringListValue": "b"}}}),
            "fitting stringListValue",
        ),
        (
            written(
                {"a": {"value": {"type": "STRING", "stringValue": "b"}, "includeForEmbedding": 1}}
            ),
            "'a' has an includeForEmbedding",
        ),
    ],
)
def test_a_sidecar_that_breaks_a_rule_is_refused_by_member(content: bytes, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        read(content)


def test_inline_attributes_are_the_long_form_in_a_list() -> None:
    attributes = [
        {"key": "year", "value": {"type": "NUMBER", "numberValue": 2024.0}},
        {"key": "tags", "value": {"type": "STRING_LIST", "stringListValue": ["wet"]}},
    ]
    assert read_inline(attributes) == Sidecar({"year": 2024.0, "tags": ["wet"]}, "")


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("x-amz-bedrock-kb-chunk-id", {"type": "STRING", "stringValue": "1"}, "Bedrock's own"),
        ("a", {"type": "STRING", "numberValue": 1}, "fitting stringValue"),
    ],
)
def test_inline_attributes_keep_the_same_rules(key: str, value: Any, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        read_inline([{"key": key, "value": value}])


def test_no_inline_attribute_is_given_twice() -> None:
    twice = [{"key": "a", "value": {"type": "STRING", "stringValue": "b"}}] * 2
    with pytest.raises(ValueError, match="'a' is given more than once"):
        read_inline(twice)


@pytest.mark.parametrize(
    ("members", "records"),
    [
        ({"contentFields": fields("note")}, Records("note")),
        (
            {
                "contentFields": fields("note"),
                "metadataFieldsSpecification": {
                    "fieldsToInclude": fields("day", "place"),
                    "fieldsToExclude": fields("id"),
                },
            },
            Records("note", ("day", "place"), ("id",)),
        ),
    ],
)
def test_records_of_a_csv_file(members: dict[str, Any], records: Records) -> None:
    assert read(written({}, **structure(**members))).records == records


@pytest.mark.parametrize(
    ("others", "named"),
    [
        ({"documentStructureConfiguration": {"type": "OTHER"}}, "RECORD_BASED_STRUCTURE_METADATA"),
        (
            {"documentStructureConfiguration": {"type": "RECORD_BASED_STRUCTURE_METADATA"}},
            "recordBasedStructureMetadata",
        ),
        (structure(), "contentFields must name one column"),
        (structure(contentFields=fields("a", "b")), "contentFields must name one column"),
        (structure(contentFields="a"), "contentFields must be a list of objects"),
        (structure(contentFields=[{"name": "a"}]), "contentFields must be a list of objects"),
        (
            structure(
                contentFields=fields("a"),
                metadataFieldsSpecification={
                    "fieldsToInclude": fields("b"),
                    "fieldsToExclude": fields("b"),
                },
            ),
            "both name 'b'",
        ),
    ],
)
def test_what_is_wrong_with_records_is_named(others: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        read(written({}, **others))
