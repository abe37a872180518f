"""One world for a whole file of tests."""

from collections.abc import Iterator

import pytest

from tests.local.bedrock_agent.knowledge_bases.world import World


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("home")) as world:
        yield world


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    """The world, with a parser that does not wait."""
    yield shared
    shared.parser.gate.set()
