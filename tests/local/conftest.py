"""The encoder, made once."""

import pytest

from app.local.engine.transformer import Encoder


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder()
