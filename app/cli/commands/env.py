"""`outcrop env`: print lines that point a shell's AWS clients at the stand-in, and back."""

import shlex
from collections.abc import Mapping
from pathlib import Path
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
    home: Annotated[
        Path | None, typer.Option(help="That of an `outcrop local`; by default OUTCROP_HOME.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print exports for the running stand-in: eval "$(outcrop env)". --unset takes them back.

    AWS CLI version 1 reads no such variable for SQS, and would send its requests to AWS: there,
    add --endpoint-url "$AWS_ENDPOINT_URL" to each `aws sqs` command. Version 2 needs no option.
    """
    environment = inherited_environment()
    if unset:
        _show(restoring_changes(environment), as_json)
        return
    settings = read(LaptopSettings)
    addresses = laptop.running(
        settings.model_copy(update={"home": home.absolute()}) if home else settings
    )
    if addresses is None:
        raise OperatorError(
            "Nothing is running. `outcrop up` or `outcrop local` starts it; then ask again."
        )
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
