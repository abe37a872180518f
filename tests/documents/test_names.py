"""Each rule of a name in its words, and ids that are none of ours."""

import base64

import pytest

from app.documents.names import check_name, document_id, key_of, subject_of
from app.errors import InvalidRequest, NotFound
from app.resources import DOCUMENT_SUFFIXES

BUCKET = "documents"
LONGEST = 128 - len(BUCKET) - 1 - len(".metadata.json")


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("", "it is empty"),
        (" ", "it is empty"),
        ("x" * (LONGEST - 2) + ".md", f"it is longer than {LONGEST} characters"),
        ("a\x9fb.md", "it holds a control character"),
        ("a/./b.md", "it has to be a relative path without empty, '.' or '..' parts"),
        ("../b.md", "it has to be a relative path without empty, '.' or '..' parts"),
        ("/b.md", "it has to be a relative path without empty, '.' or '..' parts"),
        ("a.md.METADATA.json", "names ending in .metadata.json are reserved for metadata"),
        (".outcrop/a.md", "names beginning with .outcrop/ are reserved"),
        ("a\ud800.md", "it is not Unicode: it holds a lone surrogate"),
        ("a.exe", f"its type has to be one of {', '.join(DOCUMENT_SUFFIXES)}"),
    ],
)
def test_a_name_is_refused_by_its_rule(name: str, rule: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        check_name(name, BUCKET)
    assert raised.value.detail == f"{name!r} cannot be a document's name: {rule}."
    assert raised.value.field == "name"


@pytest.mark.parametrize("name", ["x" * (LONGEST - 3) + ".md", "a b/Größe.PDF", ".a.md"])
def test_a_name_that_breaks_no_rule_is_taken(name: str) -> None:
    check_name(name, BUCKET)


@pytest.mark.parametrize("key", ["a.md", "??>>.md", "Größe/\U0001f30b.pdf", "ab.md", "abc.md"])
def test_an_id_stands_for_its_key(key: str) -> None:
    identifier = document_id(key)
    assert key_of(identifier) == key
    assert not {"=", "+", "/"} & set(identifier)


@pytest.mark.parametrize(
    "identifier",
    [
        "",
        "ä",
        "a",  # no length that base64 has
        "YS5tZA==",  # padded
        "Pz8+Pi5tZA",  # of the other alphabet
        "YS5tZB",  # bits that stand for nothing
        base64.urlsafe_b64encode(b"\xff\xfe").decode().rstrip("="),
        document_id("a.md.metadata.json"),
        document_id("a/"),
    ],
)
def test_what_is_no_id_of_ours_is_not_found(identifier: str) -> None:
    with pytest.raises(NotFound) as raised:
        key_of(identifier)
    assert raised.value.detail == f"There is no document {identifier!r}."
    assert raised.value.field == "id"


def test_a_sidecar_is_about_the_document_beside_it() -> None:
    assert subject_of("a.md.metadata.json") == subject_of("a.md") == "a.md"
