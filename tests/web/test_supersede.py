"""Turns that take the place of others: edited questions, and answers that are written again."""

import threading
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.backend import Backend, behind, called, parts_of, settings

Json = dict[str, Any]
_names = count(1)


@pytest.fixture
def conversation() -> str:
    return f"c-{next(_names)}"


def said(name: str, text: str) -> Json:
    return {"id": name, "role": "user", "parts": [{"type": "text", "text": text}]}


def ask(http: TestClient, conversation: str, name: str, text: str, **more: Any) -> list[Json]:
    body = {"id": conversation, "messages": [said(name, text)], **more}
    answer = http.post("/chat/stream", json=body)
    assert answer.status_code == 200, answer.text
    return parts_of(answer.text.splitlines())


def refusal(http: TestClient, conversation: str, name: str, **more: Any) -> tuple[int, str]:
    body = {"id": conversation, "messages": [said(name, "Again?")], **more}
    answer = http.post("/chat", json=body)
    return answer.status_code, answer.json()["errors"][0]["field"]


def questions(http: TestClient, conversation: str) -> list[str]:
    """What a reader sees that was asked."""
    stored = http.get(f"/conversations/{conversation}/messages").json()
    return [one["parts"][0]["text"] for one in stored["messages"] if one["role"] == "user"]


def three(http: TestClient, conversation: str) -> None:
    for number, text in enumerate(("How hard is quartz?", "And talc?", "And topaz?")):
        ask(http, conversation, f"m{number}", text)


def test_an_answer_has_the_id_of_its_turn(http: TestClient, conversation: str) -> None:
    for number in range(2):
        start = ask(http, conversation, f"m{number}", "How hard is quartz?")[0]
        assert start["messageId"] == f"{conversation}-{number}"
    stored = http.get(f"/conversations/{conversation}/messages").json()["messages"]
    assert [one["id"] for one in stored] == [
        *("m0", f"{conversation}-0"),
        *("m1", f"{conversation}-1"),
    ]


@pytest.mark.parametrize("name", ["answer", "question", "own", None])
def test_an_answer_that_is_written_again_takes_the_place_of_the_one_before(
    http: TestClient, conversation: str, name: str | None
) -> None:
    three(http, conversation)
    ids = {"answer": f"{conversation}-2", "question": f"{conversation}-2-question", "own": "m2"}
    more = {"messageId": ids[name]} if name else {}
    parts = ask(http, conversation, "m2", "And topaz?", trigger="regenerate-message", **more)
    assert parts[0]["messageId"] == f"{conversation}-3"
    assert questions(http, conversation) == ["How hard is quartz?", "And talc?", "And topaz?"]
    turns = http.get(f"/conversations/{conversation}").json()["turns"]
    assert [(one["supersedes"], one["supersededBy"]) for one in turns] == [
        (None, None),
        (None, None),
        (None, 3),
        (2, None),
    ]


@pytest.mark.parametrize("more", [{"messageId": "m1"}, {"supersedes": 1}], ids=["id", "number"])
def test_an_edited_question_takes_the_place_of_all_that_came_after(
    http: TestClient, backend: Backend, conversation: str, more: Json
) -> None:
    three(http, conversation)
    backend.calls.clear()
    ask(http, conversation, "m1", "And gypsum?", **more)
    assert questions(http, conversation) == ["How hard is quartz?", "And gypsum?"]
    (rewriting,) = backend.asked("InvokeModel")
    assert b"quartz" in rewriting["body"]
    assert b"talc" not in rewriting["body"], "the rewriter is told the thread alone"
    ask(http, conversation, "m4", "And opal?")
    last = backend.asked("InvokeModelWithResponseStream")[-1]["body"]
    assert b"gypsum" in last
    assert not any(word in last for word in (b"talc", b"topaz")), "and so is the model"


def test_the_first_question_can_be_edited(http: TestClient, conversation: str) -> None:
    three(http, conversation)
    body = {"message": "How hard is jade?", "conversationId": conversation, "supersedes": 0}
    assert http.post("/chat", json=body).json()["turn"] == 3
    assert questions(http, conversation) == ["How hard is jade?"]
    ids = [one["id"] for one in http.get("/conversations?limit=100").json()["items"]]
    assert ids.count(conversation) == 1, "it is listed once"


