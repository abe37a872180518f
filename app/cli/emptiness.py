"""The remark that there are no documents, where a search finds nothing."""

from contextlib import suppress

from app.cli import screen
from app.cli.client import Client, Refused

EMPTY = "There are no documents yet: `outcrop ingest PATH` uploads some."


def say_if_empty(client: Client) -> bool:
    """If there are no documents at all, say so; whether that is the case."""
    with suppress(Refused):  # the command itself has succeeded, so only the remark is left out
        if not client.call("GET", "/documents", params={"limit": 1})["items"]:
            screen.err.print(EMPTY)
            return True
    return False
