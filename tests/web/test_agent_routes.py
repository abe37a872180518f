"""The agent over HTTP: as a whole, as a stream, and a person's decision on a call that waits."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.web.routes import dependencies
from app.web.schemas import StreamPart
from tests.agent.conftest import Desk
from tests.local.home import Home
from tests.web.backend import Backend, called, parts_of, settings

CANCEL = ("cancel_order", '{"order_id": "A-1"}')
STATUS = ("order_status", '{"order_id": "A-1"}')
DONE = (["It is cancelled."], "end_turn")
ASK = {"message": "Cancel my order A-1.", "mode": "agent"}


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def http(
    running: tuple[Backend, Home],  # noqa: ARG001
    backend: Backend,  # noqa: ARG001
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
) -> TestClient:
    """The application, whose deployment has the desk's tools."""
    monkeypatch.setattr(dependencies, "lambda_tools_of", lambda *_: desk.tools)
    return called(settings())


def stream(http: TestClient, path: str, body: Any) -> list[dict[str, Any]]:
    with http.stream("POST", path, json=body) as response:
        assert response.status_code == 200, response.read()
        parts = parts_of(response.iter_lines())
    for part in parts:
        StreamPart.model_validate(part)  # as OpenAPI describes it
    return parts


def test_an_agent_answers_as_a_whole_with_its_steps(http: TestClient, backend: Backend) -> None:
    backend.replies = [([STATUS], "tool_use"), (["It is shipped."], "end_turn")]
    answer = http.post("/chat", json=ASK).json()
    assert (answer["answer"], answer["stopReason"]) == ("It is shipped.", "end")
    assert [(step["kind"], step["tool"]) for step in answer["steps"]] == [
        ("tool_call", "order_status"),
        ("tool_result", "order_status"),
    ]
    stored = http.get(f"/conversations/{answer['conversationId']}").json()
    assert stored["turns"][0]["steps"] == answer["steps"]


def test_a_plain_answer_calls_no_tool(http: TestClient, backend: Backend, desk: Desk) -> None:
    answer = http.post("/chat", json={"message": "How hard is quartz?"}).json()
    assert (answer["steps"], desk.calls) == ([], [])
    assert not backend.asked("ConverseStream")


def test_an_agents_stream_has_tool_parts_in_steps(http: TestClient, backend: Backend) -> None:
    backend.replies = [(["Let me see.", STATUS], "tool_use"), (["It is shipped."], "end_turn")]
    parts = stream(http, "/chat/stream", ASK)
    kinds = [part["type"] for part in parts if part["type"] != "text-delta"]
    assert kinds == [
        "start",
        "start-step",
        "text-start",
        "text-end",
        "tool-input-available",
        "tool-output-available",
        "finish-step",
        "start-step",
        "text-start",
        "text-end",
        "finish-step",
        "finish",
    ]
    call, output = (part for part in parts if part["type"].startswith("tool-"))
    assert (call["toolName"], call["input"]) == ("order_status", {"order_id": "A-1"})
    assert (output["toolCallId"], output["output"]) == (
        call["toolCallId"],
        '{"status": "shipped"}',
    )
    texts = {part["id"] for part in parts if part["type"] == "text-start"}
    assert len(texts) == 2


def waiting(http: TestClient, backend: Backend) -> tuple[dict[str, Any], dict[str, Any]]:
    """The request for approval in a stream, and the data beside it."""
    backend.replies = [([CANCEL], "tool_use")]
    parts = stream(http, "/chat/stream", {**ASK, "conversationId": None})
    [request] = [part for part in parts if part["type"] == "tool-approval-request"]
    [data] = [part["data"] for part in parts if part["type"] == "data-confirm"]
    assert (request["approvalId"], request["toolCallId"]) == (data["confirmation"], data["call"])
    assert parts[-1]["messageMetadata"]["stopReason"] == "confirm"
    return request, data


