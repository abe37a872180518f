"""Every family's bodies, written and read by the application's own code, over HTTP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app import models
from app.answer.prompt import answer_prompt, rewrite_prompt
from app.citations.abstention import ABSTENTION
from app.citations.disguise import Disguise
from app.events import Passage, Usage
from app.local import bedrock_runtime
from app.local.bedrock import foundation_models
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Writer
from app.models import Completion, Prompt, assistant, invocation, user
from tests.local.engines import engine_of
from tests.wire_server import serving

TODAY = datetime(2026, 11, 20, tzinfo=UTC)
QUARTZ = "# Quartz\n\nQuartz is a mineral of silica. It has a hardness of 7 on the Mohs scale."
TALC = "Talc is a clay mineral. It has a hardness of 1."
PASSAGES = [
    Passage(1, TALC, "s3://docs/talc.md", 0.9),
    Passage(2, QUARTZ, "s3://docs/quartz.pdf", 0.8, page=3),
]
SENTENCE = "It has a hardness of 7 on the Mohs scale [2]."
HISTORY = [user("What is quartz?"), assistant("A mineral [1].")]

# One a family; where a family has several shapes, one a shape.
MODELS = [
    "us.anthropic.claude-sonnet-4-6",
    "us.anthropic.claude-opus-5-5",
    "amazon.nova-lite-v1:0",
    "amazon.titan-text-express-v1",
    "meta.llama3-8b-instruct-v1:0",
    "us.meta.llama4-scout-17b-instruct-v1:0",
    "mistral.mistral-7b-instruct-v0:2",
    "us.mistral.pixtral-large-2502-v1:0",
    "mistral.mistral-large-3-675b-instruct",
    "cohere.command-text-v14",
    "cohere.command-r-v1:0",
    "ai21.jamba-1-5-mini-v1:0",
    "ai21.j2-mid-v1",
    "openai.gpt-oss-20b-1:0",
    "qwen.qwen3-32b-v1:0",
]
every_family = pytest.mark.parametrize("model", MODELS)


@pytest.fixture(scope="module")
def client(encoder: Encoder) -> Iterator[Any]:
    handlers = bedrock_runtime.handlers(
        engine_of(encoder, Writer(encoder)), foundation_models, lambda: TODAY
    )
    with serving({"bedrock-runtime": handlers}) as server:
        yield server.client("bedrock-runtime")


def fitted(model: str, prompt: Prompt) -> Prompt:
    """The prompt without what the model does not take."""
    row = models.find(model).facts
    temperature = prompt.temperature if "temperature" in row.takes else None
    longest = min(prompt.max_tokens, row.output or prompt.max_tokens)
    return replace(prompt, max_tokens=longest, temperature=temperature)


def whole(client: Any, model: str, prompt: Prompt) -> Completion:
    return invocation.invoke(client, models.find(model), fitted(model, prompt))


@every_family
def test_an_answer_is_found_and_cited(client: Any, model: str) -> None:
    prompt = answer_prompt("What is the hardness of quartz on the Mohs scale?", [], PASSAGES)
    completion = whole(client, model, prompt)
    assert SENTENCE in completion.text
    assert completion.stop_reason == "end"
    assert completion.usage.input_tokens > completion.usage.output_tokens > 0


@every_family
def test_a_stream_is_the_whole_answer(client: Any, model: str) -> None:
    prompt = fitted(model, answer_prompt("How hard is quartz?", [], PASSAGES))
    *deltas, completion = invocation.stream(client, models.find(model), prompt)
    invoked = whole(client, model, prompt)
    texts = [delta.text for delta in deltas if isinstance(delta, models.TextDelta)]
    assert "".join(texts) == invoked.text
    assert isinstance(completion, Completion)
    assert completion.usage == invoked.usage != Usage(0, 0)


@every_family
def test_what_no_passage_says_is_not_answered(client: Any, model: str) -> None:
    prompt = answer_prompt("Who won the football match in Lisbon?", HISTORY, PASSAGES)
    assert whole(client, model, prompt).text == ABSTENTION


@every_family
def test_a_follow_up_is_rewritten_and_answered(client: Any, model: str) -> None:
    rewritten = whole(client, model, rewrite_prompt("How hard is it?", HISTORY, Disguise())).text
    assert rewritten == "How hard is quartz?"
    prompt = answer_prompt("How hard is it?", HISTORY, PASSAGES)
    assert "[2]" in whole(client, model, prompt).text


@every_family
def test_converse_answers_as_the_familys_own_body_does(client: Any, model: str) -> None:
    prompt = answer_prompt("What is the hardness of quartz on the Mohs scale?", [], PASSAGES)
    system, text = [{"text": prompt.system}], {"text": prompt.messages[0].text}
    takes_system = models.find(model).facts.system
    asked = {
        "system": system if takes_system else [],
        "messages": [{"role": "user", "content": [text] if takes_system else [*system, text]}],
        "additionalModelResponseFieldPaths": ["/id"],
    }
    reply = client.converse(modelId=model, **asked)
    last = reply["output"]["message"]["content"][-1]  # gpt-oss reasons before it answers
    assert last["text"] == whole(client, model, prompt).text


def test_the_application_and_the_stand_in_know_the_same_models() -> None:
    known = {model.id for model in models.MODELS}
    writing = {one.id for one in foundation_models.models().values() if "TEXT" in one.output}
    assert known <= writing
