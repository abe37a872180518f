"""The operations on guardrails, their versions and tags."""

from collections.abc import Mapping

from app.local.bedrock.guardrails import Guardrails, guardrails
from app.local.control import Act, operations
from app.local.wire import Service

READS: Mapping[str, Act] = {
    "GetGuardrail": guardrails.get,
    "ListGuardrails": guardrails.page,
    "ListTagsForResource": guardrails.list_tags,
}
WRITES: Mapping[str, Act] = {
    "CreateGuardrail": guardrails.create,
    "UpdateGuardrail": guardrails.update,
    "DeleteGuardrail": guardrails.delete,
    "CreateGuardrailVersion": guardrails.create_version,
    "TagResource": guardrails.tag,
    "UntagResource": guardrails.untag,
}


def handlers(plane: Guardrails) -> Service:
    """A handler for each of them."""
    return operations(plane, READS, WRITES)
