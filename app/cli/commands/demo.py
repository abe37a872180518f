"""`outcrop demo`: the whole path once, on Outcrop's own documentation."""

import typer

from app.cli import screen
from app.cli.application import application
from app.cli.commands.ask import show
from app.cli.commands.ingest import INDEXED, put, report
from app.cli.files import select
from app.cli.names import supported_types
from app.errors import OperatorError
from app.settings import LaptopSettings, checkout, read

QUESTION = "What is the difference between the laptop and AWS?"
REQUEST = "What is the status of my order A-1042?"
"""For the agent: the laptop's tools have orders of their own to begin with."""

NEXT = """\
Try next, with .venv/bin on your PATH:

  outcrop ask "What survives kill -9?"   another question
  outcrop agent "Which orders do I have?"   what the tools know of, or change
  outcrop ingest PATH                    your own documents
  outcrop chat                           a conversation
  outcrop search "..." --explain         what answers are made of
  make up                                serve until Ctrl-C

What you put in stays in {home}"""


def demo() -> None:
    """Start, read Outcrop's own documentation, ask it a question, have an agent call a tool, and
    say what to try next.
    """
    here = checkout()
    if here is None:
        raise OperatorError(
            "The demo reads Outcrop's own docs/, which is in a checkout only, not in the wheel. "
            "`outcrop ingest PATH` takes your own documents."
        )
    with application() as client:
        screen.out.print(
            f"The application answers on {client.url}; behind it the stand-in, as AWS.",
            soft_wrap=True,
        )
        files = select([here / "README.md", here / "docs"], supported_types()).files
        documents = put(client, files, "Reading README.md and docs/", quiet=False)
        failures = [document for document in documents if document["status"] not in INDEXED]
        report(documents, failures)
        screen.out.print(f"\n{QUESTION}\n", style="bold")
        show(client, {"message": QUESTION})
        screen.out.print(f"\nAn agent calls tools:\n\n{REQUEST}\n", style="bold")
        show(client, {"message": REQUEST, "mode": "agent"})
    screen.out.print("\n" + NEXT.format(home=read(LaptopSettings).home), soft_wrap=True)
    raise typer.Exit(1 if failures else 0)
