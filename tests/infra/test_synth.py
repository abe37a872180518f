"""Every variant is made, passes every checker, and comes out the same every time."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.contents import ROOT
from infra.context import Context
from infra.policy import findings
from tests.infra.conftest import VARIANTS, Json, Templates
from tests.infra.snapshots import KEPT, STORES, kept, snapshot
from tests.synthesized import JSII, flags, synthesize

REDUNDANT = "W3005"  # a DependsOn that a reference says already; the CDK's own constructs do it


@pytest.mark.parametrize("variant", VARIANTS)
def test_our_own_rules_hold(templates: Templates, variant: str) -> None:
    from infra.acknowledged import accepted_rules

    accepted = accepted_rules(Context(**VARIANTS[variant]))
    assert findings(templates(variant), accepted) == []


@pytest.mark.parametrize("variant", [*STORES, "iam", "everything"])
def test_cfn_lint_finds_nothing(templates: Templates, variant: str) -> None:
    from cfnlint.api import lint

    matches = lint(json.dumps(templates(variant)))
    assert [str(match) for match in matches if match.rule.id != REDUNDANT] == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_few_findings_are_acknowledged_and_each_with_a_reason(variant: str) -> None:
    from infra.acknowledged import accepted_findings

    reasons = accepted_findings(Context(**VARIANTS[variant]))
    chosen = {name: one for name, one in VARIANTS[variant].items() if not name.startswith("page")}
    others = accepted_findings(Context(**chosen, page="none"))
    assert len(others) <= 10
    assert len(reasons.keys() - others.keys()) <= 5, "of the page"
    assert all(len(reason) > 40 for reason in reasons.values())
    # cdk-nag itself has judged the template when it was made: what is not here fails the synth.


@pytest.mark.parametrize("variant", KEPT)
def test_the_template_equals_its_snapshot(templates: Templates, variant: str) -> None:
    """When it is meant to change: python -m tests.infra.snapshots"""
    assert snapshot(templates(variant)) == kept(variant)


def test_another_process_synthesizes_the_same_template(
    templates: Templates, tmp_path: Path
) -> None:
    """Another process, with another order of every set and no credentials, makes the same."""
    ran = _run(tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "opensearch-serverless: $182.50 a month" in ran.stderr
    assert "guardrail: the default definition" in ran.stderr
    template = json.loads((tmp_path / "out" / "Outcrop.template.json").read_text())
    assert template == templates("opensearch-serverless")


def test_a_choice_that_cannot_be_is_told_before_anything_is_made(tmp_path: Path) -> None:
    ran = _run(tmp_path, vectorstore="aurora")
    assert ran.returncode == 1
    assert "vectorstore is no choice; there are stack, production, vector_store" in ran.stderr
    assert not list((tmp_path / "out").glob("*.template.json"))


def test_what_breaks_a_rule_of_ours_is_not_deployed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from infra.app import PolicyError

    grounding = {"filtersConfig": [{"type": "GROUNDING", "threshold": 1.5}]}
    monkeypatch.setattr(
        "infra.guardrail.cloudformation_policies",
        lambda _definition: {"contextualGroundingPolicyConfig": grounding},
    )
    with pytest.raises(
        PolicyError, match=r"a threshold of 1\.5: from above 0 to 0\.99 is possible"
    ):
        synthesize(tmp_path, vector_store="managed")


def test_what_the_schema_forbids_is_not_deployed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CDK's own validation; cdk.json makes its rules errors."""
    monkeypatch.setattr("infra.agent.AGENT_INSTRUCTION", "Too short.")
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        synthesize(tmp_path, vector_store="managed", agent="bedrock-agent")


def test_what_cdk_nag_finds_is_not_deployed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.acknowledged.TRIAL", {})
    with pytest.raises(RuntimeError, match="S1"):
        synthesize(tmp_path, vector_store="managed")


def test_two_stacks_share_no_name(templates: Templates) -> None:
    first, second = (
        set(_names(templates(variant))) for variant in ("opensearch-serverless", "everything")
    )
    assert first & second == ALIKE
    assert any(name.startswith("outcrop-") for _, name in first)


ALIKE = {
    ("AWS::ApiGateway::Model", "Feedback"),
    ("AWS::ApiGateway::Model", "Question"),
    ("AWS::ApiGateway::Model", "TemplateValues"),
    ("AWS::ApiGateway::Model", "Title"),
    ("AWS::ApiGateway::Model", "Trial"),
    ("AWS::ApiGateway::Model", "Search"),
    ("AWS::ApiGateway::Model", "Decision"),
    ("AWS::ApiGateway::Model", "Document"),
    ("AWS::ApiGateway::Model", "ChatCompletion"),
    ("AWS::ApiGateway::Model", "Embedding"),
    ("AWS::ApiGateway::Stage", "v1"),
    ("AWS::IAM::Policy", "KnowledgeBaseStoreAccess99B12C13"),
    ("Custom::VectorIndex", "outcrop"),
}
"""Names inside something that has a name of its own."""


def _names(template: Json) -> Iterator[tuple[str, str]]:
    """The names that the template gives, instead of leaving them to CloudFormation."""
    for resource in template["Resources"].values():
        for key, value in resource.get("Properties", {}).items():
            is_name = key.endswith(("Name", "Domain")) and key != "MetricName"
            if is_name and isinstance(value, str):
                yield resource["Type"], value


def _run(folder: Path, **choices: str) -> "subprocess.CompletedProcess[str]":
    """`python -m infra.app`, as the CDK's command line runs it."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        **{name: os.environ[name] for name in JSII},
        "CDK_CONTEXT_JSON": json.dumps({**flags(), **choices}),
        "CDK_OUTDIR": str(folder / "out"),
    }
    return subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
