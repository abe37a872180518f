"""What a question may hold, in both of its shapes: obeyed, or refused by name."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.web.backend import Backend, parts_of

Json = dict[str, Any]
TEAM = {"equals": {"key": "team", "value": "south"}}
HAIKU = "us.anthropic.claude-haiku-4-5-20251001-v1:0"
ASKED = {"id": "m9", "role": "user", "parts": [{"type": "text", "text": "How hard is quartz?"}]}


def chat(identifier: str, *earlier: Json, last: Json = ASKED, **more: Any) -> Json:
    """As useChat sends it."""
    return {
        "id": identifier,
        "messages": [*earlier, last],
        "trigger": "submit-message",
        "messageId": "m9",
        **more,
    }


@pytest.mark.parametrize(
    "question", [{"message": "How hard is quartz?"}, chat("filtered")], ids=["message", "messages"]
)
@pytest.mark.parametrize("path", ["/chat", "/chat/stream"])
def test_a_filter_narrows_the_search_in_both_shapes(
    http: TestClient, backend: Backend, question: Json, path: str
) -> None:
    answer = http.post(path, json=question | {"filter": TEAM})
    assert answer.status_code == 200, answer.text
    (call,) = backend.asked("Retrieve")
    assert call["retrievalConfiguration"]["vectorSearchConfiguration"]["filter"] == TEAM


@pytest.mark.parametrize(
    "question", [{"message": "How hard is quartz?"}, chat("modelled")], ids=["message", "messages"]
)
def test_the_model_that_is_asked_for_is_called_in_both_shapes(
    http: TestClient, backend: Backend, question: Json
) -> None:
    http.post("/chat", json=question | {"model": HAIKU})
    (call,) = backend.asked("InvokeModelWithResponseStream")
    assert call["modelId"] == HAIKU


def test_what_the_protocol_itself_sends_is_taken(http: TestClient) -> None:
    earlier: list[Json] = [
        {"id": "m0", "role": "system", "parts": [{"type": "text", "text": "Be brief."}]},
        {"id": "m1", "role": "user", "parts": [{"type": "text", "text": "Hello"}], "metadata": {}},
        {
            "id": "m2",
            "role": "assistant",
            "metadata": {"conversationId": "protocol", "usage": {}},
            "parts": [
                {"type": "step-start"},
                {"type": "reasoning", "text": "hm", "state": "done"},
                {"type": "data-retrieval", "id": "r", "data": {"query": "x", "passages": []}},
                {"type": "text", "text": "It is 7 [1].", "state": "done"},
                {"type": "source-document", "sourceId": "1", "mediaType": "a/b", "title": "t"},
                {"type": "data-citation", "data": {}},
            ],
        },
    ]
    last = ASKED | {"metadata": {"at": 1}}
    last |= {"parts": [{"type": "text", "text": "How hard is quartz?", "state": "done"}]}
    question = chat("protocol", *earlier, last=last, metadata={"page": 1})
    for trigger in ("submit-message", "regenerate-message"):
        answer = http.post("/chat/stream", json=question | {"trigger": trigger})
        assert answer.status_code == 200, answer.text
        assert parts_of(answer.text.splitlines())[-1]["type"] == "finish"
        assert answer.headers["x-vercel-ai-ui-message-stream"] == "v1"
        started = parts_of(answer.text.splitlines())[0]
        assert started["messageMetadata"]["conversationId"] == "protocol"


FILE = {"type": "file", "mediaType": "image/png", "url": "data:image/png;base64,AA=="}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"temperature": 0.5}, "temperature"),
        ({"tools": []}, "tools"),
        ({"conversationId": "c"}, "conversationId"),
        ({"message": "x"}, "message"),
        ({"trigger": "resume-stream"}, "trigger"),
        ({"filter": "team"}, "filter"),
        ({"messages": [ASKED | {"parts": [*ASKED["parts"], FILE]}]}, "messages.parts"),
        ({"messages": [ASKED | {"parts": [FILE]}]}, "messages.parts"),
        ({"messages": [ASKED | {"content": "x"}]}, "messages.content"),
        ({"messages": [ASKED | {"experimental_attachments": []}]},
         "messages.experimental_attachments"),
        ({"messages": [ASKED | {"parts": [{"type": "text", "text": "x", "lang": "de"}]}]},
         "messages.parts.lang"),
        ({"messages": [ASKED | {"parts": []}]}, "messages"),
        ({"messages": [ASKED | {"role": "assistant"}]}, "messages"),
        ({"messages": [ASKED | {"role": "system"}]}, "messages"),
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("path", ["/chat", "/chat/stream"])
def test_what_would_have_no_effect_is_refused_by_name(
    http: TestClient, backend: Backend, change: Json, field: str, path: str
) -> None:
    answer = http.post(path, json=chat("refused") | change)
    assert answer.status_code == 400, answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert not backend.calls
