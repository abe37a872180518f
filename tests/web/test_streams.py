"""A turn over HTTP: it ends as a stream ends, whatever the services behind it send."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app import events
from app.events import Answer, Done, Event, Started, Text, Usage
from app.local.wire import JSON
from app.web import streams
from tests.local.home import Home
from tests.web.backend import ASKED, FOUND, Backend, called, parts_of, settings

HALF = "\ud83d"
DONE = Done(Answer("a", (), Usage(1, 1), "m", "c", 0, "end"))


@pytest.fixture(scope="module")
def http(running: tuple[Backend, Home]) -> Iterator[TestClient]:  # noqa: ARG001
    with called(settings(guardrail_id="g1", deadline_seconds=20)) as client:
        yield client


def streamed(http: TestClient, asked: JSON = ASKED) -> list[JSON]:
    response = http.post("/chat/stream", json=asked)
    assert response.status_code == 200, response.text
    return parts_of(response.text.splitlines())


def conversation(http: TestClient, parts: list[JSON]) -> list[JSON]:
    name = parts[0]["messageMetadata"]["conversationId"]
    turns: list[JSON] = http.get(f"/conversations/{name}").json().get("turns", [])
    return turns


def text_of(parts: list[JSON]) -> str:
    return "".join(part["delta"] for part in parts if part["type"] == "text-delta")


METADATA = {
    "nested": ({"a": {"b": [None, 1]}}, '{"a": {"b": [null, 1]}}'),
    "list": (["a", 1, None], ["a", "1", "null"]),
    "number": (7, 7),
    "truth": (True, True),
    "half a character": ("a" + HALF, "a\ufffd"),
    "not a number": (float("nan"), "NaN"),
    "too large": (10**400, str(10**400)),
}


@pytest.mark.parametrize("kind", METADATA)
def test_any_metadata_of_a_passage_is_shown(kind: str, backend: Backend, http: TestClient) -> None:
    value, shown = METADATA[kind]
    backend.found = [{**FOUND, "metadata": {"key": value, "other": "x"}}]
    parts = streamed(http)
    [retrieval] = [part["data"] for part in parts if part["type"] == "data-retrieval"]
    metadata = retrieval["passages"][0]["metadata"]
    assert metadata == {"key": shown, "other": "x"}
    assert parts[-1]["type"] == "finish"
    assert http.post("/chat", json=ASKED).json()["answer"] == "It is 7 [1]."


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (("It is 7", HALF, " [1]."), "It is 7\ufffd [1]."),
        (("It is \ud83d", "\ude00", " 7 [1]."), "It is \U0001f600 7 [1]."),
        (("It is 7 [1].", HALF), "It is 7 [1].\ufffd"),
    ],
)
def test_half_a_character_of_the_model_s_breaks_nothing(
    pieces: tuple[str, ...], text: str, backend: Backend, http: TestClient
) -> None:
    backend.pieces = pieces
    parts = streamed(http)
    assert text_of(parts) == text
    assert [turn["answer"] for turn in conversation(http, parts)] == [text]


UNWRITABLE: dict[str, Any] = {
    "half a character": Text(HALF),
    "no such event": object(),
    "not a number": events.Citation(1, "a", "a", "u", None, None, 0, 1, "a", "a", float("nan")),
}


@pytest.mark.parametrize("kind", UNWRITABLE)
def test_an_event_that_cannot_be_written_ends_the_stream_with_an_error(kind: str) -> None:
    closed = []

    def turn() -> Iterator[Event]:
        try:
            yield Started("c", "m")
            yield Text("a")
            yield UNWRITABLE[kind]
            yield DONE
        finally:
            closed.append(True)

    lines = b"".join(streams.ui_message_stream(turn())).decode().splitlines()  # type: ignore[arg-type]  # a generator
    parts = parts_of(lines)
    assert parts[-1]["type"] == "error"
    assert "text-end" in [part["type"] for part in parts]
    assert closed == [True], "the model's stream is closed with it"


def test_what_breaks_after_the_end_adds_no_second_end() -> None:
    def turn() -> Iterator[Event]:
        yield Started("c", "m")
        yield Usage(1, 1)
        yield DONE
        raise ValueError

    lines = b"".join(streams.ui_message_stream(turn())).decode().splitlines()  # type: ignore[arg-type]  # a generator
    assert parts_of(lines)[-1]["type"] == "finish"


def masks(text: str) -> JSON:
    pii = {"match": "7", "type": "AGE", "action": "ANONYMIZED", "detected": True}
    return intervened(text, {"sensitiveInformationPolicy": {"piiEntities": [pii], "regexes": []}})


def blocks(text: str) -> JSON:
    topic = {"name": "Stones", "type": "DENY", "action": "BLOCKED", "detected": True}
    return intervened(text, {"topicPolicy": {"topics": [topic]}})


def intervened(text: str, *assessments: JSON) -> JSON:
    return {
        "action": "GUARDRAIL_INTERVENED",
        "outputs": [{"text": text}],
        "assessments": list(assessments),
    }


PASSES: JSON = {}


def test_a_masked_question_is_asked_retrieved_with_and_stored_as_it_was_masked(
    backend: Backend, http: TestClient
) -> None:
    backend.verdicts = [masks("How hard is {NAME}?"), PASSES]
    parts = streamed(http)
    [verdict] = [part["data"] for part in parts if part["type"] == "data-guardrail"]
    assert (verdict["source"], verdict["action"]) == ("question", "masked")
    assert text_of(parts) == "It is 7 [1]."
    assert parts[-1]["messageMetadata"]["stopReason"] == "end"
    assert backend.asked("Retrieve")[0]["retrievalQuery"]["text"] == "How hard is {NAME}?"
    [prompt] = backend.asked("InvokeModelWithResponseStream")
    assert b"How hard is {NAME}?" in prompt["body"]
    assert b"quartz?" not in prompt["body"]
    [turn] = conversation(http, parts)
    assert turn["question"] == "How hard is {NAME}?"

    backend.verdicts = [masks("How hard is {NAME}?"), PASSES]
    answer = http.post("/chat", json=ASKED).json()
    assert (answer["answer"], answer["stopReason"]) == ("It is 7 [1].", "end")


def test_a_masked_answer_is_shown_masked_and_keeps_its_citations(
    backend: Backend, http: TestClient
) -> None:
    backend.verdicts = [PASSES, PASSES, masks("It is {AGE}.")]
    parts = streamed(http)
    assert parts[0]["messageMetadata"]["guardrailMode"] == "window"
    assert text_of(parts) == "It is {AGE} [1]."
    [verdict] = [part["data"] for part in parts if part["type"] == "data-guardrail"]
    assert (verdict["source"], verdict["action"]) == ("answer", "masked")
    assert verdict["text"] == "It is {AGE} [1]."
    [citation] = [part["data"] for part in parts if part["type"] == "data-citation"]
    assert (citation["mark"], citation["markUtf16"]) == (12, 12)
    [turn] = conversation(http, parts)
    assert (turn["answer"], len(turn["citations"])) == ("It is {AGE} [1].", 1)

    backend.verdicts = [PASSES, PASSES, masks("It is {AGE}.")]
    answer = http.post("/chat", json=ASKED).json()
    assert (answer["answer"], len(answer["citations"])) == ("It is {AGE} [1].", 1)
    assert answer["stopReason"] == "end"
    [verdict] = answer["guardrail"]
    assert [finding["kind"] for finding in verdict["policies"]] == ["AGE"]


@pytest.mark.parametrize(("mode", "text"), [("verdict", "It is 7 [1]."), ("buffer", "")])
def test_each_mode_says_which_it_is_and_shows_as_much(
    mode: str, text: str, backend: Backend
) -> None:
    with called(settings(guardrail_id="g1", guardrail_mode=mode, deadline_seconds=20)) as client:
        backend.verdicts = [PASSES, PASSES, blocks("No.")]
        parts = streamed(client)
        assert parts[0]["messageMetadata"]["guardrailMode"] == mode
        assert text_of(parts) == text
        [turn] = conversation(client, parts)
        assert (turn["answer"], turn["citations"]) == ("No.", [])
    with called(settings(deadline_seconds=20)) as unguarded:
        assert "guardrailMode" not in streamed(unguarded)[0]["messageMetadata"]


def test_a_whole_answer_is_judged_once_in_every_mode(backend: Backend, http: TestClient) -> None:
    backend.pieces = ["It is 7, as all quartz is. " * 80]
    http.post("/chat", json=ASKED)
    assert len(backend.asked("ApplyGuardrail")) == 3
    backend.calls.clear()
    backend.pieces = [*["It is 7, as all quartz is. "] * 80]
    streamed(http)
    assert len(backend.asked("ApplyGuardrail")) == 6, "question, passages, four windows"


def test_the_tokens_of_an_answer_that_is_blocked_on_its_way_are_counted(
    backend: Backend, http: TestClient
) -> None:
    """The reply is read to its end, where the model says what it read and wrote."""
    backend.pieces = [*["It is 7, as all quartz is. "] * 80]
    backend.verdicts = [PASSES, PASSES, blocks("No.")]
    parts = streamed(http)
    assert text_of(parts) == ""
    assert len(backend.asked("ApplyGuardrail")) == 3
    assert parts[-1]["messageMetadata"]["usage"] == {"inputTokens": 9, "outputTokens": 4}
    [turn] = conversation(http, parts)
    assert (turn["answer"], turn["usage"]) == ("No.", {"inputTokens": 9, "outputTokens": 4})


@pytest.mark.parametrize(
    "verdict",
    [
        blocks("No."),
        intervened("No."),  # it does not say what it did
        intervened("No.", *masks("")["assessments"], *blocks("")["assessments"]),
        masks(""),  # with nothing to go on with
    ],
)
def test_whatever_is_not_clearly_a_mask_is_blocked(
    verdict: JSON, backend: Backend, http: TestClient
) -> None:
    for verdicts in ([verdict], [PASSES, PASSES, verdict]):
        backend.verdicts = list(verdicts)
        parts = streamed(http)
        [shown] = [part["data"] for part in parts if part["type"] == "data-guardrail"]
        assert shown["action"] == "blocked"
        assert parts[-1]["messageMetadata"]["stopReason"] == "guardrail"
    [turn] = conversation(http, parts)
    assert (turn["answer"], turn["citations"]) == (shown["text"], [])
