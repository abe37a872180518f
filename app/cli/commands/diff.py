"""`outcrop diff`: the changes that a deployment would make."""

from dataclasses import asdict

from app.cli import screen
from app.cli.options import AsJson, ContextOption, NameOption, context
from app.deploy.stack.context import STACK


def diff(stack: NameOption = STACK, pairs: ContextOption = None, as_json: AsJson = False) -> None:
    """Show the changes that a deployment would make. Nothing is changed."""
    from app.deploy.stack import cdk, page
    from app.deploy.stack.changes import changes

    stack_context = context(pairs)
    with screen.waiting("building the page"):
        page.build(stack_context)
    with screen.waiting("comparing"):
        lines = list(cdk.run("diff", stack, stack_context))
    if as_json:
        lines_of_change = [asdict(change) for change in changes(lines)]
        screen.show_json({"stack": stack, "changes": lines_of_change, "text": "\n".join(lines)})
    else:
        screen.out.print("\n".join(lines).strip(), soft_wrap=True)
