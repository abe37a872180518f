"""The guard, made once, with the English encoder for all languages."""

import pytest

from app.local.engine.guard import Guard
from app.local.engine.guard.grounding import Grounding
from app.local.engine.transformer import Encoder


@pytest.fixture(scope="session")
def guard(encoder: Encoder) -> Guard:
    return Guard(encoder, Grounding(encoder, encoder))
