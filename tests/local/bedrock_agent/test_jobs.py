"""Ingestion jobs through boto3."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest

from tests.local.bedrock_agent.knowledge_bases.world import (
    Source,
    World,
    refused,
    until,
)

EMPTY = {
    "numberOfDocumentsScanned": 0,
    "numberOfMetadataDocumentsScanned": 0,
    "numberOfNewDocumentsIndexed": 0,
    "numberOfModifiedDocumentsIndexed": 0,
    "numberOfMetadataDocumentsModified": 0,
    "numberOfDocumentsDeleted": 0,
    "numberOfDocumentsFailed": 0,
    "numberOfDocumentsSkipped": 0,
}


def counted(job: Any) -> dict[str, int]:
    """A job's statistics without their zeros, having checked that they add up."""
    numbers = {re.sub("^numberOf", "", name): n for name, n in job["statistics"].items()}
    assert numbers["DocumentsScanned"] == (
        numbers["NewDocumentsIndexed"]
        + numbers["ModifiedDocumentsIndexed"]
        + numbers["DocumentsFailed"]
        + numbers["DocumentsSkipped"]
    )
    return {name: n for name, n in numbers.items() if n}


def test_a_job_over_a_mixed_bucket(world: World) -> None:
    source = world.source()
    source.put("good.md", "the quick brown fox", '{"metadataAttributes": {"year": 2024}}')
    source.put("guides/deep.txt", "jumps over the lazy dog")
    source.put("empty.md", "")
    source.put("odd.bin", "bytes")
    source.put("lonely.md.metadata.json", "{}")
    job = source.job()
    assert job["status"] == "COMPLETE"
    assert counted(job) == {
        "DocumentsScanned": 4,
        "MetadataDocumentsScanned": 2,
        "NewDocumentsIndexed": 2,
        "DocumentsFailed": 2,
    }
    reasons = {
        "empty.md": "empty.md is empty.",
        "odd.bin": "odd.bin is of no type that can be read.",
    }
    assert sorted(json.loads(reason)[0] for reason in job["failureReasons"]) == [
        f"Encountered error: Ignored 1 files: {reason} [Files: {source.uri(key)}]."
        for key, reason in reasons.items()
    ]
    assert source.statuses() == {
        "good.md": "INDEXED",
        "guides/deep.txt": "INDEXED",
        "empty.md": "FAILED",
        "odd.bin": "FAILED",
    }
    (detail,) = source.get("empty.md")
    assert detail["statusReason"] == "empty.md is empty."
    assert source.found("lazy dog")[0] == "guides/deep.txt"


def test_a_job_does_only_what_has_changed(world: World) -> None:
    source = world.source()
    source.put("same.md", "one")
    source.put("changed.md", "two")
    source.put("removed.md", "three")
    source.put("marked.md", "four", '{"metadataAttributes": {"year": 2023}}')
    source.put("unmarked.md", "five", '{"metadataAttributes": {"year": 2023}}')
    source.put("broken.md", "")
    source.job()

    source.put("changed.md", "zwei", '{"metadataAttributes": {"language": "de"}}')
    source.remove("removed.md")
    source.put("marked.md.metadata.json", '{"metadataAttributes": {"year": 2024}}')
    source.remove("unmarked.md.metadata.json")
    source.put("new.md", "six")
    source.put("broken.md", "seven")
    world.parser.parsed.clear()
    assert counted(source.job()) == {
        "DocumentsScanned": 6,
        "MetadataDocumentsScanned": 2,
        "NewDocumentsIndexed": 2,
        "ModifiedDocumentsIndexed": 3,
        "MetadataDocumentsModified": 3,
        "DocumentsDeleted": 1,
        "DocumentsSkipped": 1,
    }
    assert sorted(world.parser.parsed) == [
        "broken.md",
        "changed.md",
        "marked.md",
        "new.md",
        "unmarked.md",
    ]
    assert source.found("three two", numberOfResults=100).count("removed.md") == 0
    year = {"equals": {"key": "year", "value": 2024}}
    assert source.found("four", filter=year) == ["marked.md"]
    assert source.found("anything", filter={"equals": {"key": "year", "value": 2023}}) == []
    assert counted(source.job()) == {
        "DocumentsScanned": 6,
        "MetadataDocumentsScanned": 2,
        "DocumentsSkipped": 6,
    }


