"""OpenAPI documents that agents read, and what keeps one from being read."""

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local.bedrock_agent.agents.openapi import (
    MAX_OPERATIONS,
    check,
    operations,
    read,
)
from tests.local.bedrock_agent.agents.agency import openapi

YAML = """
openapi: 3.0.0
info: {title: Orders, version: "1"}
paths:
  /orders/{id}:
    get:
      operationId: orderStatus
      description: Where an order is
      parameters:
        - {name: id, in: path, schema: {type: string}}
      responses:
        "200":
          description: Where it is
"""


@pytest.mark.parametrize("text", [json.dumps(openapi()), YAML])
def test_a_document_is_read_in_json_and_in_yaml(text: str) -> None:
    check(text)
    assert read(text) == openapi()
    assert [where for where, _ in operations(read(text))] == ["paths./orders/{id}.get"]


REFERENCE = {"schema": {"$ref": "#/components/schemas/Order"}}


def with_schema(schema: Any, operation: Any = None) -> Any:
    """A document whose request body refers to a schema."""
    body = {"content": {"application/json": REFERENCE}}
    components = {"components": {"schemas": {"Order": schema}}}
    return openapi(requestBody=body, **(operation or {})) | components


@pytest.mark.parametrize(
    "document",
    [
        with_schema({"type": "object", "properties": {"enum": {"type": "string"}}}),
        with_schema({"type": "object", "example": {"enum": ["a"]}}),
        with_schema({"type": "array", "items": {"$ref": "#/components/schemas/Order"}}),
        openapi(**{"x-requireConfirmation": "ENABLED"}),
        openapi(responses={"200": {"content": {"a/b": {"schema": {"enum": ["open"]}}}}}),
    ],
)
def test_a_valid_openapi_document_is_taken(document: Any) -> None:
    check(json.dumps(document))


def paths(document: Any, **changed: Any) -> Any:
    return document | {"paths": changed}


OPERATION = openapi()["paths"]["/orders/{id}"]["get"]
MANY = {
    f"/{number}": {"get": OPERATION | {"operationId": f"get{number}"}}
    for number in range(MAX_OPERATIONS + 1)
}


@pytest.mark.parametrize(
    ("document", "named"),
    [
        (openapi() | {"openapi": "3.0.1"}, "must be '3.0.0', and is '3.0.1'"),
        (openapi() | {"openapi": "3.1.0"}, "3.1.0"),
        ({"swagger": "2.0"}, "openapi must be"),
        (openapi() | {"info": {"title": "Orders"}}, "info must have version"),
        (openapi() | {"paths": {}}, "must have paths"),
        (paths(openapi(), orders={"get": OPERATION}), "begins with a slash"),
        (paths(openapi(), **{"/orders": []}), "paths./orders must be an object"),
        (paths(openapi(), **{"/orders": {"summary": "None"}}), "1 to 11 operations, not 0"),
        (paths(openapi(), **MANY), "not 12"),
        (paths(openapi(), **{"/a": {"get": OPERATION, "post": OPERATION}}), "is there already"),
        (openapi(description=""), "paths./orders/{id}.get must have description"),
        (openapi(operationId=None), "must have operationId"),
        (openapi(responses=None), "must have responses"),
        (openapi(operationId="order status"), "operationId must be letters"),
        (openapi(**{"x-requireConfirmation": "yes"}), "ENABLED or DISABLED"),
        (
            openapi(parameters=[{"schema": {"enum": ["open"]}}]),
            "parameters.0.schema: agents",
        ),
        (with_schema({"properties": {"state": {"enum": ["open"]}}}), "properties.state: agents"),
        (with_schema({"items": {"$ref": "#/nowhere"}}), "'#/nowhere' refers to nothing"),
        (with_schema({"items": {"$ref": "other.json#/a"}}), "refers to nothing"),
    ],
)
def test_an_invalid_openapi_document_is_refused_by_member(document: Any, named: str) -> None:
    with pytest.raises(ValueError, match=re.escape(named)):
        check(json.dumps(document))


@pytest.mark.parametrize(
    ("text", "named"),
    [("{: ]", "neither JSON nor YAML"), ("just words", "no JSON or YAML object"), ("[]", "object")],
)
def test_a_text_that_is_no_openapi_document_is_refused(text: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        check(text)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["$ref", "enum", "properties", "get", "/a"]), inner)
    ),
    max_leaves=8,
)


@given(JSON_VALUES, st.sampled_from(["info", "paths", "components", "openapi"]))
def test_nonsense_is_a_value_error_and_nothing_else(value: Any, member: str) -> None:
    for document in (openapi() | {member: value}, openapi(parameters=value, requestBody=value)):
        with suppress(ValueError):
            check(json.dumps(document))
