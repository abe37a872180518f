"""`outcrop ask`: one question, one cited answer."""

import time
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from app.cli import screen
from app.cli.application import StackOption, application
from app.cli.client import Client, Json, Refused
from app.cli.emptiness import say_if_empty
from app.cli.guardrail_line import guardrail_line
from app.cli.terminal_text import visible_line

SILENT = {"start", "start-step", "data-retrieval", "text-start"}  # parts that print nothing


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
    body = {"message": question, "conversationId": conversation, "model": model}
    with application(stack) as client:
        if as_json:
            screen.show_json(client.call("POST", "/chat", json=_without_none(body)))
        else:
            show(client, _without_none(body))


def show(client: Client, body: Json) -> str | None:
    """Print an answer as it comes, then its sources; return the id of its conversation. If there
    are no documents at all, print a remark instead.

    Raises:
        Refused: the answer broke off.
    """
    began = time.monotonic()
    citations: list[Json] = []
    nearest: list[Json] = []
    budgets: list[Json] = []
    verdicts: list[Json] = []
    answer = ""
    metadata: Json = {}
    for part in _with_spinner(client.stream(body), client.thinking):
        match part["type"]:
            case "start":
                metadata = part["messageMetadata"]
            case "data-retrieval":
                if not part["data"]["passages"] and say_if_empty(client):
                    return body.get("conversationId")
            case "text-delta":
                answer += part["delta"]
                screen.out.print(part["delta"], end="", soft_wrap=True)
            case "data-citation":
                citations.append(part["data"])
            case "data-guardrail":
                verdict = part["data"]
                verdicts.append(verdict)
                _guardrail(verdict, answer)
                if (verdict["source"], verdict["action"]) == ("answer", "blocked"):
                    citations = []
            case "data-nearest":
                nearest = part["data"]["places"]
            case "data-budget":
                budgets.append(part["data"])
            case "data-error":
                screen.out.print()
                client.check_alive()
                raise Refused(part["data"])
            case "finish":
                screen.out.print("\n")
                screen.sources(citations)
                if nearest:
                    screen.nearest(nearest)
                seconds = time.monotonic() - began
                _footnote(part["messageMetadata"], seconds)
                if line := guardrail_line(verdicts):
                    screen.out.print(line, style="dim", soft_wrap=True)
                for each in budgets:
                    _budget(each)
    return str(metadata["conversationId"])


def _with_spinner(parts: Iterator[Json], doing: str) -> Iterator[Json]:
    """Yield the parts, and show a spinner until the first part that prints something."""
    before: list[Json] = []
    with screen.waiting(doing):
        for part in parts:
            before.append(part)
            if part["type"] not in SILENT:
                break
    yield from before
    yield from parts


def _guardrail(verdict: Json, answer: str) -> None:
    """Print the guardrail's intervention in the question, a passage or the answer, of which this
    much is on the screen. Other verdicts are in the line at the end.
    """
    match verdict["source"], verdict["action"]:
        case _, "none" | "unjudged":
            pass
        case "question", "masked":
            screen.out.print(f"Asked as: {verdict['text']}\n", style="dim")
        case "passage", action:
            name = visible_line(verdict["subject"].rsplit("/", 1)[-1])
            result = "masked parts of" if action == "masked" else "left out"
            screen.out.print(f"The guardrail {result} a passage of {name}.\n", style="dim")
        case _ if verdict["text"] != answer:
            gap = "\n\n" if answer else ""
            screen.out.print(f"{gap}{verdict['text']}")


def _footnote(metadata: Json, seconds: float) -> None:
    """Print the model, the tokens and the duration of the answer."""
    usage = metadata["usage"]
    tokens = f"{usage['inputTokens']} tokens in, {usage['outputTokens']} out"
    screen.out.print(f"\n{metadata['model']}; {tokens}; {seconds:.1f} s", style="dim")


def _budget(warning: Json) -> None:
    """Print how much of a budget is spent."""
    sign, digits = ("$", 2) if warning["unit"] == "dollars" else ("", 0)
    amount, limit = (f"{sign}{warning[name]:,.{digits}f}" for name in ("amount", "limit"))
    unit = " tokens" if warning["unit"] == "tokens" else ""
    resets = warning["resets"][:16].replace("T", " ")
    screen.out.print(
        f"{amount} of your {limit}{unit} a {warning['period']} are spent; the next begins at "
        f"{resets} UTC.",
        style="yellow",
    )


def _without_none(options: dict[str, Any]) -> Json:
    return {name: value for name, value in options.items() if value is not None}
