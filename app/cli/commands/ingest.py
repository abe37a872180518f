"""`outcrop ingest`: upload documents, and wait until each of them is indexed or has failed."""

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from app.cli import screen
from app.cli.application import StackOption, application
from app.cli.charsets import BadCharset, codec, in_utf_8
from app.cli.client import Client, Json, Refused
from app.cli.files import BadSelection, File, Selection, select
from app.cli.names import id_of, supported_types
from app.cli.sidecar import BadSidecar, attributes
from app.cli.terminal_text import visible_line
from app.resources import LARGEST_DOCUMENT

# The statuses of a document whose ingestion or deletion is under way.
UNDER_WAY = {"UPLOADED", "STARTING", "PENDING", "IN_PROGRESS", "DELETING", "DELETE_IN_PROGRESS"}
INDEXED = {"INDEXED", "IGNORED"}  # IGNORED: the same content is indexed already
NEW, REPLACED, UNCHANGED = "new", "replaced", "unchanged"
POLL_SECONDS, LONGEST_POLL_SECONDS = 0.1, 2
PATIENCE_SECONDS = 600  # for one document
MEGABYTE = 2**20
MOST_POLLS = 10  # documents that are polled at a time
MOST_SHOWN = 2  # documents under way that the progress bar names
MOST_NAMES = 20  # of replaced documents that are listed by name
MOST_REASONS = 3  # of left-out paths that are named where nothing is left to upload


