"""`outcrop doctor`: check this machine, or with `--aws` an account, and print remedies."""

from dataclasses import asdict
from typing import Annotated

import typer

from app.cli import screen
from app.cli.findings import show
from app.cli.options import ContextOption, context
from app.deploy.findings import Finding
from app.deploy.stack.context import choices
from app.settings import LaptopSettings, read


def doctor(
    aws: Annotated[
        bool, typer.Option("--aws", help="Check the AWS account that a stack would go to.")
    ] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Set aside what is damaged in the laptop's home.")
    ] = False,
    pairs: ContextOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check this machine, or an AWS account, and say how to mend what is wrong."""
    if pairs and not aws:
        raise typer.BadParameter("it chooses what a stack is; say --aws with it", param_hint="-c")
    if repair and aws:
        raise typer.BadParameter("it mends a laptop's home; leave out --aws", param_hint="--repair")
    findings = _in_aws(pairs) if aws else _here(repair=repair)
    if as_json:
        screen.show_json({"findings": [asdict(finding) for finding in findings]})
    else:
        show(findings)
    raise typer.Exit(1 if any(finding.well is False for finding in findings) else 0)


def _here(*, repair: bool) -> list[Finding]:
    from app.deploy.laptop import checks  # httpx comes with it

    settings = read(LaptopSettings)
    findings: list[Finding] = []
    if repair:
        with screen.waiting("reading every file of the home"):
            findings += checks.repair(settings.home)
    return [*findings, *checks.examine(settings)]


def _in_aws(pairs: list[str] | None) -> list[Finding]:
    from app.deploy.account import examine  # boto3 comes with it

    with screen.waiting("looking at the account"):
        return list(examine(choices(context(pairs))))
