"""Pydantic AI: agents, whose runs are streams on the wire, and its embedder."""

from checks import (
    ANSWER, CLAUDE, DEGREES, DIMENSIONS, NOVA, PERSON, PROMPT, QUESTION, REPORT, TITAN, WEATHER,
    check, expect, run,
)  # fmt: skip
from pydantic import BaseModel
from pydantic_ai import Agent, Embedder


class Person(BaseModel):
    name: str
    age: int


@check
def chat() -> None:
    reply = Agent(f"bedrock:{NOVA}").run_sync(PROMPT)
    expect(ANSWER in reply.output, reply)


@check
async def stream() -> None:
    async with Agent(f"bedrock:{NOVA}").run_stream(PROMPT) as reply:
        pieces = [piece async for piece in reply.stream_text(delta=True, debounce_by=None)]
    expect(len(pieces) > 2 and ANSWER in "".join(pieces), pieces)


@check
def tools() -> None:
    cities: list[str] = []
    agent = Agent(f"bedrock:{CLAUDE}")

    @agent.tool_plain
    def get_weather(city: str) -> str:
        """The weather in a city."""
        cities.append(city)
        return REPORT

    reply = agent.run_sync(WEATHER)
    expect(cities == ["Paris"] and DEGREES in reply.output, cities, reply)


@check
def structured_output() -> None:
    person = Agent(f"bedrock:{CLAUDE}", output_type=Person).run_sync(PERSON).output
    expect(person == Person(name="Maria Lopez", age=34), person)


@check
def embeddings() -> None:
    found = Embedder(f"bedrock:{TITAN}").embed_query_sync(QUESTION)
    expect(len(found.embeddings[0]) == DIMENSIONS, found)


run()
