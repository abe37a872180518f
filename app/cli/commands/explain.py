"""`outcrop explain`: what goes on inside the laptop's models while they read a text."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from app.cli import screen
from app.cli.application import application
from app.cli.client import Json
from app.cli.options import AsJson

MOST_READ = 3
"""Tokens that are named of those that a token reads."""


def explain(
    text: Annotated[str, typer.Argument(help="The text to read; with --question, a passage.")],
    layer: Annotated[int, typer.Option(min=1, max=6, help="Whose attention is shown.")] = 6,
    head: Annotated[int, typer.Option(min=1, max=12, help="Whose attention is shown.")] = 1,
    question: Annotated[
        str | None,
        typer.Option(
            "--question", "-q", help="Weigh the text's sentences as answers to this question."
        ),
    ] = None,
    temperature: Annotated[float, typer.Option(min=0, max=2, help="With --question.")] = 1.0,
    top_k: Annotated[int | None, typer.Option(min=0, help="With --question.")] = None,
    top_p: Annotated[float | None, typer.Option(min=0, max=1, help="With --question.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show how the laptop's encoder reads a text, or how its offline model weighs sentences."""
    path, body = "/inside", dict[str, object](text=text)
    if question is not None:
        drawing = {"temperature": temperature, "topK": top_k, "topP": top_p}
        path = "/inside/candidates"
        body = {"question": question, "passages": [text]}
        body |= {name: value for name, value in drawing.items() if value is not None}
    with application() as client:
        shown = client.call("POST", path, json=body)
    if as_json:
        screen.show_json(shown, one_line=True)
    elif question is not None:
        _show_candidates(shown)
    else:
        _show_reading(shown, layer, head)


def _show_reading(view: Json, layer: int, head: int) -> None:
    """The tokens, their positions, and what each reads in one head."""
    attention = view["attention"][layer - 1][head - 1]
    names = [token["name"] for token in view["tokens"]]
    screen.out.print(f"{view['model']} ({view['precision']}) reads {len(names)} tokens.")
    screen.out.print(
        f"Attention of layer {layer} of {view['layers']}, head {head} of {view['heads']}: what "
        f"each token reads most, of a whole of 1.",
        style="dim",
    )
    rows = zip(view["tokens"], view["positions"], attention, strict=True)
    screen.table(
        ("position", "id", "token", "position embedding", "reads"),
        [
            (str(place), str(token["id"]), token["name"], _beginning(vector), _most(names, weights))
            for place, (token, vector, weights) in enumerate(rows)
        ],
    )


def _beginning(vector: Sequence[float]) -> str:
    """The first numbers of a vector."""
    return ", ".join(f"{number:.3f}" for number in vector[:3]) + ", .."


def _most(names: Sequence[str], weights: Sequence[float]) -> str:
    ranked = sorted(enumerate(weights), key=lambda each: -each[1])[:MOST_READ]
    return ", ".join(f"{names[place]} {weight:.3f}" for place, weight in ranked)


def _show_candidates(weighed: Json) -> None:
    if not weighed["candidates"]:
        screen.out.print("Nothing in the text is a candidate for an answer.")
        return
    screen.out.print(
        "The sentences that may answer. A score is log-odds; the softmax of the scores is how "
        "likely each is to hold the answer, and temperature, top K and top P reshape that into how "
        "likely each is drawn first.",
        style="dim",
    )
    screen.table(("score", "likely", "drawn", "sentence"), list(_rows(weighed["candidates"])))
    if not weighed["isAnswered"]:
        screen.out.print(
            "The model takes it that the text does not answer, and would say so.", style="dim"
        )


def _rows(candidates: Sequence[Json]) -> Iterator[tuple[str, str, str, str]]:
    for each in candidates:
        score = "ruled out" if each["score"] is None else f"{each['score']:.2f}"
        drawn = "cut off" if each["drawn"] is None else f"{each['drawn']:.3f}"
        yield score, f"{each['likelihood']:.3f}", drawn, each["text"]
