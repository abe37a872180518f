"""Drawing candidates, and choosing those that are said."""

from collections import Counter
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local.engine.transformer import Encoder
from app.local.engine.writer.candidates import Candidate, candidates
from app.local.engine.writer.evidence import evidence
from app.local.engine.writer.evidence.case import case_of
from app.local.engine.writer.evidence.vectors import Remembered
from app.local.engine.writer.prompt import Sampling
from app.local.engine.writer.question import Question
from app.local.engine.writer.selection import (
    LONGEST,
    answering,
    chosen,
    drawn,
    score,
    signs,
    softmax,
    with_neighbour,
)

SCORES = np.log(np.array([0.1, 0.6, 0.3]))
scores = st.lists(st.floats(-30, 30), min_size=1, max_size=12).map(np.array)


def test_at_temperature_1_candidates_are_drawn_as_often_as_the_softmax_says() -> None:
    random = Random(7)
    sampling = Sampling(temperature=1.0)
    firsts = Counter(drawn(SCORES, sampling, random)[0] for _ in range(4000))
    shares = [firsts[place] / 4000 for place in range(3)]
    assert shares == pytest.approx([0.1, 0.6, 0.3], abs=0.03)


def test_a_higher_temperature_flattens_the_distribution() -> None:
    firsts = [
        Counter(drawn(SCORES, Sampling(temperature=t), random)[0] for _ in range(2000))[1]
        for t, random in ((0.2, Random(1)), (1.0, Random(1)), (5.0, Random(1)))
    ]
    assert firsts[0] > firsts[1] > firsts[2]


@pytest.mark.parametrize(
    ("sampling", "possible"),
    [
        (Sampling(temperature=1.0, top_k=1), {1}),
        (Sampling(temperature=1.0, top_k=2), {1, 2}),
        (Sampling(temperature=1.0, top_p=0.5), {1}),
        (Sampling(temperature=1.0, top_p=0.7), {1, 2}),
        (Sampling(temperature=1.0, top_p=0.0), {1}),
        (Sampling(temperature=1.0, top_k=2, top_p=0.65), {1}),  # .6 of the .9 that is left is .67
        (Sampling(temperature=1.0, top_k=0), {0, 1, 2}),
        (Sampling(temperature=1e-300), {1}),
        (Sampling(), {1}),
    ],
)
def test_top_k_and_top_p_cut_the_distribution_off(sampling: Sampling, possible: set[int]) -> None:
    random = Random(3)
    assert {drawn(SCORES, sampling, random)[0] for _ in range(300)} == possible


@given(
    scores,
    st.floats(0, 2),
    st.none() | st.floats(0, 1),
    st.none() | st.integers(0, 20),
    st.integers(0, 99),
)
def test_a_draw_is_an_order_of_some_candidates(
    given_scores: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    temperature: float,
    top_p: float | None,
    top_k: int | None,
    seed: int,
) -> None:
    sampling = Sampling(temperature=temperature, top_p=top_p, top_k=top_k)
    order = drawn(given_scores, sampling, Random(seed))
    assert order
    assert len(set(order)) == len(order)
    assert set(order) <= set(range(len(given_scores)))
    assert order == drawn(given_scores, sampling, Random(seed))


@given(scores)
def test_softmax_is_a_distribution(
    given_scores: "np.ndarray[tuple[int], np.dtype[np.float64]]",
) -> None:
    likely = softmax(given_scores)
    assert likely.sum() == pytest.approx(1.0)
    assert given_scores[likely.argmax()] == pytest.approx(given_scores.max())


def candidate(passage: int, place: int, text: str) -> Candidate:
    return Candidate(passage, place, "sentence", text, "")


FOUND = [
    candidate(0, 0, "Quartz is a mineral."),
    candidate(0, 1, "It is hard."),
    candidate(1, 0, "Talc is soft."),
    candidate(1, 1, "Talc is soft. Yes."),
]
APART = np.eye(4, dtype=np.float32)


def test_passages_stand_as_they_were_drawn_and_sentences_as_in_their_passage() -> None:
    assert chosen(FOUND, [0, 2, 1], np.zeros(4), APART) == [0, 1, 2]
    assert chosen(FOUND, [2, 1, 0], np.zeros(4), APART) == [2, 0, 1]


def test_what_hardly_holds_the_answer_is_not_said() -> None:
    assert chosen(FOUND, [2, 0, 1], np.array([0.0, 0.0, 9.0, 0.0]), APART) == [2]


