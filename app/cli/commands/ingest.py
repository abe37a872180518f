"""`outcrop ingest`: put documents in, and wait until each is indexed, or it is known why not."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from app.cli import screen
from app.cli.application import StackOption, application
from app.cli.client import Client, Json, Refused
from app.cli.names import id_of, supported
from app.cli.sidecar import ENDING, BadSidecar, attributes
from app.cli.visible import visible_line

# What a document is while something is still to be done with it.
UNDER_WAY = {"UPLOADED", "STARTING", "PENDING", "IN_PROGRESS", "DELETING", "DELETE_IN_PROGRESS"}
INDEXED = {"INDEXED", "IGNORED"}  # ignored: it was indexed already, just as it is
POLL_SECONDS, LONGEST_POLL_SECONDS = 0.1, 2
PATIENCE_SECONDS = 600  # for one document


@dataclass(frozen=True, slots=True)
class File:
    """A file, and the name that it has as a document."""

    path: Path
    name: str


def ingest(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Files and folders.")],
    stack: StackOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Put documents in, and wait until they are indexed. Of a folder, all files that can be read.

    A document that is there already under the same name is replaced. A file DOCUMENT.metadata.json
    beside a document holds its attributes, as Bedrock has it.
    """
    files = [file for path in paths for file in found(path)]
    if not files:
        types = ", ".join(supported())
        raise typer.BadParameter(f"there is no file of a type that is read: {types}")
    with application(stack) as client:
        documents = put(client, files, "Reading " + ", ".join(map(str, paths)), quiet=as_json)
    failed = [document for document in documents if document["status"] not in INDEXED]
    left = [str(file) for path in paths for file in left_out(path)]
    if as_json:
        counts = {"indexed": len(documents) - len(failed), "failed": len(failed)}
        screen.show_json({**counts, "documents": documents, "leftOut": left})
    else:
        report(documents, failed)
        for file in left:
            line = f"left out {visible_line(file)}: not of a type that is read"
            screen.err.print(line, soft_wrap=True)
    raise typer.Exit(1 if failed else 0)


def found(path: Path) -> Iterator[File]:
    """The files to take: the path itself, or what of its folder is of a type that is read.

    Hidden files are left out. A folder's name is part of its documents' names.
    """
    if path.is_file():
        yield File(path, path.name)
        return
    root = path.resolve()
    for file in _visible(root):
        if file.suffix.lower() in supported():
            yield File(file, str(root.name / file.relative_to(root)))


def left_out(path: Path) -> Iterator[Path]:
    """What else is in a folder, but for the attributes of documents."""
    for file in _visible(path.resolve()):
        if file.suffix.lower() not in supported() and not file.name.endswith(ENDING):
            yield file


def _visible(root: Path) -> Iterator[Path]:
    for file in sorted(root.rglob("*")):
        if file.is_file() and not any(part[0] == "." for part in file.relative_to(root).parts):
            yield file


def put(client: Client, files: Sequence[File], label: str, *, quiet: bool) -> list[Json]:
    """Upload all, wait, and say what became of each."""
    before = {file.name: _document(client, file.name).get("updated") for file in files}
    documents = []
    with screen.progress(label, len(files), quiet=quiet) as advance:
        refused = {file.name: _upload(client, file) for file in files}
        for file in files:
            documents.append(refused[file.name] or _settled(client, file.name, before[file.name]))
            advance(len(documents))
    return documents


def report(documents: Sequence[Json], failed: Sequence[Json]) -> None:
    """What was indexed, and for every document that was not, why."""
    for document in failed:
        reason = document.get("reason") or document["status"]
        line = Text.assemble(("not indexed", "red"), f" {visible_line(document['name'])}: {reason}")
        screen.err.print(line, soft_wrap=True)
    indexed = len(documents) - len(failed)
    screen.err.print(f"{indexed} of {len(documents)} documents indexed")


def _upload(client: Client, file: File) -> Json | None:
    """Put one file into the bucket; what the refusal said, if it was refused."""
    try:
        asked = {"name": file.name, "metadata": attributes(file.path)}
        client.upload(client.call("POST", "/documents", json=asked), file.path)
    except (Refused, BadSidecar) as error:
        return {"name": file.name, "status": "REFUSED", "reason": str(error)}
    return None


def _settled(client: Client, name: str, before: str | None) -> Json:
    """The document, once the Knowledge Base has dealt with what was uploaded."""
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, POLL_SECONDS
    while time.monotonic() < deadline:
        document = _document(client, name)
        if document.get("updated") != before and document["status"] not in UNDER_WAY:
            return document
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_POLL_SECONDS)
    reason = f"not dealt with in {PATIENCE_SECONDS} s; `outcrop docs show` says how far it is"
    return {"name": name, "status": "PENDING", "reason": reason}


def _document(client: Client, name: str) -> Json:
    try:
        return client.call("GET", f"/documents/{id_of(name)}")
    except Refused as error:
        if error.problem.get("status") == 404:
            return {"name": name, "status": "UPLOADED"}
        raise
