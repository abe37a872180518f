"""What each route hands on, and what it answers: searches, conversations, documents, models."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.local.wire import JSON, Call
from app.models import MODELS
from tests import http_calls
from tests.documents.conftest import Base
from tests.web.backend import ASKED, FOUND, Backend, behind, called, settings

TALC: JSON = {**FOUND, "content": {"text": "Talc is soft."}, "score": 0.2}
PASSAGE: JSON = {
    "number": 1,
    "text": "Quartz has a hardness of 7.",
    "uri": "s3://documents/minerals.md",
    "document": "minerals.md",
    "score": 0.9,
    "page": None,
    "metadata": {},
}


@dataclass
class Everything(Backend):
    """A backend with a Knowledge Base of documents, and a list of models."""

    base: Base = field(default_factory=Base)

    def handlers(self) -> dict[str, Any]:
        return super().handlers() | {
            "bedrock": {"ListFoundationModels": self.models},
            "bedrock-agent": {
                "IngestKnowledgeBaseDocuments": self.base.ingest,
                "DeleteKnowledgeBaseDocuments": self.base.delete,
                "GetKnowledgeBaseDocuments": self.base.get,
            },
        }

    def models(self, call: Call) -> JSON:
        self.calls.append(call)
        arn = "arn:aws:bedrock:us-east-1::foundation-model/"
        offered = {
            "amazon.nova-lite-v1:0": ["ON_DEMAND"],
            "amazon.nova-pro-v1:0": ["PROVISIONED"],
        }
        summaries = [
            {"modelArn": arn + name, "modelId": name, "inferenceTypesSupported": types}
            for name, types in offered.items()
        ]
        return {"modelSummaries": summaries}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Everything, TestClient]]:
    backend = Everything()
    home: Path = tmp_path_factory.mktemp("home")
    with behind(backend, home) as stand_in, called(settings(passages=1)) as http:
        stand_in.s3.create_bucket(Bucket="documents")
        yield backend, http


@pytest.fixture
def backend(running: tuple[Everything, TestClient]) -> Everything:
    backend = running[0]
    backend.calls.clear()
    backend.found = [FOUND, TALC]
    return backend


@pytest.fixture
def http(running: tuple[Everything, TestClient]) -> TestClient:
    return running[1]


def search(http: TestClient, **body: Any) -> JSON:
    answer = http.post("/search", json={"query": "How hard is quartz?", **body})
    assert answer.status_code == 200, answer.text
    members: JSON = answer.json()
    return members


def test_a_search_hands_on_what_it_is_asked(backend: Everything, http: TestClient) -> None:
    year = {"equals": {"key": "year", "value": 2024}}
    results = search(http, limit=7, searchType="SEMANTIC", filter=year)
    assert (results["query"], results["searchType"]) == ("How hard is quartz?", "SEMANTIC")
    assert results["interventions"] == []
    assert {name: results["passages"][0][name] for name in PASSAGE} == PASSAGE
    [call] = backend.asked("Retrieve")
    assert call["retrievalQuery"] == {"text": "How hard is quartz?"}
    assert call["retrievalConfiguration"]["vectorSearchConfiguration"] == {
        "numberOfResults": 21,
        "overrideSearchType": "SEMANTIC",
        "filter": year,
    }


@pytest.mark.parametrize(
    ("search_type", "searches", "ranks"),
    [("HYBRID", ["HYBRID", "SEMANTIC"], [1, 2]), ("SEMANTIC", ["SEMANTIC"], [1, 2])],
)
def test_a_search_is_explained_by_what_is_found_by_meaning(
    backend: Everything,
    http: TestClient,
    search_type: str,
    searches: list[str],
    ranks: list[int],
) -> None:
    results = search(http, searchType=search_type, explain=True, limit=3)
    quartz, talc = (passage["explanation"] for passage in results["passages"])
    assert quartz == {
        "semanticRank": ranks[0],
        "words": ["Quartz"],
        "used": True,
        "reason": None,
    }
    assert talc == {
        "semanticRank": ranks[1],
        "words": ["is"],
        "used": False,
        "reason": "an answer reads the first 1 only",
    }
    limits = [
        call["retrievalConfiguration"]["vectorSearchConfiguration"]
        for call in backend.asked("Retrieve")
    ]
    assert [each["overrideSearchType"] for each in limits] == searches
    assert {each["numberOfResults"] for each in limits} == {9}


def test_without_being_asked_to_a_search_explains_nothing(
    backend: Everything, http: TestClient
) -> None:
    results = search(http)
    assert results["searchType"] == "HYBRID"
    assert [passage.get("explanation") for passage in results["passages"]] == [None, None]
    assert len(backend.asked("Retrieve")) == 1


def test_a_managed_knowledge_base_has_one_search(backend: Everything) -> None:
    with called(settings(knowledge_base_type="MANAGED")) as http:
        refused = http.post("/search", json={"query": "q", "searchType": "HYBRID"})
        assert refused.status_code == 400
        assert refused.json()["errors"] == [
            {
                "field": "searchType",
                "rule": "The Knowledge Base is managed: its search is its own, and has no types.",
            }
        ]
        results = search(http, explain=True)
    assert results["searchType"] == "MANAGED"
    assert results["passages"][0]["explanation"]["semanticRank"] is None
    assert len(backend.asked("Retrieve")) == 1


@pytest.mark.usefixtures("backend")
def test_conversations_are_listed_page_by_page_shown_and_forgotten(http: TestClient) -> None:
    begun = [http.post("/chat", json=ASKED).json()["conversationId"] for _ in range(3)]
    first = http.get("/conversations", params={"limit": 2}).json()
    second = http.get("/conversations", params={"cursor": first["nextCursor"]}).json()
    items = [*first["items"], *second["items"]]
    assert sorted(item["id"] for item in items) == sorted(begun)
    assert (len(first["items"]), second.get("nextCursor")) == (2, None)
    assert {item["title"] for item in items} == {"How hard is quartz?"}
    conversation = http.get(f"/conversations/{begun[0]}").json()
    assert conversation["id"] == begun[0]
    [turn] = conversation["turns"]
    assert (turn["question"], turn["answer"]) == ("How hard is quartz?", "It is 7 [1].")
    assert turn["usage"] == {"inputTokens": 9, "outputTokens": 4}
    for identifier in begun:
        response = http.delete(f"/conversations/{identifier}")
        assert (response.status_code, response.content) == (204, b"")
    assert http.get("/conversations").json()["items"] == []
    missing = http.get(f"/conversations/{begun[0]}")
    assert missing.status_code == 404
    assert missing.json()["errors"] == [
        {"field": "id", "rule": f"There is no conversation {begun[0]!r}."}
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/conversations?limit=0",
        "/conversations?limit=101",
        f"/conversations?cursor={'x' * 201}",
        "/conversations/a.b",
        f"/conversations/{'x' * 65}",
        "/documents?limit=0",
        "/documents?limit=101",
        f"/documents?cursor={'x' * 1025}",
    ],
)
def test_parameters_out_of_range_are_refused(http: TestClient, path: str) -> None:
    assert http.get(path).status_code == 400


def test_a_document_is_offered_listed_shown_and_removed(
    backend: Everything, http: TestClient
) -> None:
    names = ["a.md", "b.md", "c.md"]
    for name in names:
        offered = http.post("/documents", json={"name": name, "metadata": {"year": 1}})
        assert offered.status_code == 201, offered.text
        form = offered.json()
        assert (form["replaces"], form["unchanged"]) == (False, False)
        http_calls.post(form["url"], data=form["fields"], files={"file": b"x"}).raise_for_status()
    backend.base.documents["s3://documents/a.md"] = None
    first = http.get("/documents", params={"limit": 2}).json()
    second = http.get("/documents", params={"cursor": first["nextCursor"]}).json()
    items = [*first["items"], *second["items"]]
    assert [item["name"] for item in items] == names
    assert (len(first["items"]), second.get("nextCursor")) == (2, None)
    document = http.get(f"/documents/{items[1]['id']}").json()
    assert document == items[1]
    assert (document["uri"], document["size"], document["status"]) == (
        "s3://documents/b.md",
        1,
        "UPLOADED",
    )
    removed = http.delete(f"/documents/{items[0]['id']}")
    assert (removed.status_code, removed.json()["status"]) == (202, "DELETING")
    assert [item["name"] for item in http.get("/documents").json()["items"]] == ["b.md", "c.md"]


def test_models_are_the_catalogue_and_what_the_region_offers(
    backend: Everything, http: TestClient
) -> None:
    models = http.get("/models").json()
    assert models["default"] == "amazon.nova-lite-v1:0"
    by_id = {model["id"]: model for model in models["items"]}
    lite, pro = by_id["amazon.nova-lite-v1:0"], by_id["amazon.nova-pro-v1:0"]
    assert (lite["offered"], lite["needsInferenceProfile"]) == (True, False)
    assert (pro["offered"], pro["needsInferenceProfile"]) == (True, True)
    assert "us.amazon.nova-lite-v1:0" in lite["inferenceProfiles"]
    assert (lite["family"], lite["state"], lite["outputTokens"]) == ("nova", "active", 10_000)
    assert lite["contextTokens"] == 300_000
    assert lite["parameters"] == [
        {"name": "temperature", "least": 0, "most": 1, "default": 0},
        {"name": "topP", "least": 0, "most": 1, "default": None},
        {"name": "topK", "least": 0, "most": 128, "default": None},
        {"name": "maxTokens", "least": 1, "most": 1024, "default": 1024},
    ]
    assert lite["inputs"] == ["text", "image", "document"]
    assert lite["price"] == {"input": 0.06, "output": 0.24, "verified": True}
    assert lite["streams"] is True
    opus = by_id["anthropic.claude-opus-4-20250514-v1:0"]
    assert (opus["offered"], opus["state"], opus["needsInferenceProfile"]) == (False, "gone", True)
    assert opus["successor"] in by_id
    notes = {model.id: model.note for model in MODELS}
    assert {name: model["note"] or "" for name, model in by_id.items()} == notes
    assert any(notes.values())
    [call] = backend.asked("ListFoundationModels")
    assert call == {"byOutputModality": "TEXT"}
