"""A passage that the guardrail masks or blocks: what the model, the citation and the reader see."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.local.wire import JSON
from tests.local.home import Home
from tests.web.backend import ASKED, Backend, called, parts_of, settings
from tests.web.test_streams import PASSES, blocks, conversation, masks

SECRET = "Quartz was found by Ada Miller. It has a hardness of 7."
MASKED = "Quartz was found by {NAME}. It has a hardness of 7."
PLAIN = "Feldspar is softer than quartz."


def found(text: str, document: str) -> JSON:
    location = {"type": "S3", "s3Location": {"uri": f"s3://documents/{document}"}}
    return {"content": {"text": text}, "location": location, "score": 0.9}


@pytest.fixture(scope="module")
def http(running: tuple[Backend, Home]) -> Iterator[TestClient]:  # noqa: ARG001
    with called(settings(guardrail_id="g1", deadline_seconds=20)) as client:
        yield client


@pytest.fixture
def backend(backend: Backend) -> Backend:
    """Two passages, of which the guardrail intervenes for the first."""
    backend.found = [found(SECRET, "people.md"), found(PLAIN, "minerals.md")]
    return backend


def streamed(http: TestClient) -> list[JSON]:
    return parts_of(http.post("/chat/stream", json=ASKED).text.splitlines())


def data_of(parts: list[JSON], kind: str) -> list[JSON]:
    return [part["data"] for part in parts if part["type"] == f"data-{kind}"]


def test_passages_are_judged_in_one_call_and_alone_where_it_intervenes(
    backend: Backend, http: TestClient
) -> None:
    streamed(http)
    contents = [call["content"] for call in backend.asked("ApplyGuardrail")]
    assert [len(content) for content in contents] == [1, 2, 4]  # question, passages, answer

    backend.calls.clear()
    backend.verdicts = [PASSES, masks("either"), masks(MASKED), PASSES, PASSES]
    streamed(http)
    sent = [
        (call["source"], [block["text"]["text"] for block in call["content"]])
        for call in backend.asked("ApplyGuardrail")
    ]
    assert sent[1:4] == [("INPUT", [SECRET, PLAIN]), ("INPUT", [SECRET]), ("INPUT", [PLAIN])]
    assert sent[4][1][:2] == [MASKED, PLAIN], "the answer is grounded in what the model read"


def test_a_masked_passage_is_masked_wherever_it_is_shown(
    backend: Backend, http: TestClient
) -> None:
    backend.verdicts = [PASSES, masks("either"), masks(MASKED), PASSES, PASSES]
    parts = streamed(http)
    [retrieval] = data_of(parts, "retrieval")
    assert [passage["text"] for passage in retrieval["passages"]] == [MASKED, PLAIN]
    [event] = data_of(parts, "guardrail")
    assert (event["source"], event["action"], event["text"]) == ("passage", "masked", MASKED)
    assert event["subject"] == "s3://documents/people.md"
    [citation] = data_of(parts, "citation")
    assert citation["passageNumber"] == 1
    assert "passage" not in citation
    assert MASKED[citation["start"] : citation["end"]] == citation["text"]
    [prompt] = backend.asked("InvokeModelWithResponseStream")
    assert b"Ada Miller" not in prompt["body"]
    assert b"{NAME}" in prompt["body"]
    [turn] = conversation(http, parts)
    assert [each["passage"] for each in turn["citations"]] == [MASKED]
    assert "Ada Miller" not in str(parts)

    backend.verdicts = [PASSES, masks("either"), masks(MASKED), PASSES, PASSES]
    answer = http.post("/chat", json=ASKED).json()
    assert (answer["answer"], answer["citations"][0]["passage"]) == ("It is 7 [1].", MASKED)
    assert answer["stopReason"] == "end"


def test_a_blocked_passage_is_left_out_of_the_prompt_and_said(
    backend: Backend, http: TestClient
) -> None:
    backend.verdicts = [PASSES, blocks("No."), blocks("No."), PASSES, PASSES]
    parts = streamed(http)
    [event] = data_of(parts, "guardrail")
    assert (event["source"], event["action"], event["text"]) == ("passage", "blocked", "No.")
    [retrieval] = data_of(parts, "retrieval")
    assert [(each["number"], each["text"]) for each in retrieval["passages"]] == [(1, PLAIN)]
    [prompt] = backend.asked("InvokeModelWithResponseStream")
    assert b"Ada Miller" not in prompt["body"]
    [citation] = data_of(parts, "citation")
    assert citation["document"] == "minerals.md"
    assert parts[-1]["messageMetadata"]["stopReason"] == "end"

    backend.verdicts = [PASSES, blocks("No."), blocks("No."), PASSES, PASSES]
    answer = http.post("/chat", json=ASKED).json()
    assert (answer["answer"], answer["stopReason"]) == ("It is 7 [1].", "end")


def test_where_every_passage_is_blocked_no_model_is_asked(
    backend: Backend, http: TestClient
) -> None:
    backend.verdicts = [PASSES, blocks("No."), blocks("No."), blocks("No."), PASSES]
    parts = streamed(http)
    assert data_of(parts, "retrieval")[0]["passages"] == []
    assert backend.asked("InvokeModelWithResponseStream") == []
    assert [event["source"] for event in data_of(parts, "guardrail")] == ["passage", "passage"]


def test_a_search_shows_what_the_guard_left(backend: Backend, http: TestClient) -> None:
    both = [blocks("No."), masks(MASKED), blocks("No.")]
    backend.verdicts = [*both, *both]
    body = {"query": "hardness", "explain": True}
    result = http.post("/search", json=body).json()
    assert [passage["text"] for passage in result["passages"]] == [MASKED]
    assert result["passages"][0]["explanation"]["semanticRank"] == 1
    assert [(one["action"], one["subject"]) for one in result["interventions"]] == [
        ("masked", "s3://documents/people.md"),
        ("blocked", "s3://documents/minerals.md"),
    ]