def test_a_question_whose_answer_failed_is_asked_again_as_the_next(
    http: TestClient, conversation: str
) -> None:
    ask(http, conversation, "m0", "How hard is quartz?")
    lost = {"messageId": f"{conversation}-1", "trigger": "regenerate-message"}
    ask(http, conversation, "m1", "And talc?", **lost)
    ask(http, conversation, "m2", "And topaz?", messageId="m2", trigger="submit-message")
    ask(http, conversation, "m3", "And opal?", trigger="regenerate-message")
    assert len(questions(http, conversation)) == 4, "nothing was stored that could be replaced"


def test_what_cannot_be_replaced_is_refused_by_name(http: TestClient, conversation: str) -> None:
    three(http, conversation)
    again = {"trigger": "regenerate-message"}
    unknown = (
        {"messageId": "nobody"},
        {"messageId": "nobody", **again},
        {"messageId": f"{conversation}-7", **again},
        {"messageId": f"{conversation}-7-question"},
        {"messageId": f"{conversation}-1"},  # an answer, which nobody edits
    )
    for more in unknown:
        assert refusal(http, conversation, "m9", **more) == (400, "messageId"), more
    assert refusal(http, conversation, "m9", supersedes=3) == (400, "supersedes")
    assert refusal(http, conversation, "m9", supersedes=-1) == (400, "supersedes")
    assert refusal(http, "nothing-there", "m9", supersedes=0) == (400, "supersedes")
    both = {"supersedes": 1, "messageId": "m1"}
    assert refusal(http, conversation, "m9", **both) == (400, "supersedes")
    answer = http.post("/chat", json={"message": "x", "supersedes": 0})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "supersedes")
    assert len(questions(http, conversation)) == 3


def test_what_was_replaced_is_replaced_no_more(http: TestClient, conversation: str) -> None:
    three(http, conversation)
    ask(http, conversation, "m1", "And gypsum?", supersedes=1)
    for number in (1, 2):
        assert refusal(http, conversation, "m9", supersedes=number) == (409, "supersedes")
    answer = {"messageId": f"{conversation}-2", "trigger": "regenerate-message"}
    assert refusal(http, conversation, "m9", **answer) == (409, "messageId")


def test_of_two_that_supersede_at_once_one_wins(
    http: TestClient, backend: Backend, conversation: str
) -> None:
    three(http, conversation)
    both = threading.Barrier(2)

    def pieces() -> Iterator[str]:
        both.wait(30)  # neither is stored before both are under way
        yield "It is 7"

    backend.pieces = _Each(pieces)
    statuses: list[int] = []

    def supersede(text: str) -> None:
        body = {"message": text, "conversationId": conversation, "supersedes": 1}
        statuses.append(http.post("/chat", json=body).status_code)

    threads = [threading.Thread(target=supersede, args=(text,)) for text in ("One?", "Two?")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409]
    assert questions(http, conversation)[0] == "How hard is quartz?"
    assert questions(http, conversation)[1:] in (["One?"], ["Two?"])
    turns = http.get(f"/conversations/{conversation}").json()["turns"]
    assert len(turns) == 4


class _Each:
    """Pieces that are made anew for each answer."""

    def __init__(self, make: Any) -> None:
        self._make = make

    def __iter__(self) -> Iterator[str]:
        yield from self._make()


def test_a_blocked_question_takes_no_place_and_no_id(
    backend: Backend, tmp_path: Any, conversation: str
) -> None:
    backend.reset()
    with behind(backend, tmp_path), called(settings(guardrail_id="g1")) as http:
        ask(http, conversation, "m0", "How hard is quartz?")
        blocked = {"action": "GUARDRAIL_INTERVENED", "outputs": [{"text": "No."}]}
        topic = {"name": "t", "type": "DENY", "action": "BLOCKED"}
        blocked["assessments"] = [{"topicPolicy": {"topics": [topic]}}]
        backend.verdicts = [blocked]
        start, *_, finish = ask(http, conversation, "m0", "Bad?", supersedes=0)
        assert start["messageId"] != f"{conversation}-1", "the next answer will have this id"
        assert finish["messageMetadata"]["turn"] is None
        assert finish["finishReason"] == "content-filter"
        assert questions(http, conversation) == ["How hard is quartz?"]


def test_a_superseding_turn_is_one_object(http: TestClient, conversation: str) -> None:
    """So a crash leaves the thread as it was, or as it is after the turn."""
    three(http, conversation)
    before = http.get(f"/conversations/{conversation}").json()["turns"]
    ask(http, conversation, "m1", "And gypsum?", supersedes=1)
    after = http.get(f"/conversations/{conversation}").json()["turns"]
    unchanged = [one | {"supersededBy": None} for one in after[:-1]]
    assert unchanged == before
