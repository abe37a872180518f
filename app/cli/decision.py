"""A person decides at the terminal on a call that waits to be confirmed, or is told how to decide
later.
"""

import shlex
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Literal

import typer

from app.cli import screen
from app.cli.terminal_text import visible_line
from app.cli.tool_lines import argument_lines

Decision = Literal["confirm", "deny"]


def decision_on(call: Mapping[str, Any], stack: str | None) -> Decision | None:
    """Show a call that waits, and ask whether it is made; only y and yes confirm it.

    Args:
        call: the data of its `data-confirm`.

    Returns:
        None if there is no terminal, or if the person leaves the question open with Ctrl-C or
        Ctrl-D: then the commands that decide later are shown.
    """
    _show(call)
    if sys.stdin.isatty() and screen.err.is_terminal:
        _forget_input()
        try:
            return "confirm" if typer.confirm("Confirm it?", err=True) else "deny"
        except typer.Abort:
            screen.err.print()
    show_commands(call["confirmation"], stack)
    return None


def show_waiting(call: Mapping[str, Any], stack: str | None) -> None:
    """Show a call that waits, and the commands that decide on it."""
    _show(call)
    show_commands(call["confirmation"], stack)


def show_commands(confirmation: str, stack: str | None) -> None:
    """Show the commands that confirm a call and that deny it."""
    for verb in ("confirm", "deny"):
        line = f"To {verb} it: {command_of(confirmation, verb, stack)}"
        screen.err.print(line, style="dim", soft_wrap=True)


def command_of(confirmation: str, verb: str, stack: str | None) -> str:
    """The command of a decision.

    >>> command_of("c.0.ab", "deny", "Outcrop")
    'outcrop agent --stack Outcrop --deny c.0.ab'
    """
    words = ["outcrop", "agent", *(("--stack", stack) if stack else ()), f"--{verb}", confirmation]
    return visible_line(shlex.join(words))


def _show(call: Mapping[str, Any]) -> None:
    until = call["expires"][:16].replace("T", " ")
    name = visible_line(call["tool"])
    screen.err.print(f"{name} waits to be confirmed, until {until} UTC:", soft_wrap=True)
    for line in argument_lines(call["arguments"]):
        screen.err.print(f"  {line}", style="bold", soft_wrap=True)


def _forget_input() -> None:
    """What was typed before the question was there does not answer it."""
    with suppress(ImportError, OSError):
        import termios

        with suppress(termios.error):
            termios.tcflush(sys.stdin, termios.TCIFLUSH)
