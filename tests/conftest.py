"""What all tests share."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import hypothesis
import pytest

from app.local.wire import WaitingService
from tests.opensearch.node import started_or_skipped
from tests.synthesized import Synthesized, synthesized_once
from tests.wire_server import Server, serving

# A test asserts no time: a busy machine would fail it.
hypothesis.settings.register_profile("outcrop", deadline=None)
hypothesis.settings.load_profile("outcrop")

if TYPE_CHECKING:
    from tests.local.home import Home
    from tests.web.backend import Backend

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


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[tuple[Backend, Home]]":
    """S3 and services that are scripts, served for a module; boto3 leads to them."""
    from tests.web.backend import Backend, behind  # loads the whole application

    backend = Backend()
    with behind(backend, tmp_path_factory.mktemp("home")) as home:
        yield backend, home


@pytest.fixture
def backend(running: "tuple[Backend, Home]") -> "Backend":
    """The scripts of `running`, as they begin."""
    running[0].reset()
    return running[0]


@pytest.fixture(scope="session")
def synthesized(tmp_path_factory: pytest.TempPathFactory) -> Synthesized:
    """`synthesized(vector_store="aurora")`: where that template lies, made when first asked for.

    Workers share the templates: the first that asks makes one, and others wait for it.
    """
    ours = tmp_path_factory.getbasetemp()
    shared = ours.parent if "PYTEST_XDIST_WORKER" in os.environ else ours

    def template(**choices: str) -> Path:
        return synthesized_once(shared / "cdk.out", **choices)

    return template


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--home",
        choices=("laptop", "aws"),
        default="laptop",
        help="where tests/flows run: against the stand-in, or an AWS account (see flows/home.py)",
    )
    parser.addoption(
        "--opensearch",
        action="store_true",
        help="run the tests that need a real OpenSearch, which they start",
    )
    parser.addoption("--opensearch-url", help="the same on an OpenSearch that runs already")
    parser.addoption(
        "--thorough",
        action="store_true",
        help="kill more processes, at more moments; `make thorough` runs those tests alone",
    )


@pytest.fixture(scope="session")
def opensearch(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a real OpenSearch, one for the whole run. Whoever uses it makes indexes of names
    that nobody else has.
    """
    url: str | None = request.config.getoption("--opensearch-url")
    if url is None and not request.config.getoption("--opensearch"):
        pytest.skip("`make opensearch-tests` runs it: it needs a real OpenSearch")
    with nullcontext(url) if url else started_or_skipped() as url:
        yield url


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether a test that tries many chances should try all of them, and take its time."""
    return bool(request.config.getoption("--thorough"))
