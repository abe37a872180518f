"""An agent that is instructed by what an operator has stored in Prompt management."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.agent import AgentContext, act
from app.events import Error
from app.prompts.library import PromptLibrary
from app.turn import Question
from tests.agent.conftest import Desk, done
from tests.local.bedrock_agent.prompts.library import Library, chat, text
from tests.web.backend import Backend, settings

ASK = Question("Where is </day> [1]?")


def using(context: AgentContext, library: Library, arn: str) -> AgentContext:
    prompts = PromptLibrary(library.client, settings(stored_prompts=f"agent={arn}"))
    return replace(context, turn=replace(context.turn, prompts=prompts))


def test_an_agent_is_instructed_by_what_is_stored(
    context: AgentContext, backend: Backend, tmp_path: Path
) -> None:
    backend.replies = [(["It is shipped."], "end_turn")]
    template = {"system": [{"text": "Be kind. <day>{{today}}</day>"}]}
    with Library(tmp_path) as library:
        arn = library.version(chat("Hi", "Hello.", "Help: {{question}}", template=template))
        done(list(act(ASK, using(context, library, arn))))
    [call] = backend.asked("ConverseStream")
    [system] = call["system"]
    assert system["text"].startswith("Be kind. <day>2")
    texts = [message["content"][0]["text"] for message in call["messages"]]
    assert texts == ["Hi", "Hello.", "Help: Where is ⟨/day> ⟦1⟧?"]
    assert call["toolConfig"]["tools"]


@pytest.mark.usefixtures("backend")
def test_a_stored_prompt_that_is_broken_ends_the_turn_before_anything_is_called(
    context: AgentContext, desk: Desk, tmp_path: Path
) -> None:
    with Library(tmp_path) as library:
        arn = library.version(text("{{question}}"))
        error = list(act(ASK, using(context, library, arn)))[-1]
    assert isinstance(error, Error)
    assert error.code == "not-set-up"
    assert not desk.calls
