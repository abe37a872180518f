"""The library, made once."""

from collections.abc import Iterator

import pytest

from tests.local.bedrock_agent_runtime.generation.library import Library, library


@pytest.fixture(scope="session")
def minerals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with library(tmp_path_factory.mktemp("home")) as served:
        yield served
