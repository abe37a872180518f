"""Prompts of Prompt management, run: a `modelId` that is the ARN of a prompt's version, and values
for its variables, become a request to the prompt's own model.

    {"modelId": "arn:..:prompt/ABCDEFGHIJ:1", "promptVariables": {"genre": {"text": "jazz"}}}

Such a request may not have what the prompt defines: `system`, `inferenceConfig`, `toolConfig` and
`additionalModelRequestFields`. Its `messages` come behind the prompt's own. Values are filled in
once: a value that looks like a variable stays as it is.

https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-management-test.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from app.local import lazy_re as re
from app.local.wire import JSON, Call, ServiceError

FIXED = ("additionalModelRequestFields", "inferenceConfig", "system", "toolConfig")
"""The members of Converse that the prompt defines, and a request with a prompt may not have."""

_ARN = re.compile(r"arn:aws[^:]*+:bedrock:[^:]*+:\d*+:prompt/.+")
_VARIABLE = re.compile(r"\{\{((?:[0-9a-zA-Z][_-]?){1,100}+)\}\}")


class PromptLibrary(Protocol):
    """The prompts of Prompt management; the service bedrock-agent implements it."""

    def version(self, arn: str) -> JSON:
        """What GetPrompt answers for an ARN; for one without a version, DRAFT.

        Raises:
            ServiceError: ResourceNotFoundException.
        """
        ...


def is_prompt(identifier: str) -> bool:
    """Whether a `modelId` is the ARN of a prompt.

    >>> is_prompt("arn:aws:bedrock:us-east-1:111122223333:prompt/ABCDEFGHIJ:1")
    True
    >>> is_prompt("amazon.nova-lite-v1:0")
    False
    """
    return _ARN.fullmatch(identifier) is not None


def with_prompt(library: PromptLibrary | None, call: Call) -> Call:
    """A call of Converse or ConverseStream as its prompt's model gets it; any other as it is.

    Raises:
        ServiceError: there is no such prompt, or it cannot be run so.
    """
    identifier = call.params["modelId"]
    if library is None or not is_prompt(identifier):
        return call
    return replace(call, params=render(library.version(identifier), call.params))


def render(prompt: JSON, params: JSON) -> JSON:
    """The Converse request that a prompt, and what was sent along with its ARN, make.

    Args:
        prompt: a version, as GetPrompt answers it.
        params: of Converse or ConverseStream.

    Raises:
        ServiceError: ValidationException, naming the member or the variable.
    """
    for member in FIXED:
        if member in params:
            raise _invalid(
                f"{member}: is not to be sent along with a prompt from Prompt management. Define "
                "it in the prompt, and leave it out of the request."
            )
    variant = _variant(prompt)
    values = {name: value["text"] for name, value in params.get("promptVariables", {}).items()}
    request = _request(variant)
    _check_values(prompt["arn"], variant, _variables(request), values)

    def filled(blocks: Sequence[JSON]) -> list[JSON]:
        return [
            {"text": _fill(block["text"], values)} if "text" in block else block for block in blocks
        ]

    messages = [one | {"content": filled(one["content"])} for one in request["messages"]]
    rendered = {
        **params,
        **request,
        "modelId": variant["modelId"],
        "messages": [*messages, *params.get("messages", [])],
        "system": filled(request["system"]),
    }
    rendered.pop("promptVariables", None)
    return rendered


def _variant(prompt: JSON) -> JSON:
    """The variant that is run: the default, or the only one."""
    variants: list[JSON] = prompt.get("variants", [])
    default = prompt.get("defaultVariant")
    variant = next((one for one in variants if default in (None, one["name"])), None)
    if variant is None:
        raise _invalid(f"{prompt['arn']}: the prompt has no variant, so there is nothing to run.")
    if "genAiResource" in variant:
        raise _invalid(
            f"{prompt['arn']}: the prompt is for an agent, which runs none by its ARN. Send its "
            "text with InvokeAgent."
        )
    if "modelId" not in variant:
        raise _invalid(f"{prompt['arn']}: the prompt names no model. Set modelId in its variant.")
    return variant


def _request(variant: JSON) -> JSON:
    """A variant as members of Converse, its variables not filled in."""
    members: JSON = {
        "inferenceConfig": variant.get("inferenceConfiguration", {}).get("text"),
        "additionalModelRequestFields": variant.get("additionalModelRequestFields"),
    }
    if variant["templateType"] == "TEXT":
        template = variant["templateConfiguration"]["text"]
        point = [{"cachePoint": template["cachePoint"]}] if "cachePoint" in template else []
        content = [{"text": template["text"]}, *point]
        members |= {"messages": [{"role": "user", "content": content}], "system": []}
    else:
        template = variant["templateConfiguration"]["chat"]
        members |= {
            "messages": template["messages"],
            "system": template.get("system", []),
            "toolConfig": template.get("toolConfiguration"),
        }
    return {name: value for name, value in members.items() if value is not None}


def _variables(request: JSON) -> set[str]:
    return {name for text in _texts(request) for name in _VARIABLE.findall(text)}


def _texts(request: JSON) -> Iterator[str]:
    for blocks in (request["system"], *(one["content"] for one in request["messages"])):
        yield from (block["text"] for block in blocks if "text" in block)


def _check_values(arn: str, variant: JSON, variables: set[str], values: Mapping[str, str]) -> None:
    if missing := sorted(variables - values.keys()):
        raise _invalid(
            f"promptVariables: {', '.join(missing)} of the prompt {arn} has no value. Converse "
            "takes one for each variable; InvokeModel takes none."
        )
    template = next(iter(variant["templateConfiguration"].values()))
    declared_names = {one.get("name") for one in template.get("inputVariables", [])}
    if unknown := sorted(values.keys() - variables - declared_names):
        raise _invalid(
            f"promptVariables: {', '.join(unknown)} is no variable of the prompt {arn}, which has "
            f"{', '.join(sorted(variables)) or 'none'}."
        )


def _fill(text: str, values: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: values[match[1]], text)


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)
