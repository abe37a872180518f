"""The writers, made once: of English alone, and of every language."""

import pytest

from app.local.engine.multilingual import MultilingualEncoder
from app.local.engine.transformer import Encoder
from app.local.engine.writer import Writer


@pytest.fixture(scope="session")
def writer(encoder: Encoder) -> Writer:
    return Writer(encoder)


@pytest.fixture(scope="session")
def speaker(encoder: Encoder, multilingual: MultilingualEncoder) -> Writer:
    """Compares texts of all languages."""
    return Writer(encoder, multilingual=multilingual)
