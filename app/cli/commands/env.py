"""`outcrop env`: print lines that point a shell's AWS clients at the stand-in, and back."""

import shlex
from collections.abc import Mapping
from typing import Annotated

import typer

from app.cli import screen
from app.deploy import laptop
from app.deploy.endpoint import (
    REPLACED,
    former_values,
    misleading_names,
    restoring_changes,
)
from app.errors import OperatorError
from app.settings import LaptopSettings, inherited_environment, read


def env(
    unset: Annotated[
        bool, typer.Option("--unset", help="Give the shell back what it had before.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print exports for the running stand-in: eval "$(outcrop env)". --unset takes them back."""
    environment = inherited_environment()
    if unset:
        _show(restoring_changes(environment), as_json)
        return
    addresses = laptop.running(read(LaptopSettings))
    if addresses is None:
        raise OperatorError("Nothing is running. `outcrop up` starts it; then ask again.")
    variables = addresses.variables()
    if as_json:
        _show(variables, as_json)
        return
    removals = dict.fromkeys(misleading_names(environment))
    _show(variables | {REPLACED: former_values(variables, environment)} | removals, as_json)


def _show(changes: Mapping[str, str | None], as_json: bool) -> None:
    """Print each change as a line for a shell; a value of None unsets the variable."""
    if as_json:
        screen.show_json(dict(changes))
        return
    for name, value in changes.items():
        if value is not None:
            typer.echo(f"export {name}={shlex.quote(value)}")
    if removals := [name for name, value in changes.items() if value is None]:
        typer.echo(f"unset {' '.join(removals)}")
