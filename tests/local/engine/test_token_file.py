"""Tokens of passages in a file: there again after a start, gone with their documents, and never
other than what was added, whatever happens to the file.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from app.local.engine import token_file
from app.local.engine.encoder import TokenVectors
from app.local.engine.packed_tokens import PackedTokens
from app.local.engine.token_file import TokenFile
from tests.power_loss import Record

DIMENSION = 8
SIZE = 8 * DIMENSION + 20 * (2 + DIMENSION // 2)  # bytes of a passage's tokens


def tokens(seed: int) -> PackedTokens:
    random = np.random.default_rng(seed)
    vectors = random.standard_normal((20, DIMENSION)).astype(np.float32)
    return PackedTokens.of(TokenVectors(np.arange(20) + seed, vectors, vectors.mean(axis=0)))


def passage(seed: int, document: str = "a") -> tuple[str, str, PackedTokens]:
    return f"passage {seed}", document, tokens(seed)


def opened(folder: Path, capacity: int = 100 * SIZE) -> TokenFile:
    return TokenFile(folder / "tokens.sqlite", capacity, DIMENSION, "int8")


def seeds(file: TokenFile) -> set[int]:
    """The seeds of the passages in the file, each of which is what was added."""
    found = file.read(f"passage {seed}" for seed in range(40))
    there = {int(text.split()[1]): packed for text, packed in found.items()}
    for seed, packed in there.items():
        assert packed.to_bytes() == tokens(seed).to_bytes()
    return set(there)


def test_tokens_are_the_same_after_the_file_was_closed(tmp_path: Path) -> None:
    file = opened(tmp_path)
    file.add(passage(seed) for seed in range(5))
    assert seeds(file) == set(range(5))
    file.close()
    assert seeds(file) == set()  # closed: whoever needs tokens computes them
    file.add([passage(9)])
    again = opened(tmp_path)
    assert seeds(again) == set(range(5))
    again.close()


def test_bytes_that_are_no_tokens_are_refused() -> None:
    content = tokens(0).to_bytes()
    for wrong in (content[:-1], content + b"\0", b""):
        with pytest.raises(ValueError, match="no tokens"):
            PackedTokens.from_bytes(wrong, DIMENSION)


def test_what_belongs_to_a_document_goes_with_it(tmp_path: Path) -> None:
    file = opened(tmp_path)
    file.add([passage(0, "a"), passage(1, "a"), passage(2, "b"), passage(3, "c")])
    file.forget("a", but=["passage 1"])
    assert seeds(file) == {1, 2, 3}
    file.keep({"a", "c", "d"})
    assert seeds(file) == {1, 3}
    file.close()


def test_nothing_of_a_forgotten_document_is_left_on_the_disk(tmp_path: Path) -> None:
    file = opened(tmp_path)
    file.add([passage(0, "a"), passage(1, "b")])
    file.forget("a")
    file.close()
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert tokens(1).codes.tobytes() in left
    assert tokens(0).codes.tobytes() not in left


def test_the_file_takes_no_more_than_its_capacity(tmp_path: Path) -> None:
    file = opened(tmp_path, 3 * SIZE)
    assert file.has_room
    file.add(passage(seed) for seed in range(5))
    assert (seeds(file), file.has_room) == ({0, 1, 2}, False)
    file.add([passage(5), passage(6)], replacing=True)  # the oldest make room
    assert seeds(file) == {2, 5, 6}
    file.forget("a", but=["passage 5"])
    file.add([passage(7)])
    assert (seeds(file), file.has_room) == ({5, 7}, True)
    file.close()
    smaller = opened(tmp_path, SIZE - 1)
    smaller.add([passage(8)], replacing=True)  # it has no room at all
    assert seeds(smaller) == {5, 7}
    smaller.close()


def test_what_is_there_is_not_counted_twice(tmp_path: Path) -> None:
    file = opened(tmp_path, 2 * SIZE)
    for _ in range(3):
        file.add([passage(0)])
    file.add([passage(1)])
    assert seeds(file) == {0, 1}
    file.close()


@pytest.mark.parametrize("precision", ["int8", "fp32"])
def test_a_file_of_another_version_or_precision_is_begun_again(
    tmp_path: Path, precision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = opened(tmp_path)
    file.add([passage(0)])
    file.close()
    if precision == "int8":
        monkeypatch.setattr(token_file, "VERSION", token_file.VERSION + 1)
    again = TokenFile(tmp_path / "tokens.sqlite", SIZE, DIMENSION, precision)
    assert seeds(again) == set()
    again.add([passage(1)])
    assert seeds(again) == {1}
    again.close()


def flipped(content: bytes) -> Iterator[bytes]:
    """The content with a byte changed, for bytes all over it."""
    for place in range(0, len(content), 1999):
        yield content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :]


def torn(content: bytes) -> Iterator[bytes]:
    """The content up to some place, and with zeros from there on."""
    for place in range(0, len(content), 9601):
        yield content[:place]
        yield content[:place] + bytes(len(content) - place)


@pytest.mark.parametrize("damage", [flipped, torn])
def test_a_damaged_file_never_answers_with_other_tokens_and_is_begun_again(
    tmp_path: Path, damage: Callable[[bytes], Iterator[bytes]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    file = opened(tmp_path)
    file.add(passage(seed, f"document {seed}") for seed in range(30))
    file.close()
    path = tmp_path / "tokens.sqlite"
    whole = path.read_bytes()
    fewer = 0
    for content in damage(whole):
        path.write_bytes(content)
        again = opened(tmp_path)
        fewer += len(seeds(again)) < 30  # of what is there, each is compared
        again.add(passage(seed) for seed in range(30))
        again.forget("document 3")
        again.keep({"a"})
        again.add([passage(39)])
        assert 39 in seeds(again), "it can be used again"
        again.close()
    assert fewer > 3


def test_what_is_no_file_of_tokens_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "tokens.sqlite").write_bytes(b"something else" * 1000)
    file = opened(tmp_path)
    file.add([passage(0)])
    assert seeds(file) == {0}
    file.close()


def test_without_a_place_for_the_file_nothing_is_remembered(tmp_path: Path) -> None:
    (tmp_path / "tokens.sqlite").mkdir()
    file = opened(tmp_path)
    file.add([passage(0)])
    file.forget("a")
    assert (seeds(file), file.has_room) == (set(), False)
    file.close()


def test_while_another_process_writes_the_file_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_file, "_PATIENCE", 0.0)
    file = opened(tmp_path)
    file.add([passage(0)])
    other = sqlite3.connect(tmp_path / "tokens.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    file.add([passage(1)])
    other.execute("ROLLBACK")
    other.close()
    file.add([passage(2)])
    assert seeds(file) == {0, 2}
    file.close()


def test_after_a_power_cut_at_any_moment_a_forgotten_document_stays_forgotten(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    before = opened(tmp_path)
    before.add([passage(0, "a"), passage(1, "b")])
    before.close()
    record = Record(tmp_path)
    with record.running():
        file = opened(tmp_path)
        file.forget("a")
        record.acknowledge()
        file.add([passage(2, "b"), passage(3, "c")])
        file.close()
    checked = 0
    for crash in record.crashes():
        with crash.folder() as left:
            file = opened(left)
            there = seeds(file)
            assert not crash.acknowledged or 0 not in there, crash
            file.add([passage(5)])
            assert 5 in seeds(file)
            file.close()
        checked += 1
    assert checked > 10
