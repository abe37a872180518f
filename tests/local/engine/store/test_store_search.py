"""The search against the formulas, said plainly; and that nothing but the chunks decides."""

import math
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local.engine.store import Chunk, Vectors, vector_search, word_search
from app.local.engine.store import search as search_module
from app.local.engine.store.analysis import terms
from app.local.engine.store.filters import Condition
from app.local.engine.store.index import Index, Part
from app.local.engine.store.search import search
from app.local.engine.store.segment import Segment, signs
from app.local.engine.store.vector_search import EXACT, FEW
from app.local.engine.store.word_search import scored_rows
from tests.local.engine.store.samples import (
    DIMENSION,
    PROPERTY,
    chunk,
    sentence,
    vector,
)

Chunks = dict[int, Chunk]  # by number


def index_of(*runs: Chunks) -> Index:
    """A segment a run."""
    return Index(tuple(Part.whole(segment_of(run)) for run in runs))


def segment_of(run: Chunks) -> Segment:
    return Segment.of(list(run), list(run.values()), DIMENSION)


def bm25(chunks: Chunks, question: str) -> dict[int, float]:
    """BM25 as it is written in the textbook."""
    counted = {number: Counter(terms(each.text)) for number, each in chunks.items()}
    mean = sum(words.total() for words in counted.values()) / len(chunks)
    scores = dict.fromkeys(chunks, 0.0)
    for term in terms(question):
        df = sum(term in words for words in counted.values())
        idf = math.log(1 + (len(chunks) - df + 0.5) / (df + 0.5))
        for number, words in counted.items():
            tf = words[term]
            scores[number] += idf * tf / (tf + 1.2 * (0.25 + 0.75 * words.total() / mean))
    return scores


def hybrid(chunks: Chunks, seed: int, question: str) -> dict[int, float]:
    words = bm25(chunks, question)
    highest = max(words.values()) or 1
    return {
        number: 0.75 * (1 + float(each.vector @ vector(seed))) / 2 + 0.25 * words[number] / highest
        for number, each in chunks.items()
        if each.vector is not None
    }


