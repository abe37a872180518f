"""The file beside a document: what is taken of it, and what is refused, by its rule."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.sidecar import BadSidecar, attributes


def beside(folder: Path, content: bytes) -> Path:
    (folder / "a.md.metadata.json").write_bytes(content)
    return folder / "a.md"


def test_a_sidecar_is_read_in_its_short_and_its_long_form(tmp_path: Path) -> None:
    written: Any = {"year": {"value": {"numberValue": 2024}}, "tags": ["a"], "draft": False}
    content = json.dumps({"metadataAttributes": written}).encode()
    expected = {"year": 2024, "tags": ["a"], "draft": False}
    assert attributes(beside(tmp_path, content)) == expected
    assert attributes(beside(tmp_path, b"\xef\xbb\xbf" + content)) == expected
    assert attributes(tmp_path / "other.md") is None


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("NaN", "holds NaN"),
        ("-Infinity", "holds -Infinity"),
        ("1e999", "k is a number beyond all bounds"),
        ('{"value": {"numberValue": 1e999}}', "k is a number beyond all bounds"),
        (r'"\ud800"', "'k' holds a lone surrogate"),
        (r'["fine", "\udfff"]', "'k' holds a lone surrogate"),
        ('{"value": {}}', "has to be"),
        ('{"value": 7}', "has to be"),
        ('{"value": {"stringValue": "x"}, "includeForEmbedding": true}', "includeForEmbedding"),
        ("[" * 5000 + "]" * 5000, "has to be"),
        (json.dumps("x" * 11_000), "Bedrock takes 10240"),
        ("1" * 5000, "has to be"),
    ],
)
def test_an_attribute_that_bedrock_would_refuse_is_refused_with_its_rule(
    tmp_path: Path, value: str, rule: str
) -> None:
    document = beside(tmp_path, f'{{"metadataAttributes": {{"k": {value}}}}}'.encode())
    with pytest.raises(BadSidecar) as refused:
        attributes(document)
    assert rule in str(refused.value)
    assert str(refused.value).startswith("a.md.metadata.json")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b"7", b"\xff", b'{"metadataAttributes": []}']
)
def test_a_file_that_is_no_sidecar_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadSidecar, match="has to be"):
        attributes(beside(tmp_path, content))


def test_a_folder_of_that_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md.metadata.json").mkdir()
    with pytest.raises(BadSidecar, match="cannot be read"):
        attributes(tmp_path / "a.md")


def test_a_name_that_leaves_no_room_for_a_sidecar_has_none(tmp_path: Path) -> None:
    document = tmp_path / ("\u6f22" * 80 + ".md")  # 243 bytes; a file system takes 255
    document.write_text("The well is twelve metres deep.")
    assert attributes(document) is None
