"""`outcrop feedback export`: what people have said of answers."""

import csv
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from app.cli import screen
from app.cli.application import StackOption, application
from app.cli.client import Client
from app.errors import InvalidRequest

SECONDS = 60
COLUMNS = (
    "conversation", "turn", "rating", "words", "at", "model", "question", "answer", "documents",
    "superseded",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell may not begin with: a spreadsheet would take it for a formula."""

feedback = typer.Typer(help="What people have said of answers.", no_args_is_help=True)


@feedback.callback()
def group() -> None:
    """What people have said of answers."""


@feedback.command("export")
def export(
    everybody: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Of everybody who uses the stack; an operator's credentials read the bucket.",
        ),
    ] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="A table, in place of a JSON object on each line.")
    ] = False,
    stack: StackOption = None,
) -> None:
    """Print each answer that was rated, with its question: a JSON object on each line."""
    if everybody and stack is None:
        raise InvalidRequest("--all is for a stack: name it with --stack NAME.", field="all")
    columns = ("owner", *COLUMNS) if everybody else COLUMNS
    if everybody:
        assert stack is not None, "it was checked"
        _write(_of_everybody(stack), columns, as_csv=as_csv)
        return
    with application(stack) as client:
        _write(_own(client), columns, as_csv=as_csv)


def _write(rows: Iterator[dict[str, Any]], columns: tuple[str, ...], *, as_csv: bool) -> None:
    if not as_csv:
        for row in rows:
            screen.show_json(row, one_line=True)
        return
    table = csv.writer(sys.stdout)
    table.writerow(columns)
    for row in rows:
        table.writerow([_cell(row[name]) for name in columns])


def _cell(value: Any) -> str:
    r"""A value as a cell that no spreadsheet calculates.

    >>> _cell("=1+1"), _cell(["a.md", "b.md"]), _cell(None), _cell(True)
    ("'=1+1", 'a.md; b.md', '', 'true')
    """
    if isinstance(value, bool):
        return str(value).lower()
    text = "; ".join(value) if isinstance(value, list) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _own(client: Client) -> Iterator[dict[str, Any]]:
    """The caller's own, by the application."""
    cursor: str | None = None
    while True:
        params = {"limit": "100", **({"cursor": cursor} if cursor else {})}
        page = client.call("GET", "/conversations", params=params)
        for summary in page["items"]:
            stored = client.call("GET", f"/conversations/{summary['id']}")
            for turn in stored["turns"]:
                if turn["feedback"]:
                    yield _row(stored["id"], turn)
        cursor = page["nextCursor"]
        if cursor is None:
            return


def _row(conversation: str, turn: dict[str, Any]) -> dict[str, Any]:
    opinion = turn["feedback"]
    return {
        "conversation": conversation,
        "turn": turn["number"],
        "rating": opinion["rating"],
        "words": opinion["words"],
        "at": opinion["at"],
        "model": turn["model"],
        "question": turn["question"],
        "answer": turn["answer"],
        "documents": sorted({one["document"] for one in turn["citations"]}),
        "superseded": turn["supersededBy"] is not None,
    }


def _of_everybody(stack: str) -> Iterator[dict[str, Any]]:
    """Those of all principals, from the bucket."""
    from app.aws import clients
    from app.conversations.export import every_rating
    from app.deploy.stack.description import describe_complete
    from app.models import text_of

    bucket = describe_complete(stack).output("ConversationsBucket")
    for one in every_rating(clients(SECONDS).s3, bucket):
        yield {
            "owner": one.owner,
            "conversation": one.conversation,
            "turn": one.turn.number,
            "rating": one.feedback.rating,
            "words": one.feedback.words,
            "at": one.feedback.at.isoformat(),
            "model": one.turn.model,
            "question": text_of(one.turn.question),
            "answer": text_of(one.turn.answer),
            "documents": sorted({each.document for each in one.turn.citations}),
            "superseded": None,
        }
