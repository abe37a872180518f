"""Retrieve with implicitFilterConfiguration, through boto3."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.local.bedrock_agent.knowledge_bases.world import S3_VECTORS, Source, World, refused

NOVA = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
ATTRIBUTES = [
    {"key": "year", "type": "NUMBER", "description": "year of publication"},
    {"key": "author", "type": "STRING", "description": "who wrote it"},
    {"key": "is_draft", "type": "BOOLEAN", "description": "whether it is not published yet"},
    {"key": "tags", "type": "STRING_LIST", "description": "what it is about"},
]
SIDECAR = (
    '{"metadataAttributes": {"year": %d, "author": "%s", "is_draft": %s, "tags": ["%s", "all"]}}'
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("home")) as world:
        yield world


def filled(source: Source) -> str:
    for n in range(6):
        author, draft = ("Ada King", "true") if n % 2 else ("Mary Somerville", "false")
        text = f"The number{n} fox." if n else "Nothing about animals."
        source.put(f"{n}.md", text, SIDECAR % (2000 + n, author, draft, f"tag {n}"))
    assert source.job()["statistics"]["numberOfNewDocumentsIndexed"] == 6
    return source.base


@pytest.fixture(scope="module")
def library(world: World) -> str:
    """A base of six documents by two authors."""
    return filled(world.source())


def implicit(**changes: Any) -> dict[str, Any]:
    return {"modelArn": NOVA, "metadataAttributes": ATTRIBUTES, **changes}


def keys(world: World, base: str, question: str, **search: Any) -> list[str]:
    results = world.retrieve(
        base, question, implicitFilterConfiguration=implicit(), numberOfResults=100, **search
    )
    return sorted(one["location"]["s3Location"]["uri"].rsplit("/", 1)[1][0] for one in results)


EVERY = ["0", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("foxes", EVERY),
        ("What does Ada King say about foxes?", ["1", "3", "5"]),
        ("foxes since 2003", ["3", "4", "5"]),
        ("What did Ada King write about foxes after 2003?", ["5"]),
        ("draft about foxes", ["1", "3", "5"]),
        ("not a draft about foxes", ["0", "2", "4"]),
        ("foxes of tag 3", ["3"]),
        ("foxes by Ada King or Mary Somerville", EVERY),
        ("foxes by Ada King in the year 2002", EVERY),  # no document passes both conditions
        ("foxes by Jane", EVERY),
    ],
)
def test_a_question_filters(world: World, library: str, question: str, expected: list[str]) -> None:
    assert keys(world, library, question) == expected


@pytest.mark.parametrize(("year", "expected"), [(2001, ["3", "5"]), (2005, [])])
def test_the_requests_own_filter_holds_too(
    world: World, library: str, year: int, expected: list[str]
) -> None:
    own = {"greaterThan": {"key": "year", "value": year}}
    assert keys(world, library, "foxes by Ada King", filter=own) == expected


def test_an_own_filter_is_kept_where_no_document_passes_both(world: World, library: str) -> None:
    own = {"equals": {"key": "author", "value": "Mary Somerville"}}
    assert keys(world, library, "foxes by Ada King", filter=own) == ["0", "2", "4"]


def test_pages_and_reranking_have_the_same_filter(world: World, library: str) -> None:
    reranker = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"
    reranking = {
        "type": "BEDROCK_RERANKING_MODEL",
        "bedrockRerankingConfiguration": {"modelConfiguration": {"modelArn": reranker}},
    }
    question = "foxes by Ada King"
    assert keys(world, library, question, rerankingConfiguration=reranking) == ["1", "3", "5"]


def test_a_store_with_fewer_operators_has_implicit_filters(world: World) -> None:
    base = filled(world.source(world.base(S3_VECTORS)))
    assert keys(world, base, "foxes of tag 3 or tag 5 since 2004") == ["5"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"modelArn": NOVA.replace("nova-lite", "nova-none")}, "implicitFilterConfiguration.model"),
        ({"modelArn": NOVA.replace("amazon.nova-lite-v1", "cohere.rerank-v3-5")}, "writes text"),
        ({"metadataAttributes": [{**ATTRIBUTES[0], "key": "k" * 101}]}, "Attributes.0.key"),
        ({"metadataAttributes": [ATTRIBUTES[0], ATTRIBUTES[0]]}, "Attributes.1.key"),
        ({"metadataAttributes": [{**ATTRIBUTES[0], "type": "DATE"}]}, "type"),
    ],
)
def test_what_is_refused(world: World, library: str, changes: Any, named: str) -> None:
    code, status, message = refused(
        world.retrieve, library, "fox", implicitFilterConfiguration=implicit(**changes)
    )
    assert (code, status) == ("ValidationException", 400)
    assert named in message
