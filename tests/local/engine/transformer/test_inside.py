"""What the encoder shows of itself, against the same network in NumPy."""

from typing import Literal

import numpy as np
import pytest

from app.local.engine.transformer import Encoder
from tests.local.engine.transformer.test_reference import TEXTS, forward, published

SHORT = TEXTS[:5]


@pytest.fixture(scope="module", params=["fp32", "int8"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    precision: Literal["int8", "fp32"] = request.param
    return Encoder(precision)


@pytest.mark.parametrize("text", SHORT)
def test_attention_is_the_networks_own(encoder: Encoder, text: str) -> None:
    view = encoder.inside(text)
    _, layers = forward([token.id for token in view.tokens])
    away = np.abs(view.attention - np.stack(layers))
    if encoder.precision == "fp32":
        assert away.max() < 1e-4
    else:  # its own, too: rounded as it computes
        assert away.mean() < 0.005
        assert away.max() > 0


@pytest.mark.parametrize("text", SHORT)
def test_what_a_token_reads_sums_to_one(encoder: Encoder, text: str) -> None:
    attention = encoder.inside(text).attention
    size = len(encoder.spans(text)) + 2
    assert attention.shape == (6, 12, size, size)
    assert attention.min() >= 0
    np.testing.assert_allclose(attention.sum(axis=-1), 1, atol=1e-5)


@pytest.mark.parametrize("text", SHORT)
def test_to_be_looked_at_changes_nothing(encoder: Encoder, text: str) -> None:
    assert (encoder.inside(text).vector == encoder.encode([text])[0]).all()


def test_tokens_are_named_as_in_the_vocabulary_and_placed_in_the_text(encoder: Encoder) -> None:
    text = "Basalts, 🪨!"
    tokens = encoder.inside(text).tokens
    assert [token.name for token in tokens] == [
        *("[CLS]", "basalt", "##s", ",", "[UNK]", "!", "[SEP]"),
    ]
    assert [text[token.start : token.end] for token in tokens[1:-1]] == [
        *("Basalt", "s", ",", "🪨", "!"),
    ]
    assert tokens[0].start is tokens[-1].end is None


def test_positions_are_the_published_embeddings(encoder: Encoder) -> None:
    view = encoder.inside("granite")
    weights = published()["embeddings.position_embeddings.weight"]
    assert (view.places == weights[: len(view.tokens)]).all()


def test_a_text_of_several_windows_is_refused(encoder: Encoder) -> None:
    with pytest.raises(ValueError, match="window"):
        encoder.inside("granite " * 300)
