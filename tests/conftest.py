"""What all tests share."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import pytest

from app.local.wire import WaitingService
from tests.synthesized import Synthesized, synthesize
from tests.wire_server import Server, serving

Serve = Callable[[Mapping[str, WaitingService]], Server]


@pytest.fixture(scope="module", autouse=True)
def own_environment() -> Iterator[None]:
    """What a module sets in the environment ends with it: a home that is served there, for one."""
    with patch.dict(os.environ):
        yield


@pytest.fixture
def serve() -> Iterator[Serve]:
    """`serve({"bedrock-runtime": {"Converse": handler}})`: a stand-in that ends with the test."""
    with ExitStack() as stack:
        yield lambda services: stack.enter_context(serving(services))


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """`synthesized(vector_store="aurora")`: where that template lies, made when first asked for."""
    templates: dict[tuple[tuple[str, str], ...], Path] = {}

    def template(**choices: str) -> Path:
        key = tuple(sorted(choices.items()))
        if key not in templates:
            templates[key] = synthesize(tmp_path_factory.mktemp("cdk.out"), **choices)
        return templates[key]

    return template


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--home",
        choices=("laptop", "aws"),
        default="laptop",
        help="where tests/flows run: against the stand-in, or an AWS account (see flows/home.py)",
    )
