"""A template as a prompt of Bedrock's Prompt management, and back.

    template    system, message         examples                    sampling
    Bedrock     system, last message    the messages before it      inferenceConfiguration

The variables and their types stay with the application: a stored prompt has to use each of them.
Its model is for whoever runs it by its ARN; the application asks its own.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from app.errors import OperatorError
from app.prompts.template import Example, Template, WrongTemplate

VARIANT = "default"
"""The name of the one variant that a prompt of ours has."""

JSON = dict[str, Any]


def variant_of(template: Template, model_id: str) -> JSON:
    """A template as a variant, by boto3's names.

    Args:
        model_id: what runs it by its ARN.
    """
    sampling: JSON = {
        "maxTokens": template.max_tokens,
        "temperature": template.temperature,
        "topP": template.top_p,
        "stopSequences": list(template.stop) or None,
    }
    examples = template.examples[: template.shots]
    texts = [*(text for one in examples for text in (one.input, one.reply)), template.message]
    return {
        "name": VARIANT,
        "templateType": "CHAT",
        "modelId": model_id,
        "templateConfiguration": {
            "chat": {
                "system": [{"text": template.system}],
                "messages": [
                    {"role": "assistant" if number % 2 else "user", "content": [{"text": text}]}
                    for number, text in enumerate(texts)
                ],
                "inputVariables": [{"name": variable.name} for variable in template.variables],
            }
        },
        "inferenceConfiguration": {
            "text": {name: value for name, value in sampling.items() if value is not None}
        },
    }


def digest(variant: Mapping[str, Any]) -> str:
    """Eight letters that are others for another variant."""
    text = json.dumps(variant, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def version_description(variant: Mapping[str, Any]) -> str:
    """The description of a version that was made of this variant, by which it is found again."""
    return f"Outcrop's template {digest(variant)}"


def template_of(prompt: Mapping[str, Any], template: Template) -> Template:
    """A template as an operator has stored it.

    Args:
        prompt: what GetPrompt answers.
        template: the application's own, whose variables it has.

    Raises:
        OperatorError: naming what is missing or wrong in it.
    """
    try:
        return _read(_variant(prompt), template)
    except WrongTemplate as error:
        raise OperatorError(
            f"The stored prompt {prompt['arn']} cannot be used for {template.name}: {error}."
        ) from error


def _variant(prompt: Mapping[str, Any]) -> Mapping[str, Any]:
    default = prompt.get("defaultVariant")
    variants: Sequence[JSON] = prompt.get("variants", ())
    variant = next((one for one in variants if default in (None, one["name"])), None)
    if variant is None:
        raise WrongTemplate("it has no variant")
    for member in ("additionalModelRequestFields", "genAiResource"):
        if member in variant:
            raise WrongTemplate(f"its {member} is for another use")
    return variant


def _read(variant: Mapping[str, Any], template: Template) -> Template:
    configuration = variant["templateConfiguration"]
    if "text" in configuration:
        system, messages = "", [("user", configuration["text"]["text"])]
    else:
        chat = configuration["chat"]
        if "toolConfiguration" in chat:
            raise WrongTemplate("its tools are the application's own to choose")
        system = _text(chat.get("system", ()))
        messages = [(one["role"], _text(one["content"])) for one in chat["messages"]]
    examples = tuple(_examples(messages))
    sampling = variant.get("inferenceConfiguration", {}).get("text", {})
    return replace(
        template,
        system=system,
        message=messages[-1][1],
        examples=examples,
        shots=len(examples),
        max_tokens=sampling.get("maxTokens", template.max_tokens),
        temperature=sampling.get("temperature"),
        top_p=sampling.get("topP"),
        stop=tuple(sampling.get("stopSequences", ())),
    )


def _examples(messages: Sequence[tuple[str, str]]) -> Iterator[Example]:
    """The pairs before the last message."""
    roles = [role for role, _ in messages]
    if not roles or (roles[0], roles[-1]) != ("user", "user"):
        raise WrongTemplate("its messages have to begin and to end with one of the user's")
    if any(one == other for one, other in pairwise(roles)):
        raise WrongTemplate("its messages have to be the user's and the assistant's by turns")
    texts = [text for _, text in messages]
    for example, reply in zip(texts[:-1:2], texts[1::2], strict=True):
        yield Example(example, reply)


def _text(blocks: Sequence[Mapping[str, Any]]) -> str:
    """The text of blocks. Cache points say nothing: the model is called by its own body."""
    return "\n\n".join(block["text"] for block in blocks if "text" in block)
