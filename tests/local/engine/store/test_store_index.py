"""Segments and what they are made of: merged they are what they would be made at once."""

import json
import os
import re
import tracemalloc
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local.engine.store import Chunk, Metadata, arrays, checked
from app.local.engine.store import index as index_module
from app.local.engine.store.attributes import Attributes
from app.local.engine.store.checked import Columns
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
        for row, count in zip(*(each.tolist() for each in index.read(key)), strict=True)
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


def test_what_is_left_out_takes_little_memory() -> None:
    """A running sum over all postings takes eight bytes of each, twice, and NumPy lets no other
    thread run while it makes one of truth values.
    """
    size = 1 << 20
    index = Inverted(
        np.array([7], np.uint64),
        np.array([0, size]),
        Columns(np.arange(size, dtype=np.int32), np.ones(size, np.uint16)),
    )
    places = np.arange(size, dtype=np.int32)
    places[::100] = -1
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        left = index.move(places)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(left.postings) == np.count_nonzero(places >= 0)
    assert left.starts.tolist() == [0, len(left.postings)]
    assert most - before < 14 * size


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


def test_a_segment_that_an_earlier_version_saved_is_loaded(tmp_path: Path) -> None:
    """Its postings were arrays like the others, and its header said nothing of columns."""
    path, segment = tmp_path / "a.segment", some(range(20))
    segment.save(path)
    file = arrays.load(path)
    postings = {"words": segment.words.postings, "index": segment.attributes.index.postings}
    for name, each in postings.items():
        rows, counts = each.all()
        file = file._replace(arrays={**file.arrays, f"{name}.rows": rows, f"{name}.counts": counts})
    arrays.save(path, file.arrays, file.matrix.all())
    content = path.read_bytes()
    end = arrays.PREFIX + int.from_bytes(content[20:24], "little") - 8
    header = json.dumps(json.loads(content[arrays.PREFIX : end])[:3]).encode()
    header = header.ljust(end - arrays.PREFIX)
    length = int.from_bytes(content[end : end + 8], "little")
    rest = content[20:24] + header + content[end:]
    checksum = zlib.crc32(rest[: 4 + len(header) + 8 + length])
    path.write_bytes(arrays.BEFORE + checksum.to_bytes(4, "little") + rest)
    assert contents(Segment.load(path)) == contents(segment)


def test_columns_are_checked_where_they_are_read(tmp_path: Path) -> None:
    size = 3 * checked.CHECKED + 7
    rows, counts = np.arange(size, dtype=np.int32), np.arange(size).astype(np.uint16)
    path = tmp_path / "a"
    arrays.save(
        path, {}, np.zeros((1, 1)), columns={"b": checked.Columns(rows[:9], counts[:9]),
                                             "a": checked.Columns(rows, counts)},
    )  # fmt: skip
    content = bytearray(path.read_bytes())
    content[content.index(counts.tobytes()) + 2 * (checked.CHECKED + 5)] ^= 1
    path.write_bytes(content)
    columns = arrays.load(path).columns
    assert [each.tolist() for each in columns["b"].all()] == [[*range(9)]] * 2
    before, after = slice(5, checked.CHECKED), slice(2 * checked.CHECKED, size)
    for at in (before, after, slice(checked.CHECKED + 3, checked.CHECKED + 3)):
        read, _ = columns["a"].part(at)
        assert read.tolist() == rows[at].tolist()
    for at in (slice(0, checked.CHECKED + 1), slice(checked.CHECKED, size), slice(0, size)):
        with pytest.raises(checked.Damaged):
            columns["a"].part(at)
    with pytest.raises(checked.Damaged):
        columns["a"].all()


