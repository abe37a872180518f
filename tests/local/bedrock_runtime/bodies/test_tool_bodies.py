"""Tools and schemas in each family's bodies: how a request is read, and what it is refused for."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.local.bedrock_runtime.bodies import FAMILIES, InvalidBody, Opening, Reply
from app.local.engine.writer import (
    Blocks,
    Delta,
    Finish,
    Prompt,
    TextDelta,
    Tool,
    ToolChoice,
    ToolInputDelta,
    ToolResult,
    ToolUse,
    ToolUseStart,
    Turn,
)

JSON = dict[str, Any]
SCHEMA: JSON = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "Its name"}},
    "required": ["city"],
}
ANSWER_SCHEMA: JSON = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "additionalProperties": False,
}
WEATHER = Tool("weather", "Tells the weather", SCHEMA)
FUNCTION: JSON = {
    "type": "function",
    "function": {"name": "weather", "description": "Tells the weather", "parameters": SCHEMA},
}
CALL: JSON = {
    "id": "c1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Oslo"}'},
}
RESULT_TEXT = '{"degrees": 4}'
DEFINITION: JSON = {
    "name": "weather",
    "description": "Tells the weather",
    "parameter_definitions": {
        "city": {"type": "str", "description": "Its name", "required": True},
    },
}
OUTCOME: JSON = {
    "call": {"name": "weather", "parameters": {"city": "Oslo"}},
    "outputs": [{"degrees": 4}],
}


def chat(**more: Any) -> JSON:
    """The whole loop in chat completions."""
    return {
        "messages": [
            {"role": "user", "content": "Weather in Oslo?"},
            {"role": "assistant", "content": None, "tool_calls": [CALL]},
            {"role": "tool", "tool_call_id": "c1", "content": RESULT_TEXT},
        ],
        "tools": [FUNCTION],
        **more,
    }


# One a family: user, call, result; each as its own body has it.
LOOPS: dict[str, JSON] = {
    "anthropic": {
        "anthropic_version": "bedrock-2023-05-31",
        "max_tokens": 100,
        "tools": [{"name": "weather", "description": "Tells the weather", "input_schema": SCHEMA}],
        "messages": [
            {"role": "user", "content": "Weather in Oslo?"},
            {
                "role": "assistant",
                "content": [
                    {"type": "tool_use", "id": "c1", "name": "weather", "input": {"city": "Oslo"}}
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "c1", "content": RESULT_TEXT}
                ],
            },
        ],
    },
    "nova": {
        "toolConfig": {
            "tools": [
                {
                    "toolSpec": {
                        "name": "weather",
                        "description": "Tells the weather",
                        "inputSchema": {"json": SCHEMA},
                    }
                }
            ]
        },
        "messages": [
            {"role": "user", "content": [{"text": "Weather in Oslo?"}]},
            {
                "role": "assistant",
                "content": [
                    {"toolUse": {"toolUseId": "c1", "name": "weather", "input": {"city": "Oslo"}}}
                ],
            },
            {
                "role": "user",
                "content": [
                    {"toolResult": {"toolUseId": "c1", "content": [{"json": {"degrees": 4}}]}}
                ],
            },
        ],
    },
    "openai": chat(),
    "mistral-chat": chat(),
    "jamba": chat(),
    "command-r": {
        "message": "Weather in Oslo?",
        "tools": [DEFINITION],
        "tool_results": [OUTCOME],
    },
}  # fmt: skip
every_family = pytest.mark.parametrize("name", list(LOOPS))


def read(name: str, change: JSON | None = None) -> Prompt:
    return FAMILIES[name].read(LOOPS[name] | (change or {})).prompt


@every_family
def test_tools_calls_and_results_are_read_from_each_familys_body(name: str) -> None:
    prompt = read(name)
    assert prompt.tools == (WEATHER,)
    user, assistant, answer = prompt.turns
    assert user == Turn("user", "Weather in Oslo?")
    (use,) = assistant.tool_uses
    assert (assistant.text, use.name, use.parameters()) == ("", "weather", {"city": "Oslo"})
    assert answer == Turn("user", "", tool_results=(ToolResult(use.id, RESULT_TEXT),))


@pytest.mark.parametrize(
    ("name", "change", "choice"),
    [
        ("anthropic", {}, ToolChoice()),
        ("anthropic", {"tool_choice": {"type": "auto"}}, ToolChoice()),
        ("anthropic", {"tool_choice": {"type": "any"}}, ToolChoice("any")),
        ("anthropic", {"tool_choice": {"type": "none"}}, ToolChoice("none")),
        ("anthropic", {"tool_choice": {"type": "tool", "name": "weather"}},
         ToolChoice("tool", "weather")),
        ("anthropic", {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}},
         ToolChoice(parallel=False)),
        ("nova", {"toolChoice": {"any": {}}}, ToolChoice("any")),
        ("nova", {"toolChoice": {"auto": {}}}, ToolChoice()),
        ("nova", {"toolChoice": {"tool": {"name": "weather"}}}, ToolChoice("tool", "weather")),
        ("openai", {"tool_choice": "auto"}, ToolChoice()),
        ("openai", {"tool_choice": "none"}, ToolChoice("none")),
        ("openai", {"tool_choice": "required"}, ToolChoice("any")),
        ("openai", {"tool_choice": {"type": "function", "function": {"name": "weather"}}},
         ToolChoice("tool", "weather")),
        ("openai", {"parallel_tool_calls": False}, ToolChoice(parallel=False)),
        ("mistral-chat", {"tool_choice": "any"}, ToolChoice("any")),
        ("jamba", {"tool_choice": "none"}, ToolChoice("none")),
    ],
)  # fmt: skip
def test_a_tool_choice_is_read(name: str, change: JSON, choice: ToolChoice) -> None:
    if name == "nova":
        change = {"toolConfig": LOOPS["nova"]["toolConfig"] | change}
    assert read(name, change).tool_choice == choice


JSON_SCHEMA = {"type": "json_schema", "schema": ANSWER_SCHEMA}


@pytest.mark.parametrize(
    ("name", "change", "schema"),
    [
        ("anthropic", {}, None),
        ("anthropic", {"output_config": {"format": JSON_SCHEMA}}, ANSWER_SCHEMA),
        ("anthropic", {"output_config": {"effort": "low"}}, None),
        ("anthropic", {"output_format": JSON_SCHEMA}, ANSWER_SCHEMA),
        ("openai", {"response_format": {"type": "text"}}, None),
        ("openai", {"response_format": {"type": "json_object"}}, {"type": "object"}),
        ("openai", {"response_format": {"type": "json_schema",
         "json_schema": {"name": "a", "schema": ANSWER_SCHEMA, "strict": True}}}, ANSWER_SCHEMA),
    ],
)  # fmt: skip
def test_the_schema_of_an_answer_is_read(name: str, change: JSON, schema: JSON | None) -> None:
    assert read(name, change).output_schema == schema


def test_the_mark_of_a_strict_tool_is_read() -> None:
    strict = SCHEMA | {"additionalProperties": False}
    tool = {"name": "weather", "input_schema": strict, "strict": True}
    assert read("anthropic", {"tools": [tool]}).tools == (Tool("weather", "", strict, True),)
    named = {"name": "weather", "parameters": strict, "strict": True}
    function = {"type": "function", "function": named}
    assert read("openai", {"tools": [function]}).tools == (Tool("weather", "", strict, True),)


def test_that_a_tool_failed_is_read() -> None:
    body = json.loads(json.dumps(LOOPS["anthropic"]))
    result = body["messages"][2]["content"][0]
    result |= {"is_error": True, "content": [{"type": "text", "text": "No such city."}]}
    (read_result,) = FAMILIES["anthropic"].read(body).prompt.turns[-1].tool_results
    assert read_result == ToolResult("c1", "No such city.", failed=True)
    body = json.loads(json.dumps(LOOPS["nova"]))
    body["messages"][2]["content"][0]["toolResult"]["status"] = "error"
    (read_result,) = FAMILIES["nova"].read(body).prompt.turns[-1].tool_results
    assert read_result.failed


def test_command_r_reads_results_behind_an_empty_message() -> None:
    history = [
        {"role": "USER", "message": "Weather in Oslo?"},
        {"role": "CHATBOT", "message": "I look.", "tool_calls": [OUTCOME["call"]]},
    ]
    turns = read("command-r", {"message": "", "chat_history": history}).turns
    assert [turn.text for turn in turns] == ["Weather in Oslo?", "I look.", ""]
    assert turns[-1].tool_results == (ToolResult(turns[1].tool_uses[0].id, RESULT_TEXT),)


def claude(*contents: JSON | Sequence[JSON]) -> JSON:
    """Messages of Claude, the user's first."""
    roles = ("user", "assistant")
    blocks = [[one] if isinstance(one, dict) else list(one) for one in contents]
    return {
        "messages": [{"role": roles[n % 2], "content": content} for n, content in enumerate(blocks)]
    }


