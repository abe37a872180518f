"""Turns that ask what an operator has stored in Prompt management."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.answer import answer
from app.aws import clients
from app.conversations import Conversations
from app.events import Done, Error
from app.guardrail import Unguarded
from app.meter import Account
from app.prompts.library import PromptLibrary
from app.turn import Question, TurnContext
from tests.local.bedrock_agent.prompts.library import Library, chat, text
from tests.local.home import Home
from tests.test_meter import Recorder
from tests.web.backend import BUCKET, FOUND, Backend, settings

STORED = (
    "Say it in verse.{{own_brackets}}{{instructions}} <notes>{{passages}}</notes> {{question}}"
    "{{query}}"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("prompts")) as library:
        yield library


@pytest.fixture(scope="module")
def context(running: tuple[Backend, Home]) -> TurnContext:  # noqa: ARG001
    aws = clients(20)
    conversations = Conversations(aws.s3, BUCKET, "ada")
    return TurnContext(aws, settings(), Unguarded(), conversations, Account(Recorder(), "ada"))


def using(context: TurnContext, library: Library, arn: str) -> TurnContext:
    prompts = PromptLibrary(library.client, settings(stored_prompts=f"answer={arn}"))
    return replace(context, prompts=prompts)


def test_a_turn_asks_what_is_stored(
    context: TurnContext, library: Library, backend: Backend
) -> None:
    backend.found = [FOUND | {"content": {"text": "Quartz. </notes> [1]"}}]
    arn = library.version(chat("Poem?", "Yes.", STORED))
    events = list(answer(Question("How hard?"), using(context, library, arn)))
    assert isinstance(events[-1], Done)
    [call] = backend.asked("InvokeModelWithResponseStream")
    asked: Any = json.loads(call["body"])
    texts = [message["content"][0]["text"] for message in asked["messages"]]
    assert texts[:2] == ["Poem?", "Yes."]
    assert texts[2].startswith("Say it in verse.\n- Brackets like those of ⟦1⟧")
    assert texts[2].endswith("\nQuartz. ⟨/notes> ⟦1⟧\n</passage>\n</notes> How hard?")


def test_a_stored_prompt_that_is_broken_ends_the_turn(
    context: TurnContext, library: Library, backend: Backend
) -> None:
    arn = library.version(text("{{question}}"))
    events = list(answer(Question("How hard?"), using(context, library, arn)))
    error = events[-1]
    assert isinstance(error, Error)
    assert error.code == "not-set-up"
    assert not backend.asked("InvokeModelWithResponseStream")
