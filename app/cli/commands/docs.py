"""`outcrop docs`: what is there, and what became of it."""

import time
from typing import Annotated

import typer

from app.cli import screen
from app.cli.application import StackOption, application
from app.cli.client import Client, Json, Refused
from app.cli.names import id_of
from app.cli.visible import visible_line

docs = typer.Typer(help="List, show and remove documents.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The document's name, as `docs ls` shows it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

GONE_SECONDS = 300


@docs.command("ls")
def listing(stack: StackOption = None, as_json: AsJson = False) -> None:
    """List the documents, by name."""
    with application(stack) as client:
        documents = list(client.pages("/documents"))
    if as_json:
        screen.show_json({"items": documents})
        return
    rows = [(document["name"], _size(document), _status(document)) for document in documents]
    screen.table(("name", "size", "status"), rows)
    if not documents:
        screen.err.print("There are no documents yet: `outcrop ingest PATH` puts some in.")


@docs.command("show")
def find(name: Name, stack: StackOption = None, as_json: AsJson = False) -> None:
    """Show one document: where it lies, and what became of it."""
    with application(stack) as client:
        document = client.call("GET", f"/documents/{id_of(name)}")
    if as_json:
        screen.show_json(document)
    else:
        screen.table(("", ""), [(key, str(value)) for key, value in document.items() if value])


@docs.command("rm")
def remove(name: Name, stack: StackOption = None, as_json: AsJson = False) -> None:
    """Remove a document, and wait until nothing of it can be found."""
    with application(stack) as client:
        path = f"/documents/{id_of(name)}"
        document = client.call("DELETE", path)
        with screen.waiting(f"removing {name}"):
            _until_gone(client, path)
    if as_json:
        screen.show_json(document | {"status": "DELETED"})
    else:
        screen.out.print(f"{visible_line(name)} is gone: no search finds it.")


def _until_gone(client: Client, path: str) -> None:
    deadline = time.monotonic() + GONE_SECONDS
    while time.monotonic() < deadline:
        try:
            client.call("GET", path)
        except Refused as error:
            if error.problem.get("status") == 404:
                return
            raise
        time.sleep(0.2)
    detail = f"It is still being deleted after {GONE_SECONDS} s; `outcrop docs show` says how far."
    raise Refused({"title": "The document is not gone yet", "detail": detail})


def _status(document: Json) -> str:
    reason = document.get("reason")
    return f"{document['status']}: {reason}" if reason else str(document["status"])


def _size(document: Json) -> str:
    """A document's size, as a person reads it.

    >>> _size({"size": 1536})
    '1.5 kB'
    """
    size = float(document["size"] or 0)
    for unit in ("B", "kB", "MB"):
        if size < 1024 or unit == "MB":
            break
        size /= 1024
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
