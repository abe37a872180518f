"""The other checkers, asked about a template: which of them finds what about which resource."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.infra.conftest import Json
from tests.synthesized import flags

Found = set[tuple[str, str]]
"""Logical id and rule."""


SAME_NAME = "E3019"  # a faulty copy is called what it is a copy of


def cfn_lint(template: Json) -> Found:
    """What cfn-lint says, warnings too."""
    from cfnlint.api import lint

    return {
        (str(match.path[1]), match.rule.id)
        for match in lint(json.dumps(template))
        if match.path and len(match.path) > 1 and match.rule.id != SAME_NAME
    }


def cdk(template: Json) -> Found:
    """What the CDK's own validation and cdk-nag say of a template from elsewhere."""
    from aws_cdk import App, Stack, Validations
    from aws_cdk.cloudformation_include import CfnInclude
    from cdk_nag import AwsSolutionsChecks, ServerlessChecks

    with TemporaryDirectory() as folder:
        source, out = Path(folder) / "faults.json", Path(folder) / "out"
        source.write_text(json.dumps({"Resources": template["Resources"]}))
        app = App(context=flags(), outdir=str(out))
        stack = Stack(app, "Faults")
        CfnInclude(stack, "Included", template_file=str(source))
        Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
        try:
            app.synth()
        except RuntimeError as error:
            if "ValidationFailed" not in str(error):
                raise
        report = json.loads((out / "validation-report.json").read_text())
    return set(_findings(report))


def _findings(report: Json) -> Iterator[tuple[str, str]]:
    for plugin in report["pluginReports"]:
        for violation in plugin["violations"]:
            if violation["ruleName"] == SAME_NAME:
                continue
            for one in violation.get("violatingConstructs", ()):
                yield str(one.get("constructPath", "")).split("/")[-1], violation["ruleName"]
