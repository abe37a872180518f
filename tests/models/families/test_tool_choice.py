"""Tool choices, strict tools and schemas of answers: where each family has them, or refuses."""

import json
from dataclasses import replace
from typing import Any

import pytest

from app.errors import InvalidRequest
from app.models import (
    MODELS,
    Message,
    Prompt,
    Text,
    ToolResult,
    ToolSpecification,
    ToolUse,
    find,
    user,
)
from app.models.converse import CONVERSE
from app.models.families.anthropic import ANTHROPIC
from app.models.families.cohere import COMMAND_R
from app.models.families.family import Family
from app.models.families.mistral import MISTRAL_CHAT
from app.models.families.nova import NOVA
from app.models.families.openai import CHAT

JSON = dict[str, Any]
SCHEMA: JSON = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "Its name"}},
    "required": ["city"],
    "additionalProperties": False,
}
WEATHER = ToolSpecification("weather", "Tells the weather", SCHEMA)
PROMPT = Prompt((user("Weather in Oslo?"),), tools=(WEATHER,))
CALL = ToolUse("c1", "weather", {"city": "Oslo"})
LOOP = (
    user("Weather in Oslo?"),
    Message("assistant", (CALL,)),
    Message("user", (ToolResult("c1", (Text('{"degrees": 4}'),)),)),
)
CLAUDE, NOVA_LITE = "anthropic.claude-sonnet-4-6", "amazon.nova-lite-v1:0"
LLAMA, QWEN = "meta.llama3-3-70b-instruct-v1:0", "qwen.qwen3-32b-v1:0"
JAMBA, OLDER = "ai21.jamba-1-5-mini-v1:0", "anthropic.claude-3-7-sonnet-20250219-v1:0"
PIXTRAL, MISTRAL = "mistral.pixtral-large-2502-v1:0", "mistral.mistral-large-3-675b-instruct"


@pytest.mark.parametrize(
    ("family", "choice", "members"),
    [
        (CONVERSE, "any", {"toolChoice": {"any": {}}}),
        (CONVERSE, "weather", {"toolChoice": {"tool": {"name": "weather"}}}),
        (NOVA, "any", {"toolChoice": {"any": {}}}),
        (ANTHROPIC, "any", {"tool_choice": {"type": "any"}}),
        (ANTHROPIC, "none", {"tool_choice": {"type": "none"}}),
        (ANTHROPIC, "weather", {"tool_choice": {"type": "tool", "name": "weather"}}),
        (CHAT, "any", {"tool_choice": "required"}),
        (CHAT, "none", {"tool_choice": "none"}),
        (CHAT, "weather",
         {"tool_choice": {"type": "function", "function": {"name": "weather"}}}),
        (MISTRAL_CHAT, "any", {"tool_choice": "any"}),
    ],
)  # fmt: skip
def test_a_tool_choice_is_written_where_the_family_has_it(
    family: Family, choice: str, members: JSON
) -> None:
    body = family.write(replace(PROMPT, tool_choice=choice))
    place = body.get("toolConfig", body)
    assert place | members == place
    auto = family.write(PROMPT)
    assert not {"toolChoice", "tool_choice"} & auto.get("toolConfig", auto).keys()


@pytest.mark.parametrize("family", [CONVERSE, NOVA, COMMAND_R])
def test_without_a_choice_of_none_no_tools_are_offered(family: Family) -> None:
    body = family.write(replace(PROMPT, tool_choice="none"))
    assert "weather" not in json.dumps(body, default=str)
    assert "weather" in json.dumps(family.write(PROMPT), default=str)


def test_the_schema_of_an_answer_and_strict_tools_are_written() -> None:
    prompt = replace(PROMPT, tools=(replace(WEATHER, strict=True),), output_schema=SCHEMA)
    converse, claude, chat = (family.write(prompt) for family in (CONVERSE, ANTHROPIC, CHAT))
    form = converse["outputConfig"]["textFormat"]
    assert json.loads(form["structure"]["jsonSchema"]["schema"]) == SCHEMA
    assert converse["toolConfig"]["tools"][0]["toolSpec"]["strict"] is True
    assert claude["output_config"]["format"] == {"type": "json_schema", "schema": SCHEMA}
    assert claude["tools"][0]["strict"] is True
    assert chat["response_format"]["json_schema"]["schema"] == SCHEMA
    assert chat["tools"][0]["function"]["strict"] is True
    for body in map(Family.write, (CONVERSE, ANTHROPIC, CHAT), [PROMPT] * 3):
        assert not {"outputConfig", "output_config", "response_format"} & body.keys()


def test_command_r_repeats_a_call_with_its_result() -> None:
    body = COMMAND_R.write(Prompt(LOOP, tools=(WEATHER,)))
    call = {"name": "weather", "parameters": {"city": "Oslo"}}
    city = {"type": "str", "required": True, "description": "Its name"}
    assert body["tools"][0]["parameter_definitions"] == {"city": city}
    assert body["message"] == ""
    assert body["chat_history"] == [
        {"role": "USER", "message": "Weather in Oslo?"},
        {"role": "CHATBOT", "tool_calls": [call]},
    ]
    assert body["tool_results"] == [{"call": call, "outputs": [{"degrees": 4}]}]


