"""Prints the findings of checks."""

from collections.abc import Iterable

from rich.text import Text

from app.cli import screen
from app.deploy.findings import Finding

_MARKS = {True: ("ok   ", "green"), False: ("wrong", "red"), None: ("?    ", "yellow")}


def show(findings: Iterable[Finding]) -> None:
    """Print a line for each finding, and its remedy below it."""
    for finding in findings:
        mark, style = _MARKS[finding.well]
        head = Text.assemble((mark, style), f" {finding.check}: {finding.found}")
        screen.out.print(head, soft_wrap=True)
        if finding.mend:
            screen.out.print(Text(f"      {finding.mend}", style="dim"), soft_wrap=True)
