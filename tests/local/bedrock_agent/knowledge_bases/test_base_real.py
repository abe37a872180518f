"""A Knowledge Base with everything real: files, parser process, chunks, encoder, store."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.local.engine.parsers.process import Parser
from app.local.engine.transformer import Encoder
from app.retrieval.folding import fold
from app.retrieval.passages import read_passages
from tests.local.bedrock_agent.knowledge_bases.world import Source, World

SECTIONS = {
    "Heat": "The kiln reaches its highest temperature after six hours. " * 12,
    "Glaze": "A glaze is mixed from silica, alumina and a flux. " * 12,
    "Rent": "The studio's rent is due on the first day of each month. " * 12,
}


@pytest.fixture(scope="module")
def world(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("home"), encoder, parser=Parser) as world:
        yield world


def chunked(world: World, **configuration: Any) -> Source:
    return world.source(vectorIngestionConfiguration={"chunkingConfiguration": configuration})


def test_a_question_finds_its_answer(world: World) -> None:
    source = world.source()
    source.put("pottery.md", "\n\n".join(f"# {head}\n\n{body}" for head, body in SECTIONS.items()))
    source.put("zoo.html", "<h1>Opening hours</h1><p>The zoo opens at nine and closes at dusk.</p>")
    source.put("prices.csv", "item,price\nmug,12 euros\nbowl,20 euros\n")
    source.put("empty.txt", "")
    source.put("scan.tiff", "II*")
    job = source.job()
    assert job["statistics"]["numberOfNewDocumentsIndexed"] == 3
    assert job["statistics"]["numberOfDocumentsFailed"] == 2
    assert len(job["failureReasons"]) == 2
    for question, key, words in (
        ("When can I visit the animals?", "zoo.html", "closes at dusk"),
        ("What does a bowl cost?", "prices.csv", "20 euros"),
        ("How hot does the oven get?", "pottery.md", "kiln"),
    ):
        best, *_ = world.retrieve(source.base, question)
        assert best["location"]["s3Location"]["uri"] == source.uri(key)
        assert words in best["content"]["text"]


def test_children_are_found_and_parents_returned(world: World) -> None:
    source = chunked(
        world,
        chunkingStrategy="HIERARCHICAL",
        hierarchicalChunkingConfiguration={
            "levelConfigurations": [{"maxTokens": 200}, {"maxTokens": 40}],
            "overlapTokens": 1,
        },
    )
    source.put("pottery.md", "\n\n".join(SECTIONS.values()))
    assert source.job()["statistics"]["numberOfNewDocumentsIndexed"] == 1
    everything = world.retrieve(source.base, "rent", numberOfResults=100)
    texts = [result["content"]["text"] for result in everything]
    assert 1 < len(texts) == len(set(texts)) < 6
    assert all(len(text.split()) > 60 for text in texts[:-1])
    five = world.retrieve(source.base, "rent", numberOfResults=5)
    assert len(five) < 5
    assert "rent" in five[0]["content"]["text"]
    assert five[0]["score"] == everything[0]["score"]
    pages = world.runtime.get_paginator("retrieve").paginate(
        knowledgeBaseId=source.base,
        retrievalQuery={"text": "rent"},
        retrievalConfiguration={"vectorSearchConfiguration": {"numberOfResults": 5}},
    )
    paged = [r["content"]["text"] for page in pages for r in page["retrievalResults"]]
    assert paged == [result["content"]["text"] for result in five]


def test_a_parent_stands_where_its_best_child_does_and_copies_are_each_returned(
    world: World,
) -> None:
    """Bedrock returns each copy; the application folds them."""
    source = chunked(
        world,
        chunkingStrategy="HIERARCHICAL",
        hierarchicalChunkingConfiguration={
            "levelConfigurations": [{"maxTokens": 200}, {"maxTokens": 40}],
            "overlapTokens": 1,
        },
    )
    for key in ("pottery.md", "copy.md"):
        source.put(key, "\n\n".join(SECTIONS.values()))
    source.put("boats.md", "The rent of a boat is 12 euros an hour.\n\n" * 9)
    assert source.job()["statistics"]["numberOfNewDocumentsIndexed"] == 3
    results = world.retrieve(source.base, "How hot is the kiln?", numberOfResults=30)
    scores = [result["score"] for result in results]
    assert scores == sorted(scores, reverse=True)
    first, second, *_ = results
    assert first["content"] == second["content"]
    assert "kiln" in first["content"]["text"]
    uris = {result["location"]["s3Location"]["uri"] for result in (first, second)}
    assert uris == {source.uri("pottery.md"), source.uri("copy.md")}
    children = world.retrieve(source.base, "kiln", numberOfResults=2)
    assert 1 <= len(children) <= 2
    passages = fold(tuple(read_passages(results)), 10)
    texts = [passage.text for passage in passages]
    assert len(texts) == len(set(texts)) < len(results)
    assert [passage.number for passage in passages] == list(range(1, len(passages) + 1))


def test_attributes_for_embedding_are_embedded_and_not_shown(world: World) -> None:
    source = world.source()
    for key, author in (("a.md", "Hokusai"), ("b.md", "Vermeer")):
        value = {"type": "STRING", "stringValue": author}
        attributes = {"author": {"value": value, "includeForEmbedding": True}}
        sidecar = json.dumps({"metadataAttributes": attributes})
        source.put(key, "A picture, and nothing else is known of it.", sidecar)
    source.job()
    for author in ("Hokusai", "Vermeer"):
        best, second = world.retrieve(source.base, f"author: {author}")
        assert best["metadata"]["author"] == author
        assert best["score"] > second["score"]
        assert author not in best["content"]["text"]
