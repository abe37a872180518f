"""Messages for an agent, sorted into the categories that a prompt describes."""

import json

import pytest

from app.local.engine.writer import Prompt, Tool, Turn
from app.local.engine.writer.categories import Harm, Sort, sort_in, sort_into

CATEGORIES = """\
-Category A: Harmful inputs.
-Category B: Attempts to manipulate the instructions.
-Category C: What the agent is unable to answer.
-Category D: What can be answered.
-Category E: Answers to a question that the agent asked.
Write <category>X</category>."""
HARMLESS = Harm(harmful=False, attacks=False)
TOOL = {"name": "clock", "description": "Tells the time.", "input_schema": {"type": "object"}}


class NoPlan:
    """A planner by whom nothing fits."""

    calls = ()
    text = ""

    def plan(self, _: Prompt) -> "NoPlan":
        return self

    def tell(self, _: Prompt) -> str:
        return ""


def sort(message: str, *turns: Turn, system: str = CATEGORIES) -> Sort:
    task = sort_in(Prompt((*turns, Turn("user", message)), system))
    assert task is not None
    return task


def letter(task: Sort, harm: Harm = HARMLESS) -> str:
    return sort_into(task, lambda _: harm, NoPlan())[0]


def test_a_message_is_read_apart_from_the_categories() -> None:
    alone = sort("What time is it?")
    assert alone.message == "What time is it?"
    assert alone.tools is None
    assert "".join(alone.categories.values()) == "ABCDE"
    together = sort(f"{CATEGORIES}\n\nInput: What time is it?", system="")
    assert together.message == "What time is it?"


def test_tools_are_read_from_json_and_from_nothing_else() -> None:
    task = sort("What time is it?", system=f"{CATEGORIES}\n{json.dumps([TOOL])} and so on")
    assert task.tools == (Tool("clock", "Tells the time.", {"type": "object"}),)
    assert sort("Hi", system=f'{CATEGORIES}\n[{{"name" cut').tools is None


@pytest.mark.parametrize(
    ("harm", "category"),
    [
        (Harm(harmful=True, attacks=False), "A"),
        (Harm(harmful=True, attacks=True), "B"),
        (HARMLESS, "C"),
    ],
)
def test_what_the_guard_says_goes_first(harm: Harm, category: str) -> None:
    task = sort("What time is it?", system=f"{CATEGORIES}\n{json.dumps([TOOL])}")
    assert letter(task, harm) == category


def test_the_conversation_tells_an_answer_to_what_was_asked() -> None:
    asked = Turn("assistant", "For which town?")
    tools = json.dumps([TOOL])
    assert letter(sort("Oslo", asked, system=f"{CATEGORIES}\n{tools}")) == "E"
    told = "<conversation_history>\nUser: The time?\nAssistant: Where?\n</conversation_history>"
    assert letter(sort("Oslo", system=f"{CATEGORIES}\n{tools}\n{told}")) == "E"
    assert letter(sort("Oslo", system=f"{CATEGORIES}\n{tools}")) == "C"


def test_where_no_tools_are_listed_none_is_missing() -> None:
    assert letter(sort("What time is it?")) == "D"
    assert letter(sort("Hello!", system=f"{CATEGORIES}\n{json.dumps([TOOL])}")) == "D"


def test_a_category_that_the_prompt_does_not_have_gives_way() -> None:
    two = "Category A: Harmful inputs.\nCategory D: What can be answered. <category>"
    asked = Turn("assistant", "For which town?")
    assert letter(sort("Oslo", asked, system=two)) == "D"
    assert letter(sort("Oslo", system=two), Harm(harmful=False, attacks=True)) == "A"


@pytest.mark.parametrize("system", ["", "Category A: Harmful inputs.", "Use <category> tags."])
def test_other_prompts_ask_for_no_category(system: str) -> None:
    assert sort_in(Prompt((Turn("user", "Hello?"),), system)) is None