HI: JSON = {"type": "text", "text": "Hi"}
USE: JSON = {"type": "tool_use", "id": "c1", "name": "weather", "input": {}}
USE2 = USE | {"id": "c2"}
RESULT: JSON = {"type": "tool_result", "tool_use_id": "c1", "content": "4"}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"tools": [{"name": "weather"}]}, "tools.0.custom.input_schema: Field required"),
        ({"tools": [{"input_schema": SCHEMA}]}, "tools.0.custom.name: Field required"),
        ({"tools": [{"name": "my tool", "input_schema": SCHEMA}]},
         "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"),
        ({"tools": [{"name": "a", "input_schema": {}}]},
         "tools.0.custom.input_schema.type: Field required"),
        ({"tools": [{"name": "a", "input_schema": {"type": "string"}}]},
         "tools.0.custom.input_schema.type: Input should be 'object'"),
        ({"tools": [{"name": "a", "input_schema": {"type": "object", "anyOf": []}}]},
         "input_schema does not support oneOf, allOf, or anyOf at the top level"),
        ({"tools": [{"name": "a", "input_schema": SCHEMA, "strict": True}]},
         "tools.0.custom: For 'object' type, 'additionalProperties' must be explicitly set to"),
        ({"tools": [{"name": "a", "input_schema": SCHEMA, "foo": 1}]},
         "tools.0.custom.foo: Extra inputs are not permitted"),
        ({"tools": [{"name": "a", "input_schema": SCHEMA}] * 2},
         "tools: Tool names must be unique."),
        ({"tools": [{"name": "bash", "type": "bash_20250124"}]},
         "the stand-in has no tools of the type bash_20250124"),
        ({"tool_choice": {"type": "some"}}, "tool_choice.type: Input should be 'auto', 'any',"),
        ({"tool_choice": {"type": "tool", "name": "clock"}},
         "Tool 'clock' not found in provided tools"),
        ({"tool_choice": {"type": "tool"}}, "tool_choice.tool.name: Field required"),
        ({"tool_choice": {"type": "any"}, "tools": None, **claude(HI)},
         "tool_choice may only be specified while providing tools."),
        ({"tool_choice": {"type": "any"}, "thinking": {"type": "adaptive"}},
         "Thinking may not be enabled when tool_choice forces tool use."),
        ({"tools": None}, "Requests which include `tool_use` or `tool_result` blocks must define"),
        (claude(USE), "messages.0: `tool_use` blocks can only be in `assistant` messages"),
        (claude(HI, RESULT, HI), "messages.1: `tool_result` blocks can only be in `user` messages"),
        (claude(HI, [USE, USE2], RESULT),
         "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after"),
        (claude(HI, HI, [HI, RESULT]),
         "messages.2.content.1: unexpected `tool_use_id` found in `tool_result` blocks: c1. Each"),
        (claude(HI, USE, [RESULT, RESULT]),
         "messages.2.content.0: each tool_use must have a single result."),
        (claude(HI, [USE, USE], RESULT), "messages.1.content.0: `tool_use` ids must be unique"),
        (claude(HI, USE | {"input": "Oslo"}, RESULT),
         "messages.1.content.0.tool_use.input: Input should be a valid dictionary"),
        (claude(HI, USE, RESULT | {"content": [{"type": "audio"}]}),
         "messages.2.content.0.tool_result.content.0: the stand-in reads no audio"),
        ({"output_config": {"format": {"type": "json"}}},
         "output_config.format.type: Input should be 'json_schema'"),
        ({"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
         "output_config.format.schema: For 'object' type, 'additionalProperties' must be"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_claudes_body_is_told_in_claudes_words(change: JSON, wrong: str) -> None:
    with pytest.raises(InvalidBody) as error:
        read("anthropic", change)
    assert wrong in error.value.message


def test_results_in_two_messages_of_the_user_are_one_sides() -> None:
    second = {"role": "user", "content": [RESULT | {"tool_use_id": "c2"}]}
    body = claude(HI, [USE, USE2], RESULT)
    prompt = read("anthropic", {"messages": [*body["messages"], second]})
    assert [result.id for result in prompt.turns[-1].tool_results] == ["c1", "c2"]


TOOL_MESSAGE = {"role": "tool", "tool_call_id": "c1", "content": "4"}
ASKED = {"role": "user", "content": "Hi"}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"tools": [{"type": "function"}]}, "#/tools/0: required key [function] not found"),
        ({"tools": [{"type": "function", "function": {"name": "my tool"}}]},
         "#/tools/0/function/name: string [my tool] does not match pattern"),
        ({"tools": [FUNCTION, FUNCTION]}, "tools: Tool names must be unique: weather"),
        ({"tool_choice": "some"}, "#/tool_choice/type: some is not a valid enum value"),
        ({"tool_choice": {"type": "function"}}, "tool_choice.function: Field required"),
        ({"tool_choice": {"type": "function", "function": {"name": "clock"}}},
         "The tool clock of `tool_choice` is not among the `tools`."),
        ({"tool_choice": "required", "tools": None},
         "When using `tool_choice`, `tools` must be set."),
        ({"messages": [ASKED, TOOL_MESSAGE]},
         "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."),
        ({"messages": [ASKED, {"role": "assistant", "tool_calls": [CALL]}, ASKED]},
         "The following tool_call_ids did not have response messages: c1"),
        ({"messages": [ASKED, {"role": "tool", "content": "4"}]},
         "messages.1.tool_call_id: Field required"),
        ({"messages": [ASKED, {"role": "assistant", "tool_calls": [
            CALL | {"function": {"name": "weather", "arguments": "Oslo"}}]}, TOOL_MESSAGE]},
         "messages.1.tool_calls.0.function.arguments: Input should be a JSON object"),
        ({"response_format": {"type": "xml"}}, "#/response_format/type: xml is not a valid enum"),
        ({"response_format": {"type": "json_schema"}},
         "response_format.json_schema.schema: Field required"),
        ({"response_format": {"type": "json_schema",
          "json_schema": {"name": "a", "schema": SCHEMA}}},
         "response_format.json_schema.schema: For 'object' type, 'additionalProperties' must"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["openai", "mistral-chat", "jamba"])
