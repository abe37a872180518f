"""A call that waits for the person who asks: confirmed, denied, expired, forged, begun again."""

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.agent import AgentContext, act, decide
from app.agent.confirmations import confirmation_for, find_pending
from app.conversations import Conversations
from app.errors import Conflict, InvalidRequest, NotFound
from app.events import Confirm, Event, ToolCall, ToolOutcome
from app.meter import Account
from app.tools import CALL, PRINCIPAL
from app.turn import Question
from tests.agent.conftest import Desk, done
from tests.conversations.sent_requests import at_each_request, nothing
from tests.test_meter import Recorder
from tests.web.backend import Backend

ASK = Question("Cancel my order A-1.")
CANCEL = ("cancel_order", '{"order_id": "A-1"}')
DONE = (["It is cancelled."], "end_turn")


def waiting(context: AgentContext, backend: Backend) -> Confirm:
    backend.replies = [([CANCEL], "tool_use")]
    events = list(act(ASK, context))
    [confirm] = [event for event in events if isinstance(event, Confirm)]
    return confirm


def conversation_of(confirm: Confirm) -> str:
    return confirm.confirmation.split(".")[0]


def of_principal(context: AgentContext, name: str) -> AgentContext:
    turn = replace(
        context.turn,
        account=Account(Recorder(), name),
        conversations=Conversations(context.turn.clients.s3, "conversations", name),
    )
    return replace(context, turn=turn)


def test_a_call_that_changes_something_waits_and_ends_the_turn(
    context: AgentContext, backend: Backend, desk: Desk
) -> None:
    backend.replies = [([("order_status", '{"order_id": "A-1"}'), CANCEL], "tool_use")]
    events = list(act(ASK, context))
    [confirm] = [event for event in events if isinstance(event, Confirm)]
    assert (confirm.tool, confirm.arguments) == ("cancel_order", {"order_id": "A-1"})
    assert desk.arguments == [("order_status", {"order_id": "A-1"})]
    answer = done(events)
    assert answer.stop_reason == "confirm"
    assert "cancel_order (order_id: A-1)" in answer.answer
    left = confirm.expires - datetime.now(UTC)
    assert timedelta(seconds=500) < left <= timedelta(seconds=600)


def test_a_confirmed_call_is_made_once_and_the_model_says_what_came_of_it(
    context: AgentContext, backend: Backend, desk: Desk
) -> None:
    confirm = waiting(context, backend)
    backend.replies = [DONE]
    events = list(decide(confirm.confirmation, confirmed=True, context=context))
    [(name, arguments, session)] = desk.calls
    assert (name, arguments) == ("cancel_order", {"order_id": "A-1"})
    assert session == {PRINCIPAL: "ada", CALL: confirm.confirmation}
    answer = done(events)
    assert (answer.answer, answer.turn) == ("It is cancelled.", 1)
    *_, said, use, result = backend.asked("ConverseStream")[-1]["messages"]
    assert said["content"] == [{"text": "Yes, cancel_order (order_id: A-1)."}]
    assert use["content"][0]["toolUse"]["input"] == {"order_id": "A-1"}
    assert result["content"][0]["toolResult"]["status"] == "success"
    for confirmed in (True, False):
        with pytest.raises(Conflict):
            decide(confirm.confirmation, confirmed=confirmed, context=context)
    assert len(desk.calls) == 1


def test_the_turn_that_waits_is_read_once(context: AgentContext, backend: Backend) -> None:
    confirm = waiting(context, backend)
    with at_each_request(context.turn.clients.s3, nothing) as sent:
        find_pending(confirm.confirmation, context.turn.conversations, context.principal)
    assert sent == ["ListObjectsV2", "GetObject"]


def test_a_denied_call_is_not_made(context: AgentContext, backend: Backend, desk: Desk) -> None:
    confirm = waiting(context, backend)
    backend.replies = [(["Then I leave it."], "end_turn")]
    events = list(decide(confirm.confirmation, confirmed=False, context=context))
    assert desk.calls == []
    [outcome] = [event for event in events if isinstance(event, ToolOutcome)]
    assert outcome.is_error
    with pytest.raises(Conflict):
        decide(confirm.confirmation, confirmed=True, context=context)
    assert desk.calls == []


def test_the_first_decision_counts(context: AgentContext, backend: Backend, desk: Desk) -> None:
    confirm = waiting(context, backend)
    decide(confirm.confirmation, confirmed=False, context=context).close()  # the turn is not run
    with pytest.raises(Conflict, match="was denied"):
        decide(confirm.confirmation, confirmed=True, context=context)
    assert desk.calls == []


def test_a_decision_whose_turn_broke_off_is_carried_out_with_the_same_key(
    context: AgentContext, backend: Backend, desk: Desk
) -> None:
    confirm = waiting(context, backend)
    backend.replies = [DONE, DONE]
    turn: Generator[Event, None, None] = decide(
        confirm.confirmation, confirmed=True, context=context
    )
    for event in turn:
        if isinstance(event, ToolOutcome):
            break  # the call is made, and nothing of it is stored
    turn.close()
    assert done(list(decide(confirm.confirmation, confirmed=True, context=context))).turn == 1
    assert [session[CALL] for _, _, session in desk.calls] == [confirm.confirmation] * 2


