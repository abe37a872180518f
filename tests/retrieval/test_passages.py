"""The parts of a passage: attributes of any JSON, and the address by the kind of its place."""

import math
from typing import Any

import pytest

from app.retrieval.passages import read_passages


def read(**members: Any) -> Any:
    result: Any = {"content": {"text": "a"}, **members}
    [passage] = read_passages([result])
    return passage


@pytest.mark.parametrize(
    ("value", "attribute"),
    [
        (3, 3),
        (True, True),
        ("\u00fcber", "\u00fcber"),
        ("half \ud800", "half \ufffd"),
        (["a", 1], ["a", "1"]),
        ({"deep": [None]}, '{"deep": [null]}'),
        ({"\u00fc": 1}, '{"\u00fc": 1}'),
        (math.nan, "NaN"),
        (math.inf, "Infinity"),
        (10**400, "1" + "0" * 400),
    ],
)
def test_an_attribute_is_a_value_that_json_can_hold(value: Any, attribute: Any) -> None:
    metadata = {"key": value, "x-amz-bedrock-kb-source-uri": "s3://d/a.md"}
    assert read(metadata=metadata).metadata == {"key": attribute}


@pytest.mark.parametrize(
    ("location", "uri"),
    [
        ({"s3Location": {"uri": "s3://d/a.md"}}, "s3://d/a.md"),
        ({"customDocumentLocation": {"id": "note-1"}}, "note-1"),
        ({"type": "WEB", "webLocation": {"url": "https://example.com"}}, "https://example.com"),
        ({"a": {"b": 1}, "wikiLocation": {"url": "https://wiki"}}, "https://wiki"),
        ({"type": "SQL", "sqlLocation": {"query": "SELECT 1"}}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_a_passages_uri_is_that_of_its_location(location: Any, uri: str) -> None:
    assert read(location=location).uri == uri


def test_a_passage_without_a_place_or_a_score_is_read_too() -> None:
    passage = read()
    assert (passage.uri, passage.score, passage.page) == ("unknown", 0.0, None)


def test_passages_are_numbered_from_one_in_their_order() -> None:
    results: Any = [{"content": {"text": text}, "score": 0.5} for text in "ab"]
    passages = [(each.number, each.text, each.score) for each in read_passages(results)]
    assert passages == [(1, "a", 0.5), (2, "b", 0.5)]
