"""Makes the laptop's prompts in Prompt management: the stack's, of the same templates.

no prompt named `outcrop-answer`    CreatePrompt, then its first version
no version of this template         UpdatePrompt, then another version
a version of this template          nothing: each start finds it by its description
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.prompts.catalogue import TEMPLATES
from app.prompts.stored import VARIANT, variant_of, version_description
from app.prompts.template import Template

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient

PREFIX = "outcrop-"


def stored_prompts(agent: "AgentsforBedrockClient", model_id: str) -> Mapping[str, str]:
    """The ARN of a version of each template, by its name; what is missing is made.

    Args:
        model_id: what runs the prompts by their ARN.
    """
    pages = agent.get_paginator("list_prompts").paginate()
    prompts = {one["name"]: one["id"] for page in pages for one in page["promptSummaries"]}
    return {
        template.name: _version(agent, template, model_id, prompts.get(f"{PREFIX}{template.name}"))
        for template in TEMPLATES.values()
    }


def _version(
    agent: "AgentsforBedrockClient", template: Template, model_id: str, prompt: str | None
) -> str:
    variant = variant_of(template, model_id)
    description = version_description(variant)
    parameters: Any = {
        "name": f"{PREFIX}{template.name}",
        "description": template.about,
        "defaultVariant": VARIANT,
        "variants": [variant],
    }
    if prompt is None:
        prompt = agent.create_prompt(**parameters)["id"]
    else:
        pages = agent.get_paginator("list_prompts").paginate(promptIdentifier=prompt)
        for one in (each for page in pages for each in page["promptSummaries"]):
            if one.get("description") == description:
                return one["arn"]
        agent.update_prompt(promptIdentifier=prompt, **parameters)
    return agent.create_prompt_version(promptIdentifier=prompt, description=description)["arn"]
