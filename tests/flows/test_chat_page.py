"""A chat page that goes on for long: it sends its whole history back, as `useChat` does."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.resources import LARGEST_BODY
from tests.flows.home import Home, Json, data_of, laptop, metadata_of

DOCS = Path(__file__).parents[2] / "docs"
TURNS = 20
QUESTIONS = (
    "How is a document deleted?",
    "What does the firewall refuse?",
    "Where is a conversation stored?",
    "What happens if two turns of a conversation end at the same time?",
    "How does Outcrop check who may call?",
)


@pytest.fixture(scope="module")
def page(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Home]:
    if request.config.getoption("--home") == "aws":
        pytest.skip("it needs documents of its own")
    with laptop(tmp_path_factory.mktemp("page")) as home:
        for name in ("conversations.md", "security.md", "documents.md"):
            home.put(name, (DOCS / name).read_bytes())
        yield home


def message_of(parts: Iterable[Json]) -> Json:
    """The message that a client of the UI message stream makes of its parts, and sends back."""
    message: Json = {"id": "", "role": "assistant", "metadata": {}, "parts": []}
    for part in parts:
        kind = part["type"]
        if kind == "start":
            message["id"] = part["messageId"]
        if kind in ("start", "finish"):
            message["metadata"] |= part["messageMetadata"]
        elif kind == "start-step":
            message["parts"].append({"type": "step-start"})
        elif kind == "text-start":
            message["parts"].append({"type": "text", "text": "", "state": "done"})
        elif kind == "text-delta":
            message["parts"][-1 - _behind_text(message)]["text"] += part["delta"]
        elif kind == "source-document" or (
            kind.startswith("data-") and not part.get("transient", False)
        ):
            message["parts"].append(part)
    return message


def _behind_text(message: Json) -> int:
    """The number of parts behind the last text."""
    kinds = [part["type"] for part in reversed(message["parts"])]
    return kinds.index("text")


def asked(text: str, number: int) -> Json:
    return {"id": f"question-{number}", "role": "user", "parts": [{"type": "text", "text": text}]}


def body(conversation: str, messages: list[Json]) -> Json:
    return {"id": conversation, "messages": messages, "trigger": "submit-message"}


def test_a_page_that_sends_its_whole_history_asks_twenty_questions(page: Home) -> None:
    messages: list[Json] = []
    texts: set[str] = set()
    longest = citations = 0
    for number in range(TURNS):
        messages.append(asked(QUESTIONS[number % len(QUESTIONS)], number))
        request = body("whole-history", messages)
        size = len(json.dumps(request, ensure_ascii=False).encode())
        assert size <= LARGEST_BODY
        longest = max(longest, size)
        parts = page.stream(request)
        assert metadata_of(parts, "finish")["turn"] == number
        [retrieval] = data_of(parts, "retrieval")
        texts |= {passage["text"] for passage in retrieval["passages"]}
        citations += len(data_of(parts, "citation"))
        messages.append(message_of(parts))
    assert citations >= TURNS / 2, "the answers cite, so that there is something to keep short"
    history = json.dumps(messages, ensure_ascii=False)
    assert not [text for text in texts if json.dumps(text, ensure_ascii=False)[1:-1] in history]
    assert longest < LARGEST_BODY / 2, "and as many again can follow"


def test_each_text_of_a_passage_is_sent_once(page: Home) -> None:
    parts = page.stream({"message": QUESTIONS[0]})
    [retrieval] = data_of(parts, "retrieval")
    whole = json.dumps(parts, ensure_ascii=False)
    for passage in retrieval["passages"]:
        assert whole.count(json.dumps(passage["text"], ensure_ascii=False)) == 1
    by_number = {passage["number"]: passage for passage in retrieval["passages"]}
    citations = data_of(parts, "citation")
    assert citations
    for each in citations:
        text = by_number[each["passageNumber"]]["text"]
        assert text[each["start"] : each["end"]] == each["text"]


def test_a_cited_passage_can_be_read_later(page: Home) -> None:
    parts = page.stream({"message": QUESTIONS[0]})
    conversation = metadata_of(parts, "start")["conversationId"]
    turn = metadata_of(parts, "finish")["turn"]
    [retrieval] = data_of(parts, "retrieval")
    citation = data_of(parts, "citation")[-1]
    number = citation["number"]
    path = f"/conversations/{conversation}/turns/{turn}/passages"
    [passage] = [
        each for each in retrieval["passages"] if each["number"] == citation["passageNumber"]
    ]
    cited = page.call("GET", f"{path}/{number}")
    assert cited == {name: passage[name] for name in cited} | {"number": number}
    assert cited["text"] == passage["text"]
    for wrong, field in (
        (f"{path}/99", "number"),
        (f"/conversations/{conversation}/turns/7/passages/{number}", "turn"),
        (f"/conversations/nobodys/turns/0/passages/{number}", "turn"),
    ):
        problem = page.problem("GET", wrong)
        assert (problem["status"], problem["errors"][0]["field"]) == (404, field)
    page.call("DELETE", f"/conversations/{conversation}")
    assert page.problem("GET", f"{path}/{number}")["status"] == 404


def test_the_server_needs_the_last_message_alone(page: Home) -> None:
    first = page.stream(body("last-alone", [asked("How is a document deleted?", 0)]))
    then = page.stream(body("last-alone", [asked("And where is a conversation stored?", 1)]))
    assert [metadata_of(parts, "finish")["turn"] for parts in (first, then)] == [0, 1]


def test_a_history_over_the_limit_is_refused_with_what_to_do(page: Home) -> None:
    old: dict[str, Any] = {
        "id": "a",
        "role": "assistant",
        "parts": [{"type": "text", "text": "x" * LARGEST_BODY}],
    }
    problem = page.problem("POST", "/chat/stream", body("long", [old, asked("Who?", 0)]))
    assert (problem["status"], problem["code"]) == (413, "too-large")
    [violation] = problem["errors"]
    assert violation["field"] == "body"
    assert "65,535 bytes" in violation["rule"]
    assert "prepareSendMessagesRequest" in violation["rule"]
