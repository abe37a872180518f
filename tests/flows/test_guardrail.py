"""A guardrail's word is obeyed on every path. What it says is queued here, behind the real wire."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from app.local.wire import JSON, Call, ServiceError
from app.settings import Settings
from tests.flows.home import Home, data_of, laptop, metadata_of, provisioned, text_of
from tests.web.backend import UNITS

CASTLE = "The castle of Rheinfels was built in 1245 by Count Diether V."
ASKED = {"message": "Who built the castle of Rheinfels?"}
BLOCKED = "That is nothing to talk about here."
PASSED: JSON = {"action": "NONE", "outputs": []}
STEPPED_IN: JSON = {"action": "GUARDRAIL_INTERVENED", "outputs": [{"text": BLOCKED}]}


@dataclass
class Judge:
    """ApplyGuardrail, answered from a queue."""

    verdicts: deque[JSON | ServiceError] = field(default_factory=deque)
    asked: list[JSON] = field(default_factory=list)

    def says(self, *verdicts: JSON | ServiceError) -> None:
        self.asked.clear()
        self.verdicts = deque(verdicts)

    def __call__(self, call: Call) -> JSON:
        self.asked.append(call.params)
        verdict = self.verdicts.popleft()
        if isinstance(verdict, ServiceError):
            raise verdict
        return {"usage": dict.fromkeys(UNITS, 0), "assessments": [], **verdict}


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


@pytest.fixture(scope="module")
def guarded(judge: Judge, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A home whose settings name a guardrail, with one document in it."""

    def deploy() -> Settings:
        return provisioned().model_copy(update={"guardrail_id": "a1b2c3", "guardrail_version": "1"})

    handlers = {"bedrock-runtime": {"ApplyGuardrail": judge}}
    with laptop(tmp_path_factory.mktemp("guarded"), deploy, handlers) as home:
        home.put("castle.md", CASTLE)
        yield home


def test_the_guardrail_judges_question_passages_and_answer(guarded: Home, judge: Judge) -> None:
    judge.says(PASSED, PASSED, PASSED)
    answer = guarded.call("POST", "/chat", ASKED)
    assert "Count Diether" in answer["answer"]
    before, passages, after = judge.asked
    assert (before["guardrailIdentifier"], before["guardrailVersion"]) == ("a1b2c3", "1")
    assert before["source"] == "INPUT"
    assert before["content"] == [{"text": {"text": ASKED["message"]}}]
    assert passages["source"] == "INPUT"
    assert passages["content"] == [{"text": {"text": CASTLE}}]
    assert after["source"] == "OUTPUT"
    texts = {block["text"]["qualifiers"][0]: block["text"]["text"] for block in after["content"]}
    assert texts == {
        "grounding_source": CASTLE,
        "query": ASKED["message"],
        "guard_content": answer["answer"].replace(" [1]", ""),
    }


def test_a_question_that_is_kept_out_reaches_no_model_and_is_not_stored(
    guarded: Home, judge: Judge
) -> None:
    judge.says(STEPPED_IN)
    parts = guarded.stream(ASKED)
    kinds = [part["type"] for part in parts]
    assert data_of(parts, "guardrail")[0]["text"] == BLOCKED
    assert "data-retrieval" not in kinds
    assert text_of(parts) == ""
    assert metadata_of(parts, "finish")["stopReason"] == "guardrail"
    conversation = metadata_of(parts, "start")["conversationId"]
    guarded.problem("GET", f"/conversations/{conversation}")


def test_an_answer_that_is_held_back_is_not_shown_and_stored_as_the_guardrails_message(
    guarded: Home, judge: Judge
) -> None:
    judge.says(PASSED, PASSED, STEPPED_IN)
    parts = guarded.stream(ASKED)
    kinds = [part["type"] for part in parts]
    assert "text-delta" not in kinds
    assert data_of(parts, "guardrail")[0]["text"] == BLOCKED
    conversation = metadata_of(parts, "start")["conversationId"]
    [turn] = guarded.call("GET", f"/conversations/{conversation}")["turns"]
    assert (turn["answer"], turn["citations"]) == (BLOCKED, [])


def test_a_whole_answer_that_is_held_back_is_never_shown(guarded: Home, judge: Judge) -> None:
    judge.says(PASSED, PASSED, STEPPED_IN)
    answer = guarded.call("POST", "/chat", ASKED)
    assert (answer["answer"], answer["citations"]) == (BLOCKED, [])
    assert answer["stopReason"] == "guardrail"


@pytest.mark.parametrize("before", [[], [PASSED], [PASSED, PASSED]])
def test_without_a_verdict_of_the_guardrail_a_turn_fails(
    before: list[JSON], guarded: Home, judge: Judge
) -> None:
    refused = ServiceError("AccessDeniedException", "You may not apply this guardrail.")
    judge.says(*before, refused)
    conversation = f"fails-{len(before)}"
    question = {"role": "user", "id": "q", "parts": [{"type": "text", "text": ASKED["message"]}]}
    parts = guarded.stream({"id": conversation, "messages": [question]})
    assert parts[-1]["type"] == "error"
    guarded.problem("GET", f"/conversations/{conversation}")
