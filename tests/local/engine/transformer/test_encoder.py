"""What the encoder promises whatever its network is: the same bits, and no waiting."""

from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.local.engine.transformer import Encoder

WORDS = ["granite", "the", "a", "retrieval-augmented", "数据", "S3", "?", "\n", "🪨", "bucket's"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)


@pytest.fixture(scope="module", params=["int8", "fp32"])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    precision: Literal["int8", "fp32"] = request.param
    return Encoder(precision, threads=3)


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=6), data=st.data())
def test_a_vector_is_the_same_bits_alone_and_in_any_company(
    encoder: Encoder, texts: list[str], data: st.DataObject
) -> None:
    alone = [encoder.encode([text])[0] for text in texts]
    order = data.draw(st.permutations(range(len(texts))))
    together = encoder.encode([texts[i] for i in order])  # (n, d)
    for row, i in zip(together, order, strict=True):
        assert row.tobytes() == alone[i].tobytes()


def test_a_vector_is_the_same_bits_in_every_process_and_thread(encoder: Encoder) -> None:
    texts = [f"Rock number {n} is {'very ' * n}old" for n in range(12)]
    once = encoder.encode(texts)  # (n, d)
    with ThreadPoolExecutor(6) as pool:
        again = list(pool.map(encoder.encode, [texts[::-1]] * 6))
    assert all(np.array_equal(vectors[::-1], once) for vectors in again)


def test_vectors_are_of_unit_length_in_the_order_of_the_texts(encoder: Encoder) -> None:
    texts = ["one", "", "three little pigs", "\ud800 a lone surrogate", "x" * 5000]
    vectors = encoder.encode(texts)  # (n, d)
    assert vectors.shape == (5, encoder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(vectors[2], encoder.encode(texts[2:3])[0])


def test_no_texts_are_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_every_token_of_a_long_text_counts(encoder: Encoder) -> None:
    long = "The basalt columns cooled slowly. " * 120
    a, b = encoder.encode([long, long + "Then the tide came in, warm and full of herring."])
    assert a.tobytes() != b.tobytes()


def test_a_query_does_not_wait_for_documents(encoder: Encoder) -> None:
    documents = ["The wing stalls when the flow over it separates. " * 20] * 6
    ingestions = [Thread(target=encoder.encode, args=(documents,)) for _ in range(2)]
    for ingestion in ingestions:
        ingestion.start()
    encoder.encode(["What is a stall?", "When does a wing stall?"])
    assert all(ingestion.is_alive() for ingestion in ingestions)
    for ingestion in ingestions:
        ingestion.join()


def test_what_is_made_of_each_texts_tokens_comes_in_the_order_of_the_texts(
    encoder: Encoder,
) -> None:
    texts = ["granite and basalt, in a longer text", "granite", "", "basalt is a rock"]
    made = encoder.map_tokens(texts, lambda tokens: (len(tokens.ids), tokens.mean))
    assert [count for count, _ in made] == [encoder.count(text) for text in texts]
    assert np.array([mean for _, mean in made]).tobytes() == encoder.encode(texts).tobytes()
