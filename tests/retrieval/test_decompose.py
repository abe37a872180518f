"""Questions that compare two things, and the searches for them."""

import pytest

from app.events import Guardrail, Passage
from app.local.engine.writer.selection.comparisons import comparison_in
from app.retrieval import Screening
from app.retrieval.decompose import decompose, fuse


@pytest.mark.parametrize(
    ("question", "queries"),
    [
        ("What is the difference between pine and oak?", ("pine", "oak")),
        ("Compare pine with oak regarding price", ("pine price", "oak price")),
        ("pine versus oak", ("pine", "oak")),
        ("Which grows faster, pine or oak?", ("pine grows faster", "oak grows faster")),
        ("Pine or oak in Outcrop: how do they differ?", ("Pine Outcrop", "oak Outcrop")),
        ("Should I take pine or oak for a table?", ("pine for a table", "oak for a table")),
        ("What is pine?", ()),
        ("Is pine hard or soft?", ()),
        ("the vs. a", ()),
        ("", ()),
    ],
)
def test_a_comparison_is_searched_for_by_its_sides_too(
    question: str, queries: tuple[str, ...]
) -> None:
    assert decompose(question) == (question, *queries)


@pytest.mark.parametrize(
    "question",
    [
        "What is the difference between pine and oak?",
        "what's the main difference in price between pine and oak",
        "And what are the key differences between pine and oak in terms of price?",
        "Can you compare pine with oak?",
        "Contrast pine and oak regarding price",
        "How does pine differ from oak?",
        "How is pine compared to oak, when it comes to price?",
        "How do pine and oak differ in price?",
        "Pine and oak: how do they compare?",
        "Pine or oak, which grows faster?",
        "Which grows faster, pine or oak?",
        "pine vs. oak",
        "Pine or oak in Outcrop: how do they differ?",
        "pine vs. oak in the handbook, what are the main differences?",
        "pine and oak: what is different?",
        "Is there a difference in price between pine and oak?",
        "What distinguishes pine from oak?",
        "What sets pine apart from oak in price?",
        "Should we use pine or oak for a table?",
        "What is pine?",
        "Is pine hard or soft?",
        "What is the price of pine and oak?",
    ],
)
def test_the_application_takes_apart_what_the_stand_ins_model_does(question: str) -> None:
    """Else a side would be searched for and not answered, or the other way round."""
    comparison = comparison_in(question)
    sides = comparison.sides if comparison else ()
    _, *queries = decompose(question)
    assert len(queries) == len(sides)
    for query, side in zip(queries, sides, strict=True):
        assert query.startswith(side)


def screening(*texts: str, events: tuple[Guardrail, ...] = ()) -> Screening:
    passages = [Passage(n, text, "s3://docs/a.md", 0.9) for n, text in enumerate(texts, 1)]
    return Screening(tuple(passages), events)


def test_the_best_passages_of_all_searches_come_in_turn() -> None:
    fused = fuse([screening("a", "b", "c"), screening("b", "d"), screening()], 3)
    assert [(one.number, one.text) for one in fused.passages] == [(1, "a"), (2, "b"), (3, "d")]


def test_what_the_guard_did_twice_is_told_once() -> None:
    event = Guardrail("passage", "blocked", "", "", "s3://docs/a.md")
    fused = fuse([screening("a", events=(event,)), screening("b", events=(event,))], 5)
    assert fused.interventions == (event,)
