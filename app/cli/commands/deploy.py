"""`outcrop deploy`: check the account, ask, make the stack or update it.

doctor --aws ── a failure ends the command; nothing was created
      └──────── the page is built ── a change set ── allowed? ── execution ── outputs, the link
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

PAGE = """\

The page, for everyone who has an account: {url}"""


def deploy(
    stack: NameOption = STACK,
    pairs: ContextOption = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also if something that holds data is deleted.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Make the stack in AWS, or update it. The account is checked first."""
    from app.aws import operator
    from app.cli.progress import follow
    from app.deploy.account import examine
    from app.deploy.stack import cdk, deployment, page
    from app.deploy.stack.changeset import ChangeSet, count_changes
    from app.deploy.stack.description import SECONDS, describe_complete

    stack_context = context(pairs)
    cdk.executable_path()
    with screen.waiting("looking at the account"):
        findings = list(examine(choices(stack_context)))
    if not as_json:
        show(findings)
    try:
        deployment.require_ready(findings)
    except OperatorError:
        if as_json:
            screen.show_json({"stack": stack, "findings": _as_json(findings)})
        raise
    with screen.waiting("building the page"):
        page.build(stack_context)
    change_set = ChangeSet(operator(SECONDS), stack)
    with change_set.deleted_on_failure():
        with screen.waiting("comparing"):
            changes = deployment.prepare(change_set, stack, stack_context, replace=replace)
        confirm(f"Deploy {stack} there ({count_changes(changes) or 'nothing to change'})?", yes=yes)
    began = time.monotonic()
    activities: list[Activity] = []
    if changes:
        lines = deployment.execute(change_set, stack)
        activities = follow(lines, f"Deploying {stack}", quiet=as_json)
    else:
        change_set.delete()
    report = {
        "stack": stack,
        "changed": len({event.name for event in activities if event.finished}),
        "seconds": round(time.monotonic() - began, 1),
        "outputs": dict(describe_complete(stack).outputs),
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
    if page := report["outputs"].get("PageUrl"):
        screen.out.print(PAGE.format(url=page), soft_wrap=True)


def _as_json(findings: list[Finding]) -> list[Json]:
    return [asdict(finding) for finding in findings]
