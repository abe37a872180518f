"""Anthropic's SDK for Bedrock: Claude's own bodies, streamed and whole."""

from checks import (
    ANSWER, CLAUDE, DEGREES, PERSON, PROMPT, REPORT, WEATHER, check, expect, run,
)  # fmt: skip
from typing import Any

from anthropic import AnthropicBedrock

TOOL: Any = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The city"}},
        "required": ["city"],
    },
}
PERSON_TOOL: Any = {
    "name": "record_person",
    "description": "Record a person of whom the text tells.",
    "input_schema": {
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "The person's full name"},
            "age": {"type": "integer", "description": "The person's age in years"},
        },
        "required": ["name", "age"],
    },
}


def user(text: str) -> Any:
    return {"role": "user", "content": text}


def client() -> AnthropicBedrock:
    return AnthropicBedrock()


@check
def chat() -> None:
    reply = client().messages.create(model=CLAUDE, max_tokens=300, messages=[user(PROMPT)])
    expect(ANSWER in reply.content[0].text, reply)
    expect(reply.usage.output_tokens > 0, reply)


@check
def stream() -> None:
    messages = [user(PROMPT)]
    with client().messages.stream(model=CLAUDE, max_tokens=300, messages=messages) as reply:
        pieces = list(reply.text_stream)
    expect(len(pieces) > 2 and ANSWER in "".join(pieces), pieces)


@check
def tools() -> None:
    asked = [user(WEATHER)]
    reply = client().messages.create(model=CLAUDE, max_tokens=300, messages=asked, tools=[TOOL])
    expect(reply.stop_reason == "tool_use", reply)
    [use] = [block for block in reply.content if block.type == "tool_use"]
    expect(use.input == {"city": "Paris"}, use)
    result: Any = {"type": "tool_result", "tool_use_id": use.id, "content": REPORT}
    messages: Any = [
        *asked, {"role": "assistant", "content": reply.content},
        {"role": "user", "content": [result]},
    ]  # fmt: skip
    reply = client().messages.create(model=CLAUDE, max_tokens=300, messages=messages, tools=[TOOL])
    expect(DEGREES in reply.content[0].text, reply)


@check
def tools_in_a_stream() -> None:
    with client().messages.stream(
        model=CLAUDE, max_tokens=300, messages=[user(WEATHER)], tools=[TOOL]
    ) as stream:
        reply = stream.get_final_message()
    [use] = [block for block in reply.content if block.type == "tool_use"]
    expect(use.input == {"city": "Paris"}, use)


@check
def structured_output() -> None:
    reply = client().messages.create(
        model=CLAUDE, max_tokens=300, messages=[user(PERSON)], tools=[PERSON_TOOL],
        tool_choice={"type": "tool", "name": "record_person"},
    )  # fmt: skip
    [use] = [block for block in reply.content if block.type == "tool_use"]
    expect(use.input == {"name": "Maria Lopez", "age": 34}, use)


run()
