"""The encoders, each made once for a worker: they are safe to share, and keep nothing of a text."""

import pytest

from app.local.engine.multilingual import MultilingualEncoder
from app.local.engine.transformer import Encoder


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture(scope="session")
def multilingual(encoder: Encoder) -> MultilingualEncoder:
    return MultilingualEncoder(encoder)
