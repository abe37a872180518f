"""What all tests share."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest

from app.local.wire import Service
from tests.wire_server import Server, serving

Serve = Callable[[Mapping[str, Service]], Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """`serve({"bedrock-runtime": {"Converse": handler}})`: a stand-in that ends with the test."""
    with ExitStack() as stack:
        yield lambda services: stack.enter_context(serving(services))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--home",
        choices=("laptop", "aws"),
        default="laptop",
        help="where tests/flows run: against the stand-in, or an AWS account (see flows/home.py)",
    )
