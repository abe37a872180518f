"""Every rule of ours finds the fault that is planted for it, and nothing where there is none.

What others find of the same faults is written beside each in `faults.py`: of most, nothing.
"""

from collections.abc import Callable

import pytest

from infra.policy import findings
from infra.policy.template import Template, text
from tests.infra.checkers import cdk, cfn_lint
from tests.infra.conftest import Json, Templates
from tests.infra.faults import FAULTS
from tests.infra.planting import Fault, planted

NAMED = {f"Fault{number}": fault for number, fault in enumerate(FAULTS)}
ALARM = "AWS::CloudWatch::Alarm"
Planted = tuple[Json, dict[str, str]]
Found = set[tuple[str, str]]


@pytest.fixture(scope="module")
def faulty(templates: Templates) -> Planted:
    return planted(templates("everything"), NAMED)


@pytest.fixture(scope="module")
def ours(faulty: Planted) -> Found:
    return {(finding.resource, finding.rule) for finding in findings(faulty[0])}


@pytest.mark.parametrize("name", NAMED, ids=lambda name: f"{name}-{NAMED[name].rule}")
def test_a_planted_fault_is_found(faulty: Planted, ours: Found, name: str) -> None:
    fault, sound = NAMED[name], faulty[1][name]
    assert (name, fault.rule) in ours
    assert fault.change is None or (sound, fault.rule) not in ours


def test_cfn_lint_and_cdk_nag_find_what_each_fault_says_they_do(faulty: Planted) -> None:
    template, sound = faulty
    others = cfn_lint(template) | cdk(template)

    def said(resource: str) -> set[str]:
        return {rule for where, rule in others if where == resource}

    def of(name: str, fault: Fault) -> set[str]:
        return said(name) - said(sound[name]) if fault.change else said(name)

    assert {name: of(name, fault) for name, fault in NAMED.items()} == {
        name: fault.elsewhere for name, fault in NAMED.items()
    }
    assert sum(not fault.elsewhere for fault in FAULTS) >= 25


def _unguarded(resources: Json) -> None:
    del resources[_one(resources, "AWS::Bedrock::Guardrail")]


def _without_words(resources: Json) -> None:
    variables = resources[_named(resources, "ApplicationFunction")]["Properties"]["Environment"]
    variables["Variables"]["OUTCROP_SEARCH_TYPE"] = "HYBRID"


def _without_dead_letters(resources: Json) -> None:
    del resources[_named(resources, "DocumentsQueue")]["Properties"]["RedrivePolicy"]


def _impatient(resources: Json) -> None:
    resources[_named(resources, "DocumentsQueue")]["Properties"]["VisibilityTimeout"] = 300


def _unwatched(resources: Json) -> None:
    for name in [name for name, one in resources.items() if one["Type"] == ALARM]:
        del resources[name]


def _open(resources: Json) -> None:
    domain = resources[_one(resources, "AWS::OpenSearchService::Domain")]
    domain["Properties"]["AccessPolicies"]["Statement"][0]["Principal"] = {"AWS": "*"}


def _clear(resources: Json) -> None:
    domain = resources[_one(resources, "AWS::OpenSearchService::Domain")]
    domain["Properties"]["DomainEndpointOptions"]["EnforceHTTPS"] = False


def _nowhere(resources: Json) -> None:
    client = resources[_one(resources, "AWS::Cognito::UserPoolClient")]
    client["Properties"]["CallbackURLs"] = ["http://localhost:8484/"]


TEMPLATES: tuple[tuple[str, str, Callable[[Json], None]], ...] = (
    ("guardrail_is_there", "s3-vectors", _unguarded),
    ("search_type_is_there", "s3-vectors", _without_words),
    ("queues_give_up", "s3-vectors", _without_dead_letters),
    ("messages_come_back_in_time", "s3-vectors", _impatient),
    ("given_up_is_noticed", "s3-vectors", _unwatched),
    ("domain_is_for_named_roles", "iam", _open),
    ("domain_speaks_tls", "iam", _clear),
    ("people_come_back_to_the_function", "page-function", _nowhere),
)
WHOLE = {rule for rule, _, _ in TEMPLATES}


@pytest.mark.parametrize(("rule", "variant", "change"), TEMPLATES)
def test_a_fault_of_the_template_as_a_whole_is_found(
    templates: Templates, rule: str, variant: str, change: Callable[[Json], None]
) -> None:
    template = templates(variant)
    change(template["Resources"])
    assert rule in {finding.rule for finding in findings(template)}


def test_a_finding_says_where_what_and_why(templates: Templates) -> None:
    template = templates("s3-vectors")
    _without_dead_letters(template["Resources"])
    [finding] = [one for one in findings(template) if one.rule == "queues_give_up"]
    assert str(finding).endswith(
        ": it has no dead letters; messages would come again and again (queues_give_up)"
    )


def test_what_a_resource_needs_is_followed_through_others() -> None:
    resources = {
        "A": {"Type": "T", "Properties": {"x": {"Fn::GetAtt": ["B", "Arn"]}}},
        "B": {"Type": "T", "DependsOn": ["C"], "Properties": {"y": {"Ref": "AWS::Region"}}},
        "C": {"Type": "T", "Properties": {"z": {"Fn::Join": ["", [{"Ref": "A"}]]}}},
    }
    assert Template({"Resources": resources}).needs("A") == {"A", "B", "C"}
    assert text(resources["A"]["Properties"]) == '{"x": {"Fn::GetAtt": ["B", "Arn"]}}'


def _one(resources: Json, kind: str) -> str:
    return next(name for name, resource in resources.items() if resource["Type"] == kind)


def _named(resources: Json, beginning: str) -> str:
    """The resource of a construct: its logical id without the hash."""
    return next(name for name in resources if name[:-8] == beginning)
