"""A stack that asks its drafts, replayed: the application finds them, and what is saved there."""

from pathlib import Path
from typing import Any

from app.aws import clients, deployer
from app.deploy.replay import read as read_template
from app.deploy.replay import replay
from app.prompts.catalogue import TEMPLATES
from app.prompts.library import PromptLibrary, parse_stored
from app.settings import Settings, adopt, read
from tests.flows.home import SECONDS, laptop
from tests.infra.conftest import VARIANTS
from tests.local.bedrock_agent.prompts.library import text
from tests.synthesized import Synthesized

OWN = "Mine: {{conversation}} {{question}}"


def test_the_application_of_a_stack_asks_its_drafts(
    synthesized: Synthesized, tmp_path: Path
) -> None:
    template = synthesized(**VARIANTS["everything"])
    asked: dict[str, Any] = {}

    def deploy() -> Settings:
        aws, deploying = clients(SECONDS), deployer(SECONDS)
        replayed = replay(read_template(template), aws, deploying, tmp_path, {}, lambda _: None)
        adopt(dict(replayed.application_variables) | {"OUTCROP_AUTH": "local"})
        settings = read(Settings)
        drafts = parse_stored(settings.stored_prompts or "")
        assert parse_stored(replayed.outputs["Prompts"]) == drafts
        library = PromptLibrary(aws.bedrock_agent, settings)
        asked.update({name: library.template(name) for name in TEMPLATES})
        prompt = aws.bedrock_agent.get_prompt(promptIdentifier=drafts["rewrite"])
        aws.bedrock_agent.update_prompt(
            promptIdentifier=drafts["rewrite"], name=prompt["name"], variants=[text(OWN)]
        )
        asked["saved"] = PromptLibrary(aws.bedrock_agent, settings).template("rewrite")
        return settings

    with laptop(tmp_path, deploy):
        for name, own in TEMPLATES.items():
            drafted = asked[name]
            assert (drafted.system, drafted.message) == (own.system, own.message)
            assert (drafted.max_tokens, drafted.temperature) == (own.max_tokens, own.temperature)
        assert asked["saved"].message == OWN