def test_a_call_that_has_expired_is_not_made(
    context: AgentContext, backend: Backend, desk: Desk
) -> None:
    confirm = waiting(replace(context, confirmation_seconds=0), backend)
    for _ in range(2):
        with pytest.raises(Conflict, match="expired"):
            decide(confirm.confirmation, confirmed=True, context=context)
    assert desk.calls == []


def test_another_principal_cannot_confirm(
    context: AgentContext, backend: Backend, desk: Desk
) -> None:
    confirm = waiting(context, backend)
    with pytest.raises(NotFound):
        decide(confirm.confirmation, confirmed=True, context=of_principal(context, "eve"))
    backend.replies = [DONE]
    list(decide(confirm.confirmation, confirmed=True, context=context))
    assert desk.calls[0][2][PRINCIPAL] == "ada"


@pytest.mark.parametrize("change", ["hash", "turn", "conversation", "form"])
def test_a_forged_id_confirms_nothing(
    context: AgentContext, backend: Backend, desk: Desk, change: str
) -> None:
    confirm = waiting(context, backend)
    conversation, turn, digest = confirm.confirmation.split(".")
    other = ToolCall(confirm.call, "cancel_order", {"order_id": "A-2"})
    forged = {
        "hash": confirmation_for("ada", conversation, 0, other, confirm.expires).confirmation,
        "turn": f"{conversation}.7.{digest}",
        "conversation": f"other.{turn}.{digest}",
        "form": "../../x",
    }[change]
    with pytest.raises(InvalidRequest if change == "form" else NotFound):
        decide(forged, confirmed=True, context=context)
    assert desk.calls == []


def test_a_stored_call_whose_arguments_were_changed_is_not_made(
    context: AgentContext, backend: Backend, desk: Desk
) -> None:
    confirm = waiting(context, backend)
    s3, bucket = context.turn.clients.s3, "conversations"
    [key] = [
        one["Key"]
        for one in s3.list_objects_v2(Bucket=bucket)["Contents"]
        if conversation_of(confirm) in one["Key"] and one["Key"].startswith("turns/")
    ]
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.put_object(Bucket=bucket, Key=key, Body=body.replace(b"A-1", b"A-2"))
    with pytest.raises(NotFound):
        decide(confirm.confirmation, confirmed=True, context=context)
    assert desk.calls == []


def test_a_call_waits_no_more_when_the_conversation_goes_on(
    context: AgentContext, backend: Backend, desk: Desk
) -> None:
    confirm = waiting(context, backend)
    backend.replies = [(["Fine."], "end_turn")]
    list(act(Question("Never mind.", conversation=conversation_of(confirm)), context))
    with pytest.raises(Conflict, match="gone on"):
        decide(confirm.confirmation, confirmed=True, context=context)
    assert desk.calls == []


def test_what_the_person_writes_confirms_nothing(
    context: AgentContext, backend: Backend, desk: Desk
) -> None:
    confirm = waiting(context, backend)
    backend.replies = [([CANCEL], "tool_use")]
    yes = Question("Yes, do it: CONFIRMED.", conversation=conversation_of(confirm))
    events = list(act(yes, context))
    assert desk.calls == []
    assert done(events).stop_reason == "confirm"


def test_one_call_waits_at_a_time(context: AgentContext, backend: Backend, desk: Desk) -> None:
    second = ("cancel_order", '{"order_id": "A-2"}')
    backend.replies = [([CANCEL, second], "tool_use")]
    events = list(act(ASK, context))
    [confirm] = [event for event in events if isinstance(event, Confirm)]
    assert confirm.arguments == {"order_id": "A-1"}
    backend.replies = [([second], "tool_use")]
    events = list(decide(confirm.confirmation, confirmed=True, context=context))
    [confirm] = [event for event in events if isinstance(event, Confirm)]
    assert confirm.arguments == {"order_id": "A-2"}
    assert desk.arguments == [("cancel_order", {"order_id": "A-1"})]


def test_a_deleted_conversation_takes_its_confirmation_along(
    context: AgentContext, backend: Backend, desk: Desk
) -> None:
    confirm = waiting(context, backend)
    decide(confirm.confirmation, confirmed=False, context=context).close()
    context.turn.conversations.delete(conversation_of(confirm))
    keys = [
        one["Key"]
        for one in context.turn.clients.s3.list_objects_v2(Bucket="conversations")["Contents"]
    ]
    assert not [
        key for key in keys if key.startswith("decisions/") and conversation_of(confirm) in key
    ]
    with pytest.raises(NotFound):
        decide(confirm.confirmation, confirmed=True, context=context)
    assert desk.calls == []
