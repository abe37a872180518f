"""The order of a search's first hits by late interaction."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from app.local.engine import late_order
from app.local.engine.encoder import TokenVectors
from app.local.engine.late_order import FIRST, in_late_order
from app.local.engine.retrieval import Query, retrieve
from app.local.engine.store import Hit
from app.local.engine.token_memory import TokenMemory
from tests.local.bedrock_agent.knowledge_bases.fakes import HashingEncoder

QUESTION = "fee of a berth"


class Watched(HashingEncoder):
    """Notes the texts whose tokens are asked for."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        self.texts += texts
        return super().tokens(texts)


def hit(name: str, text: str, score: float, context: str = "") -> Hit:
    return Hit(name, "document", text, {}, score, None, context)


def ordered(hits: list[Hit], question: str = QUESTION) -> list[Hit]:
    encoder = HashingEncoder()
    memory = TokenMemory(encoder, 10_000)
    return in_late_order(memory, question, encoder.tokens([question])[0], hits)


def test_the_hit_that_says_most_of_the_question_comes_first() -> None:
    hits = ordered([hit("a", "the red fox", 0.8), hit("b", "the fee of a berth is 30", 0.7)])
    assert [one.id for one in hits] == ["b", "a"]
    assert 1 >= hits[0].score > hits[1].score > 0


def test_what_stands_over_a_hit_counts_too() -> None:
    over = hit("b", "it is 30", 0.7, "Berths > Fee of a berth")
    assert [one.id for one in ordered([hit("a", "it is 40", 0.7), over])] == ["b", "a"]


@pytest.mark.parametrize("name", ["B2750", "e-4711.9", "0.20.0", "v0.20.0"])
def test_a_hit_with_the_identifier_comes_before_all_with_others(name: str) -> None:
    """Those others say more of the question's words."""
    near = hit("a", "What is the fee of the berth B2751, e-4711.8, 0.20.1? The fee is 30.", 0.9)
    exact = hit("b", f"| {name.lower().removeprefix('v')} | 40 |", 0.5)
    hits = ordered([near, exact], f"What is the fee of the berth {name}?")
    assert [one.id for one in hits] == ["b", "a"]
    assert 1 >= hits[0].score > hits[1].score >= 0


def test_of_two_hits_that_say_the_same_the_one_that_says_it_in_one_place_comes_first() -> None:
    filler = "fox " * 200
    apart = hit("a", f"fee {filler} berth {filler} of a", 0.7)
    together = hit("b", f"{filler} fee of a berth {filler}", 0.7)
    assert [one.id for one in ordered([apart, together])] == ["b", "a"]


def test_of_two_hits_alike_the_one_whose_words_the_search_found_comes_first() -> None:
    """Both have the same score, and say all of the question; one has more of it from words."""
    near, found = hit("a", QUESTION, 0.8), hit("b", f"{QUESTION} for a boat and a crew", 0.8)
    assert [one.id for one in ordered([near, found])] == ["b", "a"]


def of(document: str, name: str, text: str, score: float) -> Hit:
    return replace(hit(name, text, score), document=document)


def test_a_hit_is_lifted_by_the_others_of_its_document() -> None:
    alone = of("one", "alone", "the fee of a berth", 0.8)
    siblings = [of("two", f"{n}", f"the fee of a berth {n}", 0.71) for n in range(3)]
    least = of("three", "least", "fox", 0.2)
    hits = ordered([alone, *siblings, least])
    assert {one.id for one in hits[:3]} == {"0", "1", "2"}
    assert [one.id for one in hits[3:]] == ["alone", "least"]
    assert 1 >= hits[0].score >= hits[-1].score > 0


def test_copies_of_a_text_lift_a_document_once() -> None:
    alone = of("one", "alone", "the fee of a berth", 0.72)
    copies = [of("two", f"{n}", "the fee of a berth", 0.71) for n in range(3)]
    hits = ordered([alone, *copies, of("three", "least", "fox", 0.2)])
    assert [one.id for one in hits] == ["alone", "0", "1", "2", "least"]


def test_hits_beyond_the_first_stay_below_them_in_their_order() -> None:
    fillers = [hit(f"{n:02}", "fox", 0.9 - n / 100) for n in range(FIRST)]
    last = [hit("x", QUESTION, 0.7), hit("y", QUESTION, 0.6)]
    hits = ordered([*fillers, *last])
    assert [one.id for one in hits[FIRST:]] == ["x", "y"]
    scores = [one.score for one in hits]
    assert scores == sorted(scores, reverse=True)
    assert scores[FIRST] < scores[FIRST - 1]


@pytest.mark.parametrize("question", [QUESTION, "Wie hoch ist die Gebühr für einen Liegeplatz?"])
def test_long_texts_and_other_languages_stay_as_the_search_has_them(question: str) -> None:
    text = "fox" if question != QUESTION else "fox " * late_order.LONGEST
    hits = [hit("a", text, 0.8), hit("b", f"{QUESTION} {question}", 0.7)]
    assert ordered(hits, question) == hits


def test_copies_of_a_text_are_read_once() -> None:
    encoder = Watched()
    hits = [hit(f"{n}", "fox", 0.9) for n in range(8)] + [hit("x", QUESTION, 0.5)]
    [tokens] = encoder.tokens([QUESTION])
    memory = TokenMemory(encoder, 0)
    assert in_late_order(memory, QUESTION, tokens, hits)[0].id == "x"
    assert len(encoder.texts) == 3


class Found:
    """A store that finds these hits."""

    def __init__(self, hits: list[Hit]) -> None:
        self.hits = hits
        self.limits: list[int] = []

    def search(self, *question: object) -> list[Hit]:
        _vector, _text, limit, _filter = question
        assert isinstance(limit, int)
        self.limits.append(limit)
        return self.hits[:limit]

    def nearest_word(self, _word: str) -> None:
        """No word is misspelled."""

    def parents(self, ids: Sequence[str]) -> dict[str, Hit]:
        return {} if not ids else dict(zip(ids, self.hits, strict=False))


HITS = [hit(f"{n}", "fox", 0.9 - n / 100) for n in range(11)] + [hit("best", QUESTION, 0.5)]


def test_a_search_for_one_hit_looks_at_the_first_twelve() -> None:
    store, encoder = Found(HITS), Watched()
    query = Query(QUESTION, 1, by_words=True)
    [(rank, best)] = retrieve(encoder, store, query, TokenMemory(encoder, 10_000))  # type: ignore[arg-type]  # what it uses
    assert (rank, best.id, store.limits) == (0, "best", [FIRST])


@pytest.mark.parametrize(
    "query",
    [Query(QUESTION, 1), Query(QUESTION, 1, by_words=True, is_reranked=True)],
    ids=["by meaning alone", "reranked by the caller"],
)
def test_other_searches_stay_as_the_store_has_them(query: Query) -> None:
    store, encoder = Found(HITS), Watched()
    [(_, best)] = retrieve(encoder, store, query, TokenMemory(encoder, 10_000))  # type: ignore[arg-type]  # what it uses
    assert (best.id, encoder.texts) == ("0", [])


def test_a_question_is_embedded_as_by_encode() -> None:
    encoder = HashingEncoder()
    [tokens] = encoder.tokens([QUESTION])
    assert np.array_equal(tokens.mean, encoder.encode([QUESTION])[0])
