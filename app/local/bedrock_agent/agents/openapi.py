"""OpenAPI documents of action groups: the rules that agents hold them to.

https://docs.aws.amazon.com/bedrock/latest/userguide/agents-api-schema.html
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from app.local import lazy_re as re
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


def describe(text: str) -> Iterator[JSON]:
    """The operations of a document that `check` has passed, as an agent's model sees them.

    Yields:
        Each with path, method, operationId, description, `parameters` and `properties` of its
        request body (each of them with name, type, description, required, schema), contentType of
        that body or None, and `confirms`: whether its user has to confirm it.
    """
    document = read(text)
    for path, methods in document["paths"].items():
        shared = methods.get("parameters", [])
        for method, operation in methods.items():
            if method not in METHODS:
                continue
            content_type, properties = _body(document, operation)
            yield {
                "path": path,
                "method": method,
                "operationId": operation["operationId"],
                "description": operation["description"],
                "parameters": [
                    _described(document, one) for one in (*shared, *operation.get("parameters", []))
                ],
                "contentType": content_type,
                "properties": properties,
                "confirms": operation.get("x-requireConfirmation") == "ENABLED",
            }


def _body(document: JSON, operation: JSON) -> tuple[str | None, list[JSON]]:
    """The content type of a request body, and its properties."""
    body = _followed(document, operation.get("requestBody", {}))
    for content_type, content in body.get("content", {}).items():
        schema = _followed(document, content.get("schema", {}))
        required = schema.get("required", ())
        properties = [
            _described(document, {"name": name, "required": name in required, "schema": one})
            for name, one in schema.get("properties", {}).items()
        ]
        return content_type, properties
    return None, []


def _described(document: JSON, parameter: JSON) -> JSON:
    parameter = _followed(document, parameter)
    schema = _whole(document, parameter.get("schema", {}), frozenset())
    return {
        "name": parameter["name"],
        "type": schema.get("type", "string"),
        "description": parameter.get("description") or schema.get("description", ""),
        "required": bool(parameter.get("required")),
        "schema": schema,
    }


def _followed(document: JSON, node: JSON) -> JSON:
    """A node, or the one that it refers to."""
    while isinstance(reference := node.get("$ref"), str):
        node = _resolve(document, reference)
    return node


def _whole(document: JSON, node: Any, visited: frozenset[str]) -> Any:
    """A schema with what it refers to in it; a schema that is in itself is any object there."""
    if isinstance(node, list):
        return [_whole(document, item, visited) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        if reference in visited:
            return {"type": "object"}
        return _whole(document, _resolve(document, reference), visited | {reference})
    return {name: _whole(document, value, visited) for name, value in node.items()}


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
