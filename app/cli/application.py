"""The application that a command talks to: a stack's, or the laptop's, started if need be."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated

import typer

from app.cli import laptop
from app.cli.client import Client
from app.cli.screen import waiting
from app.settings import LaptopSettings, read

StackOption = Annotated[
    str | None,
    typer.Option("--stack", metavar="NAME", help="A stack in AWS, in place of the laptop."),
]


@contextmanager
def application(stack: str | None = None) -> Iterator[Client]:
    """A client of a stack's application, or of the laptop's: where none runs, one is started, and
    stopped again.
    """
    if stack is not None:
        from app.cli.stack import client  # boto3 comes with it

        yield client(stack)
        return
    settings = read(LaptopSettings)
    with ExitStack() as started:
        addresses = laptop.running(settings)
        if addresses is None:
            with waiting("starting"):
                addresses = started.enter_context(laptop.serving(settings))
        yield Client(addresses.application)
