"""Each event as the parts of a UI message stream, member by member."""

import json
from collections.abc import Generator
from typing import Any

import pytest

from app.events import (
    Answer,
    Citation,
    Done,
    Error,
    Event,
    Guardrail,
    GuardrailSource,
    Nearest,
    Passage,
    Place,
    Retrieval,
    Started,
    Text,
    Usage,
)
from app.web.schemas import StreamPart
from app.web.streams import ui_message_stream

PASSAGE = Passage(1, "Quartz is hard.", "s3://d/minerals.md", 0.9, page=3, metadata={"year": 1})
CITATION = Citation(
    1,
    "minerals.md",
    "Minerals",
    PASSAGE.uri,
    3,
    "Stones",
    0,
    6,
    "Quartz",
    "Quartz is hard.",
    0.9,
    8,
    8,
)
BARE = Citation(
    2, "talc.md", "talc.md", "s3://d/talc.md", None, None, 0, 4, "Talc", "Talc.", 0.5, 12, 12
)
WRITTEN = {
    "number": 1,
    "document": "minerals.md",
    "title": "Minerals",
    "uri": "s3://d/minerals.md",
    "page": 3,
    "pageLabel": None,
    "section": "Stones",
    "start": 0,
    "end": 6,
    "startUtf16": 0,
    "endUtf16": 6,
    "text": "Quartz",
    "score": 0.9,
    "mark": 8,
    "markUtf16": 8,
    "headings": [],
    "tableHeader": None,
    "supported": None,
    "passageNumber": 1,
}
ERROR = Error(502, "model-failed", "The model failed", "It did.", retryable=True)


def parts(*events: Event) -> list[Any]:
    """The stream of a turn: a line for each part, and an empty one after it."""

    def turn() -> Generator[Event, None, None]:
        yield from events

    whole = b"".join(ui_message_stream(turn())).decode()
    assert whole.endswith("\n\ndata: [DONE]\n\n")
    lines = whole.split("\n\n")[:-2]
    written = [json.loads(line.removeprefix("data: ")) for line in lines]
    for part in written:
        StreamPart.model_validate(part)  # as OpenAPI describes it
    return written


def test_a_turn_from_start_to_finish() -> None:
    answer = Answer("Hart.", (CITATION,), Usage(9, 4), "m", "c", 3, "length")
    first, *others = parts(
        Started("c", "m"),
        Guardrail("question", "masked", "How {X}?", "A name.", "s"),
        Retrieval("How hard?", (PASSAGE,)),
        Text("Ha"),
        CITATION,
        Text("rt ü."),
        CITATION,
        BARE,
        Usage(9, 4),
        Done(answer),
    )
    assert len(first.pop("messageId")) == 16
    assert first == {"type": "start", "messageMetadata": {"conversationId": "c", "model": "m"}}
    passage = others[2]["data"]["passages"][0]
    assert others == [
        {"type": "start-step"},
        {
            "type": "data-guardrail",
            "data": {
                "source": "question",
                "action": "masked",
                "text": "How {X}?",
                "reason": "A name.",
                "subject": "s",
                "policies": [],
            },
            "transient": True,
        },
        {
            "type": "data-retrieval",
            "data": {"query": "How hard?", "passages": [passage]},
            "transient": True,
        },
        {"type": "text-start", "id": "answer"},
        {"type": "text-delta", "id": "answer", "delta": "Ha"},
        {
            "type": "source-document",
            "sourceId": "1",
            "mediaType": "text/plain",
            "title": "Minerals",
            "filename": "minerals.md",
            "providerMetadata": {"outcrop": {"uri": "s3://d/minerals.md", "page": 3}},
        },
        {"type": "data-citation", "data": WRITTEN, "transient": True},
        {"type": "text-delta", "id": "answer", "delta": "rt ü."},
        {"type": "data-citation", "data": WRITTEN, "transient": True},
        {
            "type": "source-document",
            "sourceId": "2",
            "mediaType": "text/plain",
            "title": "talc.md",
            "filename": "talc.md",
            "providerMetadata": {"outcrop": {"uri": "s3://d/talc.md", "page": None}},
        },
        {"type": "data-citation", "data": others[10]["data"], "transient": True},
        {"type": "text-end", "id": "answer"},
        {"type": "finish-step"},
        {
            "type": "finish",
            "finishReason": "length",
            "messageMetadata": {
                "model": "m",
                "turn": 3,
                "stopReason": "length",
                "usage": {"inputTokens": 9, "outputTokens": 4},
                "cost": None,
            },
        },
    ]
    assert (passage["text"], passage["page"], passage["metadata"]) == (
        "Quartz is hard.",
        3,
        {"year": 1},
    )
    assert (others[10]["data"]["number"], others[10]["data"]["section"]) == (2, None)


def test_what_replaces_the_answer_stays_in_the_message() -> None:
    sources: dict[GuardrailSource, bool] = {"question": False, "passage": False, "answer": True}
    for source, stays in sources.items():
        *_, part = parts(Started("c", "m"), Guardrail(source, "masked", "{X}"))
        assert ("transient" not in part) is stays, source


def test_the_nearest_places_are_a_part_of_their_own() -> None:
    place = Place("guides/talc.md", "Talc", "s3://d/guides/talc.md", None, "Use", 0.5)
    *_, nearest = parts(Started("c", "m"), Nearest((place,)))
    written = {
        "document": "guides/talc.md",
        "title": "Talc",
        "uri": "s3://d/guides/talc.md",
        "page": None,
        "pageLabel": None,
        "section": "Use",
        "score": 0.5,
    }
    assert nearest == {"type": "data-nearest", "data": {"places": [written]}}


@pytest.mark.parametrize("open_text", [True, False])
def test_a_turn_that_fails_says_so_twice(open_text: bool) -> None:
    beginning = [Text("It")] if open_text else []
    *_, data, error = written = parts(Started("c", "m"), *beginning, ERROR)
    assert data == {
        "type": "data-error",
        "data": {
            "status": 502,
            "code": "model-failed",
            "title": "The model failed",
            "detail": "It did.",
            "retryable": True,
            "retryAfter": None,
            "resetsAt": None,
        },
    }
    assert error == {"type": "error", "errorText": "The model failed: It did."}
    assert ({"type": "text-end", "id": "answer"} in written) is open_text


def test_text_goes_out_as_it_is_and_not_escaped() -> None:
    def turn() -> Generator[Event, None, None]:
        yield Text("Größe")
        yield ERROR

    assert "Größe".encode() in b"".join(ui_message_stream(turn()))


def test_an_event_that_cannot_be_written_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    nothing: Any = object()
    *_, data, error = parts(Started("c", "m"), nothing)
    assert data["data"]["code"] == "internal"
    assert error["errorText"] == "Something went wrong here: The log has the details."
    [record] = caplog.records
    assert record.message == "an event cannot be written: AssertionError"
    assert record.exc_info
