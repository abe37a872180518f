"""Rerank, and the reranking of what Retrieve finds, through boto3."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.local.bedrock_agent.knowledge_bases.world import World, refused

COHERE = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"
AMAZON = "arn:aws:bedrock:us-east-1::foundation-model/amazon.rerank-v1:0"
WRITER = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("home")) as world:
        yield world


def text(words: str) -> Any:
    document = {"type": "TEXT", "textDocument": {"text": words}}
    return {"type": "INLINE", "inlineDocumentSource": document}


def request(question: str, sources: list[Any], arn: str = COHERE, **details: Any) -> Any:
    model = {"modelArn": arn, **details.pop("model", {})}
    return {
        "queries": [{"type": "TEXT", "textQuery": {"text": question}}],
        "sources": sources,
        "rerankingConfiguration": {
            "type": "BEDROCK_RERANKING_MODEL",
            "bedrockRerankingConfiguration": {"modelConfiguration": model, **details},
        },
    }


SOURCES = [text("the owl is grey"), text("a fox digs a den"), text("the den of the red fox")]


def test_sources_come_in_the_order_of_their_relevance(world: World) -> None:
    results = world.runtime.rerank(**request("red fox", SOURCES))["results"]
    assert [one["index"] for one in results] == [2, 1, 0]
    scores = [one["relevanceScore"] for one in results]
    assert 1 > scores[0] > scores[1] > scores[2] > 0


def test_a_sources_score_depends_on_no_other_source(world: World) -> None:
    every = world.runtime.rerank(**request("red fox", SOURCES))["results"]
    alone = world.runtime.rerank(**request("red fox", SOURCES[1:2]))["results"]
    assert alone[0]["relevanceScore"] == pytest.approx(every[1]["relevanceScore"])


def test_as_many_results_come_as_are_asked_for(world: World) -> None:
    results = world.runtime.rerank(**request("red fox", SOURCES, numberOfResults=2))["results"]
    assert [one["index"] for one in results] == [2, 1]
    results = world.runtime.rerank(**request("red fox", SOURCES, numberOfResults=9))["results"]
    assert len(results) == 3


def test_a_json_document_is_read_with_its_names_and_values(world: World) -> None:
    documents = [{"title": "owls", "tags": ["grey"]}, {"title": "mammals", "of": [{"kind": "fox"}]}]
    sources = [
        {"type": "INLINE", "inlineDocumentSource": {"type": "JSON", "jsonDocument": one}}
        for one in documents
    ]
    results = world.runtime.rerank(**request("fox", sources))["results"]
    assert [one["index"] for one in results] == [1, 0]


@pytest.mark.parametrize(
    ("params", "named"),
    [
        (request("fox", SOURCES, WRITER), "modelArn"),
        (request("fox", SOURCES, AMAZON), "modelArn: must be the ARN of a reranking model that"),
        (request("fox", SOURCES, COHERE.replace("us-east-1", "us-west-2")), "modelArn"),
        (request(" ", SOURCES), "queries.0.textQuery.text"),
        (
            request("fox", SOURCES, model={"additionalModelRequestFields": {"k": 1}}),
            "additionalModelRequestFields",
        ),
        (request("fox", SOURCES, numberOfResults=1001), "numberOfResults"),
        (
            request("fox", [{"type": "INLINE", "inlineDocumentSource": {"type": "JSON"}}]),
            "sources.0.inlineDocumentSource.jsonDocument",
        ),
        (request("fox", SOURCES) | {"nextToken": "invented"}, "nextToken"),
    ],
)
def test_what_rerank_refuses(world: World, params: Any, named: str) -> None:
    code, status, message = refused(world.runtime.rerank, **params)
    assert (code, status) == ("ValidationException", 400)
    assert named in message


def test_empty_additional_fields_ask_for_nothing(world: World) -> None:
    params = request("red fox", SOURCES, model={"additionalModelRequestFields": {}})
    assert len(world.runtime.rerank(**params)["results"]) == 3


def test_amazons_model_reranks_where_it_is_offered(world: World) -> None:
    runtime = world.server.client("bedrock-agent-runtime", region_name="us-west-2")
    params = request("red fox", SOURCES, AMAZON.replace("us-east-1", "us-west-2"))
    assert [one["index"] for one in runtime.rerank(**params)["results"]] == [2, 1, 0]


def reranking(arn: str = COHERE, **details: Any) -> Any:
    return {
        "type": "BEDROCK_RERANKING_MODEL",
        "bedrockRerankingConfiguration": {"modelConfiguration": {"modelArn": arn}, **details},
    }


SIDECAR = '{"metadataAttributes": {"animal": "%s", "place": "%s"}}'


@pytest.fixture(scope="module")
def library(world: World) -> str:
    """A base whose search alone would have the repeated words first."""
    source = world.source()
    for name, words, animal, place in (
        ("a.md", "fox " * 9 + "story", "brown wren", "forest"),
        ("b.md", "the red fox of winter digs a deep den under an old tree", "fox", "river"),
        ("c.md", "wren", "wolf", "river"),
    ):
        source.put(name, words, SIDECAR % (animal, place))
    source.job()
    return source.base


def names(results: list[Any]) -> list[str]:
    return [result["location"]["s3Location"]["uri"].rsplit("/", 1)[1] for result in results]


def test_retrieve_puts_what_it_found_in_the_rerankers_order(world: World, library: str) -> None:
    search = {"overrideSearchType": "SEMANTIC"}
    assert names(world.retrieve(library, "fox den tree", **search))[0] == "a.md"
    results = world.retrieve(library, "fox den tree", rerankingConfiguration=reranking(), **search)
    assert names(results)[0] == "b.md"
    assert len(results) == 3
    scores = [result["score"] for result in results]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_retrieve_keeps_as_many_reranked_results_as_are_asked_for(
    world: World, library: str
) -> None:
    configuration = reranking(numberOfRerankedResults=1)
    results = world.retrieve(library, "fox den tree", rerankingConfiguration=configuration)
    assert names(results) == ["b.md"]


@pytest.mark.parametrize(
    ("selection", "first"),
    [
        (None, "c.md"),
        ({"selectionMode": "ALL"}, "a.md"),
        (
            {
                "selectionMode": "SELECTIVE",
                "selectiveModeConfiguration": {"fieldsToInclude": [{"fieldName": "animal"}]},
            },
            "a.md",
        ),
        (
            {
                "selectionMode": "SELECTIVE",
                "selectiveModeConfiguration": {"fieldsToExclude": [{"fieldName": "place"}]},
            },
            "a.md",
        ),
        (
            {
                "selectionMode": "SELECTIVE",
                "selectiveModeConfiguration": {"fieldsToExclude": [{"fieldName": "animal"}]},
            },
            "c.md",
        ),
    ],
)
def test_the_reranker_reads_the_metadata_that_is_chosen(
    world: World, library: str, selection: Any, first: str
) -> None:
    details = {} if selection is None else {"metadataConfiguration": selection}
    results = world.retrieve(library, "brown wren", rerankingConfiguration=reranking(**details))
    assert names(results)[0] == first


@pytest.mark.parametrize(
    ("configuration", "named"),
    [
        ({"type": "BEDROCK_RERANKING_MODEL"}, "bedrockRerankingConfiguration"),
        (reranking(WRITER), "modelArn"),
        (reranking(numberOfRerankedResults=101), "numberOfRerankedResults"),
        (reranking(metadataConfiguration={"selectionMode": "SELECTIVE"}), "selectiveMode"),
        (
            reranking(
                metadataConfiguration={
                    "selectionMode": "ALL",
                    "selectiveModeConfiguration": {"fieldsToInclude": [{"fieldName": "animal"}]},
                }
            ),
            "selectiveModeConfiguration",
        ),
    ],
)
def test_what_rerankings_configuration_refuses(
    world: World, library: str, configuration: Any, named: str
) -> None:
    code, status, message = refused(
        world.retrieve, library, "fox", rerankingConfiguration=configuration
    )
    assert (code, status) == ("ValidationException", 400)
    assert named in message
