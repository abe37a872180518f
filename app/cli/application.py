"""The application that a command talks to: the running one, or one for its own length."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from app.cli import laptop
from app.cli.client import Client
from app.cli.screen import waiting
from app.settings import LaptopSettings, read


@contextmanager
def application() -> Iterator[Client]:
    """A client of the running application; where none runs, one is started and stopped again."""
    settings = read(LaptopSettings)
    with ExitStack() as stack:
        addresses = laptop.running(settings)
        if addresses is None:
            with waiting("starting"):
                addresses = stack.enter_context(laptop.serving(settings))
        yield Client(addresses.application)
