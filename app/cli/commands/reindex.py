"""`outcrop reindex`: move the chunks of the laptop's Knowledge Bases into OpenSearch, or back."""

from typing import Annotated

import typer

from app.cli import screen
from app.cli.options import AsJson
from app.cli.stopping import Stop
from app.settings import LaptopSettings, read


def reindex(
    to: Annotated[
        str,
        typer.Option(
            metavar="URL|embedded", help="The OpenSearch that gets them; or `embedded`, the home."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Move the chunks into OpenSearch, or back; stopped, it goes on when it is called again."""
    from app.deploy.laptop.reindexing import EMBEDDED
    from app.deploy.laptop.reindexing import reindex as steps

    Stop()  # SIGTERM and a closed terminal interrupt it as Ctrl-C does
    settings = read(LaptopSettings)
    counts: dict[str, int] = {}
    left: str | None = None
    with screen.err.bar("documents moved", None, quiet=as_json) as bar:
        for step in steps(settings, to):
            if left := step.get("left"):
                continue
            counts[step["base"]] = step["total"]
            bar(step["done"], total=step["total"], label=f"{step['base']}: documents moved")
    if left is not None:
        screen.err.print(f"The old chunks could not be removed: {left}", soft_wrap=True)
        screen.err.print("The same command, called again, removes them.")
    if as_json:
        screen.show_json({"to": to, "documents": counts})
        return
    if counts:
        number = sum(counts.values())
        screen.out.print(f"{number} documents of {len(counts)} Knowledge Bases moved.")
    else:
        screen.out.print("The chunks are there already.")
    remedy = (
        "Unset OUTCROP_OPENSEARCH_URL"
        if to == EMBEDDED
        else "From now on, set OUTCROP_OPENSEARCH_URL to that address"
    )
    screen.out.print(f"{remedy}: then `outcrop up` finds them there.")
