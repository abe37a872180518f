"""`outcrop diff`: what deploying would change."""

from dataclasses import asdict

from app.cli import screen
from app.cli.options import AsJson, ContextOption, NameOption, context
from app.deploy.stack.context import STACK


def diff(stack: NameOption = STACK, pairs: ContextOption = None, as_json: AsJson = False) -> None:
    """Show what deploying would change in the account. Nothing is changed."""
    from app.deploy.stack import cdk
    from app.deploy.stack.changes import changes

    chosen = context(pairs)
    with screen.waiting("comparing"):
        lines = list(cdk.run("diff", stack, chosen))
    if as_json:
        lines_of_change = [asdict(change) for change in changes(lines)]
        screen.show_json({"stack": stack, "changes": lines_of_change, "text": "\n".join(lines)})
    else:
        screen.out.print("\n".join(lines).strip(), soft_wrap=True)
