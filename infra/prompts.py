"""The application's prompts in Prompt management: a Bedrock prompt of each template, and a version.

`prompts=stored` makes them, for whoever reads or runs them; the application asks its own templates,
which are the same. With `prompts=draft` it asks what is in the drafts, which an operator changes
without a deployment. A template that changes makes another version, and writes the draft anew.
"""

from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from constructs import Construct

from app.prompts.catalogue import TEMPLATES
from app.prompts.stored import VARIANT, digest, variant_of, version_description
from app.prompts.template import Template
from infra.context import Context
from infra.names import generated
from infra.permissions import allow


class StoredPrompts(Construct):
    """The prompts and their versions."""

    def __init__(self, scope: Construct, name: str, context: Context) -> None:
        super().__init__(scope, name)
        self._is_read = context.prompts == "draft"
        resources = {
            template.name: _prompt(self, template, context.model_id)
            for template in TEMPLATES.values()
            if context.prompts != "none"
        }
        self._drafts = {each: prompt.attr_arn for each, (prompt, _) in resources.items()}
        self._versions = {each: version.attr_arn for each, (_, version) in resources.items()}

    @property
    def setting(self) -> str | None:
        """The drafts, for the application; None if it asks its own templates."""
        return _pairs(self._drafts) if self._is_read else None

    @property
    def output(self) -> str | None:
        """The versions, or the drafts if those are asked, for whoever looks for them."""
        return _pairs(self._drafts if self._is_read else self._versions) or None

    @property
    def permissions(self) -> list[iam.PolicyStatement]:
        """What the application has to be allowed to read the drafts."""
        return [allow(["bedrock:GetPrompt"], *self._drafts.values())] if self._is_read else []


def _pairs(arns: Mapping[str, str]) -> str:
    return ",".join(f"{name}={arn}" for name, arn in arns.items())


def _prompt(
    scope: Construct, template: Template, model_id: str
) -> tuple[bedrock.CfnPrompt, bedrock.CfnPromptVersion]:
    variant = variant_of(template, model_id)
    prompt = bedrock.CfnPrompt(
        scope,
        template.name.title(),
        name=generated(scope, template.name),
        description=template.about,
        default_variant=VARIANT,
        variants=[_variant(variant)],
    )
    # A version is a copy of the draft, so another template needs another version.
    version = bedrock.CfnPromptVersion(
        prompt,
        f"Version{digest(variant)}",
        prompt_arn=prompt.attr_arn,
        description=version_description(variant),
    )
    return prompt, version


def _variant(variant: Mapping[str, Any]) -> bedrock.CfnPrompt.PromptVariantProperty:
    """A variant, by CloudFormation's names."""
    kinds = bedrock.CfnPrompt
    chat = variant["templateConfiguration"]["chat"]
    sampling = variant["inferenceConfiguration"]["text"]
    return kinds.PromptVariantProperty(
        name=variant["name"],
        template_type=variant["templateType"],
        model_id=variant["modelId"],
        template_configuration=kinds.PromptTemplateConfigurationProperty(
            chat=kinds.ChatPromptTemplateConfigurationProperty(
                system=[
                    kinds.SystemContentBlockProperty(text=block["text"]) for block in chat["system"]
                ],
                messages=[
                    kinds.MessageProperty(
                        role=message["role"],
                        content=[
                            kinds.ContentBlockProperty(text=block["text"])
                            for block in message["content"]
                        ],
                    )
                    for message in chat["messages"]
                ],
                input_variables=[
                    kinds.PromptInputVariableProperty(name=variable["name"])
                    for variable in chat["inputVariables"]
                ],
            )
        ),
        inference_configuration=kinds.PromptInferenceConfigurationProperty(
            text=kinds.PromptModelInferenceConfigurationProperty(
                max_tokens=sampling["maxTokens"],
                temperature=sampling.get("temperature"),
                top_p=sampling.get("topP"),
                stop_sequences=sampling.get("stopSequences"),
            )
        ),
    )
