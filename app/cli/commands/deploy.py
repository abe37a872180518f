"""`outcrop deploy`: look at the account, ask, make the stack or bring it up to date.

doctor --aws ── a failure ends it here; nothing was created
      └──────── cdk deploy ── resource by resource ── the stack's outputs
"""

import time
from dataclasses import asdict
from typing import Annotated

import typer

from app.cli import screen
from app.cli.confirm import confirm
from app.cli.context import STACK, ContextOption, NameOption, choices, context
from app.cli.findings import Finding, show
from app.errors import OperatorError

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Go on without asking.")]

NEXT = """\

Try next:

  outcrop ingest docs --stack {name}
  outcrop ask "What survives kill -9?" --stack {name}"""
STOPPED = (
    "\nCloudFormation goes on with what it has begun; `outcrop deploy` again shows how it ended."
)


def deploy(
    stack: NameOption = STACK,
    pairs: ContextOption = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Make the stack in AWS, or bring it up to date. The account is looked at first."""
    from app.cli import cdk
    from app.cli.account import examine
    from app.cli.progress import follow
    from app.cli.stack import deployed

    chosen = context(pairs)
    cdk.installed()
    with screen.waiting("looking at the account"):
        findings = list(examine(choices(chosen)))
    if not as_json:
        show(findings)
    _stop_where_wrong(findings)
    confirm(f"Deploy {stack} there?", yes=yes)
    began = time.monotonic()
    words = ("--require-approval", "never", "--progress", "events")
    try:
        told = follow(cdk.run("deploy", stack, chosen, *words), f"Deploying {stack}", quiet=as_json)
    except KeyboardInterrupt:
        screen.err.print(STOPPED)
        raise
    outputs = dict(deployed(stack).outputs)
    changed = len({event.name for event in told if event.finished})
    if as_json:
        seconds = round(time.monotonic() - began, 1)
        looked = [asdict(finding) for finding in findings]
        screen.show_json(
            {"stack": stack, "changed": changed, "seconds": seconds, "outputs": outputs}
            | {"findings": looked}
        )
        return
    screen.out.print(f"\n{stack} is deployed, {changed} resources changed.\n")
    screen.table(("output", "value"), sorted(outputs.items()))
    screen.out.print(NEXT.format(name=stack), markup=False)


def _stop_where_wrong(findings: list[Finding]) -> None:
    wrong = [finding for finding in findings if finding.well is False]
    if wrong:
        reasons = "; ".join(f"{finding.check}: {finding.found}" for finding in wrong)
        mends = " ".join(finding.mend for finding in wrong if finding.mend)
        raise OperatorError(f"Nothing was deployed. {reasons}. {mends}".strip())
