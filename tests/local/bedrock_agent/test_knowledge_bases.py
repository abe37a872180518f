"""Knowledge bases and data sources through boto3: lives, rules, lists, tags."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.local.bedrock_agent.knowledge_bases.world import (
    MODEL,
    ROLE,
    S3_VECTORS,
    SERVERLESS,
    World,
    refused,
    until,
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("home")) as world:
        yield world


def gone(world: World, base: str) -> bool:
    pages = world.agent.get_paginator("list_knowledge_bases").paginate()
    return base not in [s["knowledgeBaseId"] for p in pages for s in p["knowledgeBaseSummaries"]]


def test_the_life_of_a_base(world: World) -> None:
    name = f"base-{uuid4()}"
    created: Any = world.agent.create_knowledge_base(
        name=name,
        description="What it is for",
        roleArn=ROLE,
        knowledgeBaseConfiguration={
            "type": "VECTOR",
            "vectorKnowledgeBaseConfiguration": {
                "embeddingModelArn": MODEL,
                "embeddingModelConfiguration": {
                    "bedrockEmbeddingModelConfiguration": {"dimensions": 512}
                },
            },
        },
        storageConfiguration=SERVERLESS,  # type: ignore[arg-type]  # a dict of the right shape
        tags={"team": "search"},
    )["knowledgeBase"]
    base = created["knowledgeBaseId"]
    assert created["status"] == "CREATING"
    assert base.isalnum()
    assert base.upper() == base
    assert len(base) == 10
    assert created["knowledgeBaseArn"].endswith(f":knowledge-base/{base}")

    description: Any = world.agent.get_knowledge_base(knowledgeBaseId=base)["knowledgeBase"]
    assert description == created | {"status": "ACTIVE"}
    assert description["storageConfiguration"] == SERVERLESS

    updated: Any = world.agent.update_knowledge_base(
        knowledgeBaseId=base,
        name=name + "-2",
        roleArn=ROLE,
        knowledgeBaseConfiguration=description["knowledgeBaseConfiguration"],
        storageConfiguration=description["storageConfiguration"],
    )["knowledgeBase"]
    assert updated["name"] == name + "-2"
    assert "description" not in updated
    assert updated["updatedAt"] > description["updatedAt"]
    assert updated["createdAt"] == description["createdAt"]

    deleted = world.agent.delete_knowledge_base(knowledgeBaseId=base)
    assert (deleted["knowledgeBaseId"], deleted["status"]) == (base, "DELETING")
    until(lambda: gone(world, base), bool)
    code, status, message = refused(world.agent.get_knowledge_base, knowledgeBaseId=base)
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert base in message
    assert not (world.home / "knowledge" / "stores" / base).exists()


def configuration(**vector: Any) -> Any:
    return {
        "type": "VECTOR",
        "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": MODEL, **vector},
    }


def dimensions(number: int, **more: Any) -> Any:
    details = {"dimensions": number, **more}
    return {"embeddingModelConfiguration": {"bedrockEmbeddingModelConfiguration": details}}


NO_INDEX: Any = {"type": "S3_VECTORS", "s3VectorsConfiguration": {}}
KENDRA = "arn:aws:kendra:us-east-1:000000000000:index/01234567-89ab-cdef-0123-456789abcdef"


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"knowledgeBaseConfiguration": {"type": "VECTOR"}}, "vectorKnowledgeBaseConfiguration"),
        (
            {"knowledgeBaseConfiguration": {"type": "MANAGED"}},
            "managedKnowledgeBaseConfiguration",
        ),
        (
            {
                "knowledgeBaseConfiguration": {
                    "type": "KENDRA",
                    "kendraKnowledgeBaseConfiguration": {"kendraIndexArn": KENDRA},
                }
            },
            "KENDRA",
        ),
        (
            {"knowledgeBaseConfiguration": configuration(embeddingModelArn=MODEL + "2")},
            "embeddingModelArn",
        ),
        ({"knowledgeBaseConfiguration": configuration(**dimensions(384))}, "256, 512, 1024"),
        (
            {
                "knowledgeBaseConfiguration": configuration(
                    **dimensions(256, embeddingDataType="BINARY")
                )
            },
            "BINARY",
        ),
        ({"storageConfiguration": {"type": "RDS"}}, "storageConfiguration.rdsConfiguration"),
        ({"storageConfiguration": {**SERVERLESS, "type": "S3_VECTORS"}}, "s3VectorsConfiguration"),
        ({"storageConfiguration": {**SERVERLESS, **S3_VECTORS}}, "opensearchServerless"),
        ({"storageConfiguration": NO_INDEX}, "indexArn"),
        ({"name": "no spaces"}, "name"),
    ],
)
def test_a_knowledge_base_that_breaks_a_rule_is_refused_by_field(
    world: World, params: Any, named: str
) -> None:
    code, status, message = refused(world.base, **params)
    assert (code, status) == ("ValidationException", 400)
    assert named in message


def test_two_knowledge_bases_cannot_have_one_name(world: World) -> None:
    base = world.base(name="only-one")
    code, status, message = refused(world.base, name="only-one")
    assert (code, status) == ("ConflictException", 409)
    assert "only-one already exists" in message
    world.agent.delete_knowledge_base(knowledgeBaseId=base)
    until(lambda: gone(world, base), bool)
    world.base(name="only-one")


def test_what_a_base_is_made_of_cannot_change(world: World) -> None:
    base = world.base()
    description: Any = world.agent.get_knowledge_base(knowledgeBaseId=base)["knowledgeBase"]
    code, _, message = refused(
        world.agent.update_knowledge_base,
        knowledgeBaseId=base,
        name=description["name"],
        roleArn=ROLE,
        knowledgeBaseConfiguration=description["knowledgeBaseConfiguration"],
        storageConfiguration=S3_VECTORS,
    )
    assert code == "ValidationException"
    assert "storageConfiguration" in message


def test_a_repeated_client_token_makes_no_second_knowledge_base(world: World) -> None:
    token = str(uuid4())
    params: Any = {"name": f"base-{uuid4()}", "clientToken": token}
    assert world.base(**params) == world.base(**params)
    code, status, _ = refused(world.base, **params | {"name": "another"})
    assert (code, status) == ("ConflictException", 409)


def test_bases_are_listed_page_by_page(world: World) -> None:
    bases = {world.base() for _ in range(5)}
    paginator = world.agent.get_paginator("list_knowledge_bases")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 2}))
    listed = [summary["knowledgeBaseId"] for p in pages for summary in p["knowledgeBaseSummaries"]]
    assert bases <= set(listed)
    assert len(listed) == len(set(listed))
    assert all(len(page["knowledgeBaseSummaries"]) <= 2 for page in pages)


@pytest.mark.parametrize("token", ["nonsense", "bm9uc2Vuc2U=", "W10="])
def test_a_token_of_no_list_is_refused(world: World, token: str) -> None:
    code, status, message = refused(world.agent.list_knowledge_bases, nextToken=token)
    assert (code, status) == ("ValidationException", 400)
    assert "nextToken" in message


def test_a_token_is_good_for_its_own_list_only(world: World) -> None:
    base = world.base()
    for _ in range(2):
        world.source(base)
    page = world.agent.list_data_sources(knowledgeBaseId=base, maxResults=1)
    code, _, _ = refused(world.agent.list_knowledge_bases, nextToken=page["nextToken"])
    assert code == "ValidationException"
    more = world.agent.list_data_sources(knowledgeBaseId=base, nextToken=page["nextToken"])
    first, second = page["dataSourceSummaries"], more["dataSourceSummaries"]
    assert len(first) == len(second) == 1
    assert first != second


def test_tags_of_a_knowledge_base_are_added_replaced_and_removed(world: World) -> None:
    base = world.base(tags={"team": "search", "stage": "test"})
    arn = world.agent.get_knowledge_base(knowledgeBaseId=base)["knowledgeBase"]["knowledgeBaseArn"]
    world.agent.tag_resource(resourceArn=arn, tags={"stage": "live", "cost": "1"})
    world.agent.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert world.agent.list_tags_for_resource(resourceArn=arn)["tags"] == {
        "stage": "live",
        "cost": "1",
    }
    code, status, _ = refused(
        world.agent.list_tags_for_resource, resourceArn=arn[:-10] + "0000000000"
    )
    assert (code, status) == ("ResourceNotFoundException", 404)
    code, status, _ = refused(
        world.agent.tag_resource, resourceArn=arn, tags={str(n): "" for n in range(50)}
    )
    assert (code, status) == ("ServiceQuotaExceededException", 402)


def test_the_life_of_a_data_source(world: World) -> None:
    chunking = {
        "chunkingStrategy": "FIXED_SIZE",
        "fixedSizeChunkingConfiguration": {"maxTokens": 100, "overlapPercentage": 10},
    }
    source = world.source(
        description="Guides", vectorIngestionConfiguration={"chunkingConfiguration": chunking}
    )
    description: Any = world.agent.get_data_source(**source.ids)["dataSource"]
    assert description["status"] == "AVAILABLE"
    assert description["dataDeletionPolicy"] == "DELETE"
    assert description["vectorIngestionConfiguration"]["chunkingConfiguration"] == chunking

    settings: Any = {
        "name": "renamed",
        "dataSourceConfiguration": description["dataSourceConfiguration"],
        "vectorIngestionConfiguration": description["vectorIngestionConfiguration"],
    }
    updated = world.agent.update_data_source(**source.ids, **settings, dataDeletionPolicy="RETAIN")
    assert updated["dataSource"]["name"] == "renamed"
    assert updated["dataSource"]["dataDeletionPolicy"] == "RETAIN"
    settings.pop("vectorIngestionConfiguration")
    code, status, message = refused(world.agent.update_data_source, **source.ids, **settings)
    assert (code, status) == ("ValidationException", 400)
    assert "chunkingConfiguration" in message

    deleted = world.agent.delete_data_source(**source.ids)
    assert deleted["status"] == "DELETING"
    until(
        lambda: world.agent.list_data_sources(knowledgeBaseId=source.base)["dataSourceSummaries"],
        lambda listed: not listed,
    )
    code, status, _ = refused(world.agent.get_data_source, **source.ids)
    assert (code, status) == ("ResourceNotFoundException", 404)


WEB = {
    "type": "WEB",
    "webConfiguration": {
        "sourceConfiguration": {"urlConfiguration": {"seedUrls": [{"url": "https://example.org"}]}}
    },
}


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"dataSourceConfiguration": WEB}, "WEB"),
        ({"dataSourceConfiguration": {"type": "S3"}}, "s3Configuration"),
        ({"dataSourceConfiguration": {**WEB, "type": "CUSTOM"}}, "webConfiguration"),
        (
            {
                "vectorIngestionConfiguration": {
                    "parsingConfiguration": {"parsingStrategy": "SMART_PARSING"}
                }
            },
            "parsingConfiguration",
        ),
    ],
)
def test_a_data_source_that_breaks_a_rule_is_refused_by_field(
    world: World, params: Any, named: str
) -> None:
    code, status, message = refused(world.source, **params)
    assert (code, status) == ("ValidationException", 400)
    assert named in message


def test_a_base_has_five_data_sources(world: World) -> None:
    base = world.base()
    for _ in range(5):
        world.custom(base)
    code, status, message = refused(world.custom, base)
    assert (code, status) == ("ServiceQuotaExceededException", 402)
    assert "5" in message


def test_a_base_takes_its_data_sources_with_it(world: World) -> None:
    source = world.source()
    source.put("a.md", "fox")
    source.job()
    world.agent.delete_knowledge_base(knowledgeBaseId=source.base)
    until(lambda: gone(world, source.base), bool)
    code, _, _ = refused(world.agent.list_data_sources, knowledgeBaseId=source.base)
    assert code == "ResourceNotFoundException"
    code, _, _ = refused(world.retrieve, source.base, "fox")
    assert code == "ResourceNotFoundException"
