"""`outcrop ask`: one question, one cited answer."""

import time
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from app.cli import screen
from app.cli.application import StackOption, application
from app.cli.client import Client, Json, Refused
from app.cli.empty import say_if_empty

SILENT = {"start", "start-step", "data-retrieval", "text-start"}  # parts that show nothing


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    conversation: Annotated[
        str | None, typer.Option("--conversation", "-c", help="The conversation to go on with.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", "-m", help="The model to ask.")] = None,
    stack: StackOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Ask a question about the documents, and read the cited answer as it is written."""
    asked = {"message": question, "conversationId": conversation, "model": model}
    with application(stack) as client:
        if as_json:
            screen.show_json(client.call("POST", "/chat", json=_given(asked)))
        else:
            show(client, _given(asked))


def show(client: Client, asked: Json) -> str | None:
    """Write an answer to the screen as it comes, its sources under it; give its conversation. Where
    there are no documents at all, that is said in place of an answer, and no turn is kept.

    Raises:
        Refused: the answer broke off.
    """
    began = time.monotonic()
    citations: list[Json] = []
    started: Json = {}
    for part in _waited_for(client.stream(asked), client.thinking):
        match part["type"]:
            case "start":
                started = part["messageMetadata"]
            case "data-retrieval":
                if not part["data"]["passages"] and say_if_empty(client):
                    return asked.get("conversationId")
            case "text-delta":
                screen.out.print(part["delta"], end="", soft_wrap=True)
            case "data-citation":
                citations.append(part["data"])
            case "data-guardrail":
                _guardrail(part["data"])
                if part["data"]["action"] == "blocked":
                    citations = []
            case "data-error":
                screen.out.print()
                client.check_alive()
                raise Refused(part["data"])
            case "finish":
                screen.out.print("\n")
                screen.sources(citations)
                seconds = time.monotonic() - began
                _footnote(started["model"], part["messageMetadata"]["usage"], seconds)
    return str(started["conversationId"])


def _waited_for(parts: Iterator[Json], doing: str) -> Iterator[Json]:
    """The parts, with a spinner until the first that is shown."""
    before: list[Json] = []
    with screen.waiting(doing):
        for part in parts:
            before.append(part)
            if part["type"] not in SILENT:
                break
    yield from before
    yield from parts


def _guardrail(verdict: Json) -> None:
    """Show what the guardrail put in place of the question, or of the answer."""
    if (verdict["source"], verdict["action"]) == ("question", "masked"):
        screen.out.print(f"Asked as: {verdict['text']}\n", style="dim")
    else:
        screen.out.print(f"\n\n{verdict['text']}")


def _footnote(model: str, usage: Json, seconds: float) -> None:
    tokens = f"{usage['inputTokens']} tokens in, {usage['outputTokens']} out"
    screen.out.print(f"\n{model}, {tokens}, {seconds:.1f} s", style="dim")


def _given(options: dict[str, Any]) -> Json:
    return {name: value for name, value in options.items() if value is not None}
