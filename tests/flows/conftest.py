"""The home that flows are tested in; one a worker, since an encoder has to be loaded for it."""

from collections.abc import Iterator

import pytest

from tests.flows.home import Home, account, laptop


@pytest.fixture(scope="session")
def everything(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Home]:
    """The home, with what every test of it asked for."""
    if request.config.getoption("--home") == "aws":
        serving = account()
    else:
        serving = laptop(tmp_path_factory.mktemp("home"))
    with serving as home:
        yield home


@pytest.fixture
def home(everything: Home) -> Home:
    """The home, with no fault of the test before left to strike."""
    if everything.faults:
        everything.faults.clear()
    return everything
