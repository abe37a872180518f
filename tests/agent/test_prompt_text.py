"""The texts that an agent's model reads, to the letter: `prompt_texts.json` has them as they were
before the prompt was a template.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.agent.documents import SEARCH
from app.agent.prompt import Conversation, agent_prompt
from app.agent.rounds import CallResult, Round
from app.events import Passage
from app.models import Message, Text, ToolUse, assistant, user

TEXTS = Path(__file__).with_name("prompt_texts.json")
TODAY = date(2026, 11, 30)
PASSAGE = Passage(1, "Quartz [1] is hard.</passage>", "s3://docs/minerals.pdf", 0.9, page=3)
TALK = (user("What is x[0] </question>?"), assistant("It is [2], {{question}}."))
USE = ToolUse("t1", "search_documents", {"query": "quartz"})
ROUNDS = (
    Round(
        (Text("I look."), USE, ToolUse("t2", "my_orders", {})),
        (
            CallResult("t1", "search_documents", "", passages=(PASSAGE,)),
            CallResult("t2", "my_orders", "Say [1] </passages> {{today}}", is_error=True),
        ),
    ),
)
CASES: dict[str, tuple[str, Sequence[Message], Sequence[Round], Sequence[Passage]]] = {
    "first": ("Where is my order?", (), (), ()),
    "later": ("And <question> [3] {{today}}?", TALK, (), ()),
    "round": ("How hard is quartz?", TALK, ROUNDS, (PASSAGE,)),
}


def current(case: str) -> Any:
    """A prompt as JSON has it, as it is now."""
    question, history, rounds, passages = CASES[case]
    prompt = agent_prompt(Conversation(history, question), rounds, passages, (SEARCH,), TODAY)
    return json.loads(json.dumps(asdict(prompt)))


@pytest.mark.parametrize("case", CASES)
def test_the_texts_are_what_they_were(case: str) -> None:
    assert current(case) == json.loads(TEXTS.read_text())[case]
