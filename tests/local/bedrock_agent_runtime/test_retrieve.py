"""Retrieve through boto3."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.local.bedrock_agent_runtime import retrieval
from tests.local.bedrock_agent.knowledge_bases.world import (
    S3_VECTORS,
    SERVERLESS,
    World,
    refused,
    until,
)

MANAGED_CLUSTER = {
    "type": "OPENSEARCH_MANAGED_CLUSTER",
    "opensearchManagedClusterConfiguration": {
        **SERVERLESS["opensearchServerlessConfiguration"],  # type: ignore[dict-item]  # a dict
        "domainEndpoint": "https://search.example.org",
        "domainArn": "arn:aws:es:us-east-1:000000000000:domain/search",
    },
}
MANAGED_CLUSTER["opensearchManagedClusterConfiguration"].pop("collectionArn")  # type: ignore[attr-defined]  # a dict


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("home")) as world:
        yield world


SIDECAR = '{"metadataAttributes": {"year": %d, "topic": "%s", "draft": %s, "tags": ["%s", "all"]}}'


@pytest.fixture(scope="module")
def library(world: World) -> str:
    """A base of twelve documents, with attributes."""
    source = world.source()
    for n in range(12):
        topic, draft = ("animals", "true") if n % 3 == 0 else ("plants", "false")
        source.put(
            f"{n:02}.md",
            f"the number{n} " + "fox " * (n + 1),
            SIDECAR % (2000 + n, topic, draft, f"tag{n}"),
        )
    assert source.job()["statistics"]["numberOfNewDocumentsIndexed"] == 12
    return source.base


def keys(results: list[Any]) -> list[str]:
    return [result["location"]["s3Location"]["uri"].rsplit("/", 1)[1] for result in results]


def test_a_result_is_whole(world: World, library: str) -> None:
    (result,) = world.retrieve(library, "number7", numberOfResults=1)
    metadata = result["metadata"]
    uri = result["location"]["s3Location"]["uri"]
    assert result["content"] == {"type": "TEXT", "text": "the number7 " + "fox " * 7 + "fox"}
    assert 0 < result["score"] <= 1
    assert metadata.pop("x-amz-bedrock-kb-source-uri") == uri
    assert len(metadata.pop("x-amz-bedrock-kb-data-source-id")) == 10
    assert len(metadata.pop("x-amz-bedrock-kb-chunk-id")) == 36
    assert metadata == {"year": 2007, "topic": "plants", "draft": False, "tags": ["tag7", "all"]}


def test_five_results_unless_asked(world: World, library: str) -> None:
    assert len(world.runtime.retrieve(knowledgeBaseId=library, retrievalQuery={"text": "fox"})[
        "retrievalResults"
    ]) == 5  # fmt: skip
    assert len(world.retrieve(library, "fox", numberOfResults=100)) == 12
    scores = [result["score"] for result in world.retrieve(library, "fox", numberOfResults=12)]
    assert scores == sorted(scores, reverse=True)


def test_a_base_is_found_by_its_arn(world: World, library: str) -> None:
    arn = world.agent.get_knowledge_base(knowledgeBaseId=library)["knowledgeBase"]
    results = world.retrieve(arn["knowledgeBaseArn"], "number7", numberOfResults=1)
    assert keys(results) == ["07.md"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"equals": {"key": "year", "value": 2003}}, {3}),
        ({"notEquals": {"key": "draft", "value": True}}, {1, 2, 4, 5, 7, 8, 10, 11}),
        ({"greaterThan": {"key": "year", "value": 2009}}, {10, 11}),
        ({"greaterThanOrEquals": {"key": "year", "value": 2009}}, {9, 10, 11}),
        ({"lessThan": {"key": "year", "value": 2002}}, {0, 1}),
        ({"lessThanOrEquals": {"key": "year", "value": 2002}}, {0, 1, 2}),
        ({"in": {"key": "topic", "value": ["animals", "stones"]}}, {0, 3, 6, 9}),
        ({"notIn": {"key": "topic", "value": ["plants"]}}, {0, 3, 6, 9}),
        ({"startsWith": {"key": "topic", "value": "ani"}}, {0, 3, 6, 9}),
        ({"stringContains": {"key": "tags", "value": "tag1"}}, {1, 10, 11}),
        ({"listContains": {"key": "tags", "value": "tag1"}}, {1}),
        (
            {
                "andAll": [
                    {"equals": {"key": "topic", "value": "animals"}},
                    {
                        "orAll": [
                            {"lessThan": {"key": "year", "value": 2001}},
                            {"greaterThan": {"key": "year", "value": 2008}},
                        ]
                    },
                ]
            },
            {0, 9},
        ),
    ],
)
def test_retrieve_returns_the_documents_that_a_filter_passes(
    world: World, library: str, condition: Any, expected: set[int]
) -> None:
    results = world.retrieve(library, "fox", numberOfResults=100, filter=condition)
    assert sorted(keys(results)) == [f"{n:02}.md" for n in sorted(expected)]


def test_what_fits_a_response_is_one_page(world: World, library: str) -> None:
    answer = world.runtime.retrieve(
        knowledgeBaseId=library,
        retrievalQuery={"text": "fox"},
        retrievalConfiguration={"vectorSearchConfiguration": {"numberOfResults": 2}},
    )
    assert len(answer["retrievalResults"]) == 2
    assert "nextToken" not in answer


def test_pages_are_one_list(world: World, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    every = world.retrieve(library, "fox number3", numberOfResults=7)
    configuration: Any = {"vectorSearchConfiguration": {"numberOfResults": 7}}
    params: Any = {
        "knowledgeBaseId": library,
        "retrievalQuery": {"text": "fox number3"},
        "retrievalConfiguration": configuration,
    }
    monkeypatch.setattr(retrieval, "ROOM", 3 * max(len(json.dumps(one)) for one in every))
    pages = list(world.runtime.get_paginator("retrieve").paginate(**params))
    assert [len(page["retrievalResults"]) for page in pages] == [3, 3, 1]
    listed = [result for page in pages for result in page["retrievalResults"]]
    assert listed == every
    monkeypatch.setattr(retrieval, "ROOM", 1)  # one result is always in a response
    singles = list(world.runtime.get_paginator("retrieve").paginate(**params))
    assert [len(page["retrievalResults"]) for page in singles] == [1] * 7
    token = world.runtime.retrieve(**params)["nextToken"]
    params["retrievalQuery"] = {"text": "another question"}
    code, status, message = refused(world.runtime.retrieve, **params, nextToken=token)
    assert (code, status) == ("ValidationException", 400)
    assert "nextToken" in message


def rare_words(world: World, storage: Any) -> str:
    """A base in which the score of a search by words is another than that of one by vector."""
    source = world.source(world.base(storage))
    source.put("a.md", "the the the the rareword")
    source.put("b.md", "the the the the")
    source.job()
    return source.base


QUESTION = "the the the the the the rareword"


def scores(world: World, base: str, **search: Any) -> list[float]:
    return [result["score"] for result in world.retrieve(base, QUESTION, **search)]


def test_hybrid_is_the_default_where_the_store_has_it(world: World) -> None:
    base = rare_words(world, SERVERLESS)
    assert keys(world.retrieve(base, QUESTION, overrideSearchType="HYBRID"))[0] == "a.md"
    hybrid = scores(world, base, overrideSearchType="HYBRID")
    assert scores(world, base) == hybrid
    assert scores(world, base, overrideSearchType="SEMANTIC") != hybrid


def test_a_store_without_hybrid_searches_by_vector(world: World) -> None:
    base = rare_words(world, MANAGED_CLUSTER)
    semantic = scores(world, rare_words(world, SERVERLESS), overrideSearchType="SEMANTIC")
    assert scores(world, base) == semantic
    assert scores(world, base, overrideSearchType="HYBRID") == semantic


def test_s3_vectors_refuses_what_it_lacks(world: World) -> None:
    base = rare_words(world, S3_VECTORS)
    assert scores(world, base) == scores(world, base, overrideSearchType="SEMANTIC")
    code, status, message = refused(world.retrieve, base, "fox", overrideSearchType="HYBRID")
    assert (code, status) == ("ValidationException", 400)
    assert "HYBRID search type is not supported" in message
    for operator in ("startsWith", "stringContains"):
        condition = {"andAll": [{operator: {"key": "k", "value": "v"}}] * 2}
        code, _, message = refused(world.retrieve, base, "fox", filter=condition)
        assert code == "ValidationException"
        assert operator in message


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"retrievalQuery": {"text": " "}}, "retrievalQuery.text"),
        ({"retrievalQuery": {"text": "x" * 20_001}}, "retrievalQuery.text"),
        (
            {
                "retrievalQuery": {
                    "type": "IMAGE",
                    "image": {"format": "png", "inlineContent": b"image"},
                }
            },
            "retrievalQuery.image",
        ),
        (
            {"guardrailConfiguration": {"guardrailId": "g", "guardrailVersion": "1"}},
            "guardrailConfiguration",
        ),
        ({"userContext": {"userId": "me"}}, "userContext"),
        (
            {"retrievalConfiguration": {"managedSearchConfiguration": {"numberOfResults": 1}}},
            "managedSearchConfiguration",
        ),
        ({"numberOfResults": 101}, "numberOfResults"),
        ({"filter": {"greaterThan": {"key": "year", "value": "2000"}}}, "greaterThan"),
    ],
)
def test_retrieve_refuses_parameters_that_break_a_rule(
    world: World, library: str, params: Any, named: str
) -> None:
    search = {"numberOfResults", "filter"}
    if params.keys() <= search:
        params = {"retrievalConfiguration": {"vectorSearchConfiguration": params}}
    parameters: Any = {"knowledgeBaseId": library, "retrievalQuery": {"text": "fox"}, **params}
    code, status, message = refused(world.runtime.retrieve, **parameters)
    assert (code, status) == ("ValidationException", 400)
    assert named in message


def test_retrieve_from_a_missing_knowledge_base_is_not_found(world: World) -> None:
    code, status, message = refused(world.retrieve, "0123456789", "fox")
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert "0123456789" in message


def test_a_base_that_is_being_deleted(world: World) -> None:
    source = world.source()
    source.put("a.md", "fox")
    world.parser.gate.clear()
    source.ingest("a.md")
    until(source.statuses, lambda statuses: statuses == {"a.md": "IN_PROGRESS"})
    world.agent.delete_knowledge_base(knowledgeBaseId=source.base)
    code, status, message = refused(world.retrieve, source.base, "fox")
    world.parser.gate.set()
    assert (code, status) == ("ConflictException", 409)
    assert "DELETING" in message


def test_pages_of_a_document(world: World) -> None:
    source = world.source()
    source.put("a.md", "the fox\fthe dog\fthe cat")
    source.job()
    first, second, *_ = world.retrieve(source.base, "dog")
    assert first["metadata"]["x-amz-bedrock-kb-document-page-number"] == 2
    assert first["metadata"]["outcrop-page-label"] == "ii"
    assert "outcrop-page-label" not in second["metadata"]


def test_a_list_that_is_cut_in_two_is_one_result_and_gone_with_its_document(world: World) -> None:
    source = world.source()
    items = "\n".join(f"- berth number {n} is for boats of {n} metres" for n in range(40))
    text = f"# Harbour\n\n{'Boats are moored. ' * 60}\n\nThe berths are:\n\n{items}\n\nThat is all."
    source.put("berths.md", text)
    source.job()
    results = world.retrieve(source.base, "which berths are there?", numberOfResults=10)
    texts = [result["content"]["text"] for result in results]
    assert len(texts) > 1
    assert [text for text in texts if f"The berths are:\n\n{items}" in text]
    assert sum(text.count("- berth number 7 is") for text in texts) == 1
    source.put("berths.md", "# Harbour\n\nThere are no berths.")
    source.job()
    texts = [result["content"]["text"] for result in world.retrieve(source.base, "berths")]
    assert texts == ["# Harbour\n\nThere are no berths."]
