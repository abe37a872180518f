"""Conversations, summed up."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.local.engine.writer import Turn
from app.local.engine.writer.recaps import recap_in, sum_up
from tests.local.bedrock_agent.knowledge_bases.fakes import HashingEncoder

PROMPT = """Sum it up within <summary> tags.
<conversation>User: How hard is quartz?
Assistant: Quartz has a hardness of 7. User tests say so.
User: And talc?
Assistant: Talc has one of 1,
as soap.</conversation>"""


def test_the_turns_are_read_from_the_conversation() -> None:
    recap = recap_in(PROMPT)
    assert recap is not None
    assert recap.conversation == (
        Turn("user", "How hard is quartz?"),
        Turn("assistant", "Quartz has a hardness of 7. User tests say so."),
        Turn("user", "And talc?"),
        Turn("assistant", "Talc has one of 1,\nas soap."),
    )


@pytest.mark.parametrize("text", ["", "<conversation>User: Hi</conversation>", "<summary>"])
def test_other_prompts_want_none(text: str) -> None:
    assert recap_in(text) is None


def test_a_summary_has_questions_that_stand_alone_and_what_was_answered() -> None:
    recap = recap_in(PROMPT)
    assert recap is not None
    assert sum_up(recap.conversation, HashingEncoder()).splitlines() == [
        "The user asked:",
        "- How hard is quartz?",
        "- How hard is talc?",
        "",
        "The answers were:",
        "- Quartz has a hardness of 7.",
        "- User tests say so.",
        "- Talc has one of 1, as soap.",
    ]


def test_small_talk_and_what_is_said_twice_count_once_or_not() -> None:
    turns = (Turn("user", "Hello!"), *(Turn("assistant", "It rains here."),) * 3)
    assert sum_up(turns, HashingEncoder()) == "The answers were:\n- It rains here."
    assert sum_up((Turn("user", "Thanks!"),), HashingEncoder()) == ""


def test_a_long_conversation_has_five_of_each() -> None:
    turns = [
        turn
        for number in range(40)
        for turn in (
            Turn("user", f"What is the number of the house {number}?"),
            Turn("assistant", f"The house {number} has the number {number * 7}."),
        )
    ]

    class Apart(HashingEncoder):
        def encode(self, texts: object) -> NDArray[np.float32]:
            count = len(list(texts))  # type: ignore[call-overload]
            return np.eye(count, 64, dtype=np.float32)

    lines = sum_up(turns, Apart()).splitlines()
    assert len([line for line in lines if line.startswith("- What")]) == 5
    assert len([line for line in lines if line.startswith("- The house")]) == 5
