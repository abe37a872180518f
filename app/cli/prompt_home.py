"""The prompts of a home: which templates it uses, and where Prompt management keeps them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.deploy import laptop
from app.prompts.catalogue import TEMPLATES
from app.prompts.template import Template
from app.settings import LaptopSettings, Settings, adopt, read

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

SECONDS = 120
"""For one call: a model may take its time."""

OUTPUT, VARIABLE = "Prompts", "OUTCROP_STORED_PROMPTS"
USUAL_MODEL: str = Settings.model_fields["model_id"].default


@dataclass(frozen=True)
class PromptHome:
    """The prompts of the laptop's home, or of a stack.

    Attributes:
        stored: the ids or ARNs in Prompt management, by the names of their templates.
        used: those of them that the application asks, in place of its own templates.
    """

    runtime: "BedrockRuntimeClient"
    agent: "AgentsforBedrockClient"
    stored: Mapping[str, str]
    used: Mapping[str, str]

    def template(self, name: str) -> Template:
        """The template that the application asks.

        Raises:
            OperatorError: it is a stored one that is missing or cannot be used.
        """
        from app.prompts.library import read_stored

        own = TEMPLATES[name]
        return read_stored(self.agent, self.used[name], own) if name in self.used else own

    def model(self, name: str) -> str:
        """The id of the model that the stored prompt is for; without one, the usual."""
        from app.aws import calling
        from app.prompts.library import split

        if name not in self.stored:
            return USUAL_MODEL
        identifier, version = split(self.stored[name])
        with calling("GetPrompt"):
            prompt: Any = self.agent.get_prompt(promptIdentifier=identifier, promptVersion=version)
        models = [variant["modelId"] for variant in prompt["variants"] if "modelId" in variant]
        return str(models[0]) if models else USUAL_MODEL


@contextmanager
def prompt_home(stack: str | None) -> Iterator[PromptHome]:
    """The prompts of a stack, or of the laptop's home, which is served while the block runs.

    Raises:
        OperatorError: there is no such stack, or the home cannot be served.
    """
    from app.aws import clients
    from app.prompts.library import parse_stored, split

    if stack is not None:
        from app.deploy.stack.description import describe_complete

        stored = parse_stored(describe_complete(stack).outputs.get(OUTPUT, ""))
        drafts = {name: arn for name, arn in stored.items() if split(arn)[1] == "DRAFT"}
        aws = clients(SECONDS)
        yield PromptHome(aws.bedrock_runtime, aws.bedrock_agent, stored, drafts)
        return
    with laptop.sharing(read(LaptopSettings)) as home:
        adopt(home.variables())
        aws = clients(SECONDS)
        used = parse_stored(home.settings.get(VARIABLE, ""))
        stored = _newest(aws.bedrock_agent) | used
        yield PromptHome(aws.bedrock_runtime, aws.bedrock_agent, stored, used)


def _newest(agent: "AgentsforBedrockClient") -> dict[str, str]:
    """The newest version of each template's prompt, by what it says of itself."""
    from app.aws import calling

    names = {template.about: template.name for template in TEMPLATES.values()}
    newest: dict[str, str] = {}
    with calling("ListPrompts"):
        paginator = agent.get_paginator("list_prompts")
        prompts = [one for page in paginator.paginate() for one in page["promptSummaries"]]
        for prompt in prompts:
            name = names.get(prompt.get("description", ""))
            if name is not None:
                pages = paginator.paginate(promptIdentifier=prompt["id"])
                newest[name] = [one["arn"] for page in pages for one in page["promptSummaries"]][-1]
    return newest
