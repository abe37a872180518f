"""`outcrop models`: the models that can answer."""

from typing import Annotated, Any

import typer

from app.cli import screen
from app.cli.application import StackOption, application
from app.cli.options import AsJson


def models(
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that this Region does not offer.")
    ] = False,
    stack: StackOption = None,
    as_json: AsJson = False,
) -> None:
    """List the models that may be named with -m, the default first."""
    with application(stack) as client:
        answer = client.call("GET", "/models")
    if as_json:
        screen.show_json(answer)
        return
    items = [each for each in answer["items"] if everything or each["offered"]]
    rows = [(name, each) for each in items for name in _names(each)]
    rows.sort(key=lambda row: row[0] != answer["default"])
    screen.table(
        ("model", "state", ""),
        [(name, each["state"], _remark(name, each, answer)) for name, each in rows],
    )


def _names(model: dict[str, Any]) -> list[str]:
    """The ids by which a model is called in this Region."""
    own = [] if model["needsInferenceProfile"] else [model["id"]]
    return [*own, *model["inferenceProfiles"]] or [model["id"]]


def _remark(name: str, model: dict[str, Any], answer: dict[str, Any]) -> str:
    remarks = ["the default"] if name == answer["default"] else []
    if model["successor"]:
        remarks.append(f"succeeded by {model['successor']}")
    return ", ".join(remarks)
