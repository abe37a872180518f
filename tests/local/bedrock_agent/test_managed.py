"""Managed Knowledge Bases, through boto3: no store, a connector, a search of their own."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.local.bedrock_agent.knowledge_bases.world import (
    MODEL,
    ROLE,
    SERVERLESS,
    World,
    refused,
    until,
)

MANAGED: Any = {
    "type": "MANAGED",
    "managedKnowledgeBaseConfiguration": {"embeddingModelType": "MANAGED"},
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("home")) as world:
        yield world


def connector(**parameters: Any) -> Any:
    members = {"type": "CUSTOM", "version": "1", **parameters}
    return {
        "type": "MANAGED_KNOWLEDGE_BASE_CONNECTOR",
        "managedKnowledgeBaseConnectorConfiguration": {"connectorParameters": members},
    }


@pytest.fixture(scope="module")
def base(world: World) -> str:
    created: Any = world.agent.create_knowledge_base(
        name="managed", roleArn=ROLE, knowledgeBaseConfiguration=MANAGED
    )
    return str(created["knowledgeBase"]["knowledgeBaseId"])


@pytest.fixture(scope="module")
def source(world: World, base: str) -> str:
    """A data source with two documents."""
    created: Any = world.agent.create_data_source(
        knowledgeBaseId=base, name="told", dataSourceConfiguration=connector(aclEnabled=False)
    )
    source = str(created["dataSource"]["dataSourceId"])
    texts = {"s3://docs/fox.md": "The fox is red.", "s3://docs/owl.md": "The owl is grey."}
    world.agent.ingest_knowledge_base_documents(
        knowledgeBaseId=base,
        dataSourceId=source,
        documents=[
            {
                "content": {
                    "dataSourceType": "CUSTOM",
                    "custom": {
                        "customDocumentIdentifier": {"id": uri},
                        "sourceType": "IN_LINE",
                        "inlineContent": {"type": "TEXT", "textContent": {"data": text}},
                    },
                }
            }
            for uri, text in texts.items()
        ],
    )
    identifiers: Any = [{"dataSourceType": "CUSTOM", "custom": {"id": uri}} for uri in texts]

    def statuses() -> list[str]:
        response = world.agent.get_knowledge_base_documents(
            knowledgeBaseId=base, dataSourceId=source, documentIdentifiers=identifiers
        )
        return [str(detail["status"]) for detail in response["documentDetails"]]

    until(statuses, lambda found: found == ["INDEXED", "INDEXED"])
    return source


def search(world: World, base: str, question: str, **managed: Any) -> list[Any]:
    parameters: Any = {
        "knowledgeBaseId": base,
        "retrievalQuery": {"text": question},
        "retrievalConfiguration": {"managedSearchConfiguration": managed},
    }
    return list(world.runtime.retrieve(**parameters)["retrievalResults"])


@pytest.mark.usefixtures("source")
def test_what_is_told_is_found_by_words_too(world: World, base: str) -> None:
    best, other = search(world, base, "owl", numberOfResults=2)
    assert best["location"]["customDocumentLocation"] == {"id": "s3://docs/owl.md"}
    assert best["score"] > other["score"]


def test_a_model_may_be_named(world: World) -> None:
    named: Any = {
        "type": "MANAGED",
        "managedKnowledgeBaseConfiguration": {
            "embeddingModelType": "CUSTOM",
            "embeddingModelArn": MODEL,
        },
    }
    created: Any = world.agent.create_knowledge_base(
        name="named", roleArn=ROLE, knowledgeBaseConfiguration=named
    )["knowledgeBase"]
    description: Any = world.agent.get_knowledge_base(knowledgeBaseId=created["knowledgeBaseId"])
    assert description["knowledgeBase"]["knowledgeBaseConfiguration"] == named
    assert "storageConfiguration" not in description["knowledgeBase"]


@pytest.mark.parametrize(
    ("configuration", "storage", "named"),
    [
        (MANAGED, SERVERLESS, "storageConfiguration"),
        (
            {
                "type": "MANAGED",
                "managedKnowledgeBaseConfiguration": {"embeddingModelType": "CUSTOM"},
            },
            None,
            "embeddingModelArn",
        ),
        (
            {"type": "MANAGED", "managedKnowledgeBaseConfiguration": {"embeddingModelArn": MODEL}},
            None,
            "embeddingModelArn",
        ),
    ],
)
def test_a_managed_knowledge_base_that_breaks_a_rule_is_refused(
    world: World, configuration: Any, storage: Any, named: str
) -> None:
    parameters = {"storageConfiguration": storage} if storage else {}
    code, _, message = refused(
        world.agent.create_knowledge_base,
        name="wrong",
        roleArn=ROLE,
        knowledgeBaseConfiguration=configuration,
        **parameters,
    )
    assert code == "ValidationException"
    assert named in message


@pytest.mark.parametrize(
    ("configuration", "named"),
    [
        ({"type": "CUSTOM"}, "MANAGED_KNOWLEDGE_BASE_CONNECTOR"),
        (connector(version="2"), "version"),
        (connector(type="S3"), "S3"),
        (connector(aclEnabled=True), "aclEnabled"),
    ],
)
def test_a_connector_that_breaks_a_rule_is_refused(
    world: World, base: str, configuration: Any, named: str
) -> None:
    code, _, message = refused(
        world.agent.create_data_source,
        knowledgeBaseId=base,
        name="wrong",
        dataSourceConfiguration=configuration,
    )
    assert code == "ValidationException"
    assert named in message


def test_a_connector_belongs_to_a_managed_base(world: World) -> None:
    code, _, message = refused(
        world.agent.create_data_source,
        knowledgeBaseId=world.source().base,
        name="wrong",
        dataSourceConfiguration=connector(),
    )
    assert (code, "dataSourceConfiguration.type" in message) == ("ValidationException", True)


@pytest.mark.parametrize(
    ("configuration", "named"),
    [
        ({"vectorSearchConfiguration": {"numberOfResults": 1}}, "vectorSearchConfiguration"),
        (
            {"managedSearchConfiguration": {"rerankingModelType": "CUSTOM"}},
            "rerankingConfiguration",
        ),
        (
            {
                "managedSearchConfiguration": {
                    "filter": {"startsWith": {"key": "team", "value": "a"}}
                }
            },
            "startsWith",
        ),
    ],
)
def test_a_managed_bases_search_is_its_own(
    world: World, base: str, configuration: Any, named: str
) -> None:
    code, _, message = refused(
        world.runtime.retrieve,
        knowledgeBaseId=base,
        retrievalQuery={"text": "fox"},
        retrievalConfiguration=configuration,
    )
    assert code == "ValidationException"
    assert named in message


def test_a_connector_has_no_jobs(world: World, base: str, source: str) -> None:
    code, _, message = refused(
        world.agent.start_ingestion_job, knowledgeBaseId=base, dataSourceId=source
    )
    assert (code, "nothing to sync" in message) == ("ValidationException", True)