@pytest.mark.parametrize(
    ("result", "output"),
    [
        (ToolResult("c1", (Text("4"),)), {"result": "4"}),
        (ToolResult("c1", (Text("[4]"),)), {"result": "[4]"}),
        (ToolResult("c1", (Text("no such city"),), "error"), {"error": "no such city"}),
    ],
)
def test_command_r_wraps_a_result_that_is_no_object(result: ToolResult, output: JSON) -> None:
    earlier = (*LOOP[:2], Message("user", (result,)), Message("assistant", (Text("Ok."),)))
    body = COMMAND_R.write(Prompt((*earlier, user("And now?")), tools=(WEATHER,)))
    told = body["chat_history"][2]
    assert (told["role"], told["tool_results"][0]["outputs"]) == ("TOOL", [output])
    assert (body["message"], "tool_results" in body) == ("And now?", False)


@pytest.mark.parametrize(
    ("model", "family", "change", "field", "words"),
    [
        (LLAMA, CONVERSE, {"tool_choice": "any"}, "tool_choice",
         "does not take the tool choice 'any'; leave it out"),
        (LLAMA, CONVERSE, {"tool_choice": "weather"}, "tool_choice", "'weather'"),
        (PIXTRAL, CONVERSE, {"tool_choice": "weather"}, "tool_choice", "does not take"),
        (MISTRAL, MISTRAL_CHAT, {"tool_choice": "weather"}, "tool_choice",
         "has no place for the tool choice 'weather' in bodies of the family mistral-chat"),
        (JAMBA, CONVERSE, {"tool_choice": "any"}, "tool_choice", "does not take"),
        (NOVA_LITE, CONVERSE, {"messages": LOOP, "tool_choice": "none"}, "tool_choice",
         "cannot be kept from tools in bodies of the family Converse, once some were called"),
        (NOVA_LITE, CONVERSE, {"output_schema": SCHEMA}, "output_schema",
         "does not take a schema of the answer; leave that out, or force a call of a tool"),
        (OLDER, ANTHROPIC, {"output_schema": SCHEMA}, "output_schema", "does not take a schema"),
        (LLAMA, CONVERSE, {"output_schema": SCHEMA}, "output_schema", "does not take a schema"),
        (NOVA_LITE, NOVA, {"tools": (replace(WEATHER, strict=True),)}, "tools",
         "does not take strict tools"),
        ("meta.llama3-8b-instruct-v1:0", CONVERSE, {}, "tools", "calls no tools"),
        (QWEN, NOVA, {"output_schema": SCHEMA}, "output_schema",
         "has no place for a schema of the answer in bodies of the family nova"),
    ],
)  # fmt: skip
def test_what_a_model_or_its_body_has_not_is_refused_by_name(
    model: str, family: Family, change: JSON, field: str, words: str
) -> None:
    with pytest.raises(InvalidRequest) as raised:
        find(model).check(replace(PROMPT, **change), family)
    assert raised.value.field == field
    assert words in raised.value.detail
    assert model in raised.value.detail


@pytest.mark.parametrize(
    ("model", "family", "change"),
    [
        (CLAUDE, ANTHROPIC, {"messages": LOOP, "tool_choice": "none"}),
        (NOVA_LITE, CONVERSE, {"tool_choice": "none"}),
        (CLAUDE, CONVERSE, {"messages": LOOP, "tool_choice": "none"}),
        (CLAUDE, CONVERSE, {"output_schema": SCHEMA, "tool_choice": "weather"}),
        (QWEN, CHAT, {"output_schema": SCHEMA, "tool_choice": "weather"}),
        (PIXTRAL, CONVERSE, {"tool_choice": "any"}),
    ],
)
def test_a_tool_choice_or_schema_that_a_model_takes_is_not_refused(
    model: str, family: Family, change: JSON
) -> None:
    find(model).check(replace(PROMPT, **change), family)


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"tools": (WEATHER, WEATHER)}, "tools", "'weather' cannot be the name of a tool"),
        ({"tools": (replace(WEATHER, name="any"),)}, "tools", "none is called auto, any, none"),
        ({"tool_choice": "clock"}, "tool_choice",
         "tool_choice is one of auto, any, none, weather, and not 'clock'."),
        ({"tools": (), "tool_choice": "any"}, "tool_choice", "there are no tools"),
    ],
)  # fmt: skip
def test_a_choice_that_means_nothing_is_refused(change: JSON, field: str, words: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        replace(PROMPT, **change)
    assert raised.value.field == field
    assert words in raised.value.detail


def test_no_model_that_calls_no_tools_is_said_to_be_forced_or_held_to_a_schema() -> None:
    for facts in MODELS:
        assert facts.tools or not facts.schemas, facts.id
