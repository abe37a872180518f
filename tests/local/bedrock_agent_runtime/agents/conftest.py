"""Shops, each made once: one with the stand-in's own model, and one whose model has a script."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.local.bedrock_agent_runtime.agents.script import Script, scripted_model
from tests.local.bedrock_agent_runtime.agents.shop import FUNCTIONS, Shop


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with Shop(tmp_path_factory.mktemp("home")) as shop:
        yield shop


@pytest.fixture(scope="session")
def base(shop: Shop) -> str:
    return shop.manual()


@pytest.fixture(scope="session")
def agent(shop: Shop, base: str) -> str:
    return shop.agent({"functionSchema": FUNCTIONS, "actionGroupName": "orders"}, base=base)


@pytest.fixture(scope="session")
def script() -> Iterator[Script]:
    with scripted_model() as script:
        yield script


@pytest.fixture(scope="session")
def scripted(script: Script, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop whose model has a script."""
    with Shop(tmp_path_factory.mktemp("scripted"), model_url=script.url) as shop:
        yield shop


@pytest.fixture(scope="session")
def scripted_base(scripted: Shop) -> str:
    return scripted.manual()


@pytest.fixture
def session() -> str:
    return uuid4().hex