def test_a_person_confirms(http: TestClient, backend: Backend, desk: Desk) -> None:
    request, _ = waiting(http, backend)
    assert desk.calls == []
    backend.replies = [DONE]
    path = f"/confirmations/{request['approvalId']}"
    answer = http.post(path, json={"decision": "confirm"}).json()
    assert (answer["answer"], answer["turn"]) == ("It is cancelled.", 1)
    assert desk.arguments == [("cancel_order", {"order_id": "A-1"})]
    again = http.post(path, json={"decision": "confirm"})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


def test_a_person_denies_in_a_stream(http: TestClient, backend: Backend, desk: Desk) -> None:
    request, _ = waiting(http, backend)
    backend.replies = [(["Then not."], "end_turn")]
    path = f"/confirmations/{request['approvalId']}/stream"
    parts = stream(http, path, {"decision": "deny"})
    assert "tool-output-error" in [part["type"] for part in parts]
    assert desk.calls == []


def decided(request: dict[str, Any], data: dict[str, Any], *, approved: bool) -> dict[str, Any]:
    """The agent's message, as `useChat` sends it back with the person's decision."""
    part = {
        "type": "dynamic-tool",
        "toolName": data["tool"],
        "toolCallId": data["call"],
        "state": "approval-responded",
        "input": data["arguments"],
        "approval": {"id": request["approvalId"], "approved": approved},
    }
    return {"id": "m-1", "role": "assistant", "parts": [{"type": "step-start"}, part]}


@pytest.mark.parametrize("approved", [True, False])
def test_use_chat_decides_by_its_message(
    http: TestClient, backend: Backend, desk: Desk, *, approved: bool
) -> None:
    request, data = waiting(http, backend)
    backend.replies = [DONE]
    body = {"id": "c-1", "messages": [decided(request, data, approved=approved)], "mode": "agent"}
    parts = stream(http, "/chat/stream", body)
    assert len(desk.calls) == approved
    kinds = [part["type"] for part in parts if part["type"] != "text-delta"]
    outcome = "tool-output-available" if approved else "tool-output-error"
    step = ["start-step", "text-start", "text-end", "finish-step"]
    assert kinds == ["start", outcome, *step, "finish"], "the part of the call is there already"
    assert parts[0]["messageId"] == "m-1", "its message goes on"
    assert parts[1]["toolCallId"] == data["call"]


def test_a_call_after_a_decision_is_a_part_of_its_own(http: TestClient, backend: Backend) -> None:
    request, data = waiting(http, backend)
    backend.replies = [([STATUS], "tool_use"), DONE]
    body = {"id": "c-1", "messages": [decided(request, data, approved=True)]}
    parts = stream(http, "/chat/stream", body)
    kinds = [part["type"] for part in parts if not part["type"].startswith("text-")]
    assert kinds == [
        "start",
        "tool-output-available",
        "start-step",
        "tool-input-available",
        "tool-output-available",
        "finish-step",
        "start-step",
        "finish-step",
        "finish",
    ]


def test_the_agents_own_message_without_a_decision_is_refused(http: TestClient) -> None:
    message = {"id": "m-1", "role": "assistant", "parts": [{"type": "text", "text": "Hi."}]}
    refusal = http.post("/chat", json={"id": "c-1", "messages": [message]})
    assert refusal.status_code == 400
    assert "one decision" in refusal.json()["detail"]


@pytest.mark.parametrize(
    ("id_", "body", "status"),
    [
        ("nonsense", {"decision": "confirm"}, 400),
        ("c.0." + "0" * 32, {"decision": "confirm"}, 404),
        ("c.0." + "0" * 32, {"decision": "yes"}, 400),
        ("c.0." + "0" * 32, {}, 400),
    ],
    ids=["form", "unknown", "word", "empty"],
)
def test_a_faulty_decision_is_refused(
    http: TestClient, id_: str, body: dict[str, str], status: int
) -> None:
    assert http.post(f"/confirmations/{id_}", json=body).status_code in (status, 422)


def test_an_unknown_mode_is_refused(http: TestClient) -> None:
    assert http.post("/chat", json={**ASK, "mode": "robot"}).status_code in (400, 422)


def messages(http: TestClient, conversation: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = http.get(f"/conversations/{conversation}/messages").json()[
        "messages"
    ]
    return found


def tool_parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in message["parts"] if part["type"] == "dynamic-tool"]


