"""`outcrop outputs`: the outputs of a deployed stack."""

from app.cli import screen
from app.cli.options import AsJson, NameOption
from app.deploy.stack.context import STACK


def outputs(stack: NameOption = STACK, as_json: AsJson = False) -> None:
    """Show a deployed stack's outputs: addresses, ids, names."""
    from app.aws import operator
    from app.deploy.stack.description import SECONDS, describe

    description = describe(operator(SECONDS), stack)
    if as_json:
        screen.show_json(
            {
                "stack": description.name,
                "status": description.status,
                "outputs": description.outputs,
            }
        )
        return
    screen.out.print(f"{description.name} is {description.status}")
    screen.table(("output", "value"), sorted(description.outputs.items()))
