"""What a check found, and how it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.text import Text

from app.cli import screen


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Attributes:
        check: what was looked at.
        well: whether it is as it should be; None where that cannot be known from here.
        found: what was found.
        mend: what to do, or what to bear in mind.
    """

    check: str
    well: bool | None
    found: str
    mend: str | None = None


_MARKS = {True: ("ok   ", "green"), False: ("wrong", "red"), None: ("?    ", "yellow")}


def show(findings: Iterable[Finding]) -> None:
    """A line for each, and under it what to do."""
    for finding in findings:
        mark, style = _MARKS[finding.well]
        head = Text.assemble((mark, style), f" {finding.check}: {finding.found}")
        screen.out.print(head, soft_wrap=True)
        if finding.mend:
            screen.out.print(Text(f"      {finding.mend}", style="dim"), soft_wrap=True)
