"""litellm: Converse and Invoke over its own HTTP client, embeddings, a vector store."""

import json

from checks import (
    ANSWER, CLAUDE, COHERE, DEGREES, DIMENSIONS, NOVA, PERSON, PROMPT, QUESTION, REPORT, TITAN,
    WEATHER, check, expect, knowledge_base, run,
)  # fmt: skip

import litellm

FUNCTION = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


@check
def chat() -> None:
    for model in (f"bedrock/{NOVA}", f"bedrock/invoke/{CLAUDE}"):
        reply = litellm.completion(model=model, messages=[user(PROMPT)])
        expect(ANSWER in reply.choices[0].message.content, reply)


@check
def stream() -> None:
    chunks = litellm.completion(model=f"bedrock/{NOVA}", messages=[user(PROMPT)], stream=True)
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks]
    expect(len(pieces) > 2 and ANSWER in "".join(pieces), pieces)


@check
def tools() -> None:
    messages = [user(WEATHER)]
    reply = litellm.completion(model=f"bedrock/{CLAUDE}", messages=messages, tools=[FUNCTION])
    [call] = reply.choices[0].message.tool_calls
    expect(call.function.name == "get_weather", call)
    expect(json.loads(call.function.arguments) == {"city": "Paris"}, call)
    result = {"role": "tool", "tool_call_id": call.id, "content": REPORT}
    reply = litellm.completion(
        model=f"bedrock/{CLAUDE}",
        messages=[*messages, reply.choices[0].message, result],
        tools=[FUNCTION],
    )
    expect(DEGREES in reply.choices[0].message.content, reply)


@check
def structured_output() -> None:
    schema = {"name": "person", "schema": SCHEMA, "strict": True}
    reply = litellm.completion(
        model=f"bedrock/{CLAUDE}",
        messages=[user(PERSON)],
        response_format={"type": "json_schema", "json_schema": schema},
    )
    person = json.loads(reply.choices[0].message.content)
    expect(person == {"name": "Maria Lopez", "age": 34}, person)


@check
def embeddings() -> None:
    for model in (TITAN, COHERE):
        reply = litellm.embedding(model=f"bedrock/{model}", input=["a", "b"])
        expect([len(one["embedding"]) for one in reply.data] == [DIMENSIONS] * 2, model)


@check
def retrieve() -> None:
    found = litellm.vector_stores.search(
        vector_store_id=knowledge_base(), query=QUESTION, custom_llm_provider="bedrock"
    )
    expect(ANSWER in found["data"][0]["content"][0]["text"], found)


run()
