"""Strands: an agent, whose every call is a stream; structured output; a retriever as a tool."""

import boto3
from checks import (
    ANSWER, CLAUDE, DEGREES, NOVA, PERSON, PROMPT, QUESTION, REPORT, WEATHER, check, expect,
    knowledge_base, run,
)  # fmt: skip
from pydantic import BaseModel, Field
from strands import Agent, tool
from strands.models import BedrockModel


class Person(BaseModel):
    """A person of whom the text tells."""

    name: str = Field(description="The person's full name")
    age: int = Field(description="The person's age in years")


def agent(model: str, **more: object) -> Agent:
    return Agent(model=BedrockModel(model_id=model), callback_handler=None, **more)


@check
def chat() -> None:
    model = BedrockModel(model_id=NOVA, streaming=False)
    expect(ANSWER in str(Agent(model=model, callback_handler=None)(PROMPT)))


@check
async def stream() -> None:
    events = agent(NOVA).stream_async(PROMPT)
    pieces = [event["data"] async for event in events if "data" in event]
    expect(len(pieces) > 2 and ANSWER in "".join(pieces), pieces)


@check
def tools() -> None:
    cities: list[str] = []

    @tool
    def get_weather(city: str) -> str:
        """The weather in a city.

        Args:
            city: The city.
        """
        cities.append(city)
        return REPORT

    reply = str(agent(CLAUDE, tools=[get_weather])(WEATHER))
    expect(cities == ["Paris"] and DEGREES in reply, cities, reply)


@check
def structured_output() -> None:
    person = agent(CLAUDE)(PERSON, structured_output_model=Person).structured_output
    expect(person.model_dump() == {"name": "Maria Lopez", "age": 34}, person)


@check
def retrieve() -> None:
    """As a tool of one's own, over boto3."""
    client = boto3.client("bedrock-agent-runtime")

    @tool
    def search_documents(query: str) -> str:
        """Search the documents on rocks.

        Args:
            query: What to look for.
        """
        found = client.retrieve(knowledgeBaseId=knowledge_base(), retrievalQuery={"text": query})
        return "\n".join(one["content"]["text"] for one in found["retrievalResults"])

    reply = str(agent(CLAUDE, tools=[search_documents])(f"Search the documents: {QUESTION}"))
    expect(ANSWER in reply, reply)


run()
