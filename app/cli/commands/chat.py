"""`outcrop chat`: a conversation, until Ctrl-D."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from app.cli import screen
from app.cli.application import StackOption, application
from app.cli.client import Client, Refused
from app.cli.commands.ask import show_turns
from app.cli.terminal_text import visible_line
from app.deploy.laptop.home import private, usable
from app.settings import LaptopSettings, read

HELP = (
    "/agent lets an agent answer or the documents alone, /new begins a new conversation, /id shows "
    "the id of this one, /quit or Ctrl-D ends; Ctrl-C stops an answer."
)
MODES = {
    "agent": "An agent answers from here on: it may call tools. /agent again ends that.",
    "answer": "The documents alone answer from here on.",
}

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
        talk = Talk(client, conversation, model, stack)
        talk.go_on(_reader())
    if talk.conversation:
        where = f" --stack {stack}" if stack else ""
        line = f"Go on with: outcrop chat{where} --conversation {talk.conversation}"
        screen.err.print(visible_line(line), style="dim", soft_wrap=True)


@dataclass
class Talk:
    """A conversation at the terminal; several, where the person begins new ones.

    Attributes:
        conversation: the id of the last one; None before its first answer.
        mode: who answers: the documents (`answer`), or an agent.
    """

    client: Client
    conversation: str | None
    model: str | None
    stack: str | None
    mode: str = "answer"

    def go_on(self, read_question: Read) -> None:
        """Answer one question after the other."""
        while (question := read_question()) not in (None, "/quit"):
            match question:
                case "/new":
                    self.conversation = None
                case "/agent":
                    self.mode = "answer" if self.mode == "agent" else "agent"
                    screen.err.print(MODES[self.mode], style="dim", soft_wrap=True)
                case "/id":
                    screen.err.print(self.conversation or "Nothing has been said yet.", style="dim")
                case "/help":
                    screen.err.print(HELP, style="dim")
                case str() if question.startswith("/") and " " not in question:
                    line = f"{visible_line(question)} is no command. {HELP}"
                    screen.err.print(line, style="dim")
                case str() if question:
                    self._answer(question)

    def _answer(self, question: str) -> None:
        """Print an answer. One that was stopped is not stored."""
        body = {"message": question}
        if self.mode != "answer":
            body["mode"] = self.mode
        if self.conversation:
            body["conversationId"] = self.conversation
        if self.model:
            body["model"] = self.model
        try:
            for conversation in show_turns(self.client, body, stack=self.stack):
                self.conversation = conversation
        except KeyboardInterrupt:
            screen.out.print("\n(stopped)", style="dim")
        except Refused as error:
            screen.fail(str(error), error.problem)


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
