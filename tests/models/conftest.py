"""A server that answers as a model does, in its bytes, and the application's clients before it."""

from collections.abc import Iterator

import pytest

from app.aws import Clients
from tests.models.loopback import RUNTIME, Loopback, clients_of


@pytest.fixture(scope="module")
def loopback() -> Iterator[Loopback]:
    with Loopback() as loopback:
        yield loopback


@pytest.fixture
def server(loopback: Loopback) -> Loopback:
    """The server, which remembers nothing of the test before."""
    loopback.forget()
    return loopback


@pytest.fixture(scope="module")
def aws(loopback: Loopback) -> Clients:
    return clients_of(loopback, RUNTIME)
