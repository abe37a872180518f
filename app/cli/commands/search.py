"""`outcrop search`: Retrieve's passages, with explanations."""

from typing import Annotated

import typer
from rich.text import Text

from app.cli import screen
from app.cli.application import StackOption, application
from app.cli.client import Json
from app.cli.emptiness import say_if_empty
from app.cli.guardrail_line import guardrail_line
from app.cli.terminal_text import visible_line


def search(
    query: Annotated[str, typer.Argument(help="What to search for.")],
    limit: Annotated[int, typer.Option("--limit", "-k", min=1, max=100)] = 5,
    semantic: Annotated[bool, typer.Option("--semantic", help="By meaning alone.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Explain the place of each passage.")
    ] = False,
    stack: StackOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the passages that an answer would use."""
    body: Json = {"query": query, "limit": limit, "explain": explain}
    if semantic:
        body["searchType"] = "SEMANTIC"
    with application(stack) as client:
        results = client.call("POST", "/search", json=body)
        if as_json:
            screen.show_json(results)
            return
        for passage in results["passages"]:
            _show(passage, has_ranks=results["searchType"] != "MANAGED")
        if line := guardrail_line(results["interventions"]):
            screen.out.print(line, style="dim", soft_wrap=True)
        if not results["passages"] and not say_if_empty(client):
            screen.err.print("Nothing was found.")


def _show(passage: Json, *, has_ranks: bool) -> None:
    head = Text(f"{passage['number']}. ", style="bold cyan")
    head.append(visible_line(passage["document"]), style="cyan")
    head.append(screen.page_name(passage))
    head.append(f"  {passage['score']:.3f}", style="dim")
    screen.out.print(head)
    if why := passage["explanation"]:
        rank = why["semanticRank"]
        by_meaning = f"number {rank} by meaning; " if rank else "not found by meaning alone; "
        words = ", ".join(why["words"]) or "none"
        note = f"{by_meaning if has_ranks else ''}shared words: {words}"
        if why["reason"]:
            note += f"; {why['reason']}"
        screen.out.indented(note, 3, style="dim")
    screen.out.indented(passage["text"].strip() + "\n", 3)
