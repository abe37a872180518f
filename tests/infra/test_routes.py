"""The API's routes and bodies are those of the application."""

import json

import pytest
from jsonschema import Draft4Validator

from infra.contents import ROOT
from tests.infra.conftest import Json, Templates

INSIDE = "/healthz"  # asked by the adapter, within the function
DESCRIBED: Json = json.loads((ROOT / "docs" / "openapi.json").read_text())


def test_every_route_of_the_application_is_one_of_the_api() -> None:
    from infra.routes import ROUTES

    paths = {
        (path, method.upper())
        for path, methods in DESCRIBED["paths"].items()
        for method in methods
        if path != INSIDE
    }
    assert paths == {(f"/{path}", method) for path, methods in ROUTES.items() for method in methods}


def test_what_has_a_body_has_a_schema() -> None:
    from infra.routes import ROUTES

    for path, methods in ROUTES.items():
        for method, body in methods.items():
            described = DESCRIBED["paths"][f"/{path}"][method.lower()]
            assert (body is not None) == ("requestBody" in described), path


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ("Question", {"message": "Who?"}),
        ("Question", {"message": "Who?", "conversationId": "a1", "model": "m", "filter": {}}),
        ("Question", {"id": "c", "messages": [{"id": "1", "role": "user", "parts": []}]}),
        ("Search", {"query": "castles", "limit": 100, "explain": True}),
        ("Document", {"name": "guides/setup.md", "metadata": {"year": 2026}}),
    ],
)
def test_what_the_application_takes_the_api_lets_through(
    templates: Templates, schema: str, body: Json
) -> None:
    assert not list(_validator(templates, schema).iter_errors(body))


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ("Question", {}),
        ("Question", []),
        ("Question", {"message": ""}),
        ("Question", {"message": "x" * 10_001}),
        ("Question", {"message": "Who?", "messages": [{}]}),
        ("Question", {"messages": []}),
        ("Search", {"limit": 5}),
        ("Search", {"query": "castles", "limit": 101}),
        ("Search", {"query": ["castles"]}),
        ("Document", {"metadata": {}}),
        ("Document", {"name": "x" * 1025}),
    ],
)
def test_nonsense_does_not_reach_the_application(
    templates: Templates, schema: str, body: Json
) -> None:
    assert list(_validator(templates, schema).iter_errors(body))


def _validator(templates: Templates, name: str) -> Draft4Validator:
    models = (
        resource["Properties"]
        for resource in templates("opensearch-serverless")["Resources"].values()
        if resource["Type"] == "AWS::ApiGateway::Model"
    )
    [schema] = [model["Schema"] for model in models if model["Name"] == name]
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema)
