"""The stack's guardrail is the definition's, and those who apply it may apply it and no other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from app.deploy.replay.translation import translate
from app.guardrail_definition import create_parameters, digest, read_definition
from app.settings import Settings
from infra.context import Context
from infra.policy.template import Template, text
from tests.infra.conftest import Templates

CREATE = ServiceModel(Loader().load_service_model("bedrock", "service-2")).operation_model(
    "CreateGuardrail"
)
EVERY_POLICY = Path(__file__).parents[1] / "guardrail_definition" / "every_policy.toml"
OF_THE_STACK = {"name", "kmsKeyId", "tags"}
OWN = "arn:${AWS::Partition}:bedrock:${AWS::Region}:${AWS::AccountId}"
ANY_REGION = OWN.replace("${AWS::Region}", "*")


@pytest.mark.parametrize(
    ("variant", "path"), [("opensearch-serverless", None), ("chunking", EVERY_POLICY)]
)
def test_the_stack_makes_what_create_guardrail_would(
    templates: Templates, variant: str, path: Path | None
) -> None:
    """Its properties, translated as the replay does it, are what the laptop sends."""
    definition = read_definition(path)
    template = Template(templates(variant))
    [(_, properties)] = template.of("AWS::Bedrock::Guardrail")
    translated = {
        member: value
        for member, value in translate(CREATE.input_shape, properties).items()
        if member not in OF_THE_STACK
    }
    wanted = create_parameters(definition, "")
    del wanted["name"]
    if profile := definition.cross_region_profile:
        arn = text(translated["crossRegionConfig"].pop("guardrailProfileIdentifier"))
        assert arn == f"{OWN}:guardrail-profile/{profile}"
        del wanted["crossRegionConfig"]["guardrailProfileIdentifier"]
    assert translated == wanted
    [(name, version)] = template.of("AWS::Bedrock::GuardrailVersion")
    assert version["Description"] == f"Rules {digest(definition)}"
    assert digest(definition) in name


@pytest.mark.parametrize(
    ("variant", "resources"),
    [
        ("opensearch-serverless", {"${GuardrailA5094A7B.GuardrailArn}"}),
        (
            "chunking",
            {
                "${GuardrailA5094A7B.GuardrailArn}",
                f"{ANY_REGION}:guardrail-profile/us.guardrail.v1:0",
            },
        ),
        (
            "profile",
            {
                f"{OWN}:guardrail/ab12cd34ef56",
                f"{ANY_REGION}:guardrail-profile/us.guardrail.v1:0",
            },
        ),
        ("zones", set()),
    ],
)
def test_who_applies_it_may_apply_it_and_no_other(
    templates: Templates, variant: str, resources: set[str]
) -> None:
    template = Template(templates(variant))
    agents = [properties for _, properties in template.of("AWS::Bedrock::Agent")]
    statements = list(_applying(template))
    assert len(statements) == (1 + len(agents) if resources else 0)
    assert all(statement == resources for statement in statements)


def test_one_that_exists_is_named_and_none_is_made(templates: Templates) -> None:
    template = templates("profile")
    parsed = Template(template)
    assert not list(parsed.of("AWS::Bedrock::Guardrail", "AWS::Bedrock::GuardrailVersion"))
    variables = _variables(parsed)
    assert variables["OUTCROP_GUARDRAIL_ID"] == "ab12cd34ef56"
    assert variables["OUTCROP_GUARDRAIL_VERSION"] == "3"
    [(_, agent)] = parsed.of("AWS::Bedrock::Agent")
    assert agent["GuardrailConfiguration"] == {
        "GuardrailIdentifier": "ab12cd34ef56",
        "GuardrailVersion": "3",
    }
    origin = template["Outputs"]["GuardrailOrigin"]["Value"]
    assert origin == "exists already: ab12cd34ef56, version 3"


def test_how_it_is_applied_are_the_applications_settings(templates: Templates) -> None:
    def settings(variant: str) -> list[Any]:
        variables = _variables(Template(templates(variant)))
        return [
            variables[f"OUTCROP_GUARDRAIL_{name}"] for name in ("MODE", "PASSAGES", "WHEN_DOWN")
        ]

    assert settings("opensearch-serverless") == ["window", "true", "closed"]
    assert settings("chunking") == ["buffer", "false", "open"]
    for name in ("guardrail_mode", "guardrail_passages", "guardrail_when_down"):
        setting, choice = Settings.model_fields[name], Context.model_fields[name]
        assert (setting.default, setting.annotation) == (choice.default, choice.annotation)


def test_a_stack_without_one_says_so_where_one_looks(templates: Templates) -> None:
    template = templates("zones")
    parsed = Template(template)
    assert not {name for name in _variables(parsed) if "GUARDRAIL" in name}
    [(_, agent)] = parsed.of("AWS::Bedrock::Agent")
    assert "GuardrailConfiguration" not in agent
    assert template["Outputs"]["GuardrailOrigin"]["Value"].startswith("none: no question, passage")
    [(_, dashboard)] = parsed.of("AWS::CloudWatch::Dashboard")
    assert "There is none: nothing is judged" in text(dashboard["DashboardBody"])


def _applying(template: Template) -> Iterator[set[str]]:
    """The resources of each statement that allows to apply a guardrail."""
    for statement in template.statements:
        if "bedrock:ApplyGuardrail" in statement.actions:
            assert statement.actions == ("bedrock:ApplyGuardrail",)
            yield set(statement.resources)


def _variables(template: Template) -> dict[str, Any]:
    [variables] = [
        function["Environment"]["Variables"]
        for _, function in template.of("AWS::Lambda::Function")
        if "OUTCROP_AUTH" in function.get("Environment", {}).get("Variables", {})
    ]
    return dict(variables)