def test_a_stored_call_that_waits_can_be_decided_after_a_reload(
    http: TestClient, backend: Backend
) -> None:
    request, data = waiting(http, backend)
    conversation = request["approvalId"].split(".")[0]
    _, answer = messages(http, conversation)
    [tool] = tool_parts(answer)
    assert (tool["state"], tool["approval"]) == (
        "approval-requested",
        {"id": request["approvalId"]},
    )
    [confirm] = [part["data"] for part in answer["parts"] if part["type"] == "data-confirm"]
    assert confirm == data
    assert answer["metadata"]["stopReason"] == "confirm"


@pytest.mark.parametrize("decision", ["confirm", "deny"])
def test_a_decision_goes_on_with_the_message_in_which_the_call_waited(
    http: TestClient, backend: Backend, decision: str
) -> None:
    request, _ = waiting(http, backend)
    conversation = request["approvalId"].split(".")[0]
    backend.replies = [DONE]
    http.post(f"/confirmations/{request['approvalId']}", json={"decision": decision})
    question, answer = messages(http, conversation)
    assert question["parts"][0]["text"] == ASK["message"]
    assert (answer["id"], answer["metadata"]["turn"]) == (f"{conversation}-0", 1)
    [tool] = tool_parts(answer)
    state = {"confirm": "output-available", "deny": "output-denied"}[decision]
    approved = {"id": request["approvalId"], "approved": decision == "confirm"}
    assert (tool["state"], tool["approval"]) == (state, approved)
    texts = [part["text"] for part in answer["parts"] if part["type"] == "text"]
    assert texts[-1] == "It is cancelled."
    assert "data-confirm" not in [part["type"] for part in answer["parts"]]


@pytest.mark.parametrize("more", [{"supersedes": 0}, {}], ids=["superseded", "gone on"])
def test_a_call_whose_turn_is_superseded_waits_no_more(
    http: TestClient, backend: Backend, desk: Desk, more: dict[str, Any]
) -> None:
    request, _ = waiting(http, backend)
    conversation = request["approvalId"].split(".")[0]
    body = {"message": "Where is order A-1?", "conversationId": conversation, **more}
    backend.replies = [(["It is shipped."], "end_turn")]
    assert http.post("/chat", json={**body, "mode": "agent"}).status_code == 200
    path = f"/confirmations/{request['approvalId']}"
    refusal = http.post(path, json={"decision": "confirm"})
    assert (refusal.status_code, refusal.json()["code"]) == (409, "conflict")
    assert desk.calls == []
    states = [part["state"] for one in messages(http, conversation) for part in tool_parts(one)]
    assert states == ([] if more else ["output-denied"])
    asked = backend.asked("ConverseStream")[-1]["messages"]
    assert ("Cancel my order" in str(asked)) == (not more), "the agent is told the thread alone"


def test_an_answer_after_a_decision_is_written_again_from_its_question_on(
    http: TestClient, backend: Backend
) -> None:
    request, _ = waiting(http, backend)
    conversation = request["approvalId"].split(".")[0]
    backend.replies = [DONE, (["Once more."], "end_turn")]
    http.post(f"/confirmations/{request['approvalId']}", json={"decision": "confirm"})
    last = {"id": "m", "role": "user", "parts": [{"type": "text", "text": ASK["message"]}]}
    body = {"id": conversation, "messages": [last], "mode": "agent"}
    again = {"trigger": "regenerate-message", "messageId": f"{conversation}-1"}
    stream(http, "/chat/stream", {**body, **again})
    assert len(messages(http, conversation)) == 2
    turns = http.get(f"/conversations/{conversation}").json()["turns"]
    assert turns[-1]["supersedes"] == 0, "the decision has no question of its own"


def test_a_decision_supersedes_nothing(http: TestClient, backend: Backend) -> None:
    request, data = waiting(http, backend)
    body = {"id": "c-1", "messages": [decided(request, data, approved=True)], "supersedes": 0}
    refusal = http.post("/chat", json=body)
    assert refusal.status_code == 400
    assert refusal.json()["errors"][0]["field"] == "supersedes"
