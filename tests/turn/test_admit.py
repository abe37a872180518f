"""Which of a caller's texts the guard judges, and what becomes of them."""

import pytest

from app.guardrail import Verdict
from app.models import Text, assistant, user
from app.turn.admit import admit
from app.turn.history import MEMORY
from app.turn.question import Dialogue, Question
from tests.answer.test_turn import Judge

DIALOGUE = Dialogue((user("One?"), assistant("Two."), user("Three?")), "Four.")
TEXTS = ["Zero?", "One?", "Two.", "Three?", "Four."]


def test_without_a_dialogue_the_question_alone_is_judged() -> None:
    guard = Judge()
    question = Question("Zero?", model="m")
    assert admit(question, guard) == (question, [Verdict("none", "Zero?")])
    assert guard.calls == [("question", "Zero?")]


def test_every_text_of_a_dialogue_is_replaced_by_the_guards_version() -> None:
    guard = Judge({text: Verdict("masked", f"{{{text}}}") for text in TEXTS})
    question, verdicts = admit(Question("Zero?", dialogue=DIALOGUE), guard)
    assert [verdict.text for verdict in verdicts] == [f"{{{text}}}" for text in TEXTS]
    assert question == Question(
        "{Zero?}",
        dialogue=Dialogue((user("{One?}"), assistant("{Two.}"), user("{Three?}")), "{Four.}"),
    )
    assert guard.calls == [("question", text) for text in TEXTS]


@pytest.mark.parametrize("place", range(len(TEXTS)))
def test_after_a_block_nothing_is_judged(place: int) -> None:
    guard = Judge({TEXTS[place]: Verdict("blocked", "No.")})
    question, verdicts = admit(Question("Zero?", dialogue=DIALOGUE), guard)
    assert [verdict.blocked for verdict in verdicts] == [False] * place + [True]
    assert len(guard.calls) == place + 1
    assert question.dialogue
    assert question.dialogue.messages[-1].content in ((Text("Three?"),), (Text("No."),))


def test_a_text_that_is_empty_or_too_old_is_not_judged() -> None:
    guard = Judge()
    messages = (user("Old?"), assistant("Old."), *(user("New?"), assistant("")) * MEMORY)
    question, verdicts = admit(Question("Zero?", dialogue=Dialogue(messages)), guard)
    assert len(verdicts) == 1 + MEMORY
    assert ("question", "Old?") not in guard.calls
    assert question.dialogue
    assert len(question.dialogue.messages) == 2 * MEMORY
