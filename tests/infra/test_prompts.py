"""The stack's prompts are the application's templates, and it may read those that it is told to."""

from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from app.deploy.replay.translation import translate
from app.prompts.catalogue import TEMPLATES
from app.prompts.stored import digest, variant_of
from infra.policy.template import Template, references, text
from tests.infra.conftest import VARIANTS, Templates

CREATE = ServiceModel(Loader().load_service_model("bedrock-agent", "service-2")).operation_model(
    "CreatePrompt"
)
KINDS = ("AWS::Bedrock::Prompt", "AWS::Bedrock::PromptVersion")


@pytest.mark.parametrize("variant", ["opensearch-serverless", "everything"])
def test_the_stack_makes_what_create_prompt_would(templates: Templates, variant: str) -> None:
    """Its properties, translated as the replay does it, are what the laptop sends."""
    template = Template(templates(variant))
    model = VARIANTS[variant].get("model_id", "amazon.nova-lite-v1:0")
    prompts = [translate(CREATE.input_shape, one) for _, one in template.of(KINDS[0])]
    by_description = {prompt["description"]: prompt for prompt in prompts}
    for own in TEMPLATES.values():
        wanted = variant_of(own, model)
        prompt = by_description.pop(own.about)
        assert prompt["variants"] == [wanted]
        assert prompt["defaultVariant"] == wanted["name"]
        [version] = [
            one
            for _, one in template.of(KINDS[1])
            if one["Description"] == f"Outcrop's template {digest(wanted)}"
        ]
        assert template.kind(next(iter(references(version["PromptArn"])))) == KINDS[0]
    assert not by_description


def test_a_stack_without_them_has_none(templates: Templates) -> None:
    template = Template(templates("chunking"))
    assert not list(template.of(*KINDS))


@pytest.mark.parametrize(
    ("variant", "is_read"),
    [("opensearch-serverless", False), ("chunking", False), ("everything", True)],
)
def test_the_application_reads_the_drafts_where_it_is_told_to(
    templates: Templates, variant: str, is_read: bool
) -> None:
    template = Template(templates(variant))
    [variables] = [
        function["Environment"]["Variables"]
        for _, function in template.of("AWS::Lambda::Function")
        if "OUTCROP_AUTH" in function.get("Environment", {}).get("Variables", {})
    ]
    drafts = {f"${{{name}.Arn}}" for name, _ in template.of(KINDS[0])}
    setting: Any = text(variables.get("OUTCROP_STORED_PROMPTS", ""))
    pairs = dict(pair.split("=") for pair in setting.split(",") if pair)
    assert pairs.keys() == (TEMPLATES.keys() if is_read else set())
    assert set(pairs.values()) == (drafts if is_read else set())
    allowed = [
        set(statement.resources)
        for statement in template.statements
        if "bedrock:GetPrompt" in statement.actions
    ]
    assert allowed == ([drafts] if is_read else [])
