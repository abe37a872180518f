"""A bit of the truth is wrong where SQLite keeps its own order: in an index, a page's head, a row's
number. What is answered afterwards, and after writes, is right, or the damage is said.
"""

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.local.engine.store import Chunk, Store, StoreError, open_embedded, truth
from tests.local.engine.store.samples import CONFIGURATION, chunk, vector

PAGE = 8192
INDEX_PAGES, TABLE_PAGES = (2, 10), (5, 13)
INTERIOR = (2, 5)
CELL_HEAD = 24  # bytes of an entry in which SQLite keeps its lengths and numbers
FLIPS, MORE_FLIPS = 150, 3_000  # the others with --thorough

VERSIONS = ("first", "second", "third")
Documents = dict[str, list[Chunk]]


def family(document: int, version: int = 0) -> list[Chunk]:
    """A parent, and its children."""
    name = f"{document}-{VERSIONS[version]}"
    parent = replace(chunk(f"{name}-p", 0), vector=None)
    children = [chunk(f"{name}-{n}", 7 * document + n) for n in range(4)]
    return [parent, *(replace(one, parent=parent.id) for one in children)]


def filled(path: Path) -> Documents:
    """The documents of a new store, of which one was replaced and one deleted."""
    documents = {f"s3://b/{number}": family(number) for number in range(12)}
    with closing(open_embedded(path, CONFIGURATION)) as store:
        store.put_all(documents)
        documents["s3://b/3"] = family(3, version=1)
        store.put("s3://b/3", documents["s3://b/3"])
        store.delete("s3://b/4")
    del documents["s3://b/4"]
    return documents


def order_places(content: bytes) -> Iterator[int]:
    """The places of bytes in which SQLite keeps its order, and not a row's own content."""
    yield from range(100)
    for page in range(len(content) // PAGE):
        start = page * PAGE
        head = start + (100 if page == 0 else 0)
        kind, entries = content[head], int.from_bytes(content[head + 3 : head + 5], "big")
        if kind not in INDEX_PAGES + TABLE_PAGES:
            continue
        pointers = head + (12 if kind in INTERIOR else 8)
        yield from range(head, pointers + 2 * entries)
        for entry in range(entries):
            place = pointers + 2 * entry
            cell = start + int.from_bytes(content[place : place + 2], "big")
            yield from range(cell, min(cell + CELL_HEAD, len(content)))


def held(store: Store) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in store.documents()}
    for hit in store.search(vector(0), None, 10**6):
        found.setdefault(hit.document, set()).add(hit.id)
    return found


def as_held(documents: Documents) -> dict[str, set[str]]:
    return {
        name: {one.id for one in chunks if one.vector is not None}
        for name, chunks in documents.items()
    }


def use(path: Path, documents: Documents, *, is_small: bool) -> None:
    """Read all, write some, and read it again after the store was closed."""
    documents = dict(documents)
    with closing(open_embedded(path, CONFIGURATION)) as store:
        assert held(store) == as_held(documents)
        for name, chunks in documents.items():
            read = [one.id for one in store.chunks(name)]
            assert set(read) >= as_held(documents)[name]
            if is_small:
                assert read == [one.id for one in chunks]
                assert set(store.parents([one.id for one in chunks])) == {chunks[0].id}
        for number, name in enumerate(list(documents)):
            if number % 3 == 0:
                documents[name] = family(number, version=2)
                store.put(name, documents[name])
            elif number % 3 == 1:
                del documents[name]
                store.delete(name)
        assert held(store) == as_held(documents)
    with closing(open_embedded(path, CONFIGURATION)) as store:
        assert held(store) == as_held(documents)


@pytest.mark.parametrize("is_small", [True, False], ids=["small", "large"])
def test_a_bit_of_sqlites_own_is_noticed_or_changes_no_answer(
    is_small: bool, tmp_path: Path, thorough: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is too large to be read through when it is opened may lose parents of chunks."""
    if not is_small:
        monkeypatch.setattr(truth, "SMALL", 0)
    documents = filled(tmp_path / "whole")
    whole = (tmp_path / "whole" / "truth.sqlite").read_bytes()
    places, dice = sorted(set(order_places(whole))), random.Random(11)
    outcomes = Counter[str]()
    for _ in range(MORE_FLIPS if thorough else FLIPS):
        place, bit = dice.choice(places), dice.randrange(8)
        path = tmp_path / "live"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        content = bytearray(whole)
        content[place] ^= 1 << bit
        (path / "truth.sqlite").write_bytes(content)
        try:
            use(path, documents, is_small=is_small)
        except StoreError as error:
            outcomes["noticed" if str(path) in str(error) else "not named"] += 1
        except Exception as error:
            raise AssertionError(f"bit {bit} of byte {place}") from error
        else:
            outcomes["the same"] += 1
    assert outcomes["noticed"] > outcomes["the same"]
    assert not outcomes["not named"]


def test_an_index_that_lost_a_document_does_not_let_it_be_put_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By that index SQLite would find nothing to replace."""
    monkeypatch.setattr(truth, "SMALL", 0)
    filled(tmp_path / "store")
    file = tmp_path / "store" / "truth.sqlite"
    content = file.read_bytes()
    place = next(
        at
        for at in range(len(content))
        if content.startswith(b"s3://b/7", at) and content[at // PAGE * PAGE] in INDEX_PAGES
    )
    file.write_bytes(content[:place] + b"S" + content[place + 1 :])
    with pytest.raises(StoreError, match=r"truth\.sqlite is damaged"):
        open_embedded(tmp_path / "store", CONFIGURATION)
