"""`outcrop docs`: list, show and delete documents, with their status."""

import time
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Annotated

import typer

from app.cli import screen
from app.cli.application import StackOption, application
from app.cli.client import Client, Json, Refused
from app.cli.confirm import confirm
from app.cli.emptiness import EMPTY
from app.cli.names import id_of
from app.cli.terminal_text import visible_line

docs = typer.Typer(help="List, show and delete documents.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The document's name, as `docs ls` shows it.")]
Names = Annotated[
    list[str],
    typer.Argument(help="Names, as `docs ls` shows them, or patterns: * stands for any, also /."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

GONE_SECONDS = 300
PAGE = 100  # documents in one call: the most that the API allows
WILDCARDS = frozenset("*?[")


@docs.command("ls")
def listing(stack: StackOption = None, as_json: AsJson = False) -> None:
    """List the documents, by name."""
    with application(stack) as client:
        more = {"attributes": True} if as_json else {}
        documents = list(client.pages("/documents", limit=PAGE, **more))
    if as_json:
        screen.show_json({"items": documents})
        return
    if not documents:
        screen.err.print(EMPTY)
        return
    rows = [(document["name"], _size(document), _status(document)) for document in documents]
    screen.table(("name", "size", "status"), rows)


@docs.command("show")
def find(name: Name, stack: StackOption = None, as_json: AsJson = False) -> None:
    """Show one document: its address and its status."""
    with application(stack) as client:
        params = {"attributes": True}
        document = client.call("GET", f"/documents/{id_of(name)}", params=params)
    if as_json:
        screen.show_json(document)
    else:
        screen.table(("", ""), [(key, _value(value)) for key, value in document.items() if value])


@docs.command("rm")
def remove(
    names: Names,
    stack: StackOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete documents, and wait until no search finds them.

    On a terminal, it shows the documents that a pattern matches, and asks before it deletes them.
    """
    with application(stack) as client:
        matches = _matching(client, names)
        if set(matches) != set(names):
            _ask(matches, yes=yes)
        documents = [client.call("DELETE", f"/documents/{id_of(name)}") for name in matches]
        for document in documents:
            with screen.waiting(f"removing {len(documents)} documents"):
                _until_gone(client, f"/documents/{document['id']}")
            if not as_json:
                screen.out.print(f"{visible_line(document['name'])} is gone: no search finds it.")
    if as_json:
        items = [document | {"status": "DELETED"} for document in documents]
        screen.show_json(items[0] if [*names] == matches[:1] else {"items": items})


def _matching(client: Client, names: Sequence[str]) -> list[str]:
    """The names of the documents that `names` match. A name with a wildcard matches the document of
    exactly that name, if there is one, and no other.

    Raises:
        Refused: a pattern matches no document.
    """
    if not any(map(_is_pattern, names)):
        return list(dict.fromkeys(names))
    existing = [document["name"] for document in client.pages("/documents", limit=PAGE)]
    matches: dict[str, None] = {}
    for name in names:
        if name in existing or not _is_pattern(name):
            matches[name] = None
            continue
        group = [other for other in existing if fnmatchcase(other, name)]
        if not group:
            detail = f"No document's name matches {name!r}; `outcrop docs ls` shows them."
            raise Refused({"title": "Not found", "detail": detail, "status": 404})
        matches |= dict.fromkeys(group)
    return list(matches)


def _is_pattern(name: str) -> bool:
    return not WILDCARDS.isdisjoint(name)


def _ask(names: Iterable[str], *, yes: bool) -> None:
    """Show the documents that a pattern matches to a person on a terminal, and ask."""
    names = list(names)
    if yes or not screen.err.is_terminal:
        return
    for name in names:
        screen.err.print(visible_line(name), soft_wrap=True)
    confirm(f"Remove these {len(names)} documents?", yes=False)


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


def _value(value: object) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


def _status(document: Json) -> str:
    notes = [document["reason"]] if document["reason"] else document["warnings"]
    return ": ".join([document["status"], " ".join(notes)]) if notes else str(document["status"])


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
