"""A template as a Bedrock prompt and back, and which of them the application uses."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.errors import BackendError, OperatorError
from app.local.bedrock_agent import prompt_handlers
from app.local.bedrock_agent.prompts import Prompts
from app.local.faults import Fail
from app.models import Prompt
from app.prompts.catalogue import TEMPLATES, find
from app.prompts.library import FRESH_SECONDS, PromptLibrary
from app.prompts.stored import digest, template_of, variant_of, version_description
from app.prompts.template import Template
from app.prompts.variables import DateVariable
from app.settings import Settings, WrongSettings, read
from tests.local.bedrock_agent.prompts.library import NOVA, chat, definition, text
from tests.web.backend import settings
from tests.wire_server import Server, serving

REWRITE = find("rewrite")
OWN = "<conversation>{{conversation}}</conversation> <q>{{question}}</q>"


def prompt_of(template: Template, **changes: Any) -> Any:
    """What GetPrompt answers for a template that is stored as it is."""
    return {"arn": "arn:stored", "variants": [variant_of(template, NOVA) | changes]}


def rendered(template: Template) -> Prompt:
    words = {
        variable.name: ["2026-11-30" if isinstance(variable, DateVariable) else "yes"]
        for variable in template.variables
    }
    return template.render(template.parse(words))


@pytest.mark.parametrize("name", sorted(TEMPLATES))
@pytest.mark.parametrize("shots", [0, 1, 2])
def test_a_template_that_is_stored_and_read_asks_the_same(name: str, shots: int) -> None:
    template = replace(find(name), shots=shots, top_p=0.5, stop=("END",))
    back = template_of(prompt_of(template), template)
    assert back.examples == template.examples[:shots]
    assert rendered(back) == rendered(template)


def test_a_template_whose_text_is_stored_as_text() -> None:
    back = template_of({"arn": "arn:stored", "variants": [text(OWN)]}, REWRITE)
    assert (back.system, back.message, back.examples) == ("", OWN, ())
    assert back.temperature is None, "the model's own, where the stored prompt says none"


def test_a_version_is_found_again_by_what_it_says() -> None:
    variants = [variant_of(template, model) for template in TEMPLATES.values() for model in "ab"]
    assert len({digest(variant) for variant in variants}) == len(variants)
    assert version_description(variants[0]) == f"Outcrop's template {digest(variants[0])}"
    assert digest(variants[0]) == digest(variant_of(next(iter(TEMPLATES.values())), "a"))


@pytest.mark.parametrize(
    ("variants", "wrong"),
    [
        ([], "it has no variant"),
        ([text("{{question}}")], "the variable conversation is missing"),
        ([text(OWN + "{{mood}}")], "{{mood}} is no variable of this prompt"),
        ([text(OWN + "<a b='{{question}}'>")], "a variable stands inside a tag"),
        ([chat(OWN, "A")], "have to begin and to end with one of the user's"),
        ([chat("{{question}}", "A", OWN)], "{{question}} stands in an example"),
        ([text(OWN, additionalModelRequestFields={"a": 1})], "additionalModelRequestFields is for"),
        (
            [chat(OWN, template={"toolConfiguration": {"tools": []}})],
            "its tools are the application's own",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_stored_prompt_that_cannot_be_used_says_why(variants: Any, wrong: str) -> None:
    with pytest.raises(OperatorError) as caught:
        template_of({"arn": "arn:aws:bedrock:..:prompt/A", "variants": variants}, REWRITE)
    assert wrong in caught.value.detail
    assert "arn:aws:bedrock:..:prompt/A cannot be used for rewrite" in caught.value.detail


def test_messages_have_to_take_turns() -> None:
    twice = chat("a", "b", OWN)
    twice["templateConfiguration"]["chat"]["messages"][1]["role"] = "user"
    with pytest.raises(OperatorError, match="by turns"):
        template_of({"arn": "arn:stored", "variants": [twice]}, REWRITE)


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    prompts = Prompts(tmp_path_factory.mktemp("home"))
    with serving({"bedrock-agent": prompt_handlers.handlers(prompts)}) as server:
        yield server
    prompts.close()


@pytest.fixture(scope="module")
def agent(server: Server) -> Any:
    return server.client("bedrock-agent")


Use = Callable[..., tuple[PromptLibrary, Clock]]


@pytest.fixture
def use(agent: Any) -> Use:
    def use(sources: str | None) -> tuple[PromptLibrary, Clock]:
        clock = Clock()
        return PromptLibrary(agent, settings(stored_prompts=sources), clock), clock

    return use


def test_without_a_setting_the_templates_are_the_applications_own(use: Use) -> None:
    library, _ = use(None)
    assert all(library.template(name) is template for name, template in TEMPLATES.items())


def test_a_version_is_used_as_it_is(use: Use, agent: Any) -> None:
    prompt = agent.create_prompt(**definition(text(OWN)))
    version = agent.create_prompt_version(promptIdentifier=prompt["id"])
    agent.update_prompt(promptIdentifier=prompt["id"], **definition(text(f"New {OWN}")))
    for source in (version["arn"], f"{prompt['id']}:1"):
        library, _ = use(f"rewrite={source}")
        assert library.template("rewrite").message == OWN
        assert library.template("answer") is TEMPLATES["answer"]


def test_a_draft_that_is_changed_is_used_within_a_minute(use: Use, agent: Any) -> None:
    prompt = agent.create_prompt(**definition(text(OWN)))
    library, clock = use(f"rewrite={prompt['arn']}")
    assert library.template("rewrite").message == OWN
    agent.update_prompt(promptIdentifier=prompt["id"], **definition(text(f"New {OWN}")))
    clock.seconds += FRESH_SECONDS - 1
    assert library.template("rewrite").message == OWN
    clock.seconds += 1
    assert library.template("rewrite").message == f"New {OWN}"


def test_a_draft_that_is_broken_is_an_operators_error_until_it_is_mended(
    use: Use, agent: Any
) -> None:
    prompt = agent.create_prompt(**definition(text(OWN)))
    library, clock = use(f"rewrite={prompt['arn']}")
    library.template("rewrite")
    agent.update_prompt(promptIdentifier=prompt["id"], **definition(text("{{question}}")))
    clock.seconds += FRESH_SECONDS
    for _ in range(2):
        with pytest.raises(OperatorError, match="the variable conversation is missing"):
            library.template("rewrite")
    agent.update_prompt(promptIdentifier=prompt["id"], **definition(text(OWN)))
    assert library.template("rewrite").message == OWN


def test_what_was_read_goes_on_while_prompt_management_does_not_answer(
    use: Use, agent: Any, server: Server
) -> None:
    prompt = agent.create_prompt(**definition(text(OWN)))
    library, clock = use(f"rewrite={prompt['arn']}")
    fault = Fail(service="bedrock-agent", operation="GetPrompt", code="ThrottlingException")
    server.faults.add(fault)
    with pytest.raises(BackendError):
        library.template("rewrite")
    assert library.template("rewrite").message == OWN
    agent.update_prompt(promptIdentifier=prompt["id"], **definition(text(f"New {OWN}")))
    clock.seconds += FRESH_SECONDS
    server.faults.add(fault)
    assert library.template("rewrite").message == OWN
    clock.seconds += FRESH_SECONDS
    assert library.template("rewrite").message == f"New {OWN}"


def test_a_prompt_that_is_not_there_is_an_operators_error(use: Use) -> None:
    library, _ = use("rewrite=ABCDEFGHIJ:7")
    with pytest.raises(OperatorError, match="A setting names a resource that is not there"):
        library.template("rewrite")


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("poem=ABCDEFGHIJ", "poem is none of the prompts, which are answer, rewrite, agent"),
        ("rewrite=ABCDEFGHIJ,rewrite=ABCDEFGHIK", "rewrite is named twice"),
    ],
)
def test_a_setting_for_no_template_is_refused_at_the_start(
    use: Use, value: str, wrong: str
) -> None:
    with pytest.raises(WrongSettings, match=wrong):
        use(value)


@pytest.mark.parametrize("value", ["rewrite", "rewrite=short", "rewrite=ABCDEFGHIJ;", "=ABC"])
def test_a_setting_that_is_no_list_of_prompts_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    usual = settings().model_dump(exclude={"stored_prompts", "filter_attributes"})
    monkeypatch.setenv("OUTCROP_STORED_PROMPTS", value)
    with pytest.raises(WrongSettings, match="OUTCROP_STORED_PROMPTS"):
        read(Settings, **usual)
