"""The options that commands on a stack share."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

PATHS = ("guardrail",)
"""Choices that may be the path of a file."""

ContextOption = Annotated[
    list[str] | None,
    typer.Option(
        "--context", "-c", metavar="KEY=VALUE", help="A choice; docs/deploy.md lists all."
    ),
]
NameOption = Annotated[str, typer.Option("--stack", metavar="NAME", help="The stack's name.")]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Go on without asking.")]


def context(pairs: Sequence[str] | None) -> dict[str, str]:
    """The choices of `-c KEY=VALUE` options, by key.

    >>> context(["vector_store=s3-vectors", "origin=https://a.example/?b=c"])
    {'vector_store': 's3-vectors', 'origin': 'https://a.example/?b=c'}
    """
    choices = {}
    for pair in pairs or ():
        key, equals, value = pair.partition("=")
        if not (key and equals and value):
            raise typer.BadParameter(f"{pair!r} is not of the form KEY=VALUE", param_hint="-c")
        choices[key] = _own_path(value) if key in PATHS else value
    return choices


def _own_path(value: str) -> str:
    """The path of a file as it is from here: the CDK's command line runs in another folder."""
    return str(Path(value).absolute()) if value.endswith(".toml") else value
