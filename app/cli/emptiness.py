"""The remark that a person reads where a search finds nothing because there are no documents."""

from contextlib import suppress

from app.cli import screen
from app.cli.client import Client, Refused

EMPTY = "There are no documents yet: `outcrop ingest PATH` puts some in."


def say_if_empty(client: Client) -> bool:
    """Tell the person that there are no documents at all, if that is so; whether it was."""
    with suppress(Refused):  # the command itself has succeeded; only this remark is left out
        if not client.call("GET", "/documents", params={"limit": 1})["items"]:
            screen.err.print(EMPTY)
            return True
    return False