def test_what_is_wrong_in_chat_completions_is_named(name: str, change: JSON, wrong: str) -> None:
    with pytest.raises(InvalidBody) as error:
        read(name, change)
    assert wrong in error.value.message


@pytest.mark.parametrize(
    ("name", "change", "wrong"),
    [
        ("nova", {"toolConfig": {"tools": []}},
         "#/toolConfig/tools: expected minimum item count: 1, found: 0"),
        ("nova", {"toolConfig": {"tools": [{"toolSpec": {"name": "my tool"}}]}},
         "#/toolConfig/tools/0/toolSpec/name: string [my tool] does not match pattern"),
        ("nova", {"toolConfig": None},
         "The toolConfig field must be defined when using toolUse and toolResult"),
        ("nova", {"messages": [{"role": "user", "content": [{"toolResult": {"content": []}}]}]},
         "#/messages/0/content/0/toolResult: required key [toolUseId] not found"),
        ("command-r", {"tools": [{"name": "weather"}]}, "#/tools/0: required key [description]"),
        ("command-r", {"tools": [DEFINITION, DEFINITION]}, "tools: Tool names must be unique."),
        ("command-r", {"tools": None}, "tools must be specified with the results of tools."),
        ("command-r", {"message": ""}, "tool_results.0.call: the model made no call of weather"),
        ("command-r", {"message": "", "tool_results": None},
         "message: must be at least 1 token long or tool results provided."),
    ],
)  # fmt: skip
def test_what_is_wrong_in_other_bodies_is_named(name: str, change: JSON, wrong: str) -> None:
    with pytest.raises(InvalidBody) as error:
        read(name, change)
    assert wrong in error.value.message


