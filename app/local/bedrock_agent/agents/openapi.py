"""OpenAPI documents of action groups: the rules that agents hold them to.

https://docs.aws.amazon.com/bedrock/latest/userguide/agents-api-schema.html
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from app.local.wire import JSON

VERSION = "3.0.0"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
MAX_OPERATIONS = 11
_OPERATION_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_VALUES = {"default", "example", "examples"}  # their values are data, not schema


def check(text: str) -> None:
    """Check a document.

    Raises:
        ValueError: naming the place and the rule that is broken.
    """
    document = read(text)
    if document.get("openapi") != VERSION:
        raise ValueError(f"openapi must be '{VERSION}', and is {document.get('openapi')!r}.")
    _need(document, "the document", "info", "paths")
    _need(document["info"], "info", "title", "version")
    functions = list(operations(document))
    if not 1 <= len(functions) <= MAX_OPERATIONS:
        raise ValueError(f"paths must have 1 to {MAX_OPERATIONS} operations, not {len(functions)}.")
    ids: set[str] = set()
    for where, operation in functions:
        _check_operation(document, where, operation)
        if operation["operationId"] in ids:
            raise ValueError(f"{where}.operationId: {operation['operationId']!r} is there already.")
        ids.add(operation["operationId"])


def read(text: str) -> JSON:
    """Parse a document in JSON or YAML.

    Raises:
        ValueError: it is neither.
    """
    try:
        document = json.loads(text)
    except ValueError:
        document = _yaml(text)
    if not isinstance(document, dict):
        raise ValueError("it is no JSON or YAML object.")
    return document


def _yaml(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"it is neither JSON nor YAML: {error}") from error


def operations(document: JSON) -> Iterator[tuple[str, JSON]]:
    """Every operation with its place, such as `paths./orders/{id}.get`.

    Raises:
        ValueError: a member has the wrong form.
    """
    for path, methods in _object(document["paths"], "paths").items():
        if not str(path).startswith("/"):
            raise ValueError(f"paths.{path}: a path begins with a slash.")
        for method, operation in _object(methods, f"paths.{path}").items():
            if method in METHODS:
                where = f"paths.{path}.{method}"
                yield where, _object(operation, where)


def _check_operation(document: JSON, where: str, operation: JSON) -> None:
    _need(operation, where, "description", "operationId", "responses")
    _object(operation["responses"], f"{where}.responses")
    if not _OPERATION_ID.fullmatch(str(operation["operationId"])):
        raise ValueError(f"{where}.operationId must be letters, digits, - and _, at most 64.")
    if operation.get("x-requireConfirmation", "DISABLED") not in ("ENABLED", "DISABLED"):
        raise ValueError(f"{where}.x-requireConfirmation must be ENABLED or DISABLED.")
    for member in ("parameters", "requestBody"):
        for place in _enums(document, operation.get(member), f"{where}.{member}", frozenset()):
            raise ValueError(
                f"{place}: agents do not support enum. Say in the description which values there "
                "are."
            )


def _enums(document: JSON, node: Any, where: str, visited: frozenset[str]) -> Iterator[str]:
    """The places below a node, references followed, where a schema has an `enum`."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from _enums(document, item, f"{where}.{number}", visited)
    if not isinstance(node, dict):
        return
    reference = node.get("$ref")
    if isinstance(reference, str) and reference not in visited:
        yield from _enums(document, _resolve(document, reference), reference, visited | {reference})
    for name, value in node.items():
        if name == "enum":
            yield where
        elif name == "properties" and isinstance(value, dict):
            for own, schema in value.items():  # a property may have any name, even enum
                yield from _enums(document, schema, f"{where}.properties.{own}", visited)
        elif name not in _VALUES:
            yield from _enums(document, value, f"{where}.{name}", visited)


def _resolve(document: JSON, reference: str) -> Any:
    """The node that a reference such as `#/components/schemas/Order` refers to."""
    node: Any = document
    root, *steps = reference.split("/")
    for step in steps:
        name = step.replace("~1", "/").replace("~0", "~")
        node = node.get(name) if isinstance(node, dict) else None
    if root != "#" or node is None:
        raise ValueError(f"{reference!r} refers to nothing in the document.")
    return node


def _object(value: Any, where: str) -> JSON:
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be an object.")
    return value


def _need(value: Any, where: str, *members: str) -> None:
    members_of_value: Mapping[str, Any] = _object(value, where)
    for member in members:
        if not members_of_value.get(member):
            raise ValueError(f"{where} must have {member}.")