def ingest(
    paths: Annotated[list[Path], typer.Argument(exists=True, help="Files and folders.")],
    prefix: Annotated[
        str, typer.Option("--prefix", metavar="FOLDER", help="Goes before the documents' names.")
    ] = "",
    charset: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The encoding of text files that are not in UTF-8."),
    ] = None,
    take_all: Annotated[
        bool, typer.Option("--all", help="Take files that programs write for themselves, too.")
    ] = False,
    stack: StackOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Upload documents, and wait until they are indexed. Of a folder, all files of supported types.

    A document's name is the path as it is typed; of a path outside of this folder, such as /x/docs
    or ../docs, the last part only. A document of the same name is replaced, unless it has the same
    content. A file DOCUMENT.metadata.json beside a document has its attributes, in Bedrock's
    format. Files that a .outcropignore in their folder names, in the syntax of .gitignore, are left
    out. So are files that programs write for themselves, such as package-lock.json and the folder
    node_modules, unless it says !package-lock.json.
    """
    types = supported_types(in_aws=stack is not None)
    try:
        codec(charset or "utf-8")
    except LookupError:
        raise typer.BadParameter(
            f"{charset} is no encoding; examples are windows-1250, shift_jis and koi8-r",
            param_hint="--charset",
        ) from None
    try:
        selection = select(paths, types, prefix, with_machine_files=take_all)
    except BadSelection as error:
        raise typer.BadParameter(str(error)) from None
    if not selection.files:
        raise typer.BadParameter(_why_none(selection, types))
    left_out = [(str(path), reason) for path, reason in selection.left_out]
    files, refusals = _readable(selection.files, types)
    with application(stack) as client:
        label = "Reading " + ", ".join(map(str, paths))
        documents = refusals + put(client, files, label, quiet=as_json, charset=charset)
    failures = [document for document in documents if document["status"] not in INDEXED]
    if as_json:
        ignored_paths = [path for path, _ in left_out]
        screen.show_json({**_counts(documents), "documents": documents, "leftOut": ignored_paths})
    else:
        report(documents, failures)
        for path, reason in left_out:
            screen.err.print(f"left out {visible_line(path)}: {reason}", soft_wrap=True)
    raise typer.Exit(1 if failures else 0)


def _why_none(selection: Selection, types: Sequence[str]) -> str:
    """The reason why there is nothing to upload, with the first paths that were left out."""
    reasons = [f"{visible_line(str(path))}: {reason}" for path, reason in selection.left_out]
    if more := len(reasons[MOST_REASONS:]):
        reasons[MOST_REASONS:] = [f"and {more} more"]
    left_out = f" Left out: {'; '.join(reasons)}." if reasons else ""
    return f"there is no file to upload. These types are read: {', '.join(types)}.{left_out}"


def _readable(files: Sequence[File], types: Sequence[str]) -> tuple[list[File], list[Json]]:
    """The files to upload, and the refusals of those that are only read on the laptop. Of any other
    type, the application itself says that it is not supported.
    """
    only_laptop = set(supported_types()).difference(types)
    refusals = [
        {
            "name": visible_line(file.name),
            "status": "REFUSED",
            "reason": f"Bedrock does not read files of type {file.path.suffix.lower()}; Outcrop "
            "reads them on the laptop only",
        }
        for file in files
        if file.path.suffix.lower() in only_laptop
    ]
    return [file for file in files if file.path.suffix.lower() not in only_laptop], refusals


def put(
    client: Client,
    files: Sequence[File],
    label: str,
    *,
    quiet: bool,
    charset: str | None = None,
) -> list[Json]:
    """Upload files and wait until each is indexed or has failed. Return each document with its
    `status`, and unless it was refused, its `change`: new, replaced or unchanged.

    On a terminal, the bar counts the documents that are done and names the next ones under way,
    each with its status: one that takes long does not hold up the count.
    """
    documents: list[Json] = []
    with screen.progress(label, len(files), quiet=quiet) as advance:
        for file in files:
            advance(0, label=f"{label}: uploading {file.name}")
            documents.append(_upload(client, file, charset))
        waiting = {
            place: _Wait(document)
            for place, document in enumerate(documents)
            if document["status"] in UNDER_WAY
        }
        pause = POLL_SECONDS
        while True:
            under_way = ", ".join(str(wait) for wait in islice(waiting.values(), MOST_SHOWN))
            shown = f"{label}: {under_way}" if under_way else label
            advance(len(documents) - len(waiting), label=shown)
            if not waiting:
                return documents
            final = {
                place: document
                for place, wait in islice(waiting.items(), MOST_POLLS)
                if (document := wait.poll(client))
            }
            for place, document in final.items():
                documents[place] |= document
                del waiting[place]
            if waiting and not final:
                time.sleep(pause)
            pause = POLL_SECONDS if final else min(pause * 1.5, LONGEST_POLL_SECONDS)


def report(documents: Sequence[Json], failures: Sequence[Json]) -> None:
    """Print the number of indexed documents, the replaced ones, the warnings, and why others are
    not indexed.
    """
    replacements = [one["name"] for one in documents if one.get("change") == REPLACED]
    for name in replacements[:MOST_NAMES]:
        screen.err.print(f"replaced {visible_line(name)}", soft_wrap=True)
    if more := replacements[MOST_NAMES:]:
        screen.err.print(f"replaced {len(more)} more")
    for document in failures:
        reason = document.get("reason") or document["status"]
        screen.err.print(
            Text.assemble(("not indexed", "red"), f" {visible_line(document['name'])}: {reason}"),
            soft_wrap=True,
        )
    with_warnings = [document for document in documents if document.get("warnings")]
    for document in with_warnings:
        for warning in document["warnings"]:
            screen.err.print(
                Text.assemble(
                    ("warning", "yellow"), f" {visible_line(document['name'])}: {warning}"
                ),
                soft_wrap=True,
            )
    counts = _counts(documents)
    notes = [f"{counts[change]} {change}" for change in (REPLACED, UNCHANGED) if counts[change]]
    notes += [f"{len(with_warnings)} with warnings"] if with_warnings else []
    line = f"{counts['indexed']} of {len(documents)} documents indexed"
    screen.err.print(", ".join([line, *notes]))


def _counts(documents: Iterable[Json]) -> dict[str, int]:
    changes = Counter(document.get("change") for document in documents)
    indexed = [document["status"] in INDEXED for document in documents]
    return {
        "indexed": sum(indexed),
        "failed": len(indexed) - sum(indexed),
        REPLACED: changes[REPLACED],
        UNCHANGED: changes[UNCHANGED],
    }


def _upload(client: Client, file: File, charset: str | None) -> Json:
    """Upload one file, unless the bucket has the same content and attributes already. A refused
    file gets the status REFUSED and a reason.
    """
    if reason := _unfit(file.path):
        return {"name": file.name, "status": "REFUSED", "reason": reason}
    try:
        with in_utf_8(file.path, charset) as content:
            new = {
                "name": _unicode(file.name),
                "metadata": attributes(file.path),
                "sha256": _sha256(content),
            }
            form = client.call("POST", "/documents", json=new)
            if form["unchanged"]:
                return {"name": file.name, "status": "INDEXED", "change": UNCHANGED}
            client.upload(form, content)
    except (Refused, BadSidecar, BadCharset) as error:
        return {"name": file.name, "status": "REFUSED", "reason": str(error)}
    except OSError as error:
        reason = f"{file.path} cannot be read: {error.strerror}"
        return {"name": file.name, "status": "REFUSED", "reason": reason}
    except UnicodeEncodeError:
        name = file.name.encode(errors="backslashreplace").decode()
        reason = "its name is not in UTF-8; give the file another name"
        return {"name": name, "status": "REFUSED", "reason": reason}
    change = REPLACED if form["replaces"] else NEW
    return {"name": file.name, "status": "UPLOADED", "change": change}


def _unfit(path: Path) -> str | None:
    """Why no home can take a file, in words for a person; None if one may. A pipe would be waited
    for without end; of an empty or a huge file a bucket's answer says less.
    """
    if not path.is_file():
        return "it is a pipe or a device, or is gone: save what it holds to a file"
    size = path.stat().st_size
    if not size:
        return "it is empty"
    if size > LARGEST_DOCUMENT:
        has, most = f"{size / MEGABYTE:,.1f} MB", f"{LARGEST_DOCUMENT // MEGABYTE} MB"
        return f"it has {has}, and {most} is the most: split it into smaller ones"
    return None


def _unicode(name: str) -> str:
    """The name as Unicode. Python reads a file name that is not in UTF-8 with surrogates in it."""
    name.encode()
    return name


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


class _Wait:
    """Waits for a document's final status, for at most PATIENCE_SECONDS after its first poll."""

    def __init__(self, document: Json) -> None:
        self.name: str = document["name"]
        self.status: str = document["status"]
        self._deadline = 0.0
        self._reason = (
            f"not dealt with in {PATIENCE_SECONDS} s; `outcrop docs show` says how far it is"
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.status.lower().replace('_', ' ')})"

    def poll(self, client: Client) -> Json | None:
        """The document, if its status is final or it has taken too long; else None."""
        self._deadline = self._deadline or time.monotonic() + PATIENCE_SECONDS
        try:
            document = client.call("GET", f"/documents/{id_of(self.name)}")
        except Refused as error:
            if not error.problem.get("retryable"):
                return {"status": "UNKNOWN", "reason": str(error)}
            self._reason = str(error)
        else:
            self.status = document["status"]
            if self.status not in UNDER_WAY:
                return document
        if time.monotonic() > self._deadline:
            return {"status": "PENDING", "reason": self._reason}
        return None