def test_a_document_that_can_no_longer_be_read_is_no_longer_found(world: World) -> None:
    source = world.source()
    source.put("a.md", "fox")
    source.job()
    source.put("a.md", "")
    job = source.job()
    assert counted(job) == {"DocumentsScanned": 1, "DocumentsFailed": 1}
    assert source.found("fox") == []


def test_only_the_prefix_is_read(world: World) -> None:
    source = world.source(s3Configuration={"inclusionPrefixes": ["guides/"]})
    source.put("guides/a.md", "fox")
    source.put("notes/b.md", "dog")
    assert counted(source.job()) == {"DocumentsScanned": 1, "NewDocumentsIndexed": 1}
    assert source.statuses() == {"guides/a.md": "INDEXED"}


def test_a_job_over_a_missing_bucket_fails_with_its_name(world: World) -> None:
    source = world.source()
    world.buckets.remove(source.bucket)
    job = source.job()
    assert job["status"] == "FAILED"
    assert source.bucket in job["failureReasons"][0]
    assert job["statistics"] == EMPTY


def test_an_exception_fails_the_document_alone(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    source = world.source()
    source.put("a.md", "fox")
    source.put("b.md", "this one meets a bug")
    source.put("c.md", "dog")
    job = source.job()
    assert job["status"] == "COMPLETE"
    assert source.statuses() == {"a.md": "INDEXED", "b.md": "FAILED", "c.md": "INDEXED"}
    (detail,) = source.get("b.md")
    assert "RuntimeError: the parser has a bug" in detail["statusReason"]
    assert "Traceback" in caplog.text


def started(source: Source, **params: Any) -> str:
    job = source.world.agent.start_ingestion_job(**source.ids, **params)["ingestionJob"]
    assert job["status"] == "STARTING"
    assert job["statistics"] == EMPTY
    return job["ingestionJobId"]


def in_hand(source: Source, job: str) -> None:
    """Wait until the worker has taken documents of a job in hand."""
    assert job
    until(source.statuses, lambda statuses: "IN_PROGRESS" in statuses.values())


def test_one_job_at_a_time(world: World) -> None:
    source = world.source()
    other = world.source(source.base)
    source.put("a.md", "fox")
    world.parser.gate.clear()
    job = started(source)
    for second in (source, other):
        code, status, message = refused(world.agent.start_ingestion_job, **second.ids)
        assert (code, status) == ("ConflictException", 409)
        assert "maximum number of concurrent ingestion jobs per knowledge base: 1" in message
    for call in (source.ingest, source.delete):
        code, status, message = refused(call, "a.md")
        assert (code, status) == ("ValidationException", 400)
        assert "ongoing ingestion job" in message
    for refusing in (
        lambda: world.agent.delete_data_source(**source.ids),
        lambda: world.agent.delete_knowledge_base(knowledgeBaseId=source.base),
    ):
        assert refused(refusing)[0] == "ConflictException"
    world.parser.gate.set()
    assert source.ended(job)["status"] == "COMPLETE"
    assert other.job()["status"] == "COMPLETE"


def test_a_job_waits_for_direct_ingestion(world: World) -> None:
    source = world.source()
    source.put("a.md", "fox")
    world.parser.gate.clear()
    source.ingest("a.md")
    code, status, message = refused(world.agent.start_ingestion_job, **source.ids)
    assert (code, status) == ("ValidationException", 400)
    assert "ongoing KnowledgeBaseDocuments API request" in message
    world.parser.gate.set()
    source.settled("a.md")
    assert source.job()["status"] == "COMPLETE"


def test_progress_is_seen(world: World) -> None:
    source = world.source()
    for number in range(100):
        source.put(f"{number:03}.md", f"document {number}")
    world.parser.gate.clear()
    job = started(source)
    in_hand(source, job)
    running = world.agent.get_ingestion_job(**source.ids, ingestionJobId=job)["ingestionJob"]
    assert running["status"] == "IN_PROGRESS"
    assert running["statistics"]["numberOfDocumentsScanned"] == 100
    assert running["statistics"]["numberOfNewDocumentsIndexed"] == 0
    assert "PENDING" in source.statuses().values()
    world.parser.gate.set()
    done = source.ended(job)
    assert counted(done) == {"DocumentsScanned": 100, "NewDocumentsIndexed": 100}
    assert done["updatedAt"] > running["updatedAt"]


def test_a_job_is_stopped(world: World) -> None:
    source = world.source()
    source.put("known.md", "fox")
    source.put("gone.md", "cat")
    source.job()
    source.put("known.md", "wolf")
    source.remove("gone.md")
    for number in range(40):
        source.put(f"new/{number:02}.md", f"document {number}")
    world.parser.gate.clear()
    job = started(source)
    in_hand(source, job)
    stopping = world.agent.stop_ingestion_job(**source.ids, ingestionJobId=job)["ingestionJob"]
    assert stopping["status"] == "STOPPING"
    world.parser.gate.set()
    stopped = source.ended(job)
    assert stopped["status"] == "STOPPED"
    statuses = source.statuses()
    assert set(statuses.values()) == {"INDEXED"}
    done = stopped["statistics"]
    assert done["numberOfNewDocumentsIndexed"] == sum(key.startswith("new/") for key in statuses)
    assert 0 < done["numberOfNewDocumentsIndexed"] < 40
    code, status, message = refused(
        world.agent.stop_ingestion_job, **source.ids, ingestionJobId=job
    )
    assert (code, status) == ("ConflictException", 409)
    assert "STOPPED" in message
    assert counted(source.job())["DocumentsScanned"] == 41
    assert set(source.statuses()) == {"known.md", *(f"new/{n:02}.md" for n in range(40))}


def test_jobs_are_listed(world: World) -> None:
    source = world.source()
    jobs = [source.job()["ingestionJobId"] for _ in range(3)]
    world.buckets.remove(source.bucket)
    jobs.append(source.job()["ingestionJobId"])

    def listed(**params: Any) -> list[str]:
        pages = world.agent.get_paginator("list_ingestion_jobs").paginate(
            **source.ids, PaginationConfig={"PageSize": 2}, **params
        )
        return [job["ingestionJobId"] for page in pages for job in page["ingestionJobSummaries"]]

    assert listed() == jobs[::-1]
    assert listed(sortBy={"attribute": "STARTED_AT", "order": "ASCENDING"}) == jobs
    assert listed(sortBy={"attribute": "STATUS", "order": "DESCENDING"})[0] == jobs[3]
    complete = {"attribute": "STATUS", "operator": "EQ", "values": ["COMPLETE"]}
    assert listed(filters=[complete]) == jobs[2::-1]


def test_a_token_starts_one_job(world: World) -> None:
    source = world.source()
    token = str(uuid4())
    job = started(source, clientToken=token)
    source.ended(job)
    assert started(source, clientToken=token) == job
    code, status, _ = refused(
        world.agent.start_ingestion_job, **source.ids, clientToken=token, description="another"
    )
    assert (code, status) == ("ConflictException", 409)


def test_failure_reasons_stay_within_bedrocks_limit(world: World) -> None:
    source = world.source()
    for number in range(60):
        source.put(f"{number:02}/{'long' * 10}.bin", "bytes")
    job = source.job()
    assert len(job["failureReasons"]) > 1
    assert all(len(reason) <= 2048 for reason in job["failureReasons"])
    named = re.findall(r"s3://[^\s,\]]+", " ".join(job["failureReasons"]))
    assert len(named) == len(set(named)) == 60


def test_a_custom_data_source_has_no_jobs(world: World) -> None:
    custom = world.custom()
    code, _, message = refused(world.agent.start_ingestion_job, **custom.ids)
    assert code == "ValidationException"
    assert "CUSTOM" in message
    code, status, _ = refused(
        world.agent.get_ingestion_job, **custom.ids, ingestionJobId="0123456789"
    )
    assert (code, status) == ("ResourceNotFoundException", 404)