def test_a_pronoun_comes_with_the_sentence_that_it_stands_for() -> None:
    assert chosen(FOUND, [1, 2, 0], np.array([0.0, 9.0, 0.0, 0.0]), APART) == [0, 1]


def test_nothing_is_said_twice() -> None:
    assert chosen(FOUND, [2, 3, 0], np.zeros(4), APART) == [2, 0]
    alike = np.full((4, 4), 0.5, np.float32)
    assert chosen(FOUND, [0, 1, 2], np.zeros(4), alike) == [0]


def test_an_answer_has_no_more_than_three_sentences() -> None:
    many = [candidate(0, place, f"Thing {place} is there.") for place in range(9)]
    order = list(range(9))
    assert len(chosen(many, order, np.zeros(9), np.eye(9, dtype=np.float32))) == LONGEST


def neighbours(encoder: Encoder, question: str, text: str, *places: int) -> list[int]:
    found = case_of(Remembered(encoder), Question(question), candidates([text]))
    return with_neighbour(found, places)


def test_a_short_sentence_comes_with_the_neighbour_that_says_more_of_the_question(
    encoder: Encoder,
) -> None:
    """Behind or before it, and within its paragraph."""
    text = (
        "The ferry leaves at noon. Most of these schools are vocational. Tickets are sold in town."
    )
    which = "What types of schools are most ferry schools?"
    assert neighbours(encoder, which, text, 1) == [0, 1]
    assert neighbours(encoder, "When does the ferry for vocational training leave?", text, 0) == [
        *(0, 1)
    ]
    apart = text.replace(" Most", "\n\nMost").replace(" Tickets", "\n\nTickets")
    assert neighbours(encoder, which, apart, 1) == [1]
    assert neighbours(encoder, which, text, 0, 2) == [0, 2]


def test_a_sentence_that_says_most_of_the_question_stands_alone(encoder: Encoder) -> None:
    text = "The ferry leaves the harbour at noon. Dogs travel free of charge."
    assert neighbours(encoder, "When does the ferry leave the harbour?", text, 0) == [0]


def test_a_long_neighbour_is_not_said(encoder: Encoder) -> None:
    text = f"It leaves at noon. The ferry {'calls at many small islands, and ' * 12}turns back."
    assert neighbours(encoder, "When does the ferry to the islands leave?", text, 0) == [0]


def test_paragraphs_are_weighed_otherwise_than_pages_with_headings(encoder: Encoder) -> None:
    prose = ["Quartz is hard. It is found in Brazil.", "Talc is soft. It is white."]

    def worth(passages: list[str]) -> float:
        question = Question("How hard is quartz?")
        case = case_of(Remembered(encoder), question, candidates(passages))
        return float(score(case, evidence(case))[0])

    mixed = [prose[0], "# Talc\n\nIt is `soft`."]
    assert worth(prose) != pytest.approx(worth(mixed), abs=0.5)


@pytest.mark.parametrize(
    ("passage", "lacks"),
    [
        ("How old a member must be is law. Members are over the age of 18.", False),
        ("How old a member must be is law. Members are of age.", True),
        ("# Age\n\nHow old a member must be is law. Members are over the age of 18.", True),
    ],
)
def test_mere_prose_may_tell_a_number_in_another_sentence(
    encoder: Encoder, passage: str, lacks: bool
) -> None:
    question = Question("How old must a member be?")
    case = case_of(Remembered(encoder), question, candidates([passage]))
    assert signs(case, evidence(case), 0)["no number"] == lacks


def test_only_what_covers_the_question_is_an_answer(encoder: Encoder) -> None:
    passage = "Quartz is hard: it scratches glass.\n\nIt is found in Brazil."
    assert _answers(encoder, "How hard is quartz?", passage)
    assert not _answers(encoder, "Who won the cup in 1990?", passage)


def test_what_a_question_names_and_the_passage_lacks_makes_it_no_answer(encoder: Encoder) -> None:
    table = (
        "The canteen sells these.\n\n| Dish | Price |\n|---|---|\n| Soup | 4 |\n| Salad | 6 |\n"
        "| Rice | 5 |\n"
    )
    assert _answers(encoder, "What is the price of the salad?", table)
    assert not _answers(encoder, "What is the price of the lobster?", table)


def _answers(encoder: Encoder, question: str, passage: str) -> bool:
    case = case_of(Remembered(encoder), Question(question), candidates([passage]))
    features = evidence(case)
    return answering(case, features, score(case, features)) is not None
