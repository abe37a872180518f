"""Tokens of passages, remembered in four bits a component, in memory and in a file."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from app.local.engine.encoder import TokenVectors
from app.local.engine.late_interaction import coverage
from app.local.engine.packed_tokens import PackedTokens
from app.local.engine.token_file import TokenFile
from app.local.engine.token_memory import TokenMemory
from app.local.engine.transformer import Encoder
from tests.local.bedrock_agent.knowledge_bases.fakes import HashingEncoder

PASSAGES = [
    "The red fox lives in the forest, and hunts at night.",
    "A berth costs 30 euros a day; water and power come on top of it.",
    "Potatoes are planted in April, as soon as the soil is warm.",
]
DOCUMENTS = ["foxes", "berths", "potatoes"]


class Counting(HashingEncoder):
    """Notes how many texts are encoded."""

    texts = 0

    def tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        self.texts += len(texts)
        return super().tokens(texts)


def test_a_component_is_off_by_half_a_step_of_its_channel_at_most() -> None:
    random = np.random.default_rng(0)
    vectors = random.standard_normal((50, 8)).astype(np.float32)
    vectors[:, 0] *= 100
    tokens = TokenVectors(np.arange(50) + 30_000, vectors, vectors.mean(axis=0))
    packed = PackedTokens.of(tokens)
    read = packed.unpacked()
    steps = np.abs(vectors).max(axis=0) / 7
    assert (np.abs(read.vectors - vectors) <= steps / 2 + 1e-5).all()
    assert np.abs(read.vectors).max(axis=0) == pytest.approx(np.abs(vectors).max(axis=0))
    assert (read.ids == tokens.ids).all()
    assert (read.mean == tokens.mean).all()
    assert packed.codes.nbytes == vectors.nbytes / 8


@pytest.mark.parametrize("count", [0, 1])
def test_texts_of_few_tokens_are_packed(count: int) -> None:
    tokens = TokenVectors(
        np.arange(count), np.zeros((count, 4), np.float32), np.zeros(4, np.float32)
    )
    assert PackedTokens.of(tokens).unpacked().vectors.tolist() == [[0.0] * 4] * count


def test_late_interaction_is_the_same_to_a_hundredth(encoder: Encoder) -> None:
    memory = TokenMemory(encoder, 1_000_000)
    [question] = encoder.tokens(["When are potatoes planted?"])
    for exact, read in zip(encoder.tokens(PASSAGES), memory.tokens(PASSAGES), strict=True):
        assert coverage(question, read) == pytest.approx(coverage(question, exact), abs=0.01)


def test_what_is_embedded_is_not_read_again() -> None:
    encoder = Counting()
    memory = TokenMemory(encoder, 1_000_000)
    vectors = memory.embed(PASSAGES, DOCUMENTS, longest=60)
    assert (vectors == encoder.encode(PASSAGES)).all()
    assert encoder.texts == 2  # the second has more than 60 characters, and is embedded alone
    first = memory.tokens(PASSAGES)
    assert encoder.texts == 3
    again = TokenMemory(encoder, 1_000_000).tokens(PASSAGES)
    for one, other in zip(first, again, strict=True):
        assert (one.vectors == other.vectors).all()


def test_many_passages_are_embedded_in_their_order() -> None:
    encoder = Counting()
    memory = TokenMemory(encoder, 10_000_000)
    texts = [f"passage {number} " + "of some length " * (number % 5) for number in range(50)]
    assert (memory.embed(texts, ["a"] * 50, longest=40) == encoder.encode(texts)).all()
    assert encoder.texts == sum(len(text) <= 40 for text in texts)


def test_what_is_embedded_never_displaces_what_was_read() -> None:
    encoder = Counting()
    room = PackedTokens.of(encoder.tokens(PASSAGES[:1])[0]).size
    memory = TokenMemory(encoder, int(1.5 * room))
    memory.tokens(PASSAGES[:1])
    encoder.texts = 0
    assert (
        memory.embed(PASSAGES[1:], DOCUMENTS[1:], longest=100) == encoder.encode(PASSAGES[1:])
    ).all()
    memory.tokens(PASSAGES[:1])
    assert encoder.texts == 0  # a full memory embeds as `encode` does
    assert memory.embed([], [], longest=100).shape[0] == 0


def test_after_a_start_what_was_embedded_is_read_from_the_file(tmp_path: Path) -> None:
    encoder = Counting()
    before = TokenMemory(encoder, 0, token_file(tmp_path))
    before.embed(PASSAGES, DOCUMENTS, longest=60)  # the second has more characters
    before.close()
    encoder.texts = 0
    memory = TokenMemory(encoder, 0, token_file(tmp_path))
    first = memory.passages(PASSAGES, DOCUMENTS)
    assert encoder.texts == 1
    expected = TokenMemory(encoder, 0).tokens(PASSAGES)
    for one, other in zip(first, expected, strict=True):
        assert (one.vectors == other.vectors).all()
        assert (one.ids == other.ids).all()
        assert (one.mean == other.mean).all()
    encoder.texts = 0
    memory.passages(PASSAGES, DOCUMENTS)
    assert encoder.texts == 0  # what a search read is in the file as well
    memory.close()


def test_while_the_file_has_room_a_full_memory_does_not_keep_passages_out_of_it(
    tmp_path: Path,
) -> None:
    encoder = Counting()
    memory = TokenMemory(encoder, 0, token_file(tmp_path))
    assert (memory.embed(PASSAGES, DOCUMENTS, longest=100) == encoder.encode(PASSAGES)).all()
    assert encoder.texts == 3
    memory.forget("foxes")
    memory.keep(["foxes", "berths"])
    encoder.texts = 0
    memory.passages(PASSAGES, DOCUMENTS)
    assert encoder.texts == 2
    memory.close()


def token_file(folder: Path) -> TokenFile:
    return TokenFile(folder / "tokens.sqlite", 1_000_000, HashingEncoder.dimension, "int8")
