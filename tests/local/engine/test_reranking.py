"""The reranker, with the encoder of the laptop."""

import numpy as np
import pytest

from app.local.engine import reranking
from app.local.engine.encoder import TokenVectors
from app.local.engine.late_interaction import WINDOW, coverage, coverages, nearest
from app.local.engine.transformer import Encoder

QUESTION = "Who may approve a purchase above 5,000 euros?"
TEXTS = [
    "The canteen opens at noon and closes at two.",
    "Purchases of more than 5,000 euros are approved by the head of finance.",
    "A purchase is paid within thirty days of its invoice.",
]


def test_what_answers_is_relevant_and_what_does_not_is_not(encoder: Encoder) -> None:
    scores = reranking.rerank(encoder, QUESTION, TEXTS)
    assert np.argsort(scores)[::-1].tolist() == [1, 2, 0]
    assert scores[1] > 0.5 > scores[0]


def test_a_texts_relevance_is_the_same_in_any_company(encoder: Encoder) -> None:
    many = reranking.rerank(encoder, QUESTION, TEXTS * 7)
    assert many == reranking.rerank(encoder, QUESTION, TEXTS) * 7


def test_a_text_without_words_is_not_relevant(encoder: Encoder) -> None:
    assert reranking.rerank(encoder, QUESTION, ["", " "]) == pytest.approx([0, 0], abs=1e-3)
    assert reranking.rerank(encoder, QUESTION, []) == []


def test_what_a_text_has_beyond_its_longest_part_is_not_read(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reranking, "LONGEST", 50)
    text = "The canteen is open. " * 9
    assert encoder.count(text) == 45
    long = text * 2 + TEXTS[1]
    assert reranking.rerank(encoder, QUESTION, [long])[0] < 0.5
    assert reranking.rerank(encoder, QUESTION, [TEXTS[1] + long])[0] > 0.5


def test_a_question_of_signs_alone_is_answered_by_its_signs() -> None:
    sign = TokenVectors(np.array([1029]), np.eye(2, 3, dtype=np.float32)[:1], np.eye(3)[0])
    other = TokenVectors(np.array([1030]), np.eye(2, 3, dtype=np.float32)[1:], np.eye(3)[1])
    assert coverage(sign, sign) == 1
    assert coverage(sign, other) == 0


def test_each_token_of_a_question_has_its_nearest_of_each_text() -> None:
    """The texts have more tokens than are multiplied at once."""
    random = np.random.default_rng(0)

    def tokens(count: int) -> TokenVectors:
        vectors = random.standard_normal((count, 384)).astype(np.float32)
        return TokenVectors(np.arange(count), vectors, vectors[:1].sum(axis=0))

    question, texts = tokens(13), [tokens(count) for count in (300, 0, 1, 77)]
    expected = [
        (one.vectors @ question.vectors.T).max(axis=0) if len(one.ids) else np.zeros(13)
        for one in texts
    ]
    assert nearest(question, texts) == pytest.approx(np.array(expected), abs=1e-3)
    assert nearest(tokens(0), texts).shape == (4, 0)


def test_a_window_says_what_stands_in_one_place() -> None:
    random = np.random.default_rng(1)
    vectors = random.standard_normal((3 * WINDOW, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)

    def tokens(places: list[int]) -> TokenVectors:
        ids = np.full(len(places), 20_000)
        return TokenVectors(ids, vectors[places], vectors[places].sum(axis=0))

    text = tokens(list(range(3 * WINDOW)))
    near, apart = tokens([70, 80]), tokens([0, 180])
    for question in (near, apart):
        whole, within = coverages(question, text)
        assert whole == pytest.approx(coverage(question, text)) == pytest.approx(1)
        assert within == (pytest.approx(1) if question is near else pytest.approx(0.5, abs=0.15))
    assert coverages(tokens([]), text) == coverages(near, tokens([])) == (0, 0)
