"""The application over services that are scripts, called without a socket in between."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.local.home import Home
from tests.web.backend import Backend, called, settings


@pytest.fixture(scope="module")
def unguarded(running: tuple[Backend, Home]) -> Iterator[TestClient]:  # noqa: ARG001
    """One application for a module, without a guardrail."""
    with called(settings()) as http:
        yield http


@pytest.fixture
def http(unguarded: TestClient, backend: Backend) -> TestClient:  # noqa: ARG001
    """The application, and behind it `backend` as it begins. A module whose application is another
    has a fixture of its own by this name.
    """
    return unguarded
