"""Which format a body has, JSON or XML, by the protocol of the service."""

from types import ModuleType

from botocore.model import OperationModel, Shape, StructureShape

from app.local.wire import json_body, xml_body

_CODECS = {"rest-json": json_body, "json": json_body, "rest-xml": xml_body}


def codec(operation: OperationModel) -> ModuleType:
    """A module with `decode(shape, data, members)` and `encode(shape, value, members, root)`."""
    return _CODECS[operation.metadata["protocol"]]


def content_type(operation: OperationModel) -> str:
    if operation.metadata["protocol"] == "json":
        return f"application/x-amz-json-{operation.metadata['jsonVersion']}"
    return str(codec(operation).CONTENT_TYPE)


def body_members(shape: StructureShape) -> dict[str, Shape]:
    """The members that are in the body, if no single member is the whole body."""
    return {
        name: member
        for name, member in shape.members.items()
        if "location" not in member.serialization
    }
