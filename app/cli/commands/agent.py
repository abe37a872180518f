"""`outcrop agent`: one request, for which an agent may call tools."""

from typing import Annotated
from urllib.parse import quote

import typer

from app.cli import screen
from app.cli.application import StackOption, application
from app.cli.client import ASKING, DECIDING, Client, Json
from app.cli.commands.ask import show
from app.cli.decision import show_waiting


def agent(
    request: Annotated[
        str | None, typer.Argument(help="What you want to know, or to be done.")
    ] = None,
    conversation: Annotated[
        str | None, typer.Option("--conversation", "-c", help="The conversation to go on with.")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", "-m", help="The model to ask.")] = None,
    confirm: Annotated[
        str | None, typer.Option(metavar="ID", help="Make the call that waits under this id.")
    ] = None,
    deny: Annotated[
        str | None, typer.Option(metavar="ID", help="Do not make the call that waits.")
    ] = None,
    stack: StackOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Let an agent answer: it calls tools and searches the documents, as it sees fit.

    A call that changes something waits until you confirm it: you are asked for it. Without a
    terminal, and with --json, the commands that confirm and deny it are printed to standard error.
    """
    path, body = _request(request, conversation, model, confirm, deny)
    with application(stack) as client:
        if as_json:
            _show_json(client, path, body, stack)
        else:
            show(client, body, path=path, stack=stack)


def _request(
    request: str | None,
    conversation: str | None,
    model: str | None,
    confirm: str | None,
    deny: str | None,
) -> tuple[str, Json]:
    """The path and the body of what is asked for.

    Raises:
        typer.BadParameter: it is not one thing, or an option has no effect on it.
    """
    if sum(one is not None for one in (request, confirm, deny)) != 1:
        raise typer.BadParameter("Give a request, or --confirm ID, or --deny ID: one of them.")
    if request is not None:
        options = {"conversationId": conversation, "model": model}
        return ASKING, {
            "message": request,
            "mode": "agent",
            **{name: value for name, value in options.items() if value is not None},
        }
    for name, value in (("--conversation", conversation), ("--model", model)):
        if value is not None:
            raise typer.BadParameter(
                "A decision goes on with the conversation and the model of its call.",
                param_hint=name,
            )
    decision = "deny" if confirm is None else "confirm"
    return f"{DECIDING}/{quote(confirm or deny or '', safe='')}", {"decision": decision}


def _show_json(client: Client, path: str, body: Json, stack: str | None) -> None:
    answer = client.call("POST", path, json=body)
    screen.show_json(answer)
    for step in answer["steps"]:
        if step["kind"] == "confirm":
            show_waiting(step, stack)
