"""`outcrop diff`: what deploying would change."""

from dataclasses import asdict

from app.cli import screen
from app.cli.context import STACK, AsJson, ContextOption, NameOption, context


def diff(stack: NameOption = STACK, pairs: ContextOption = None, as_json: AsJson = False) -> None:
    """Show what deploying would change in the account. Nothing is changed."""
    from app.cli import cdk
    from app.cli.changes import changes

    chosen = context(pairs)
    with screen.waiting("comparing"):
        lines = list(cdk.run("diff", stack, chosen))
    if as_json:
        told = [asdict(change) for change in changes(lines)]
        screen.show_json({"stack": stack, "changes": told, "text": "\n".join(lines)})
    else:
        screen.out.print("\n".join(lines).strip(), soft_wrap=True)
