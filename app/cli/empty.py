"""An empty Knowledge Base, said: then nothing can be found, whatever is asked for."""

from contextlib import suppress

from app.cli import screen
from app.cli.client import Client, Refused

EMPTY = "There are no documents yet: `outcrop ingest PATH` puts some in."


def say_if_empty(client: Client) -> bool:
    """After something was looked for in vain: say so if there are no documents at all."""
    with suppress(Refused):  # what was asked for is answered; this is a remark beside it
        if not client.call("GET", "/documents", params={"limit": 1})["items"]:
            screen.err.print(EMPTY)
            return True
    return False
