"""AWS on a bad day: throttled, down, slow, cut off. An answer is whole, or it is an error."""

from collections.abc import Callable
from typing import Any

import pytest

from app.local.faults import Cut, Delay, Fail, Fault, Flip
from tests.flows.home import Home, data_of, metadata_of

QUESTION = {"message": "What is the lighthouse keeper called?"}


@pytest.fixture(autouse=True)
def lighthouse(home: Home) -> None:
    if not home.document("lighthouse.md"):
        home.put("lighthouse.md", "The lighthouse keeper is called Thorvald. He keeps bees.")


def model(kind: Callable[..., Fault], **how: Any) -> Fault:
    return kind(service="bedrock-runtime", operation="InvokeModelWithResponseStream", **how)


def retrieve(kind: Callable[..., Fault], **how: Any) -> Fault:
    return kind(service="bedrock-agent-runtime", operation="Retrieve", **how)


def store(kind: Callable[..., Fault], **how: Any) -> Fault:
    return kind(service="s3", operation="PutObject", **how)


FAULTS = {
    "throttled": (model(Fail, code="ThrottlingException"), "throttled", 429, True),
    "down": (model(Fail, code="ServiceUnavailableException"), "unavailable", 503, True),
    "broken": (model(Fail, code="InternalServerException"), "unavailable", 503, True),
    "timed out": (model(Fail, code="ModelTimeoutException"), "timed-out", 504, True),
    "failing": (model(Fail, code="ModelErrorException"), "model-failed", 502, True),
    "denied": (model(Fail, code="AccessDeniedException"), "not-set-up", 500, False),
    "throttled in the middle": (
        model(Fail, code="ThrottlingException", after=2), "throttled", 429, True,
    ),
    "failing in the middle": (
        model(Fail, code="ModelStreamErrorException", after=1), "model-failed", 502, True,
    ),
    "cut off after the end of a frame": (model(Cut, after=2), "stream-cut", 502, True),
    "cut off before the first frame": (model(Cut, after=0), "stream-cut", 502, True),
    "cut off within a frame": (model(Cut, after=1, mid_frame=True), "stream-cut", 502, True),
    "reset": (model(Cut, after=1, abrupt=True), "stream-cut", 502, True),
    "damaged": (model(Flip, after=1), "stream-cut", 502, True),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_turn_that_breaks_ends_with_one_typed_error_and_is_not_stored(
    home: Home, fault: str
) -> None:
    ordered, code, status, retryable = FAULTS[fault]
    home.order(ordered)
    parts = home.stream(QUESTION)
    [error] = data_of(parts, "error")
    assert (error["code"], error["status"], error["retryable"]) == (code, status, retryable)
    conversation = metadata_of(parts, "start")["conversationId"]
    assert home.problem("GET", f"/conversations/{conversation}")["code"] == "not-found"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_whole_answer_breaks_with_the_same_problem(home: Home, fault: str) -> None:
    ordered, code, status, _ = FAULTS[fault]
    home.order(ordered)
    problem = home.problem("POST", "/chat", QUESTION)
    assert (problem["code"], problem["status"]) == (code, status)


def test_an_operator_s_detail_stays_in_the_log(home: Home) -> None:
    home.order(model(Fail, code="AccessDeniedException", message="role/secret-name may not"))
    assert "secret-name" not in str(home.problem("POST", "/chat", QUESTION))


def test_no_generating_call_is_sent_again(home: Home) -> None:
    """Were the throttled call sent again, it would meet no fault, and be answered."""
    home.order(model(Fail, code="ThrottlingException"))
    assert home.problem("POST", "/chat", QUESTION)["code"] == "throttled"


def test_a_call_that_may_be_repeated_is(home: Home) -> None:
    home.order(retrieve(Fail, code="ThrottlingException"))
    assert "Thorvald" in home.call("POST", "/chat", QUESTION)["answer"]


def test_a_knowledge_base_that_is_down_is_no_answer_from_nothing(home: Home) -> None:
    home.order(*[retrieve(Fail, code="InternalServerException") for _ in range(3)])
    problem = home.problem("POST", "/chat", QUESTION)
    assert (problem["code"], problem["retryable"]) == ("unavailable", True)


def test_a_slow_model_is_waited_for_until_the_deadline_and_no_longer(home: Home) -> None:
    home.order(model(Delay, after=1, seconds=0.3))
    assert "Thorvald" in home.call("POST", "/chat", QUESTION)["answer"]


def test_a_conversation_that_cannot_be_stored_is_not_done(home: Home) -> None:
    home.order(*[store(Fail, code="InternalError") for _ in range(3)])
    parts = home.stream(QUESTION)
    assert parts[-1]["type"] == "error"
    assert data_of(parts, "error")[0]["code"] == "unavailable"


def test_a_turn_whose_storing_was_sent_twice_is_stored_once(home: Home) -> None:
    """The first attempt is taken, its answer lost; the second meets the first one's object."""
    home.order(store(Cut, nth=2, abrupt=True))
    answer = home.call("POST", "/chat", QUESTION)
    turns = home.call("GET", f"/conversations/{answer['conversationId']}")["turns"]
    assert [turn["answer"] for turn in turns] == [answer["answer"]]
