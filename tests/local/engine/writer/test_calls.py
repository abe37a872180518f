"""Calls of tools and structured answers, as the writer writes what a planner decides."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.local.engine.transformer import Encoder
from app.local.engine.writer import (
    Delta,
    Finish,
    ModelError,
    Prompt,
    Sampling,
    TextDelta,
    Tool,
    ToolChoice,
    ToolInputDelta,
    ToolResult,
    ToolUseStart,
    Turn,
    Writer,
    Writing,
    delta_text,
)

SCHEMA: dict[str, Any] = {"type": "object", "properties": {"city": {"type": "string"}}}
PROMPT = Prompt((Turn("user", "Weather in Oslo?"),), tools=(Tool("weather", "Tells it", SCHEMA),))


@dataclass(frozen=True)
class Call:
    name: str
    input: dict[str, Any]


@dataclass(frozen=True)
class Plan:
    calls: tuple[Call, ...] = ()
    text: str = ""


class Telling:
    """A planner that has nothing to tell of results that are not cited."""

    def tell(self, prompt: Prompt) -> str:  # noqa: ARG002  # the port's
        return ""


@dataclass
class ScriptedPlanner(Telling):
    """Answers each prompt with the same plan."""

    scripted: Plan
    prompts: list[Prompt] = field(default_factory=list)

    def plan(self, prompt: Prompt) -> Plan:
        self.prompts.append(prompt)
        return self.scripted


OSLO = Call("weather", {"city": "Oslo, by the fjord"})
ROME = Call("weather", {"city": "Rome"})


def written(
    encoder: Encoder, plan: Plan, prompt: Prompt = PROMPT, sampling: Sampling | None = None
) -> tuple[list[Delta], Finish]:
    async def write() -> tuple[list[Delta], Finish]:
        writing = await Writer(encoder, ScriptedPlanner(plan)).write(prompt, sampling or Sampling())
        return [delta async for delta in writing], writing.finish

    return asyncio.run(write())


def test_each_call_is_a_start_and_its_input_in_pieces(encoder: Encoder) -> None:
    deltas, finish = written(encoder, Plan((OSLO, ROME)))
    starts = [one for one in deltas if isinstance(one, ToolUseStart)]
    assert [one.name for one in starts] == ["weather", "weather"]
    assert len({one.id for one in starts}) == 2
    assert all(one.id.startswith("tooluse_") and len(one.id) == 30 for one in starts)
    inputs = [one.json for one in deltas if isinstance(one, ToolInputDelta)]
    assert inputs == ['{"city":', ' "Oslo,', " by", " the", ' fjord"}', '{"city":', ' "Rome"}']
    assert finish.reason == "tool_use"
    assert finish.output_tokens == sum(encoder.count(delta_text(one)) for one in deltas)
    assert finish.input_tokens > encoder.count("Weather in Oslo?")


def test_the_same_request_gets_the_same_ids_and_the_next_one_others(encoder: Encoder) -> None:
    again = Prompt((*PROMPT.turns, Turn("assistant", ""), Turn("user", "And now?")))
    first, same, other = (
        written(encoder, Plan((OSLO,)), prompt)[0][0]
        for prompt in (PROMPT, PROMPT, Prompt(again.turns, tools=PROMPT.tools))
    )
    assert first == same != other


def test_without_parallel_use_only_the_first_call_is_made(encoder: Encoder) -> None:
    prompt = Prompt(PROMPT.turns, tools=PROMPT.tools, tool_choice=ToolChoice(parallel=False))
    deltas, _ = written(encoder, Plan((OSLO, ROME)), prompt)
    assert sum(isinstance(one, ToolUseStart) for one in deltas) == 1


@pytest.mark.parametrize("longest", range(1, 12))
def test_a_call_is_cut_where_there_is_no_room(encoder: Encoder, longest: int) -> None:
    whole, all_of_it = written(encoder, Plan((OSLO,)))
    deltas, finish = written(encoder, Plan((OSLO,)), sampling=Sampling(max_tokens=longest))
    assert all_of_it.output_tokens > longest
    assert finish.reason == "length"
    assert finish.output_tokens == longest
    text = "".join(delta_text(one) for one in deltas)
    assert "".join(map(delta_text, whole)).startswith(text)
    assert encoder.count(text) <= longest


def test_a_question_that_asks_back_is_text(encoder: Encoder) -> None:
    deltas, finish = written(encoder, Plan(text="Which city do you mean?"))
    assert "".join(map(delta_text, deltas)) == "Which city do you mean?"
    assert all(isinstance(one, TextDelta) for one in deltas)
    assert finish.reason == "end"


def test_where_no_tool_fits_it_answers_as_without_them(encoder: Encoder) -> None:
    message = '<passage n="1">Quartz is hard.</passage>\n<question>How is quartz?</question>'
    prompt = Prompt((Turn("user", message),), "Cite like [1].", tools=PROMPT.tools)
    deltas, _ = written(encoder, Plan(), prompt)
    assert "".join(map(delta_text, deltas)) == "Quartz is hard [1]."


def test_a_tool_that_may_not_be_used_is_not_thought_of(encoder: Encoder) -> None:
    planner = ScriptedPlanner(Plan((OSLO,)))
    prompt = Prompt(PROMPT.turns, tools=PROMPT.tools, tool_choice=ToolChoice("none"))
    asyncio.run(Writer(encoder, planner).write(prompt, Sampling()))
    asyncio.run(Writer(encoder, planner).write(Prompt(PROMPT.turns), Sampling()))
    assert planner.prompts == []
    asyncio.run(Writer(encoder, planner).write(PROMPT, Sampling()))
    assert planner.prompts == [PROMPT]


def test_a_schema_is_never_answered_with_prose(encoder: Encoder) -> None:
    prompt = Prompt(PROMPT.turns, output_schema=SCHEMA)
    deltas, _ = written(encoder, Plan(text='{"city": "Oslo"}'), prompt)
    assert "".join(map(delta_text, deltas)) == '{"city": "Oslo"}'
    with pytest.raises(ModelError, match="fills a schema with values that stand in the text"):
        written(encoder, Plan(), prompt)


@dataclass
class Extracting(Telling):
    """Finds a city in the last turn, and asks for it where there is none."""

    prompts: list[Prompt] = field(default_factory=list)

    def plan(self, prompt: Prompt) -> Plan:
        self.prompts.append(prompt)
        if "Oslo" not in prompt.turns[-1].text:
            return Plan(text="Which city?")
        found = {"city": "Oslo"}
        is_text = prompt.output_schema is not None
        return Plan(text=json.dumps(found)) if is_text else Plan((Call("weather", found),))


@pytest.mark.parametrize(
    "wish",
    [
        {"tools": PROMPT.tools, "tool_choice": ToolChoice("tool", "weather")},
        {"tools": PROMPT.tools, "tool_choice": ToolChoice("any")},
        {"output_schema": SCHEMA},
    ],
)
def test_what_must_be_said_by_a_schema_is_taken_from_the_whole_conversation(
    encoder: Encoder, wish: dict[str, Any]
) -> None:
    result = ToolResult("t1", "It snows in Oslo.")
    told = (Turn("user", "Where does it snow?"), Turn("assistant", "I look."))
    for before in (
        (Turn("user", "It snows in Oslo."), Turn("assistant", "I see.")),
        (*told, Turn("user", "", tool_results=(result,)), Turn("assistant", "I see.")),
    ):
        prompt = Prompt((*before, Turn("user", "Format that as structured output.")), **wish)
        writing = asyncio.run(Writer(encoder, Extracting()).write(prompt, Sampling()))
        assert '{"city": "Oslo"}' in "".join(map(delta_text, asyncio.run(taken(writing))))
    unasked = Extracting()
    free = Prompt(prompt.turns, tools=PROMPT.tools)
    asyncio.run(Writer(encoder, unasked).write(free, Sampling()))
    assert unasked.prompts == [free]


@dataclass
class Demanding(Telling):
    """Calls the first tool where nothing that it requires is missing; nothing was said."""

    def plan(self, prompt: Prompt) -> Plan:
        tool = prompt.tools[0]
        missing = tool.input_schema.get("required")
        return Plan(text="Which city?") if missing else Plan((Call(tool.name, {}),))


@pytest.mark.parametrize(
    ("choice", "strict", "text"),
    [
        (ToolChoice("any"), False, "weather{}"),
        (ToolChoice("tool", "weather"), False, "weather{}"),
        (ToolChoice("any"), True, "Which city?"),
        (ToolChoice(), False, "Which city?"),
    ],
)
def test_a_forced_tool_is_called_without_what_nobody_said(
    encoder: Encoder, choice: ToolChoice, strict: bool, text: str
) -> None:
    tool = Tool("weather", "Tells it", {**SCHEMA, "required": ["city"]}, strict)
    prompt = Prompt((Turn("user", "Hello!"),), tools=(tool,), tool_choice=choice)
    writing = asyncio.run(Writer(encoder, Demanding()).write(prompt, Sampling()))
    assert "".join(map(delta_text, asyncio.run(taken(writing)))) == text


async def taken(writing: Writing) -> list[Delta]:
    return [delta async for delta in writing]
