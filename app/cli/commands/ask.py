"""`outcrop ask`: one question, one cited answer."""

import time
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Annotated, Any

import typer

from app.cli import screen
from app.cli.application import StackOption, application
from app.cli.client import ASKING, DECIDING, Client, Json, Refused
from app.cli.decision import decision_on, show_commands
from app.cli.emptiness import say_if_empty
from app.cli.guardrail_line import guardrail_line
from app.cli.terminal_text import visible_line
from app.cli.tool_lines import call_line, outcome_line

SILENT = frozenset(
    (
        *("start", "start-step", "finish-step", "text-start", "text-end"),
        *("data-retrieval", "tool-approval-request"),
    )
)
"""Parts that print nothing by themselves."""
TOOL_PARTS = frozenset(("tool-input-available", "tool-output-available", "tool-output-error"))


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


def show(client: Client, body: Json, *, path: str = ASKING, stack: str | None = None) -> str | None:
    """Print an answer as `show_turns` does; return the id of its conversation."""
    conversation = body.get("conversationId")
    for turn in show_turns(client, body, path=path, stack=stack):
        conversation = turn
    return conversation


def show_turns(
    client: Client, body: Json, *, path: str = ASKING, stack: str | None = None
) -> Iterator[str | None]:
    """Print an answer as it comes, then its sources. If there are no documents at all, print a
    remark instead. Where an agent's call waits to be confirmed, ask the person, and print the turn
    that follows.

    Yields:
        After each turn, the id of its conversation.

    Raises:
        Refused: an answer broke off.
    """
    confirmation = None
    while True:
        try:
            conversation, waiting = _show_turn(client, body, path)
        except Refused:
            if confirmation:
                show_commands(confirmation, stack)
            raise
        yield conversation
        decision = decision_on(waiting, stack) if waiting else None
        if waiting is None or decision is None:
            return
        screen.out.print()
        confirmation = waiting["confirmation"]
        path, body = f"{DECIDING}/{confirmation}", {"decision": decision}


def _show_turn(client: Client, body: Json, path: str) -> tuple[str | None, Json | None]:
    """Print one turn; the id of its conversation, and the call that waits, if one does."""
    began = time.monotonic()
    citations: list[Json] = []
    nearest: list[Json] = []
    budgets: list[Json] = []
    verdicts: list[Json] = []
    tools: dict[str, str] = {}
    waiting: Json | None = None
    answer = ""
    gap = ""  # before the next text, behind lines of tools
    metadata: Json = {}
    for part in _with_spinner(client.stream(body, path), client.thinking):
        match part["type"]:
            case "start":
                metadata = part["messageMetadata"]
            case "data-retrieval":
                is_agent = path != ASKING or body.get("mode") == "agent"  # has other tools too
                if not part["data"]["passages"] and say_if_empty(client) and not is_agent:
                    return body.get("conversationId"), None
            case kind if kind in TOOL_PARTS:
                if answer and not gap:
                    screen.out.print("\n")
                gap = "\n"
                _tool(part, tools)
            case "text-delta":
                text = part["delta"].lstrip("\n") if gap else part["delta"]
                answer += part["delta"]
                screen.out.print(gap + text, end="", soft_wrap=True)
                gap = ""
            case "data-confirm":
                waiting = part["data"]
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
    return str(metadata["conversationId"]), waiting


def _with_spinner(parts: Iterator[Json], doing: str) -> Iterator[Json]:
    """Yield the parts, and show a spinner until the first part that prints something, and again
    while an agent acts.
    """
    waits = True
    while True:
        batch: list[Json] = []
        with screen.waiting(doing) if waits else nullcontext():
            for part in parts:
                batch.append(part)
                if part["type"] not in SILENT:
                    break
        if not batch:
            return
        yield from batch
        waits = batch[-1]["type"] in TOOL_PARTS


def _tool(part: Json, tools: dict[str, str]) -> None:
    """Print the line of a call, or of what it came to. `tools` keeps the tools of the calls."""
    call = part["toolCallId"]
    if part["type"] == "tool-input-available":
        tools[call] = part["toolName"]
        line = call_line(tools[call], part["input"])
    else:
        is_error = part["type"] == "tool-output-error"
        text = part["errorText" if is_error else "output"]
        line = outcome_line(tools[call], text, is_error=is_error)
    screen.out.print(line, style="dim", soft_wrap=True)


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
