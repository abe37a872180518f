"""The refusals of questions, word by word: a caller has only these to mend its request by."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.web.schemas import LONGEST_MESSAGE
from tests.web.backend import without_clients

USER = {"id": "1", "role": "user", "parts": [{"type": "text", "text": "How hard is quartz?"}]}


def ui(**last: Any) -> Any:
    return {"id": "c", "messages": [USER | last]}


def part(**members: Any) -> Any:
    return ui(parts=[{"type": "text", "text": "x"} | members])


def completion(*messages: tuple[str, str]) -> Any:
    said = [{"role": role, "content": content} for role, content in messages]
    return {"model": "amazon.nova-lite-v1:0", "messages": said}


TOO_LONG = "x" * (LONGEST_MESSAGE + 1)
NO_DECISION = (
    "The last message has to be the user's, or the agent's with one decision on a call: a part in "
    "the state approval-responded, with toolCallId, `approval.id` and `approval.approved`."
)
NO_TEXT = "The last message has to be the user's and to have text."
LENGTH = "The last message needs text, of 10000 characters at most."
LENGTHS = "The question, and the system messages together, may each have 10000 characters at most."


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    with without_clients() as http:
        yield http


@pytest.mark.parametrize(
    ("body", "field", "rule"),
    [
        (ui(role="assistant"), "messages", NO_DECISION),
        (
            ui(b=1, a=2, metadata={}),
            "messages.a",
            "The last message has unsupported members: 'a', 'b'.",
        ),
        (
            ui(parts=[{"type": "file"}, {"type": "data"}]),
            "messages.parts",
            "A question is text; a part of the type 'data', 'file' is not supported.",
        ),
        (
            part(lang="de", bold=True, state="done", providerMetadata={}),
            "messages.parts.bold",
            "A part of the question has unsupported members: 'bold', 'lang'.",
        ),
        (part(text=" "), "messages", LENGTH),
        (part(text=TOO_LONG), "messages", LENGTH),
    ],
)
@pytest.mark.parametrize("path", ["/chat", "/chat/stream"])
def test_a_ui_message_that_is_no_question_is_refused_with_its_rule(
    http: TestClient, path: str, body: Any, field: str, rule: str
) -> None:
    answer = http.post(path, json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"field": field, "rule": rule}]


@pytest.mark.parametrize(
    ("messages", "rule"),
    [
        ([("user", "Hi"), ("assistant", "Hello.")], NO_TEXT),
        ([("user", " \n")], NO_TEXT),
        ([("user", TOO_LONG)], LENGTHS),
        ([("system", "x" * 5000), ("developer", "y" * 5000), ("user", "Hi")], LENGTHS),
    ],
)
def test_messages_that_are_no_question_are_refused_with_their_rule(
    http: TestClient, messages: list[tuple[str, str]], rule: str
) -> None:
    answer = http.post("/v1/chat/completions", json=completion(*messages))
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == rule
    assert answer.json()["error"]["param"] == "messages"
