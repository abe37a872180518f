"""`outcrop deploy`: look at the account, ask, make the stack or bring it up to date.

doctor --aws ── a failure ends it here; nothing was created
      └──────── a change set ── may it be? ── executed, resource by resource ── the stack's outputs
"""

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import screen
from app.cli.client import Json
from app.cli.confirm import confirm
from app.cli.findings import show
from app.cli.options import AsJson, ContextOption, NameOption, Yes, context
from app.deploy.findings import Finding
from app.deploy.stack.context import STACK, choices
from app.errors import OperatorError

if TYPE_CHECKING:
    from app.deploy.stack.cdk import Activity

NEXT = """\

Try next:

  outcrop ingest docs --stack {name}
  outcrop ask "What survives kill -9?" --stack {name}"""


def deploy(
    stack: NameOption = STACK,
    pairs: ContextOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also if something that holds data is deleted.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Make the stack in AWS, or bring it up to date. The account is looked at first."""
    from app.aws import operator
    from app.cli.progress import follow
    from app.deploy.account import examine
    from app.deploy.stack import cdk, deployment
    from app.deploy.stack.changeset import ChangeSet, counted
    from app.deploy.stack.description import SECONDS, deployed

    chosen = context(pairs)
    cdk.installed()
    with screen.waiting("looking at the account"):
        findings = list(examine(choices(chosen)))
    if not as_json:
        show(findings)
    try:
        deployment.require_ready(findings)
    except OperatorError:
        if as_json:
            screen.show_json({"stack": stack, "findings": _as_json(findings)})
        raise
    change_set = ChangeSet(operator(SECONDS), stack)
    with change_set.taken_back():
        with screen.waiting("comparing"):
            planned = deployment.prepare(change_set, stack, chosen, replace=replace)
        confirm(f"Deploy {stack} there ({counted(planned) or 'nothing to change'})?", yes=yes)
    began = time.monotonic()
    activities: list[Activity] = []
    if planned:
        lines = deployment.execute(change_set, stack)
        activities = follow(lines, f"Deploying {stack}", quiet=as_json)
    else:
        change_set.delete()
    report = {
        "stack": stack,
        "changed": len({event.name for event in activities if event.finished}),
        "seconds": round(time.monotonic() - began, 1),
        "outputs": dict(deployed(stack).outputs),
        "findings": _as_json(findings),
    }
    if as_json:
        screen.show_json(report)
    else:
        _show(report)


def _show(report: Json) -> None:
    screen.out.print(f"\n{report['stack']} is deployed, {report['changed']} resources changed.\n")
    screen.table(("output", "value"), sorted(report["outputs"].items()))
    screen.out.print(NEXT.format(name=report["stack"]))


def _as_json(findings: list[Finding]) -> list[Json]:
    return [asdict(finding) for finding in findings]
