"""Haystack: the chat generator, the embedders."""

from checks import (
    ANSWER, CLAUDE, DEGREES, DIMENSIONS, NOVA, PROMPT, QUESTION, REPORT, TITAN, WEATHER, check,
    expect, run,
)  # fmt: skip
from haystack import Document
from haystack.dataclasses import ChatMessage
from haystack.tools import Tool
from haystack_integrations.components.embedders.amazon_bedrock import (
    AmazonBedrockDocumentEmbedder,
    AmazonBedrockTextEmbedder,
)
from haystack_integrations.components.generators.amazon_bedrock import AmazonBedrockChatGenerator

GET_WEATHER = Tool(
    name="get_weather",
    description="The weather in a city.",
    parameters={
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The city"}},
        "required": ["city"],
    },
    function=lambda city: f"{REPORT} ({city})",
)


@check
def chat() -> None:
    reply = AmazonBedrockChatGenerator(model=NOVA).run([ChatMessage.from_user(PROMPT)])
    expect(ANSWER in reply["replies"][0].text, reply)


@check
def stream() -> None:
    pieces: list[str] = []
    generator = AmazonBedrockChatGenerator(
        model=NOVA, streaming_callback=lambda chunk: pieces.append(chunk.content)
    )
    reply = generator.run([ChatMessage.from_user(PROMPT)])["replies"][0]
    expect(len(pieces) > 2 and ANSWER in reply.text, pieces)


@check
def tools() -> None:
    generator = AmazonBedrockChatGenerator(model=CLAUDE, tools=[GET_WEATHER])
    asked = ChatMessage.from_user(WEATHER)
    called = generator.run([asked])["replies"][0]
    [call] = called.tool_calls
    expect((call.tool_name, call.arguments) == ("get_weather", {"city": "Paris"}), call)
    result = ChatMessage.from_tool(GET_WEATHER.invoke(**call.arguments), origin=call)
    expect(DEGREES in generator.run([asked, called, result])["replies"][0].text)


@check
def embeddings() -> None:
    one = AmazonBedrockTextEmbedder(model=TITAN).run(QUESTION)["embedding"]
    documents = AmazonBedrockDocumentEmbedder(model=TITAN).run([Document(content="a")])
    expect(len(one) == len(documents["documents"][0].embedding) == DIMENSIONS, one)


run()
