"""`outcrop chat`: a conversation, until Ctrl-D."""

import sys
from typing import Annotated

import typer

from app.cli import screen
from app.cli.application import StackOption, application
from app.cli.client import Client, Refused
from app.cli.commands.ask import show

HELP = "/new begins a new conversation; Ctrl-C stops an answer; Ctrl-D ends."


def chat(
    conversation: Annotated[
        str | None, typer.Option("--conversation", "-c", help="The conversation to go on with.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", "-m", help="The model to ask.")] = None,
    stack: StackOption = None,
) -> None:
    """Talk about the documents: every question may refer to what was said before."""
    with application(stack) as client:
        screen.err.print(HELP, style="dim")
        while (question := _read()) is not None:
            if question == "/new":
                conversation = None
            elif question.startswith("/"):
                screen.err.print(HELP, style="dim")
            elif question:
                conversation = _answered(client, question, conversation, model)


def _read() -> str | None:
    """The next question; None at the end of input."""
    try:
        screen.out.print("> ", end="", style="bold")
        line = sys.stdin.readline()
        return line.strip() if line else None
    except (EOFError, KeyboardInterrupt):
        screen.out.print()
        return None


def _answered(
    client: Client, question: str, conversation: str | None, model: str | None
) -> str | None:
    """The conversation that the question was answered in. One that was stopped is not stored."""
    asked = {"message": question}
    if conversation:
        asked["conversationId"] = conversation
    if model:
        asked["model"] = model
    try:
        return show(client, asked)
    except KeyboardInterrupt:
        screen.out.print("\n(stopped)", style="dim")
    except Refused as error:
        screen.fail(str(error), error.problem)
    return conversation
