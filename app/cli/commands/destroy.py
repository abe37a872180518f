"""`outcrop destroy`: show what will be deleted and what will stay, ask, delete the stack."""

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import screen
from app.cli.confirm import confirm
from app.cli.options import AsJson, ContextOption, NameOption, Yes, context
from app.deploy.stack.context import STACK

if TYPE_CHECKING:
    from app.deploy.stack.removal import Plan


def destroy(
    stack: NameOption = STACK,
    pairs: ContextOption = None,
    empty: Annotated[
        bool, typer.Option("--empty", help="Delete what is in its buckets first.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Delete the stack with its contents, after showing what will be deleted and what will stay."""
    from app.aws import operator
    from app.cli.progress import follow
    from app.deploy.stack import cdk, removal
    from app.deploy.stack.description import SECONDS

    stack_context = context(pairs)
    cdk.executable_path()
    aws = operator(SECONDS)
    with screen.waiting("looking at the stack"):
        plan = removal.plan(aws, stack)
    if not as_json:
        _show(plan)
    plan.require_empty_buckets(unless=empty)
    confirm(f"Delete {stack}? This cannot be undone.", yes=yes)
    for bucket in plan.full:
        with screen.waiting(f"emptying {bucket}"):
            removal.empty(aws, bucket)
    lines = cdk.run("destroy", stack, stack_context, "--force")
    follow(lines, f"Deleting {stack}", quiet=as_json)
    if as_json:
        names = {
            "deleted": [one.physical_id for one in plan.goes],
            "stays": [one.physical_id for one in plan.stays],
        }
        screen.show_json({"stack": stack, **names})
    else:
        screen.out.print(f"\n{stack} is deleted.")


def _show(plan: "Plan") -> None:
    """Print the resources that hold data by name, and the number of all others."""
    screen.out.print("This goes:")
    holding = [one for one in plan.goes if one.holds_data]
    for one in holding:
        full = f", {plan.full[one.physical_id]}" if one.physical_id in plan.full else ""
        screen.out.print(f"  {one.type}  {one.physical_id}{full}", soft_wrap=True)
    others = Counter(one.type.split("::")[1] for one in plan.goes if not one.holds_data)
    counts = ", ".join(f"{count} of {service}" for service, count in others.most_common())
    screen.out.print(f"  and what serves them: {counts or 'nothing'}")
    screen.out.print("This stays, and may cost:" if plan.stays else "Nothing stays.")
    for one in plan.stays:
        screen.out.print(f"  {one.type}  {one.physical_id}", soft_wrap=True)
