"""Asking before something is changed that costs, or cannot be undone."""

import sys

import typer

from app.errors import OperatorError


def confirm(question: str, *, yes: bool) -> None:
    """Go on, or end with exit code 1.

    Raises:
        OperatorError: there is nobody to ask.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise OperatorError("This asks before it goes on, and there is no terminal: add --yes.")
    typer.confirm(question, abort=True, err=True)
