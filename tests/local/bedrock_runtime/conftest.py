"""A model that answers by script, and a client of the stand-in that is served with it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.local.bedrock_runtime.scripted import Scripted, serving_scripted


@pytest.fixture(scope="module")
def scripted() -> Scripted:
    return Scripted()


@pytest.fixture(scope="module")
def client(scripted: Scripted) -> Iterator[Any]:
    """A module whose client is of another stand-in has a fixture of its own by this name."""
    with serving_scripted(scripted) as client:
        yield client