@pytest.mark.parametrize("wrong", [None, 0, 3])
def test_columns_are_checked_in_their_file(tmp_path: Path, wrong: int | None) -> None:
    size, path = 3 * checked.CHECKED + 7, tmp_path / "a"
    rows, counts = np.arange(size, dtype=np.int32), np.arange(size).astype(np.uint16)
    others = checked.Columns(np.arange(9))
    columns = {"b": others, "a": checked.Columns(rows, counts)}
    arrays.save(path, {"c": np.arange(5)}, np.zeros((1, 1)), columns=columns)
    content = bytearray(path.read_bytes())
    if wrong is not None:
        content[content.index(counts.tobytes()) + 2 * (wrong * checked.CHECKED + 5)] ^= 1
    path.write_bytes(content)
    loaded, pauses = arrays.load(path).columns, list[int]()
    loaded["b"].check_file()
    if wrong is None:
        loaded["a"].check_file(lambda: pauses.append(1))
        loaded["a"].check_file(lambda: pauses.append(1))
        assert len(pauses) == 4
    else:
        with pytest.raises(checked.Damaged):
            loaded["a"].check_file()


def test_rows_are_checked_in_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checksum of what is mapped would wait for the disk, and all threads with it."""
    path, rows = tmp_path / "a", np.arange(64 * 100, dtype=np.float32).reshape(100, 64)
    arrays.save(path, {}, rows)
    matrix, sums = arrays.load(path).matrix, list[int]()

    def crc32(content: memoryview, *before: int) -> int:
        assert not np.shares_memory(np.frombuffer(content, np.uint8), matrix._array)
        sums.append(zlib.crc32(content, *before))
        return sums[-1]

    monkeypatch.setattr(checked, "zlib", SimpleNamespace(crc32=crc32))
    assert matrix.rows(np.array([7, 3])).tolist() == rows[[7, 3]].tolist()
    assert len(sums) == 2
    assert matrix.rows(np.array([3, 5, 7])).tolist() == rows[[3, 5, 7]].tolist()
    assert len(sums) == 3
    assert matrix.all().tolist() == rows.tolist()
    assert sorted(sums) == sorted(matrix.sums.tolist())


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="Linux tells how maps are read")
def test_around_a_row_nothing_is_read_ahead(tmp_path: Path) -> None:
    """Linux reads up to megabytes around each place of a file that it has not in its memory."""
    path = tmp_path / "a"
    arrays.save(path, {}, np.zeros((100, 1000)))
    matrix = arrays.load(path).matrix
    assert "rr" in flags_of_map(path)
    matrix.rows(np.array([7, 3]))
    assert "rr" in flags_of_map(path)
    matrix.all()
    assert "rr" not in flags_of_map(path)


def flags_of_map(path: Path) -> set[str]:
    """What the system was told of the places where a file is mapped, as two letters each."""
    maps = re.split(r"^(?=[0-9a-f]+-)", Path("/proc/self/smaps").read_text(), flags=re.M)
    of_path = [each for each in maps if each.split("\n", 1)[0].endswith(str(path))]
    assert of_path
    return {flag for each in of_path for flag in each.rpartition("VmFlags:")[2].split()}


def test_a_large_file_is_synced_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, sizes = tmp_path / "a", [0]
    monkeypatch.setattr(arrays, "SYNCED", 3 * arrays.BLOCK)
    monkeypatch.setattr(arrays, "sync", lambda file: sizes.append(os.fstat(file).st_size))
    matrix = np.arange(10 * arrays.BLOCK // 8).reshape(-1, 8)
    arrays.save(path, {}, matrix)
    assert sizes[-1] == path.stat().st_size
    assert 0 < max(np.diff(sizes)) <= 4 * arrays.BLOCK
    assert (arrays.load(path).matrix.all() == matrix).all()


def test_a_segment_may_be_empty(tmp_path: Path) -> None:
    Segment.of([], [], DIMENSION).save(tmp_path / "a.segment")
    assert len(Segment.load(tmp_path / "a.segment")) == 0


def test_a_word_may_be_there_very_often() -> None:
    segment = Segment.of([1], [Chunk("c", "amber " * 70_000, {}, vector(1))], DIMENSION)
    assert segment.words.postings.all()[1].tolist() == [65535]
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
