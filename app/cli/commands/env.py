"""`outcrop env`: shell lines that point every AWS client of this shell at the stand-in."""

import shlex
from typing import Annotated

import typer

from app.cli import laptop, screen
from app.errors import OperatorError
from app.settings import LaptopSettings, read


def env(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print exports for the running stand-in: eval "$(outcrop env)"."""
    addresses = laptop.running(read(LaptopSettings))
    if addresses is None:
        raise OperatorError("Nothing is running. `outcrop up` starts it; then ask again.")
    variables = laptop.endpoint_variables(addresses.stand_in)
    if as_json:
        screen.show_json(variables)
        return
    for name, value in variables.items():
        typer.echo(f"export {name}={shlex.quote(value)}")
    typer.echo(f"unset {' '.join(laptop.MISLEADING)}")
