"""The encoders of a worker, which the stand-ins in it have too."""

import pytest

from app.local.engine import encoders
from app.local.engine.multilingual import MultilingualEncoder
from app.local.engine.transformer import Encoder


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return encoders("int8")[0]


@pytest.fixture(scope="session")
def multilingual() -> MultilingualEncoder:
    return encoders("int8")[1]
