"""What InvokeAgent's failures mean, and what the settings need for it."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EventStreamError

from app.agent import check_runner
from app.agent.invocation import failure_of, session_of
from app.agent.traces import (
    GuardrailReport,
    ToolInvocation,
    ToolObservation,
    TraceFailure,
    read_trace,
)
from app.conversations import History, StoredTurn
from app.errors import Conflict, OperatorError, Throttled, ToolFailed, Unavailable
from app.events import ToolCall, Usage
from app.models import Text
from app.settings import Settings as AppSettings
from app.settings import WrongSettings, read
from tests.web.backend import settings

TURN = StoredTurn((Text("q"),), (Text("a"),), (), Usage(0, 0), "m")
CALL = ToolCall("call-0-1", "order_status", {"order_id": "A-1"})


def failure(code: str, *, in_stream: bool = False) -> Any:
    kind = EventStreamError if in_stream else ClientError
    return kind({"Error": {"Code": code, "Message": "No: arn:aws:x."}}, "InvokeAgent")


def test_a_failed_tool_is_named_and_its_own_words_are_not_repeated() -> None:
    error = failure_of(failure("dependencyFailedException", in_stream=True), CALL, decides=False)
    assert isinstance(error, ToolFailed)
    assert "order_status" in error.detail
    assert "arn:" not in error.detail


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("AccessDeniedException", OperatorError, "OUTCROP_AGENT_RUNNER=converse"),
        ("ResourceNotFoundException", OperatorError, "OUTCROP_AGENT_ALIAS_ID"),
        ("ValidationException", OperatorError, "prepared"),
        ("throttlingException", Throttled, "InvokeAgent"),
        ("internalServerException", Unavailable, "InvokeAgent"),
        ("dependencyFailedException", Unavailable, "InvokeAgent"),
    ],
)
def test_a_failure_says_what_to_do(code: str, kind: type[Exception], said: str) -> None:
    error = failure_of(failure(code), None, decides=False)
    assert isinstance(error, kind)
    assert said in error.detail


def test_a_decision_for_which_nothing_waits_is_a_conflict() -> None:
    error = failure_of(failure("validationException", in_stream=True), None, decides=True)
    assert isinstance(error, Conflict)
    assert "session is over" in error.detail


def test_a_runner_without_its_agent_is_refused_by_name() -> None:
    check_runner(settings())
    agent = {"agent_id": "ABCDEFGHIJ", "agent_alias_id": "KLMNOPQRST"}
    check_runner(settings(agent_runner="bedrock-agent", **agent))
    with pytest.raises(WrongSettings, match="OUTCROP_AGENT_ID and OUTCROP_AGENT_ALIAS_ID"):
        check_runner(settings(agent_runner="bedrock-agent"))


@pytest.mark.parametrize("name", ["AGENT_ID", "AGENT_ALIAS_ID"])
def test_an_agent_without_its_alias_is_refused_by_name(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = settings().model_dump(exclude={"agent_id", "agent_alias_id", "filter_attributes"})
    monkeypatch.setenv(f"OUTCROP_{name}", "ABCDEFGHIJ")
    other = "OUTCROP_AGENT_ID" if name == "AGENT_ALIAS_ID" else "OUTCROP_AGENT_ALIAS_ID"
    with pytest.raises(WrongSettings, match=f"{other} is missing"):
        read(AppSettings, **values)


def test_traces_of_calls_are_read() -> None:
    parameter = {"name": "order_id", "type": "string", "value": "A-1"}
    call = {"actionGroupName": "orders", "function": "order_status", "executionType": "LAMBDA"}
    api = {"apiPath": "/book", "verb": "post", "requestBody": {"content": {"j": [parameter]}}}
    for action, name in ((call | {"parameters": [parameter]}, "order_status"), (api, "book")):
        input_ = {"invocationInput": {"actionGroupInvocationInput": action}}
        [part] = read_trace({"trace": {"orchestrationTrace": input_}})
        assert part == ToolInvocation(name, [parameter])
    returned = {"actionGroupInvocationInput": call | {"executionType": "RETURN_CONTROL"}}
    trace = {"orchestrationTrace": {"invocationInput": returned}}
    assert list(read_trace({"trace": trace})) == []
    reprompt = {"repromptResponse": {"source": "ACTION_GROUP", "text": "No."}}
    trace = {"orchestrationTrace": {"observation": reprompt}}
    assert list(read_trace({"trace": trace})) == [ToolObservation("No.", is_error=True)]
    failed = {"failureTrace": {"failureReason": "why", "failureCode": 424}}
    assert list(read_trace({"trace": failed})) == [TraceFailure("why", 424)]


@pytest.mark.parametrize(
    ("action", "outcome", "reported"),
    [
        ("NONE", None, "none"),
        ("INTERVENED", "BLOCKED", "blocked"),
        ("INTERVENED", "ANONYMIZED", "masked"),
    ],
)
def test_the_agents_guardrail_is_reported(action: str, outcome: str | None, reported: str) -> None:
    entities = [{"type": "EMAIL", "match": "x", "action": outcome}] if outcome else []
    assessment = {"sensitiveInformationPolicy": {"piiEntities": entities}}
    trace = {"guardrailTrace": {"action": action, "outputAssessments": [assessment]}}
    [report] = read_trace({"trace": trace})
    assert isinstance(report, GuardrailReport)
    assert (report.source, report.action) == ("answer", reported)


def test_a_session_that_knows_a_superseded_turn_is_not_gone_on_with() -> None:
    last = replace(TURN, number=1, session="s-1")

    def session(number: int, supersedes: int | None = None) -> tuple[str, bool]:
        turn: Any = SimpleNamespace(
            history=History(number, [last], supersedes), conversation="c", pending=None
        )
        return session_of(turn, "ada")

    assert session(2) == ("s-1", True)
    name, is_known = session(3, supersedes=2)
    assert (name.startswith("c.3."), is_known) == (True, False)
    assert session(4)[1] is False
