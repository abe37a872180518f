"""What CloudFormation does, resource by resource, as a person follows it."""

from collections.abc import Iterable

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from app.cli import screen
from app.cli.cdk import Activity, activity

MOST_NAMED = 3  # resources under way, beside the bar


def follow(lines: Iterable[str], label: str, *, quiet: bool) -> list[Activity]:
    """Show a line for each resource that is finished or has failed, and on a terminal a bar under
    them with what is under way. All activity is returned.
    """
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=screen.err,
        disable=quiet or not screen.err.is_terminal,
    )
    told: list[Activity] = []
    under_way: dict[str, None] = {}
    with bar:
        task = bar.add_task(label, total=None)
        for event in filter(None, map(activity, lines)):
            told.append(event)
            if event.finished or event.failed:
                under_way.pop(event.name, None)
                if not quiet:
                    bar.console.print(_line(event), soft_wrap=True)
            else:
                under_way[event.name] = None
            names = ", ".join(list(under_way)[:MOST_NAMED])
            bar.update(
                task,
                completed=event.done,
                total=event.total,
                description=f"{label}: {names}" if names else label,
            )
    return told


def _line(event: Activity) -> Text:
    style = "red" if event.failed else "green"
    line = Text.assemble((f"{event.status:<20}", style), f" {event.type}  {event.name}")
    if event.reason:
        line.append(f"  {event.reason}", style="dim")
    return line
