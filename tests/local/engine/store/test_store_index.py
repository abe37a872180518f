"""Segments and what they are made of: merged they are what they would be made at once."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.local.engine.store import Chunk, Metadata
from app.local.engine.store import index as index_module
from app.local.engine.store.attributes import Attributes
from app.local.engine.store.index import GROWTH, Index, Part
from app.local.engine.store.inverted import Inverted
from app.local.engine.store.segment import Segment
from tests.contract.test_store_model import FILTERS, METADATA
from tests.local.engine.store.samples import (
    DIMENSION,
    PROPERTY,
    chunk,
    passes,
    vector,
)

Postings = list[tuple[int, int, int]]  # key, row, count
POSTINGS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(1, 3)),
    unique_by=lambda posting: posting[:2],
)


def inverted(postings: Postings) -> Inverted:
    keys, rows, counts = np.array(postings, np.int64).reshape(-1, 3).T
    return Inverted.of(keys, rows, counts)


def postings(index: Inverted) -> Postings:
    return [
        (key, row, count)
        for key in index.keys.tolist()
        for row, count in zip(
            index.rows[index.find(key)].tolist(),
            index.counts[index.find(key)].tolist(),
            strict=True,
        )
    ]


@PROPERTY
@given(POSTINGS)
def test_an_inverted_index_gives_back_its_postings(found: Postings) -> None:
    index = inverted(found)
    assert sorted(postings(index)) == sorted(found)
    assert index.find(99) == slice(0, 0)


@PROPERTY
@given(st.lists(POSTINGS, min_size=1, max_size=4))
def test_merged_indexes_have_the_postings_of_all(parts: list[Postings]) -> None:
    merged = Inverted.merge([inverted(part) for part in parts])
    assert sorted(postings(merged)) == sorted(posting for part in parts for posting in part)


@PROPERTY
@given(POSTINGS, st.lists(st.booleans(), min_size=10, max_size=10))
def test_rows_are_moved_or_left_out(found: Postings, kept: list[bool]) -> None:
    places = np.where(kept, np.arange(10)[::-1], -1)
    moved = postings(inverted(found).move(places))
    assert sorted(moved) == sorted((key, 9 - row, n) for key, row, n in found if kept[row])


@PROPERTY
@given(st.lists(METADATA, max_size=12), FILTERS.filter(bool))
def test_a_mask_is_what_the_filter_says_of_each_row(metadata: list[Metadata], where: Any) -> None:
    half = len(metadata) // 2
    whole = Attributes.of(metadata)
    parts = [Attributes.of(metadata[:half]), Attributes.of(metadata[half:])]
    after = np.arange(half, len(metadata))
    merged = Attributes.merge([parts[0], parts[1].move(after)])
    expected = [passes(attributes, where) for attributes in metadata]
    for attributes in (whole, merged):
        assert attributes.mask(where, len(metadata)).tolist() == expected


def some(numbers: range) -> Segment:
    chunks = [chunk(str(n), n, metadata={"n": n % 4, "even": n % 2 == 0}) for n in numbers]
    return Segment.of(list(numbers), chunks, DIMENSION)


def contents(segment: Segment) -> dict[str, Any]:
    """Everything in it, as lists."""
    return {
        "numbers": segment.numbers.tolist(),
        "vectors": segment.vectors.all().tolist(),
        "heads": segment.heads.tolist(),
        "tails": segment.tails.tolist(),
        "lengths": segment.lengths.tolist(),
        "words": postings(segment.words),
        "names": {key: segment.attributes.names.texts(key) for key in segment.attributes.names},
        "attributes": postings(segment.attributes.index),
    }


def test_merged_segments_are_the_segment_of_all() -> None:
    parts = [some(range(5)), some(range(5, 20)), some(range(20, 21))]
    everything = [np.ones(len(part), np.bool_) for part in parts]
    assert contents(Segment.merge(parts, everything)) == contents(some(range(21)))


def test_dead_rows_leave_no_trace() -> None:
    parts = [some(range(10)), some(range(10, 20))]
    alive = [part.numbers < 8 for part in parts]
    assert contents(Segment.merge(parts, alive)) == contents(some(range(8)))


def test_segments_may_come_in_any_order() -> None:
    parts = [some(range(10, 20)), some(range(10))]
    everything = [np.ones(len(part), np.bool_) for part in parts]
    assert contents(Segment.merge(parts, everything)) == contents(some(range(20)))


def test_segments_may_have_rows_between_those_of_others() -> None:
    parts = [some(range(0, 20, 2)), some(range(1, 20, 2))]
    everything = [np.ones(len(part), np.bool_) for part in parts]
    assert contents(Segment.merge(parts, everything)) == contents(some(range(20)))


def test_a_saved_segment_is_loaded_as_it_was(tmp_path: Path) -> None:
    segment = some(range(20))
    segment.save(tmp_path / "a.segment")
    assert contents(Segment.load(tmp_path / "a.segment")) == contents(segment)
    assert not list(tmp_path.glob("*.aside"))


def test_a_segment_may_be_empty(tmp_path: Path) -> None:
    Segment.of([], [], DIMENSION).save(tmp_path / "a.segment")
    assert len(Segment.load(tmp_path / "a.segment")) == 0


def test_a_word_may_be_there_very_often() -> None:
    segment = Segment.of([1], [Chunk("c", "amber " * 70_000, {}, vector(1))], DIMENSION)
    assert segment.words.counts.tolist() == [65535]
    assert segment.lengths.tolist() == [70_000]


@PROPERTY
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 3)), max_size=60))
def test_however_it_grows_an_index_has_few_parts_and_little_dead(
    steps: list[tuple[int, int]],
) -> None:
    """Each step puts so many chunks and deletes so many tenths of all."""
    index, live, last = Index(), set[int](), 0
    for put, tenths in steps:
        new = range(last, last + put)
        last += put
        dead_numbers = {n for n in live if n % 10 < tenths}
        live = (live | set(new)) - dead_numbers
        index = index.change(np.array(sorted(dead_numbers), np.int64), blank(new))
        if places := index.parts_to_merge():
            index = index.with_merged(places, Part.whole(index.merge(places)))
        sizes = [part.size for part in index.parts]
        assert sum(sizes) == index.size == len(live)
        assert {n for n in index.numbers.tolist() if n in live} == live
        for place, part in enumerate(index.parts):
            assert part.size >= max(1, GROWTH * sum(sizes[place + 1 :]))
            assert 2 * part.size >= len(part.segment)


def test_full_segments_stay_by_themselves_until_half_of_them_is_dead() -> None:
    """What a merge takes has a bound, however large the index is."""
    with patch.object(index_module, "FULL", 40):
        index = Index()
        for first in range(0, 400, 10):
            index = index.change(np.empty(0, np.int64), blank(range(first, first + 10)))
            while places := index.parts_to_merge():
                merged = index.merge(places)
                assert len(merged) < 2 * 40
                index = index.with_merged(places, Part.whole(merged))
        sizes = [len(part.segment) for part in index.parts]
        assert len(sizes) >= 5
        index = index.change(np.arange(0, 30))
        assert index.parts_to_merge() == [0]
        index = index.with_merged([0], Part.whole(index.merge([0])))
        assert index.parts[0].size == sizes[0] - 30
        assert index.alive.sum() == index.size == 370


def blank(numbers: range) -> Segment:
    return Segment.of(list(numbers), [Chunk(str(n), "", {}, vector(0)) for n in numbers], DIMENSION)
