"""The question before a command costs money, or does something that cannot be undone."""

import sys

import typer

from app.errors import OperatorError


def confirm(question: str, *, yes: bool) -> None:
    """Ask a yes-or-no question. Return on yes, end the command with exit code 1 on no.

    Raises:
        OperatorError: standard input is no terminal, and `yes` is not set.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise OperatorError(
            "This command asks before it goes on, and there is no terminal: add --yes."
        )
    typer.confirm(question, abort=True, err=True)
