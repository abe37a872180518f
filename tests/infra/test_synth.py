"""Every variant is made, passes every checker, and comes out the same every time."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cfnlint.api import lint

from infra.acknowledged import acknowledged
from infra.bundle import ROOT
from infra.context import Context
from infra.policy import findings
from tests.infra.conftest import VARIANTS, Json, Templates
from tests.infra.snapshots import STORES, kept, snapshot
from tests.synthesized import flags

REDUNDANT = "W3005"  # a DependsOn that a reference says already; the CDK's own constructs do it


@pytest.mark.parametrize("variant", VARIANTS)
def test_our_own_rules_hold(templates: Templates, variant: str) -> None:
    assert findings(templates(variant)) == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_cfn_lint_finds_nothing(templates: Templates, variant: str) -> None:
    found = lint(json.dumps(templates(variant)))
    assert [str(match) for match in found if match.rule.id != REDUNDANT] == []


@pytest.mark.parametrize("variant", VARIANTS)
def test_few_findings_are_acknowledged_and_each_with_a_reason(variant: str) -> None:
    reasons = acknowledged(Context(**VARIANTS[variant]))
    assert len(reasons) <= 10
    assert all(len(reason) > 40 for reason in reasons.values())
    # cdk-nag itself has judged the template when it was made: what is not here fails the synth.


@pytest.mark.parametrize("variant", STORES)
def test_the_template_is_what_it_was(templates: Templates, variant: str) -> None:
    """When it is meant to change: python -m tests.infra.snapshots"""
    assert snapshot(templates(variant)) == kept(variant)


def test_changing_nothing_changes_nothing(templates: Templates, tmp_path: Path) -> None:
    """Another process, with another order of every set and no credentials, makes the same."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "JSII_NODE": os.environ["JSII_NODE"],
        "CDK_CONTEXT_JSON": json.dumps(flags()),
        "CDK_OUTDIR": str(tmp_path / "out"),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "opensearch-serverless: $182.50 a month" in ran.stderr
    made = json.loads((tmp_path / "out" / "Outcrop.template.json").read_text())
    assert made == templates("opensearch-serverless")


def test_two_stacks_share_no_name(templates: Templates) -> None:
    first, second = (
        set(_names(templates(variant))) for variant in ("opensearch-serverless", "everything")
    )
    assert first & second == ALIKE
    assert any(name.startswith("outcrop-") for _, name in first)


ALIKE = {
    ("AWS::ApiGateway::Model", "Question"),
    ("AWS::ApiGateway::Model", "Search"),
    ("AWS::ApiGateway::Model", "Document"),
    ("AWS::ApiGateway::Stage", "v1"),
    ("AWS::IAM::Policy", "KnowledgeBaseStoreAccess99B12C13"),
    ("Custom::VectorIndex", "outcrop"),
}
"""Names inside something that has a name of its own."""


def _names(template: Json) -> Iterator[tuple[str, str]]:
    """The names that the template gives, instead of leaving them to CloudFormation."""
    for resource in template["Resources"].values():
        for key, value in resource.get("Properties", {}).items():
            given = key.endswith(("Name", "Domain")) and key != "MetricName"
            if given and isinstance(value, str):
                yield resource["Type"], value
