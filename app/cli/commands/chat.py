"""`outcrop chat`: a conversation, until Ctrl-D."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from app.cli import screen
from app.cli.application import StackOption, application
from app.cli.client import Client, Refused
from app.cli.commands.ask import show
from app.cli.terminal_text import visible_line
from app.deploy.laptop.home import private, usable
from app.settings import LaptopSettings, read

HELP = (
    "/new begins a new conversation, /id shows the id of this one, /quit or Ctrl-D ends; "
    "Ctrl-C stops an answer."
)

Read = Callable[[], str | None]
"""Reads the next question; None at the end of input."""


def chat(
    conversation: Annotated[
        str | None, typer.Option("--conversation", "-c", help="The conversation to go on with.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", "-m", help="The model to ask.")] = None,
    stack: StackOption = None,
) -> None:
    """Talk about the documents: every question may refer to what was said before."""
    with application(stack) as client:
        if conversation:
            history = client.call("GET", f"/conversations/{conversation}")
            screen.err.print(f"Going on after {len(history['turns'])} turns.", style="dim")
        screen.err.print(HELP, style="dim")
        conversation = _talk(client, _reader(), conversation, model)
    if conversation:
        where = f" --stack {stack}" if stack else ""
        line = f"Go on with: outcrop chat{where} --conversation {conversation}"
        screen.err.print(visible_line(line), style="dim", soft_wrap=True)


def _talk(
    client: Client, read_question: Read, conversation: str | None, model: str | None
) -> str | None:
    """Answer one question after the other; the id of the last conversation."""
    while (question := read_question()) not in (None, "/quit"):
        match question:
            case "/new":
                conversation = None
            case "/id":
                screen.err.print(conversation or "Nothing has been said yet.", style="dim")
            case "/help":
                screen.err.print(HELP, style="dim")
            case str() if question.startswith("/") and " " not in question:
                screen.err.print(f"{visible_line(question)} is no command. {HELP}", style="dim")
            case str() if question:
                conversation = _answer(client, question, conversation, model)
    return conversation


def _reader() -> Read:
    """The reader of questions: with line editing and a history on a terminal, else plain lines."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _read_line
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory

    history = usable(read(LaptopSettings).home) / "chat-history"
    _make_private(history)
    session: PromptSession[str] = PromptSession(history=FileHistory(str(history)))

    def read_with_prompt() -> str | None:
        while True:
            try:
                return session.prompt([("bold", "> ")]).strip()
            except KeyboardInterrupt:
                screen.err.print("Ctrl-D ends.", style="dim")
            except EOFError:
                return None

    return read_with_prompt


def _make_private(history: Path) -> None:
    """Make the history of questions readable for this user alone."""
    private(history, os.O_APPEND).close()
    history.chmod(0o600)


def _read_line() -> str | None:
    line = sys.stdin.readline()
    return line.strip() if line else None


def _answer(
    client: Client, question: str, conversation: str | None, model: str | None
) -> str | None:
    """Print an answer; the id of its conversation. An answer that was stopped is not stored."""
    body = {"message": question}
    if conversation:
        body["conversationId"] = conversation
    if model:
        body["model"] = model
    try:
        return show(client, body)
    except KeyboardInterrupt:
        screen.out.print("\n(stopped)", style="dim")
    except Refused as error:
        screen.fail(str(error), error.problem)
    return conversation
