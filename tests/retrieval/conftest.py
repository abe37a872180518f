"""A queue of answers in place of a Knowledge Base, and the clients that ask it."""

from collections.abc import Iterator

import pytest

from app.aws import Clients
from tests.models.loopback import Loopback, clients_of


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback() as server:
        yield server


@pytest.fixture(scope="module")
def aws(server: Loopback) -> Clients:
    return clients_of(server, "AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME")
