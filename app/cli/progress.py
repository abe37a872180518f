"""The progress of CloudFormation, resource by resource."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.text import Text

from app.cli import screen
from app.deploy.stack.cdk import Activity, activity

MOST_NAMED = 3  # resources under way whose names are shown beside the bar
INTERRUPTED = "\nCloudFormation goes on with the deployment; `outcrop outputs` shows its progress."


def follow(lines: Iterable[str], label: str, *, quiet: bool) -> list[Activity]:
    """Print a line for each resource that is finished or has failed, and on a terminal a bar below
    with the resources under way. Returns all activities.
    """
    activities: list[Activity] = []
    with screen.err.bar(label, None, quiet=quiet) as bar, _going_on_without_us():
        for event in filter(None, map(activity, lines)):
            activities.append(event)
            if not quiet and (event.finished or event.failed):
                screen.err.print(_line(event), soft_wrap=True)
            names = ", ".join(_under_way(activities)[:MOST_NAMED])
            under = f"{label}: {names}" if names else label
            bar(event.done, total=event.total, label=under)
    return activities


def _under_way(activities: Iterable[Activity]) -> list[str]:
    """The resources whose last activity is neither a success nor a failure."""
    last = {event.name: event for event in activities}
    return [name for name, event in last.items() if not (event.finished or event.failed)]


@contextmanager
def _going_on_without_us() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        screen.err.print(INTERRUPTED)
        raise


def _line(event: Activity) -> Text:
    style = "red" if event.failed else "green"
    line = Text.assemble((f"{event.status:<20}", style), f" {event.type}  {event.name}")
    if event.reason:
        line.append(f"  {event.reason}", style="dim")
    return line
