"""What stands inside a body: JSON or XML, by the protocol of the service."""

from types import ModuleType

from botocore.model import OperationModel, Shape, StructureShape

from app.local.wire import as_json, as_xml

_CODECS = {"rest-json": as_json, "json": as_json, "rest-xml": as_xml}


def codec(operation: OperationModel) -> ModuleType:
    """A module with `decode(shape, data, members)` and `encode(shape, value, members, root)`."""
    return _CODECS[operation.metadata["protocol"]]


def content_type(operation: OperationModel) -> str:
    if operation.metadata["protocol"] == "json":
        return f"application/x-amz-json-{operation.metadata['jsonVersion']}"
    return str(codec(operation).CONTENT_TYPE)


def unplaced(shape: StructureShape) -> dict[str, Shape]:
    """The members that travel in the body, when no single one of them is the body."""
    return {
        name: member
        for name, member in shape.members.items()
        if "location" not in member.serialization
    }
