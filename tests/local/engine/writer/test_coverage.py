"""What the words of a candidate have of a question."""

import pytest

from app.local.engine.store.analysis import terms
from app.local.engine.writer.candidates import Candidate
from app.local.engine.writer.evidence.coverage import Coverage, key_terms
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


def test_what_the_whole_document_is_about_tells_nothing() -> None:
    texts = ["Quartz is old.", "It is common.", "Its hardness is 7."]
    some = [Candidate(0, place, "sentence", text, "") for place, text in enumerate(texts)]
    own = [frozenset(terms(text)) for text in texts]
    question = Question("What is the hardness of quartz?")

    def first(named: list[frozenset[str]]) -> float:
        return Coverage(question, some, own, [frozenset()] * 3, named).covered(own[0])

    assert first([frozenset(["quartz"])] * 3) < first([])


@pytest.mark.parametrize(
    ("item", "keyed"),
    [
        ("`-o` to override variables.", True),
        ("`-v`: Be verbose; see `-o`.", False),
        ("Override -o.", False),
    ],
)
def test_an_item_is_about_what_it_names_first(item: str, *, keyed: bool) -> None:
    own = frozenset(terms(item))
    coverage = Coverage(
        Question("What does the -o flag do?"),
        [Candidate(0, 0, "item", item, "")],
        [own],
        [frozenset()],
    )
    assert coverage.keyed(0) is keyed


def test_a_row_is_about_its_first_cell() -> None:
    row = Candidate(0, 0, "row", "fee: 40", "", cells=(("Item", "fee"), ("Euros", "40")))
    assert key_terms(row) == {"fee"}
