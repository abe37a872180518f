"""What an agent's answer has to be grounded in: passages, and what tools have said, in words."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.agent import AgentContext, act
from app.agent.evidence import LONGEST, in_words
from app.events import Passage
from app.guardrail import Unguarded, Verdict
from app.tools import Output, Refusal
from app.turn import Question
from tests.agent.conftest import Desk
from tests.web.backend import Backend


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It is shipped.", "It is shipped."),
        ("7", "7"),
        ('["A-1", "A-2"]', "A-1, A-2."),
        ('{"in_stock": true, "sizes": [40, 41]}', "in stock: yes.\nsizes, 40, 41."),
        ('{"day": "2026-13-40"}', "day: 2026-13-40."),
        ("[" * 5000, "[" * 5000),
        ("{}", ""),
    ],
    ids=["text", "number", "list", "object", "no-date", "broken", "empty"],
)
def test_json_in_words(text: str, words: str) -> None:
    assert in_words(text) == words


def test_deep_json_is_not_followed_for_ever() -> None:
    text = '{"a": ' * 100 + "1" + "}" * 100
    assert len(in_words(text)) < 2000


class Grounds(Unguarded):
    """A guard that keeps what answers were judged by."""

    def __init__(self) -> None:
        self.sources: list[Sequence[Passage]] = []

    def answer(self, text: str, question: str, passages: Sequence[Passage]) -> Verdict:
        self.sources.append(passages)
        return super().answer(text, question, passages)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Output('{"status": "shipped"}'), "status: shipped."),
        (Refusal("There is no order A-1."), "There is no order A-1."),
        (Output("x" * 30_000), "x" * LONGEST),
    ],
    ids=["output", "refusal", "long"],
)
def test_an_answer_is_judged_by_what_tools_have_said(
    context: AgentContext, backend: Backend, desk: Desk, said: Output | Refusal, words: str
) -> None:
    desk.says["order_status"] = said
    call = ("order_status", '{"order_id": "A-1"}')
    backend.replies = [([call], "tool_use"), (["It is shipped."], "end_turn")]
    guard = Grounds()
    list(
        act(
            Question("Where is A-1?"),
            replace(context, turn=replace(context.turn, guard=guard)),
        )
    )
    [[source]] = guard.sources
    assert (source.text, source.uri) == (words, "tool:order_status")
