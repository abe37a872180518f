"""Translates a resource's properties in CloudFormation to an API's parameters.

The API's own model does the work: a property is the member of the same name, in the API's camel
case, and its value is converted to the member's type. `RENAMED` has the few properties with another
name. So an unknown property is refused by its own name; the service checks the values.
"""

from collections.abc import Iterator
from typing import Any

from app.deploy.replay.document import JSON, TemplateError

RENAMED = {
    # of AWS::Bedrock
    "ContentFiltersTierConfig": ("tierConfig",),
    "GuardrailProfileArn": ("guardrailProfileIdentifier",),
    "KmsKeyArn": ("kmsKeyId", "KMSKeyArn"),
    "PromptArn": ("promptIdentifier",),
    "SupplementalDataStorageLocationType": ("type",),
    "SupplementalDataStorageLocations": ("storageLocations",),
    "TopicsTierConfig": ("tierConfig",),
    "URI": ("uri",),
    # of AWS::DynamoDB
    "SSEEnabled": ("Enabled",),
    # of AWS::S3
    "CorsRules": ("CORSRules",),
    "ExposedHeaders": ("ExposeHeaders",),
    "Id": ("ID",),
    "MaxAge": ("MaxAgeSeconds",),
    "ServerSideEncryptionByDefault": ("ApplyServerSideEncryptionByDefault",),
    "ServerSideEncryptionConfiguration": ("Rules",),
}


class UnknownProperty(TemplateError):
    """The API has no such property at this place."""


def translate(shape: Any, value: Any, path: str = "") -> Any:
    """The value in botocore's form for this shape.

    Args:
        shape: botocore's, of an operation's input or of a member of it.
        value: resolved.
        path: its place in CloudFormation's notation, for errors.

    Raises:
        UnknownProperty: naming it, and the properties that are allowed there.
    """
    match shape.type_name, value:
        case "structure", dict() if not shape.is_document_type:
            return dict(_members(shape, value, path))
        case "list", list():
            return [translate(shape.member, item, f"{path}[{i}]") for i, item in enumerate(value)]
        case "map", dict():
            return {
                key: translate(shape.value, item, _join(path, key)) for key, item in value.items()
            }
        case "map", list():
            return _tags(value)
        case kind, _ if kind in _SCALARS:
            return _SCALARS[kind](value)
    return value


def _members(shape: Any, value: JSON, path: str) -> Iterator[tuple[str, Any]]:
    for name, item in value.items():
        member = member_of(shape, name, path)
        yield member, translate(shape.members[member], item, _join(path, name))


def member_of(shape: Any, name: str, path: str = "") -> str:
    """The member of a structure for a property.

    Raises:
        UnknownProperty: there is none.
    """
    candidates = (name, name[:1].lower() + name[1:], *RENAMED.get(name, ()))
    members = [
        name for name, of in shape.members.items() if not of.metadata.get("idempotencyToken")
    ]
    for member in candidates if name[:1].isupper() else ():
        if member in members:
            return member
    property_names = ", ".join(sorted(map(property_of, members)))
    raise UnknownProperty(
        f"there is no property {_join(path, name)}; there may be {property_names}"
    )


def property_of(member: str) -> str:
    """The property of a member.

    >>> property_of("storageConfiguration")
    'StorageConfiguration'
    """
    return member[:1].upper() + member[1:]


def _tags(tags: list[JSON]) -> JSON:
    """Tags as the map that some APIs take, from CloudFormation's list.

    >>> _tags([{"Key": "team", "Value": "red"}])
    {'team': 'red'}
    """
    return {tag["Key"]: tag["Value"] for tag in tags}


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.lstrip("-").isdecimal() else value


def _fraction(value: Any) -> Any:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _boolean(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _string(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else value


# CloudFormation's conversions of scalars: "5" to a number, 5 to a text.
_SCALARS = {
    "integer": _whole,
    "long": _whole,
    "float": _fraction,
    "double": _fraction,
    "boolean": _boolean,
    "string": _string,
}


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
