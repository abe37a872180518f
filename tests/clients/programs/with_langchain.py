"""langchain-aws: Converse, a family's own bodies, embeddings, the retriever."""

from checks import (
    ANSWER, CLAUDE, COHERE, DEGREES, DIMENSIONS, NOVA, PERSON, PROMPT, QUESTION, REPORT, TITAN,
    WEATHER, check, expect, knowledge_base, run,
)  # fmt: skip
from langchain_aws import BedrockEmbeddings, ChatBedrock, ChatBedrockConverse
from langchain_aws.retrievers import AmazonKnowledgeBasesRetriever
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from pydantic import BaseModel, Field


@tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"{REPORT} ({city})"


class Person(BaseModel):
    """A person of whom the text tells."""

    name: str = Field(description="The person's full name")
    age: int = Field(description="The person's age in years")


@check
def chat() -> None:
    reply = ChatBedrockConverse(model=NOVA).invoke(PROMPT)
    expect(ANSWER in reply.text, reply)
    expect(reply.usage_metadata["output_tokens"] > 0, reply)


@check
def chat_in_the_family_s_body() -> None:
    expect(ANSWER in ChatBedrock(model_id=CLAUDE).invoke(PROMPT).text)


@check
def stream() -> None:
    for model in (ChatBedrockConverse(model=NOVA), ChatBedrock(model_id=CLAUDE)):
        chunks = [chunk.text for chunk in model.stream(PROMPT)]
        expect(len(chunks) > 2 and ANSWER in "".join(chunks), chunks)


@check
async def stream_without_blocking() -> None:
    chunks = [chunk.text async for chunk in ChatBedrockConverse(model=NOVA).astream(PROMPT)]
    expect(ANSWER in "".join(chunks), chunks)


@check
def tools() -> None:
    for model in (ChatBedrockConverse(model=CLAUDE), ChatBedrock(model_id=CLAUDE)):
        bound = model.bind_tools([get_weather])
        asked = HumanMessage(WEATHER)
        called = bound.invoke([asked])
        [call] = called.tool_calls
        expect((call["name"], call["args"]) == ("get_weather", {"city": "Paris"}), call)
        result = ToolMessage(get_weather.invoke(call["args"]), tool_call_id=call["id"])
        expect(DEGREES in bound.invoke([asked, called, result]).text)


@check
def tools_in_a_stream() -> None:
    bound = ChatBedrockConverse(model=CLAUDE).bind_tools([get_weather])
    whole = None
    for chunk in bound.stream(WEATHER):
        whole = chunk if whole is None else whole + chunk
    [call] = whole.tool_calls
    expect(call["args"] == {"city": "Paris"}, call)


@check
def structured_output() -> None:
    for model in (ChatBedrockConverse(model=CLAUDE), ChatBedrock(model_id=CLAUDE)):
        person = model.with_structured_output(Person).invoke(PERSON)
        expect(person == Person(name="Maria Lopez", age=34), person)


@check
def embeddings() -> None:
    for model in (TITAN, COHERE):
        one = BedrockEmbeddings(model_id=model)
        expect(len(one.embed_query(QUESTION)) == DIMENSIONS, model)
        expect([len(v) for v in one.embed_documents(["a", "b"])] == [DIMENSIONS] * 2, model)


@check
def retrieve() -> None:
    retriever = AmazonKnowledgeBasesRetriever(
        knowledge_base_id=knowledge_base(),
        retrieval_config={"vectorSearchConfiguration": {"numberOfResults": 2}},
    )
    documents = retriever.invoke(QUESTION)
    expect(ANSWER in documents[0].page_content, documents)


run()
