"""The rules of an agent's promptOverrideConfiguration.

https://docs.aws.amazon.com/bedrock/latest/userguide/configure-advanced-prompts.html
"""

import json
from collections.abc import Iterator

from app.local.bedrock_agent.agents.dependencies import Dependencies
from app.local.control.errors import invalid, unsupported
from app.local.wire import JSON

FIELD = "promptOverrideConfiguration"


def check(dependencies: Dependencies, definition: JSON) -> None:
    """Check the prompts of a definition, if it has any of its own.

    Raises:
        ServiceError: ValidationException, naming the field and the rule.
    """
    override = definition.get(FIELD)
    if override is None:
        return
    prompts = override["promptConfigurations"]
    kinds: set[str] = set()
    for number, prompt in enumerate(prompts, 1):
        where = f"{FIELD}.promptConfigurations.{number}.member"
        kind = prompt.get("promptType")
        if kind is None:
            raise invalid(f"{where}.promptType", "is required.")
        if kind in kinds:
            raise invalid(f"{where}.promptType", f"is {kind} in an earlier member already.")
        kinds.add(kind)
        _check(dependencies, where, kind, prompt)
    overrides_parser = any(prompt.get("parserMode") == "OVERRIDDEN" for prompt in prompts)
    if overrides_parser != ("overrideLambda" in override):
        raise invalid(
            f"{FIELD}.overrideLambda",
            "is required where the parserMode of a prompt is OVERRIDDEN, and only there.",
        )


def _check(dependencies: Dependencies, where: str, kind: str, prompt: JSON) -> None:
    for member, feature in _missing_features(kind, prompt):
        raise unsupported(f"{where}.{member}", feature)
    model = prompt.get("foundationModel")
    if model is not None and not dependencies.models.can_write(model):
        rule = f"{model} is no model that writes, or its life has ended."
        raise invalid(f"{where}.foundationModel", rule)
    if prompt.get("promptCreationMode") != "OVERRIDDEN":
        return
    if "basePromptTemplate" not in prompt:
        rule = "is required where promptCreationMode is OVERRIDDEN."
        raise invalid(f"{where}.basePromptTemplate", rule)
    _check_template(f"{where}.basePromptTemplate", prompt["basePromptTemplate"])


def _missing_features(kind: str, prompt: JSON) -> Iterator[tuple[str, str]]:
    """The members that the stand-in cannot follow, each with what it lacks."""
    if kind == "ROUTING_CLASSIFIER":
        yield "promptType", "agents that work together"
    if kind == "ORCHESTRATION" and prompt.get("promptState") == "DISABLED":
        yield "promptState", "agents without orchestration"
    if kind == "MEMORY_SUMMARIZATION" and prompt.get("parserMode") == "OVERRIDDEN":
        yield "parserMode", "parsers of memory summaries"
    if prompt.get("additionalModelRequestFields"):
        yield "additionalModelRequestFields", "fields of a model's own in an agent's prompt"


def _check_template(field: str, template: str) -> None:
    """A template in JSON has to be one: AWS's own have line ends within strings."""
    text = template.lstrip()
    if not text.startswith("{") or text.startswith("{{"):
        return
    try:
        prompt = json.loads(text, strict=False)
    except ValueError as error:
        raise invalid(field, f"begins as JSON, and is none: {error}.") from error
    if "messages" not in prompt:
        raise invalid(field, "must have `messages`, if it is JSON.")