@pytest.mark.parametrize("name", ["titan", "llama", "mistral", "command", "jurassic"])
def test_a_family_without_tools_has_no_member_for_them(name: str) -> None:
    body = {"inputText" if name == "titan" else "prompt": "Hi", "tools": []}
    with pytest.raises(InvalidBody, match=r"extraneous key \[tools\] is not permitted"):
        FAMILIES[name].read(body)


DELTAS: tuple[Delta, ...] = (
    ToolUseStart("tooluse_4Yy8l1uyhSoZiIbAZM9abc", "weather"),
    ToolInputDelta('{"city":'),
    ToolInputDelta(' "Oslo"}'),
)
CUT = (*DELTAS[:2], ToolInputDelta(' "Os'))


def reply(*deltas: Delta, finish: Finish) -> Reply:
    blocks = Blocks()
    for delta in deltas:
        list(blocks.add(delta))
    return Reply("some.model", "a1", {"message": "Hi"}, blocks.content, finish, (), lambda _: [])


USED = Finish("tool_use", 9, 5)
ARGUMENTS = '{"city": "Oslo"}'


@pytest.mark.parametrize(
    ("name", "call", "stop"),
    [
        ("anthropic", {"type": "tool_use", "id": "toolu_bdrk_014Yy8l1uyhSoZiIbAZM9abc",
                       "name": "weather", "input": {"city": "Oslo"}}, "tool_use"),
        ("nova", {"toolUse": {"toolUseId": "tooluse_4Yy8l1uyhSoZiIbAZM9abc", "name": "weather",
                              "input": {"city": "Oslo"}}}, "tool_use"),
        ("openai", {"id": "chatcmpl-tool-4Yy8l1uyhSoZiIbAZM9abc", "type": "function",
                    "function": {"name": "weather", "arguments": ARGUMENTS}}, "tool_calls"),
        ("mistral-chat", {"id": "4Yy8l1uyh", "type": "function",
                          "function": {"name": "weather", "arguments": ARGUMENTS}}, "tool_calls"),
        ("jamba", {"id": "chatcmpl-tool-4Yy8l1uyhSoZiIbAZM9abc", "type": "function",
                   "function": {"name": "weather", "arguments": ARGUMENTS}}, "tool_calls"),
        ("command-r", {"name": "weather", "parameters": {"city": "Oslo"}}, "COMPLETE"),
    ],
)  # fmt: skip
def test_a_call_is_put_into_each_body(name: str, call: JSON, stop: str) -> None:
    body = FAMILIES[name].whole(reply(*DELTAS, finish=USED))
    assert json.dumps(call) in json.dumps(body)
    assert f'"{stop}"' in json.dumps(body)


