"""The laptop's home makes a prompt of each template once, and a version for each template."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from app.deploy.laptop.prompts import PREFIX, stored_prompts
from app.prompts.catalogue import TEMPLATES
from app.prompts.library import read_stored
from app.prompts.template import Template
from tests.local.bedrock_agent.prompts.library import NOVA, Library, text


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("home")) as library:
        yield library


@pytest.fixture
def agent(library: Library) -> Any:
    """The stand-in's bedrock-agent, without prompts."""
    for prompt in library.client.list_prompts()["promptSummaries"]:
        library.client.delete_prompt(promptIdentifier=prompt["id"])
    return library.client


def changed(name: str, **changes: Any) -> dict[str, Template]:
    return {**TEMPLATES, name: replace(TEMPLATES[name], **changes)}


def versions(agent: Any, arn: str) -> list[str]:
    prompts = agent.list_prompts(promptIdentifier=arn.rpartition(":")[0])["promptSummaries"]
    return [prompt["version"] for prompt in prompts]


def test_each_start_finds_what_the_first_has_made(agent: Any) -> None:
    first = stored_prompts(agent, NOVA)
    assert first.keys() == TEMPLATES.keys()
    assert stored_prompts(agent, NOVA) == first
    names = {prompt["name"] for prompt in agent.list_prompts()["promptSummaries"]}
    assert names == {f"{PREFIX}{name}" for name in TEMPLATES}
    for name, arn in first.items():
        assert arn.endswith(":1")
        stored = read_stored(agent, arn, TEMPLATES[name])
        assert (stored.system, stored.message) == (
            (TEMPLATES[name].system, TEMPLATES[name].message)
        )


def test_a_template_that_changes_and_another_model_are_versions_of_their_own(agent: Any) -> None:
    first = stored_prompts(agent, NOVA)["rewrite"]
    with patch.dict("app.deploy.laptop.prompts.TEMPLATES", changed("rewrite", system="Say it.")):
        second = stored_prompts(agent, NOVA)
        assert second["rewrite"] == first.replace(":1", ":2")
        assert second["answer"].endswith(":1")
        assert stored_prompts(agent, NOVA) == second
        draft = read_stored(agent, first.removesuffix(":1"), TEMPLATES["rewrite"])
        assert draft.system == "Say it."
    assert stored_prompts(agent, NOVA)["rewrite"] == first
    assert stored_prompts(agent, "amazon.nova-pro-v1:0")["rewrite"].endswith(":3")


def test_what_an_operator_saves_in_a_draft_stays_while_its_template_does(agent: Any) -> None:
    arn = stored_prompts(agent, NOVA)["rewrite"]
    prompt = arn.removesuffix(":1")
    agent.update_prompt(promptIdentifier=prompt, name=f"{PREFIX}rewrite", variants=[text("Mine.")])
    assert stored_prompts(agent, NOVA)["rewrite"] == arn
    assert agent.get_prompt(promptIdentifier=prompt)["variants"] == [text("Mine.")]
    assert versions(agent, arn) == ["DRAFT", "1"]


def test_a_stored_prompt_is_run_by_its_arn(library: Library, agent: Any) -> None:
    from app.local.engine.writer import TextDelta

    arn = stored_prompts(agent, NOVA)["rewrite"]
    library.scripted.scripts = [(TextDelta("How hard is talc?"),)]
    library.scripted.prompts.clear()
    values = {"conversation": {"text": "User: Quartz?"}, "question": {"text": "And talc?"}}
    reply = library.runtime.converse(modelId=arn, promptVariables=values)
    assert reply["output"]["message"]["content"] == [{"text": "How hard is talc?"}]
    [prompt] = library.scripted.prompts
    assert prompt.system == TEMPLATES["rewrite"].system
    assert prompt.turns[0].text.endswith("<question>And talc?</question>")
