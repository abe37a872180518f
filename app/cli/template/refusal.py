"""What a service refused, in the template's own words: the resource, the property, the message."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from app.cli.template.document import Resource, TemplateError
from app.cli.template.translate import RENAMED, property_of

REFUSALS = (BotoCoreError, ClientError, TemplateError)
_PATH = re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*")
_NAMED = {member: name for name, members in RENAMED.items() for member in members}


@contextmanager
def at(path: str) -> Iterator[None]:
    """Around calls that are about one property: a refusal is told to be of this one."""
    try:
        yield
    except REFUSALS as error:
        error.add_note(path)
        raise


def sentence(resource: Resource, error: Exception) -> str:
    """`Base (AWS::Bedrock::KnowledgeBase): RoleArn: CreateKnowledgeBase refused it: ...`"""
    if isinstance(error, ClientError):
        told = error.response["Error"]
        message = f"{error.operation_name} refused it: {told['Code']}: {told['Message']}"
    else:
        message = str(error)
    paths = getattr(error, "__notes__", []) or [_property(resource, message)]
    where = "".join(f"{path}: " for path in reversed(paths) if path)
    return f"{resource.id} ({resource.type}): {where}{message.rstrip('.')}."


def _property(resource: Resource, message: str) -> str | None:
    """The property that a message is about, where it names a member of the request."""
    for found in _PATH.findall(message):
        path = as_property(found)
        if path.partition(".")[0].partition("[")[0] in resource.properties:
            return path
    return None


def as_property(path: str) -> str:
    """A member's path, as CloudFormation would write it.

    >>> as_property("contentPolicyConfig.filtersConfig.1.member.inputStrength")
    'ContentPolicyConfig.FiltersConfig[0].InputStrength'
    """
    words = re.sub(
        r"\.(\d+)(\.member)?(?=\.|$)", lambda index: f"[{int(index[1]) - 1}]", path
    ).split(".")
    return ".".join(_NAMED.get(word, property_of(word)) for word in words)
