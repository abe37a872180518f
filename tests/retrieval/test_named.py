"""Documents that a query names by a path or a file's name."""

from typing import Any

import pytest

from app.events import Passage
from app.resources import DOCUMENT_SUFFIXES
from app.retrieval.named import addresses, named_first, names_in, of_addresses

YEAR = {"equals": {"key": "year", "value": 2024}}
TEAM = {"equals": {"key": "team", "value": "a"}}
ONE = {"equals": {"key": "x-amz-bedrock-kb-source-uri", "value": "s3://d/a.md"}}
TWO = {"in": {"key": "x-amz-bedrock-kb-source-uri", "value": ["s3://d/a.md", "s3://d/b/a.md"]}}


@pytest.mark.parametrize("suffix", DOCUMENT_SUFFIXES)
def test_every_file_that_can_be_a_document_can_be_named(suffix: str) -> None:
    assert names_in(f"Read a{suffix}") == (f"a{suffix}",)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Summarise docs/budgets.md", ("docs/budgets.md",)),
        ("What does ./a-b/LOCAL_RUN.MD say?", ("a-b/LOCAL_RUN.MD",)),
        ("Is report.2024.pdf newer than report.docx?", ("report.2024.pdf", "report.docx")),
        ("See “notes.txt”.", ("notes.txt",)),
        ("How do I call reader.decrypt or idna.encode?", ()),
        ("Is example.com/a.html the page http://h/a.html?", ("example.com/a.html",)),
        ("What is x.md5 of a.mdx?", ()),
        ("Which .pdf is it?", ()),
    ],
)
def test_a_file_is_named_by_its_name_or_path(query: str, names: tuple[str, ...]) -> None:
    assert names_in(query) == names


def test_a_name_is_looked_for_in_the_buckets_and_folders_of_what_was_found() -> None:
    passages = [
        Passage(number, "text", uri, 0.5)
        for number, uri in enumerate(("s3://d/guides/b.md", "s3://d/c.md", "https://h/x.html"), 1)
    ]
    assert addresses(["a.md"], passages) == ("s3://d/a.md", "s3://d/guides/a.md")
    assert addresses(["b.md"], passages)[0] == "s3://d/guides/b.md"
    assert addresses(["a.md"], []) == ()
    assert addresses([], passages) == ()


@pytest.mark.parametrize(
    ("uris", "given", "together"),
    [
        (["s3://d/a.md"], None, ONE),
        (["s3://d/a.md", "s3://d/b/a.md"], None, TWO),
        (["s3://d/a.md"], YEAR, {"andAll": [YEAR, ONE]}),
        (["s3://d/a.md"], {"andAll": [YEAR, TEAM]}, {"andAll": [YEAR, TEAM, ONE]}),
        (
            ["s3://d/a.md"],
            {"orAll": [YEAR, TEAM]},
            {"andAll": [{"orAll": [YEAR, TEAM]}, ONE]},
        ),
        (["s3://d/a.md"], {"orAll": [{"andAll": [YEAR, TEAM]}, TEAM]}, None),
    ],
    ids=["one", "two", "beside a condition", "in a group", "beside a group", "groups of groups"],
)
def test_the_filter_of_the_caller_holds_too(uris: list[str], given: Any, together: Any) -> None:
    assert of_addresses(uris, given) == together


def test_passages_of_what_was_named_come_first_and_each_text_once() -> None:
    others = [Passage(1, "a", "s3://d/x.md", 0.9), Passage(2, "b", "s3://d/n.md", 0.8)]
    named = [Passage(1, "b", "s3://d/n.md", 0.8), Passage(2, "c", "s3://d/n.md", 0.1)]
    merged = named_first(named, others, 3)
    assert [(one.number, one.text) for one in merged] == [(1, "b"), (2, "c"), (3, "a")]
    assert len(named_first(named, others, 2)) == 2