@pytest.mark.parametrize("question", ["amber", "amber amber bridge", "granite zephyr none", "none"])
def test_a_hybrid_score_is_the_weighted_mean_of_both(question: str) -> None:
    chunks = {n: chunk(str(n), n, sentence(n, words=2 + n % 9)) for n in range(1, 60)}
    index = index_of({n: chunks[n] for n in range(1, 40)}, {n: chunks[n] for n in range(40, 60)})
    numbers, scores = search(index, vector(99), question, 60, None)
    expected = hybrid(chunks, 99, question)
    assert dict(zip(numbers.tolist(), scores.tolist(), strict=True)) == pytest.approx(
        expected, abs=1e-6
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[Index, Index, Chunks]:
    """Two ways to the same chunks: step by step with deletions and merges, and at once."""
    numbers = draw(st.integers(1, 40))
    chunks = {n: chunk(str(n), n % 17, metadata={"k": n % 3}) for n in range(numbers)}
    dead_numbers = draw(st.sets(st.sampled_from(list(chunks)), max_size=numbers - 1))
    cuts = sorted(draw(st.sets(st.integers(1, numbers), max_size=5)))
    grown = Index()
    for start, stop in zip([0, *cuts], [*cuts, numbers], strict=True):
        run = segment_of({n: chunks[n] for n in range(start, stop)})
        grown = grown.change(np.array(sorted(n for n in dead_numbers if n < start), np.int64), run)
        if draw(st.booleans()) and (places := grown.parts_to_merge()):
            grown = grown.with_merged(places, Part.whole(grown.merge(places)))
    grown = grown.change(np.array(sorted(dead_numbers), np.int64))
    left = {n: each for n, each in chunks.items() if n not in dead_numbers}
    return grown, index_of(left), left


@PROPERTY
@given(histories(), st.integers(0, 30), st.sampled_from([None, "amber bridge", "kettle"]))
def test_a_grown_index_and_a_fresh_one_return_the_same(
    history: tuple[Index, Index, Chunks], seed: int, text: str | None
) -> None:
    grown, fresh, left = history
    assert grown.size == fresh.size == len(left)
    for where in (None, Condition("equals", "k", 1)):
        for limit in (3, 40):
            assert bits(grown, seed, text, limit, where) == bits(fresh, seed, text, limit, where)


def bits(
    index: Index, seed: int, text: str | None, limit: int, where: Condition | None
) -> dict[int, float]:
    numbers, scores = search(index, vector(seed), text, limit, where)
    return dict(zip(numbers.tolist(), scores.tolist(), strict=True))


@pytest.fixture(scope="module", params=[EXACT + 1_000, FEW + 8_000])
def large(request: pytest.FixtureRequest) -> Index:
    """More chunks than are all compared, in clusters of 20, over three segments."""
    n: int = request.param
    random = np.random.default_rng(5)
    centres = random.standard_normal((n // 20 + 1, 384))
    vectors = centres[np.arange(n) // 20] + 0.8 * random.standard_normal((n, 384))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    runs = np.split(np.arange(n), [n // 2, n - 500])
    return Index(tuple(Part.whole(plain_segment(run.tolist(), vectors[run])) for run in runs))


def plain_segment(numbers: list[int], vectors: Vectors) -> Segment:
    """Chunks of one word each: `even` or `odd`, and a key that one in 50 has."""
    chunks = [
        Chunk(str(n), ("even", "odd")[n % 2], {"rare": True} if n % 50 == 0 else {}, each)
        for n, each in zip(numbers, vectors, strict=True)
    ]
    return Segment.of(numbers, chunks, DIMENSION)


def test_of_many_chunks_nearly_all_of_the_nearest_are_found(large: Index) -> None:
    vectors = np.concatenate([part.segment.vectors.all() for part in large.parts])
    hits = 0
    for row in range(0, len(vectors), 500):
        numbers, scores = search(large, vectors[row], None, 10, None)
        cosines = vectors @ vectors[row]
        hits += len(set(np.argsort(-cosines)[:10]) & set(numbers.tolist()))
        assert scores == pytest.approx(1 / (3 - 2 * cosines[numbers]), abs=1e-5)
        assert row in numbers
    assert hits / (10 * len(range(0, len(vectors), 500))) > 0.98


def test_of_many_chunks_nearly_all_of_the_best_by_meaning_and_words_are_found(
    large: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vectors are read of few rows, the likely ones, and these have the scores that all have."""
    vectors = np.concatenate([part.segment.vectors.all() for part in large.parts])
    hits, rows, sizes = 0, range(0, len(vectors), 500), list[int]()

    def counted(index: Index, vector: Vectors, some: Any) -> Any:
        sizes.append(len(some))
        return vector_search.cosines(index, vector, some)

    monkeypatch.setattr(search_module, "cosines", counted)
    for row in rows:
        numbers, scores = search(large, vectors[row], "odd", 10, None)
        has_word = np.arange(len(vectors)) % 2
        expected = 0.75 * (1 + vectors @ vectors[row]) / 2 + 0.25 * has_word
        hits += len(set(np.argsort(-expected)[:10]) & set(numbers.tolist()))
        assert scores == pytest.approx(expected[numbers], abs=1e-5)
    assert hits / (10 * len(rows)) > 0.98
    assert max(sizes) < 300


def test_of_few_chunks_a_question_by_vectors_alone_estimates_none(
    large: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    total, estimated = sum(part.size for part in large.parts), list[int]()
    estimate = vector_search._estimates

    def counted(codes: Any, vector: Vectors) -> Any:
        estimated.append(len(codes))
        return estimate(codes, vector)

    monkeypatch.setattr(vector_search, "_estimates", counted)
    search(large, vector(1), None, 10, None)
    assert bool(estimated) == (total > FEW)
    estimated.clear()
    search(large, vector(1), "odd", 10, None)
    assert estimated


@pytest.mark.parametrize("dimension", [384, 200])
def test_estimates_are_sums_of_the_components_whose_bits_are_set(dimension: int) -> None:
    random = np.random.default_rng(3)
    vectors = random.standard_normal((300, dimension)).astype(np.float32)
    heads, tails = signs(vectors)
    estimates = vector_search._estimates(np.vstack([heads, tails.T]), vectors[0])
    expected = (vectors > 0) @ vectors[0]
    assert np.abs(estimates - expected).max() < 0.08 * expected.std()
    assert np.corrcoef(estimates, expected)[0, 1] > 0.9998
    none = vector_search._estimates(np.vstack([heads, tails.T]), np.zeros_like(vectors[0]))
    assert not none.any()


@PROPERTY
@given(st.integers(0, 99), st.integers(1, 1_000), st.sampled_from([3, 60, 250]))
def test_the_lowest_distances_are_found_with_their_equals(
    seed: int, count: int, highest: int
) -> None:
    random = np.random.default_rng(seed)
    distances = np.sort(random.integers(0, highest, (1_000, 3)), axis=1)[:, 0].astype(np.uint8)
    last = np.sort(distances)[count - 1]
    found = vector_search._lowest(distances, count)
    assert found.tolist() == np.flatnonzero(distances <= last).tolist()


def test_of_many_chunks_a_filter_finds_exactly_the_best(large: Index) -> None:
    vectors = np.concatenate([part.segment.vectors.all() for part in large.parts])
    rare = np.arange(0, len(vectors), 50)
    for row in range(0, 4000, 400):
        numbers, _ = search(large, vectors[row], None, 10, Condition("equals", "rare", True))
        assert set(numbers.tolist()) == set(rare[np.argsort(-(vectors[rare] @ vectors[row]))[:10]])


@pytest.mark.parametrize("text", [None, "odd even"])
def test_of_many_chunks_a_filter_that_most_pass_keeps_the_others_out(
    large: Index, text: str | None
) -> None:
    where = Condition("notEquals", "rare", True)
    vectors = large.parts[0].segment.vectors.all()
    for row in range(0, 4000, 400):
        numbers, _ = search(large, vectors[row], text, 100, where)
        assert len(numbers) >= 100
        assert (numbers % 50 != 0).all()


def test_of_many_chunks_words_bring_in_what_vectors_do_not(large: Index) -> None:
    last = Segment.of([10**6], [Chunk("last", "ThrottlingException", {}, vector(2))], DIMENSION)
    index = large.change(np.empty(0, np.int64), last)
    assert 10**6 not in search(index, vector(1), None, 100, None)[0]
    assert search(index, vector(1), "odd throttling", 1, None)[0].tolist() == [10**6]


@pytest.mark.parametrize("where", [None, Condition("notEquals", "rare", True)])
def test_half_codes_leave_nearly_all_of_the_nearest_to_the_whole_codes(
    large: Index, where: Condition | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As beyond `FIRST` rows, where the first step compares a half of each code."""
    monkeypatch.setattr(vector_search, "FIRST", 4_000)
    monkeypatch.setattr(vector_search, "LEFT", 1_000)
    vectors = np.concatenate([part.segment.vectors.all() for part in large.parts])
    allowed = np.arange(len(vectors)) % 50 != 0 if where else np.full(len(vectors), True)
    hits, rows = 0, range(0, len(vectors), 500)
    for row in rows:
        numbers, _ = search(large, vectors[row], None, 10, where)
        assert allowed[numbers].all()
        expected = np.flatnonzero(allowed)[np.argsort(-(vectors[allowed] @ vectors[row]))[:10]]
        hits += len(set(expected) & set(numbers.tolist()))
    assert hits / (10 * len(rows)) > 0.98


def test_of_very_many_chunks_the_first_step_leaves_half_as_many(
    large: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    total, left = sum(part.size for part in large.parts), list[int]()

    def counted(index: Index, head: Any, allowed: Any, count: int) -> Any:
        rows, distances = first_rows(index, head, allowed, count)
        left.append(len(rows))
        return rows, distances

    first_rows = vector_search._first_rows
    monkeypatch.setattr(vector_search, "_first_rows", counted)
    monkeypatch.setattr(vector_search, "FIRST", 4_000)
    monkeypatch.setattr(vector_search, "LEFT", 8_000)
    whole = large.parts[0].segment.vectors.rows(np.array([7]))[0]
    for most in (total, total - 1):
        monkeypatch.setattr(vector_search, "LARGE", most)
        search(large, whole, None, 10, None)
    assert 8_000 <= left[0] < 12_000
    assert 4_000 <= left[1] < 6_000


@pytest.fixture(scope="module")
def wordy() -> Index:
    """5,000 chunks in three segments, with words that few have, many, and nearly all."""
    random = np.random.default_rng(8)
    names = np.array(["common", "usual", "frequent", *(f"rare{n}" for n in range(300))])
    shares = 1 / np.arange(1, len(names) + 1)
    texts = random.choice(names, (5_000, 12), p=shares / shares.sum())
    chunks = {
        n: Chunk(str(n), " ".join(row[: 4 + n % 9]), {"k": n % 3}, vector(n % 17))
        for n, row in enumerate(texts)
    }
    bounds = [0, 2_000, 4_500, 5_000]
    runs = [{n: chunks[n] for n in range(*pair)} for pair in pairwise(bounds)]
    dead_numbers = np.arange(0, 5_000, 7)
    return index_of(*runs).change(dead_numbers)


@pytest.mark.parametrize("where", [None, Condition("equals", "k", 1)])
@pytest.mark.parametrize("text", ["rare7 common usual", "rare250 common frequent rare9", "common"])
def test_lists_of_common_words_are_not_read_as_a_whole_and_scores_are_the_same(
    wordy: Index, text: str, where: Condition | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = np.arange(3, 5_000, 333)
    allowed = search_module._allowed(wordy, where)
    near = near[allowed[near]]
    monkeypatch.setattr(word_search, "LONG", 10**9)
    rows, scores = scored_rows(wordy, text, allowed, near, 20)
    looked_up = []
    look_up = word_search._SegmentSearch._look_up

    def counted(*arguments: Any) -> None:
        looked_up.append(arguments[-1])
        look_up(*arguments)

    monkeypatch.setattr(word_search, "LONG", 0)
    monkeypatch.setattr(word_search._SegmentSearch, "_look_up", counted)
    some_rows, same_scores = scored_rows(wordy, text, allowed, near, 20)
    assert some_rows.tolist() == rows.tolist()
    assert same_scores.tolist() == scores.tolist()
    assert allowed[rows].all()
    assert bool(looked_up) == (text != "common")
