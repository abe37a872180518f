"""A conversation: kept turn by turn, and one's own."""

import pytest

from tests.flows.home import Home, metadata_of

RIVERS = """\
# Rivers

The Rhine is 1,230 kilometres long. The Rhine rises in the Swiss canton of Graubünden.

The Elbe is 1,094 kilometres long. The Elbe rises in the Giant Mountains of Czechia.
"""


@pytest.fixture(autouse=True)
def rivers(home: Home) -> None:
    if not home.document("rivers.md"):
        home.put("rivers.md", RIVERS)


def test_a_follow_up_is_understood_from_what_was_said(home: Home) -> None:
    first = home.call("POST", "/chat", {"message": "How long is the Rhine?"})
    assert "1,230" in first["answer"]
    follow_up = {"message": "And where does it rise?", "conversationId": first["conversationId"]}
    second = home.call("POST", "/chat", follow_up)
    assert "Graubünden" in second["answer"]
    assert (first["turn"], second["turn"]) == (0, 1)


def test_a_conversation_is_kept_turn_by_turn(home: Home) -> None:
    first = home.call("POST", "/chat", {"message": "How long is the Elbe?"})
    path = f"/conversations/{first['conversationId']}"
    [turn] = home.call("GET", path)["turns"]
    assert turn["question"] == "How long is the Elbe?"
    for member in ("answer", "citations", "usage", "model"):
        assert turn[member] == first[member]
    listed = home.call("GET", "/conversations")["items"]
    assert listed[0]["id"] == first["conversationId"], "the newest comes first"
    assert listed[0]["title"] == "How long is the Elbe?"


def test_the_list_comes_in_pages(home: Home) -> None:
    answers = [
        home.call("POST", "/chat", {"message": f"How long is the Elbe? {n}"}) for n in range(3)
    ]
    first = home.call("GET", "/conversations?limit=2")
    then = home.call("GET", f"/conversations?limit=2&cursor={first['nextCursor']}")
    ids = [item["id"] for item in first["items"] + then["items"]]
    assert ids[:3] == [answer["conversationId"] for answer in reversed(answers)]


def test_a_deleted_conversation_is_gone(home: Home) -> None:
    answer = home.call("POST", "/chat", {"message": "How long is the Rhine?"})
    path = f"/conversations/{answer['conversationId']}"
    home.call("DELETE", path)
    assert home.problem("GET", path)["code"] == "not-found"
    listed = home.call("GET", "/conversations?limit=100")["items"]
    assert answer["conversationId"] not in [item["id"] for item in listed]
    assert home.problem("DELETE", path)["code"] == "not-found"


def test_a_chat_client_brings_its_own_id(home: Home) -> None:
    def message(text: str) -> dict[str, object]:
        return {"id": "m", "role": "user", "parts": [{"type": "text", "text": text}]}

    body = {"id": "chat-of-a-client", "trigger": "submit-message", "messages": [message("Hello?")]}
    for number, text in enumerate(("How long is the Rhine?", "How long is the Elbe?")):
        parts = home.stream(body | {"messages": [message(text)]})
        assert metadata_of(parts, "start")["conversationId"] == "chat-of-a-client"
        assert metadata_of(parts, "finish")["turn"] == number


def test_a_conversation_that_is_not_there_is_not_begun(home: Home) -> None:
    body = {"message": "How long is the Rhine?", "conversationId": "0" * 32}
    problem = home.problem("POST", "/chat", body)
    assert (problem["status"], problem["errors"][0]["field"]) == (404, "conversationId")
