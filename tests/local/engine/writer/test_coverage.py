"""What the words of a candidate have of a question."""

import pytest

from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.coverage import Coverage
from app.local.engine.writer.question import Question

TEXTS = [
    (0, "Berth B2705 is free."),
    (0, "Its fee is 40 euros."),
    (1, "Berth B2799 has a crane."),
]


@pytest.fixture
def coverage() -> Coverage:
    candidates = [
        Candidate(passage, place, "sentence", text, "")
        for place, (passage, text) in enumerate(TEXTS)
    ]
    own = [frozenset(terms(text)) for _, text in TEXTS]
    question = Question("What is the fee of berth B2799?")
    return Coverage(question, candidates, own, [frozenset()] * len(TEXTS))


def test_a_neighbour_is_of_the_same_passage(coverage: Coverage) -> None:
    assert [coverage.beside(place, +1) for place in range(3)] == [1, None, None]
    assert [coverage.beside(place, -1) for place in range(3)] == [None, 0, None]
    assert coverage.covered_beside(0, +1) > 0  # the fee
    assert coverage.covered_beside(2, -1) == 0


def test_only_the_identifiers_of_the_question_itself_count(coverage: Coverage) -> None:
    assert [coverage.exact(place) for place in range(3)] == [0, 0, 1]


def test_a_passage_has_the_places_of_its_candidates(coverage: Coverage) -> None:
    assert coverage.rows == {0: [0, 1], 1: [2]}
