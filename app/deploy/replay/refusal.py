"""A service's refusal, in the template's terms: the resource, the property, the message."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from app.deploy.replay.document import Resource, TemplateError
from app.deploy.replay.translation import RENAMED, property_of

REFUSALS = (BotoCoreError, ClientError, TemplateError)
_PATH = re.compile(r"\b[A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*")
_INDEX = re.compile(r"\.(\d+)(?:\.member)?(?=\.|$)")  # lists count from 1 in services' messages
_RENAMED = {
    member: [name for name, members in RENAMED.items() if member in members]
    for members in RENAMED.values()
    for member in members
}


@contextmanager
def at(path: str) -> Iterator[None]:
    """Name a property in the refusals of the calls in the block."""
    try:
        yield
    except REFUSALS as error:
        error.add_note(path)
        raise


def sentence(resource: Resource, error: Exception) -> str:
    """`Base (AWS::Bedrock::KnowledgeBase): RoleArn: CreateKnowledgeBase refused it: ...`"""
    message = str(error)
    if isinstance(error, ClientError):
        details = error.response["Error"]
        message = f"{error.operation_name} refused it: {details['Code']}: {details['Message']}"
    paths = list(getattr(error, "__notes__", []))
    if not paths and not isinstance(error, TemplateError):
        paths = list(_property(resource, message))
    where = "".join(f"{path}: " for path in paths)
    return f"{resource.id} ({resource.type}): {where}{message.rstrip('.')}."


def _property(resource: Resource, message: str) -> Iterator[str]:
    """The property that a service's message is about, if it names a member of the request."""
    for path in _PATH.findall(message):
        head, dot, rest = path.partition(".")
        for name in (property_of(head), *_RENAMED.get(head, ())):
            if name in resource.properties:
                yield as_property(f"{name}{dot}{rest}")
                return


def as_property(path: str) -> str:
    """The path of a request's member, in CloudFormation's notation.

    >>> as_property("contentPolicyConfig.filtersConfig.1.member.inputStrength")
    'ContentPolicyConfig.FiltersConfig[0].InputStrength'
    """
    indexed = _INDEX.sub(lambda index: f"[{int(index[1]) - 1}]", path)
    return ".".join(map(property_of, indexed.split(".")))
