"""Why a search returned a passage where it did."""

from app.events import Passage
from app.retrieval.explanation import Explanation, explain

QUARTZ = Passage(3, "Quartz is HARD, quartz!", "s3://d/stones.md", 0.4)


def test_a_passage_has_its_rank_by_meaning_and_the_words_of_the_query() -> None:
    by_meaning = [
        Passage(1, "Granite is hard.", QUARTZ.uri, 0.9),
        Passage(2, QUARTZ.text, "s3://d/other.md", 0.8),
        Passage(7, QUARTZ.text, QUARTZ.uri, 0.7),
    ]
    explanation = explain(QUARTZ, "how hard is quartz?", by_meaning, answer_limit=3)
    assert explanation == Explanation(7, ("Quartz", "is", "HARD"), used=True)


def test_words_are_told_apart_as_they_are_written_small() -> None:
    passage = Passage(1, "STRAẞE, Straße, Strasse.", "s3://d/a.md", 0.4)
    explanation = explain(passage, "straße strasse", [], answer_limit=3)
    assert explanation.words == ("STRAẞE", "Strasse")


def test_a_passage_that_no_answer_reads_says_why() -> None:
    assert explain(QUARTZ, "granite", [], answer_limit=2) == Explanation(
        None, (), used=False, reason="an answer reads the first 2 only"
    )


def test_a_passage_that_was_joined_to_more_or_less_has_the_rank_of_its_chunk() -> None:
    whole = Passage(4, f"Stones: {QUARTZ.text}", QUARTZ.uri, 0.7)
    assert explain(QUARTZ, "quartz", [whole], answer_limit=3).semantic_rank == 4
    assert explain(whole, "quartz", [QUARTZ], answer_limit=5).semantic_rank == 3
    empty = Passage(9, "", QUARTZ.uri, 0.9)
    assert explain(QUARTZ, "quartz", [empty], answer_limit=5).semantic_rank is None
