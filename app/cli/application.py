"""The application that a command calls: a deployed stack's, or the laptop's."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Annotated

import typer

from app.cli.client import Client
from app.cli.screen import waiting
from app.deploy import laptop
from app.settings import LaptopSettings, read

StackOption = Annotated[
    str | None,
    typer.Option("--stack", metavar="NAME", help="A stack in AWS, in place of the laptop."),
]


@contextmanager
def application(stack: str | None = None) -> Iterator[Client]:
    """A client of the application of `stack`, or of the laptop's. If none is served on the laptop,
    this starts one, and stops it when no command uses it any more.
    """
    if stack is not None:
        from app.cli.stack import client  # boto3 comes with it

        with closing(client(stack)) as calling:
            yield calling
        return
    settings = read(LaptopSettings)
    with ExitStack() as resources:
        with waiting("starting"):
            laptop_home = resources.enter_context(laptop.sharing(settings))
        thinking = "waiting for an answer"
        if settings.local_model_url:
            thinking += "; a local model may have to be loaded first, which can take minutes"
        client_of_laptop = Client(
            laptop_home.application, death=laptop_home.death, thinking=thinking
        )
        yield resources.enter_context(closing(client_of_laptop))
