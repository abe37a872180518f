"""The writer, made once."""

import pytest

from app.local.engine.transformer import Encoder
from app.local.engine.writer import Writer


@pytest.fixture(scope="session")
def writer(encoder: Encoder) -> Writer:
    return Writer(encoder)
