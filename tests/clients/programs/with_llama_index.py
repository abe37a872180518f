"""LlamaIndex: BedrockConverse, BedrockEmbedding, the Knowledge Base's retriever."""

from checks import (
    ANSWER, CLAUDE, COHERE, DIMENSIONS, NOVA, PERSON, PROMPT, QUESTION, REPORT, TITAN, WEATHER,
    check, expect, knowledge_base, run,
)  # fmt: skip
from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.bedrock import BedrockEmbedding
from llama_index.llms.bedrock_converse import BedrockConverse
from llama_index.retrievers.bedrock import AmazonKnowledgeBasesRetriever
from pydantic import BaseModel, Field


def get_weather(city: str) -> str:
    """The weather in a city."""
    return f"{REPORT} ({city})"


class Person(BaseModel):
    """A person of whom the text tells."""

    name: str = Field(description="The person's full name")
    age: int = Field(description="The person's age in years")


@check
def chat() -> None:
    reply = BedrockConverse(model=NOVA).chat([ChatMessage(role="user", content=PROMPT)])
    expect(ANSWER in reply.message.content, reply)


@check
def stream() -> None:
    pieces = [piece.delta for piece in BedrockConverse(model=NOVA).stream_complete(PROMPT)]
    expect(len(pieces) > 2 and ANSWER in "".join(pieces), pieces)


@check
def tools() -> None:
    model = BedrockConverse(model=CLAUDE)
    tool = FunctionTool.from_defaults(get_weather)
    [call] = model.get_tool_calls_from_response(model.chat_with_tools([tool], WEATHER))
    expect((call.tool_name, call.tool_kwargs) == ("get_weather", {"city": "Paris"}), call)


@check
def tools_called_and_answered_from() -> None:
    reply = BedrockConverse(model=CLAUDE).predict_and_call(
        [FunctionTool.from_defaults(get_weather)], WEATHER
    )
    expect("18" in str(reply), reply)


@check
def structured_output() -> None:
    person = BedrockConverse(model=CLAUDE).as_structured_llm(Person).complete(PERSON).raw
    expect(person == Person(name="Maria Lopez", age=34), person)


@check
def embeddings() -> None:
    for model in (TITAN, COHERE):
        one = BedrockEmbedding(model_name=model)
        expect(len(one.get_text_embedding("a")) == DIMENSIONS, model)
        expect(len(one.get_query_embedding(QUESTION)) == DIMENSIONS, model)


@check
def retrieve() -> None:
    retriever = AmazonKnowledgeBasesRetriever(
        knowledge_base_id=knowledge_base(),
        retrieval_config={"vectorSearchConfiguration": {"numberOfResults": 2}},
    )
    nodes = retriever.retrieve(QUESTION)
    expect(ANSWER in nodes[0].text, nodes)


run()
