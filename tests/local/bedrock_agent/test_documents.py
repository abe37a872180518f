"""Direct ingestion through boto3."""

from typing import Any
from uuid import uuid4

from tests.local.bedrock_agent.knowledge_bases.world import (
    SETTLED,
    Source,
    World,
    refused,
    until,
)


def text(identifier: str, data: str, *attributes: Any) -> Any:
    """A document of a CUSTOM data source."""
    document: Any = {
        "content": {
            "dataSourceType": "CUSTOM",
            "custom": {
                "customDocumentIdentifier": {"id": identifier},
                "sourceType": "IN_LINE",
                "inlineContent": {"type": "TEXT", "textContent": {"data": data}},
            },
        }
    }
    if attributes:
        document["metadata"] = {"type": "IN_LINE_ATTRIBUTE", "inlineAttributes": list(attributes)}
    return document


def number(key: str, value: float) -> Any:
    return {"key": key, "value": {"type": "NUMBER", "numberValue": value}}


def ingest(source: Source, *documents: Any, **params: Any) -> Any:
    return source.world.agent.ingest_knowledge_base_documents(
        **source.ids, documents=documents, **params
    )["documentDetails"]


def test_the_life_of_a_document(world: World) -> None:
    source = world.source()
    source.put("a.md", "the quick brown fox")
    world.parser.gate.clear()
    (detail,) = source.ingest("a.md")
    assert detail["status"] == "STARTING"
    assert detail["identifier"] == {"dataSourceType": "S3", "s3": {"uri": source.uri("a.md")}}
    until(source.statuses, lambda statuses: statuses == {"a.md": "IN_PROGRESS"})
    assert source.found("fox") == []
    world.parser.gate.set()
    (indexed,) = source.settled("a.md")
    assert indexed["status"] == "INDEXED"
    assert "statusReason" not in indexed
    assert indexed["updatedAt"] > detail["updatedAt"]
    assert source.found("fox") == ["a.md"]

    (deleting,) = source.delete("a.md")
    assert deleting["status"] == "DELETING"
    (missing,) = until(
        lambda: source.get("a.md"), lambda statuses: statuses[0]["status"] == "NOT_FOUND"
    )
    assert "updatedAt" not in missing
    assert source.found("fox") == []
    assert source.statuses() == {}


def test_an_indexed_document_says_which_text_is_missing_until_it_is_replaced(world: World) -> None:
    source = world.source()
    source.put("a.md", "(picture)\ffox\f(picture)")
    source.ingest("a.md")
    (indexed,) = source.settled("a.md")
    assert indexed["status"] == "INDEXED"
    assert indexed["statusReason"] == "Page 1 is a picture.\nPage 3 is a picture."
    (listed,) = source.world.agent.list_knowledge_base_documents(**source.ids)["documentDetails"]
    assert listed["statusReason"] == indexed["statusReason"]
    source.put("a.md", "wolf")
    source.ingest("a.md")
    (indexed,) = source.settled("a.md")
    assert "statusReason" not in indexed


def test_what_has_not_changed_is_ignored_and_stays_indexed(world: World) -> None:
    source = world.source()
    source.put("a.md", "fox")
    source.ingest("a.md")
    source.settled("a.md")
    (ignored,) = source.ingest("a.md")
    assert ignored["status"] == "IGNORED"
    assert "not changed" in ignored["statusReason"]
    assert source.statuses() == {"a.md": "INDEXED"}
    source.put("a.md", "wolf")
    (detail,) = source.ingest("a.md")
    assert detail["status"] == "STARTING"
    source.settled("a.md")
    assert source.found("wolf") == ["a.md"]


def test_a_job_knows_what_was_ingested_directly(world: World) -> None:
    source = world.source()
    source.put("a.md", "fox")
    source.put("b.md", "dog")
    source.ingest("a.md")
    source.settled("a.md")
    statistics = source.job()["statistics"]
    assert statistics["numberOfDocumentsSkipped"] == 1
    assert statistics["numberOfNewDocumentsIndexed"] == 1


def test_ingesting_a_missing_object_fails_with_its_uri(world: World) -> None:
    source = world.source()
    source.ingest("missing.md")
    (failed,) = source.settled("missing.md")
    assert failed["status"] == "FAILED"
    assert source.uri("missing.md") in failed["statusReason"]


