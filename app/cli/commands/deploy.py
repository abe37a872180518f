"""`outcrop deploy`: look at the account, ask, make the stack or bring it up to date.

doctor --aws ── a failure ends it here; nothing was created
      └──────── a change set ── may it be? ── executed, resource by resource ── the stack's outputs
"""

import time
from collections.abc import Mapping
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
from app.errors import Conflict, OperatorError

if TYPE_CHECKING:
    from app.deploy.stack.cdk import Activity
    from app.deploy.stack.changeset import ChangeSet, Planned

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
    from app.deploy.account import examine
    from app.deploy.stack import cdk
    from app.deploy.stack.changeset import ChangeSet, counted
    from app.deploy.stack.description import SECONDS, deployed

    chosen = context(pairs)
    cdk.installed()
    with screen.waiting("looking at the account"):
        findings = list(examine(choices(chosen)))
    if not as_json:
        show(findings)
    if wrong := [finding.check for finding in findings if finding.well is False]:
        if as_json:
            screen.show_json({"stack": stack, "findings": _as_json(findings)})
        raise OperatorError(f"Nothing was deployed: not as it should be: {', '.join(wrong)}.")
    change_set = ChangeSet(operator(SECONDS), stack)
    with change_set.taken_back():
        planned = _prepared(change_set, stack, chosen)
        if (lost := [change for change in planned if change.loses_data]) and not replace:
            raise Conflict(
                f"Nothing was deployed: {'; '.join(map(str, lost))}, with all that is in there. "
                "Is this with the same -c as the last time? If it is meant, add --replace."
            )
        confirm(f"Deploy {stack} there ({counted(planned) or 'nothing to change'})?", yes=yes)
    began = time.monotonic()
    told = _executed(change_set, stack, quiet=as_json) if planned else []
    if not planned:
        change_set.delete()
    report = {
        "stack": stack,
        "changed": len({event.name for event in told if event.finished}),
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


def _prepared(change_set: "ChangeSet", stack: str, chosen: Mapping[str, str]) -> list["Planned"]:
    """Let CloudFormation work out what would change. Nothing of the stack is changed by it."""
    from app.deploy.stack import cdk

    method = ("--method", "prepare-change-set", "--change-set-name", change_set.name)
    with screen.waiting("comparing"):
        for _ in cdk.run("deploy", stack, chosen, *method, "--require-approval", "never"):
            pass
        return change_set.planned()


def _executed(change_set: "ChangeSet", stack: str, *, quiet: bool) -> list["Activity"]:
    """Do what was looked at."""
    from app.cli.progress import follow
    from app.deploy.stack import cdk

    method = ("--method", "execute-change-set", "--change-set-name", change_set.name)
    words = ("--app", cdk.ASSEMBLY, "--require-approval", "never", "--progress", "events")
    lines = cdk.run("deploy", stack, {}, *words, *method)
    return follow(lines, f"Deploying {stack}", quiet=quiet)


def _as_json(findings: list[Finding]) -> list[Json]:
    return [asdict(finding) for finding in findings]
