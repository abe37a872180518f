"""What the definition of a prompt may say, beyond what the service's model checks.

    templateType        TEXT: one text, which is sent as the user's message
                        CHAT: system texts, messages and tools
    modelId             what runs it; or `genAiResource`, an agent; with neither, nothing does
    defaultVariant      the variant that is run

https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-management-create.html
"""

from collections import Counter

from app.local.control.errors import invalid
from app.local.wire import JSON

LONGEST_TEXT = 200_000  # characters of a TEXT template, as CloudFormation's schema of a prompt says
_MEMBERS = ("name", "description", "customerEncryptionKeyArn", "defaultVariant", "variants")
_TEMPLATES = {"TEXT": "text", "CHAT": "chat"}


def definition(params: JSON) -> JSON:
    """What CreatePrompt or UpdatePrompt defines, checked.

    Raises:
        ServiceError: ValidationException.
    """
    variants = params.get("variants", [])
    for number, variant in enumerate(variants, 1):
        _check(variant, f"variants.{number}.member")
    default = params.get("defaultVariant")
    if default is not None and default not in [variant["name"] for variant in variants]:
        raise invalid("defaultVariant", f"{default} is the name of none of the variants.")
    return {member: params[member] for member in _MEMBERS if member in params}


def _check(variant: JSON, field: str) -> None:
    kind, configuration = variant["templateType"], variant["templateConfiguration"]
    template = configuration.get(_TEMPLATES[kind])
    if template is None:
        rule = f"must have the member {_TEMPLATES[kind]}, as templateType is {kind}."
        raise invalid(f"{field}.templateConfiguration", rule)
    if "modelId" in variant and "genAiResource" in variant:
        raise invalid(f"{field}.genAiResource", "must not be there beside modelId.")
    field = f"{field}.templateConfiguration.{_TEMPLATES[kind]}"
    if kind == "TEXT" and len(template["text"]) > LONGEST_TEXT:
        raise invalid(f"{field}.text", f"must have at most {LONGEST_TEXT} characters.")
    for number, message in enumerate(template.get("messages", []), 1):
        _check_message(message, f"{field}.messages.{number}.member")
    _check_tools(template.get("toolConfiguration", {}), f"{field}.toolConfiguration")


def _check_message(message: JSON, field: str) -> None:
    if not any("text" in block for block in message["content"]):
        raise invalid(f"{field}.content", "must have a text.")
    for number, block in enumerate(message["content"], 1):
        if block.get("text") == "":
            raise invalid(f"{field}.content.{number}.member.text", "must not be empty.")


def _check_tools(configuration: JSON, field: str) -> None:
    names = Counter(
        tool["toolSpec"]["name"] for tool in configuration.get("tools", []) if "toolSpec" in tool
    )
    if twice := next((name for name, count in names.items() if count > 1), None):
        raise invalid(f"{field}.tools", f"has two tools with the name {twice}.")
    choice = configuration.get("toolChoice", {}).get("tool")
    if choice is not None and choice["name"] not in names:
        raise invalid(f"{field}.toolChoice.tool.name", f"{choice['name']} is none of the tools.")