def test_the_sidecar_that_is_named_is_read(world: World) -> None:
    source = world.source()
    source.put("a.md", "fox", '{"metadataAttributes": {"year": 2024}}')
    document: Any = {
        "content": {"dataSourceType": "S3", "s3": {"s3Location": {"uri": source.uri("a.md")}}},
        "metadata": {
            "type": "S3_LOCATION",
            "s3Location": {"uri": source.uri("a.md.metadata.json")},
        },
    }
    ingest(source, document)
    source.settled("a.md")
    (result,) = world.retrieve(source.base, "fox")
    assert result["metadata"]["year"] == 2024
    assert source.job()["statistics"]["numberOfDocumentsSkipped"] == 1


def test_text_and_bytes_of_the_caller(world: World) -> None:
    source = world.custom()
    file: Any = text("b", "")
    file["content"]["custom"]["inlineContent"] = {
        "type": "BYTE",
        "byteContent": {
            "mimeType": "text/plain; charset=iso-8859-1",
            "data": "der Köter".encode("latin-1"),
        },
    }
    ingest(source, text("a", "der Fuchs", number("year", 2024)), file)
    assert [d["status"] for d in source.settled("a", "b")] == ["INDEXED", "INDEXED"]
    assert source.found("Fuchs", filter={"equals": {"key": "year", "value": 2024}}) == ["a"]
    (first, _) = world.retrieve(source.base, "Köter")
    assert first["content"]["text"] == "der Köter"
    assert first["location"] == {"type": "CUSTOM", "customDocumentLocation": {"id": "b"}}
    (same,) = ingest(source, text("a", "der Fuchs", number("year", 2024)))
    (other,) = ingest(source, text("a", "der Fuchs", number("year", 2025)))
    assert (same["status"], other["status"]) == ("IGNORED", "STARTING")
    source.settled("a")
    assert source.found("Fuchs", filter={"equals": {"key": "year", "value": 2024}}) == []


def test_a_custom_document_in_a_bucket(world: World) -> None:
    bucket = world.source()
    bucket.put("a.md", "fox")
    source = world.custom()
    document: Any = {
        "content": {
            "dataSourceType": "CUSTOM",
            "custom": {
                "customDocumentIdentifier": {"id": "a"},
                "sourceType": "S3_LOCATION",
                "s3Location": {"uri": bucket.uri("a.md")},
            },
        }
    }
    ingest(source, document)
    assert source.settled("a")[0]["status"] == "INDEXED"
    assert source.found("fox") == ["a"]


def test_one_object_in_two_data_sources(world: World) -> None:
    first = world.source()
    settings: Any = {"bucketArn": f"arn:aws:s3:::{first.bucket}"}
    second = world.source(first.base, s3Configuration=settings)
    second.bucket = first.bucket
    first.put("a.md", "fox")
    for source in (first, second):
        source.ingest("a.md")
        source.settled("a.md")
    assert first.found("fox") == ["a.md", "a.md"]
    first.delete("a.md")
    until(lambda: first.get("a.md"), lambda details: details[0]["status"] == "NOT_FOUND")
    assert first.found("fox") == ["a.md"]
    assert second.get("a.md")[0]["status"] == "INDEXED"


def test_a_document_that_is_replaced_while_in_hand_ends_as_the_newest(world: World) -> None:
    source = world.custom()
    world.parser.gate.clear()
    for version in range(5):
        ingest(source, text("a", f"version{version}"))
        until(source.statuses, lambda statuses: statuses["a"] in ("STARTING", "IN_PROGRESS"))
    world.parser.gate.set()
    source.settled("a")
    (result,) = world.retrieve(source.base, "version")
    assert result["content"]["text"] == "version4"


def test_a_document_that_is_deleted_while_in_hand_is_gone(world: World) -> None:
    source = world.custom()
    world.parser.gate.clear()
    ingest(source, text("a", "fox"))
    until(source.statuses, lambda statuses: statuses == {"a": "IN_PROGRESS"})
    (deleting,) = source.delete("a")
    assert deleting["status"] == "DELETING"
    world.parser.gate.set()
    until(source.statuses, lambda statuses: not statuses)
    assert source.found("fox") == []


