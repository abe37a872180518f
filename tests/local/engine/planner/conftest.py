"""The planner, made once."""

import pytest

from app.local.engine.planner import Planner
from app.local.engine.transformer import Encoder


@pytest.fixture(scope="session")
def planner(encoder: Encoder) -> Planner:
    return Planner(encoder)