@pytest.mark.parametrize(
    ("name", "pieces"),
    [
        ("anthropic", ['{"city":', ' "Oslo"}']),
        ("nova", ['{"city":', ' "Oslo"}']),
        ("openai", ["", '{"city":', ' "Oslo"}']),
        ("mistral-chat", ["", '{"city":', ' "Oslo"}']),
        ("jamba", ["", '{"city":', ' "Oslo"}']),
    ],
)
def test_a_call_is_streamed_piece_by_piece(name: str, pieces: list[str]) -> None:
    start, blocks = Opening("some.model", "a1", {}, 9), Blocks()
    events = [event for delta in DELTAS for event in blocks.add(delta)] + list(blocks.end())
    chunks = [chunk for event in events for chunk in FAMILIES[name].event(start, event, 5)]
    assert [piece for chunk in chunks for piece in inputs(chunk)] == pieces


def inputs(chunk: Any) -> list[str]:
    """The pieces of a tool's input in a chunk, wherever they stand."""
    if isinstance(chunk, list):
        return [piece for one in chunk for piece in inputs(one)]
    if not isinstance(chunk, dict):
        return []
    own = [v for k, v in chunk.items() if k in ("partial_json", "arguments", "input")]
    words = [one for one in own if isinstance(one, str)]
    return words + [piece for one in chunk.values() for piece in inputs(one)]


def test_command_r_streams_its_calls_in_a_chunk_of_their_own() -> None:
    *_, calls, end = FAMILIES["command-r"].closing(reply(TextDelta("Ok"), *DELTAS, finish=USED))
    assert calls["event_type"] == "tool-calls-generation"
    assert calls["tool_calls"] == [OUTCOME["call"]]
    assert end["response"]["tool_calls"] == [OUTCOME["call"]]
    assert end["response"]["chat_history"][-1]["tool_calls"] == [OUTCOME["call"]]


def test_a_call_that_is_cut_has_the_members_that_are_whole() -> None:
    cut = reply(*CUT, finish=Finish("length", 9, 5))
    assert FAMILIES["anthropic"].whole(cut)["content"][0]["input"] == {}
    (choice,) = FAMILIES["openai"].whole(cut)["choices"]
    assert choice["finish_reason"] == "length"
    assert choice["message"]["tool_calls"][0]["function"]["arguments"] == '{"city": "Os'
    more = replace(cut, content=(ToolUse("t1", "weather", '{"city": "Oslo", "days": [1, 2'),))
    assert FAMILIES["anthropic"].whole(more)["content"][0]["input"] == {"city": "Oslo"}