def test_what_is_deleted_with_its_data_source(world: World) -> None:
    base = world.base()
    deleted = world.custom(base)
    retained = world.custom(base, dataDeletionPolicy="RETAIN")
    for source in (deleted, retained):
        ingest(source, text(source.id, "fox"))
        source.settled(source.id)
        world.agent.delete_data_source(**source.ids)
    until(
        lambda: world.agent.list_data_sources(knowledgeBaseId=base)["dataSourceSummaries"],
        lambda rest: not rest,
    )
    assert deleted.found("fox") == [retained.id]


def test_documents_are_listed_page_by_page(world: World) -> None:
    source = world.custom()
    names = [f"{n:02}" for n in range(25)]
    for start in range(0, 25, 10):
        ingest(source, *(text(name, "fox") for name in names[start : start + 10]))
    paginator = world.agent.get_paginator("list_knowledge_base_documents")
    pages = list(paginator.paginate(**source.ids, PaginationConfig={"PageSize": 7}))
    listed = [d["identifier"]["custom"]["id"] for page in pages for d in page["documentDetails"]]
    assert listed == names
    assert [len(page["documentDetails"]) for page in pages] == [7, 7, 7, 4]


def test_a_token_asks_once(world: World) -> None:
    source = world.custom()
    token = str(uuid4())
    first = ingest(source, text("a", "fox"), clientToken=token)
    source.settled("a")
    assert ingest(source, text("a", "fox"), clientToken=token) == first
    code, status, _ = refused(ingest, source, text("a", "wolf"), clientToken=token)
    assert (code, status) == ("ConflictException", 409)
    assert source.found("fox") == ["a"]


def test_a_request_for_the_wrong_kind_of_document_or_data_source_is_refused(world: World) -> None:
    custom, source, other = world.custom(), world.source(), world.source()
    prefixed = world.source(s3Configuration={"inclusionPrefixes": ["guides/"]})
    inline = text("a", "fox")
    inline["content"]["custom"].pop("inlineContent")
    attributes: Any = {
        "content": {"dataSourceType": "S3", "s3": {"s3Location": {"uri": source.uri("a.md")}}},
        "metadata": {"type": "IN_LINE_ATTRIBUTE", "inlineAttributes": [number("year", 1)]},
    }
    acl = text("a", "fox", number("year", 1))
    acl["metadata"]["accessControlList"] = [{"name": "me", "type": "USER", "access": "ALLOW"}]
    cases: list[tuple[Any, str]] = [
        (lambda: ingest(source, text("a", "fox")), "documents[0].content.dataSourceType"),
        (lambda: custom.ingest("a.md"), "documents[0].content.dataSourceType"),
        (lambda: ingest(custom, inline), "documents[0].content.custom.inlineContent"),
        (lambda: ingest(custom, text("a", "x"), text("a", "y")), "documents[1]"),
        (lambda: ingest(source, attributes), "documents[0].metadata.type"),
        (lambda: ingest(custom, acl), "accessControlList"),
        (lambda: prefixed.ingest("notes/a.md"), "guides/"),
        (lambda: prefixed.ingest("guides/a.md.metadata.json"), "must be a document"),
        (lambda: source.get("a.md", "a.md"), "documentIdentifiers[1]"),
        (lambda: custom.ingest(*"abcdefghijk"), "documents"),
    ]
    source.bucket, custom.bucket = other.bucket, other.bucket
    cases.append((lambda: source.ingest("a.md"), "must be an object of the data source"))
    for call, named in cases:
        code, status, message = refused(call)
        assert (code, status) == ("ValidationException", 400), message
        assert named in message
    for finding in (custom.statuses, source.statuses, prefixed.statuses):
        assert finding() == {}


def test_a_data_source_of_another_knowledge_base_is_not_found(world: World) -> None:
    source = world.custom()
    other = Source(world, world.base(), source.id, "")
    code, status, message = refused(other.statuses)
    assert (code, status) == ("ResourceNotFoundException", 404)
    assert source.id in message


def test_many_small_documents_share_a_batch(world: World) -> None:
    source = world.custom()
    world.parser.gate.clear()
    for start in range(0, 100, 10):
        ingest(source, *(text(f"{n:02}", f"word{n}") for n in range(start, start + 10)))
    world.parser.gate.set()
    until(source.statuses, lambda statuses: set(statuses.values()) <= SETTLED)
    assert set(source.statuses().values()) == {"INDEXED"}
    assert source.found("word42", numberOfResults=1) == ["42"]
