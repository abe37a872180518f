"""Chunks are moved into another kind of store, and back, and stopped at every step of it.

In place of OpenSearch there are embedded stores in a folder of their own, with ledgers as
OpenSearch's have.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.local import reindex as module
from app.local.engine.store import (
    EmbeddedStores,
    Store,
    StoreConfiguration,
    StoreError,
    StoreUnavailable,
    open_embedded,
)
from app.local.engine.store.moving import digest
from app.local.engine.store.opensearch.ledger import LEDGER
from app.local.engine.store.place import EMBEDDED, open_stores, place_of
from tests.local.engine.store.samples import CONFIGURATION, chunk

URL = "http://127.0.0.1:9"
BASES = ("KB1", "KB2")
DOCUMENTS = 3
FILE = Path("opensearch.json")


class Elsewhere:
    """Stores whose chunks are in another folder; only their ledgers are in the home.

    Attributes:
        down: whether they can be reached no more.
    """

    down = False

    def __init__(self, _endpoint: object, folder: Path) -> None:
        self._folder = folder
        self._stores = EmbeddedStores(folder.parents[1] / "elsewhere", open_embedded)

    def open(self, name: str, configuration: StoreConfiguration) -> Store:
        (self._folder / name).mkdir(parents=True, exist_ok=True)
        (self._folder / name / LEDGER).touch()
        return self._stores.open(name, configuration)

    def remove(self, name: str) -> None:
        if self.down:
            raise StoreUnavailable("OpenSearch is away.")
        self._stores.remove(name)
        (self._folder / name / LEDGER).unlink()

    @staticmethod
    def ledgers(folder: Path) -> set[str]:
        return {path.parent.name for path in folder.glob(f"*/{LEDGER}")}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two bases, whose chunks are in it."""
    monkeypatch.setattr(
        module, "Endpoint", SimpleNamespace(read=lambda _: SimpleNamespace(place=URL))
    )
    monkeypatch.setattr(module, "OpenSearchStores", Elsewhere)
    monkeypatch.setattr(module, "_configurations", lambda _: dict.fromkeys(BASES, CONFIGURATION))
    monkeypatch.setattr(Elsewhere, "down", False)
    monkeypatch.setattr(
        module,
        "open_stores",
        lambda folder, source: Elsewhere(None, folder) if source else open_stores(folder),
    )
    for base in BASES:
        with closing(embedded(tmp_path, base)) as store:
            for n in range(DOCUMENTS):
                store.put(f"s3://b/{n}", [chunk(f"{base}-{n}", n)])
    return tmp_path


def stores(home: Path) -> Path:
    return home / "knowledge" / "stores"


def embedded(home: Path, base: str) -> Store:
    return EmbeddedStores(stores(home), open_embedded).open(base, CONFIGURATION)


def steps(home: Path, to: str) -> Iterator[dict[str, object]]:
    return module.reindex(home, FILE if to == EMBEDDED else None, FILE if to == URL else None)


def content(home: Path) -> dict[str, dict[str, str]]:
    """By base, the checksum of each document, where the home says that they are."""
    elsewhere = place_of(stores(home)) == URL
    found = {}
    for base in BASES:
        opened = Elsewhere(None, stores(home)).open if elsewhere else None
        with closing(opened(base, CONFIGURATION) if opened else embedded(home, base)) as store:
            store.refresh()
            found[base] = {name: digest(store.chunks(name)) for name in store.documents()}
    return found


@pytest.mark.parametrize("to", [URL, EMBEDDED])
def test_a_move_may_be_stopped_after_every_step_and_goes_on(home: Path, to: str) -> None:
    if to == EMBEDDED:
        list(steps(home, URL))
    before = content(home)
    assert all(len(documents) == DOCUMENTS for documents in before.values())
    number = len(BASES) * 2
    for done in range(number + 1):
        under_way = steps(home, to)
        for _ in range(done):
            next(under_way)
        under_way.close()  # type: ignore[attr-defined]  # it is a generator
        assert place_of(stores(home)) != to
        assert content(home) == before
    assert [step["done"] for step in steps(home, to)] == [0, DOCUMENTS] * len(BASES)
    assert place_of(stores(home)) == to
    assert content(home) == before


def test_nothing_is_left_where_the_chunks_were(home: Path) -> None:
    list(steps(home, URL))
    assert not list(stores(home).glob("*/truth.sqlite*"))
    list(steps(home, EMBEDDED))
    assert not list(stores(home).glob(f"*/{LEDGER}"))
    assert not list((home / "elsewhere").glob("*"))


def test_what_could_not_be_removed_is_told_and_removed_when_it_is_called_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(home)
    list(steps(home, URL))
    monkeypatch.setattr(Elsewhere, "down", True)
    assert list(steps(home, EMBEDDED))[-1] == {"left": "OpenSearch is away."}
    assert place_of(stores(home)) == EMBEDDED
    assert content(home) == before
    monkeypatch.setattr(Elsewhere, "down", False)
    assert list(steps(home, EMBEDDED)) == []
    assert not list(stores(home).glob(f"*/{LEDGER}"))
    assert content(home) == before


def test_a_move_that_was_killed_after_its_switch_has_only_to_be_tidied(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(home)

    def killed(*_: object) -> Iterator[dict[str, object]]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "_tidy", killed)
        with pytest.raises(KeyboardInterrupt):
            list(steps(home, URL))
    assert list(stores(home).glob("*/truth.sqlite"))
    assert list(steps(home, URL)) == []
    assert not list(stores(home).glob("*/truth.sqlite"))
    assert content(home) == before


def test_chunks_go_from_one_kind_of_store_to_the_other(home: Path) -> None:
    with pytest.raises(StoreError, match="From one OpenSearch to another"):
        list(module.reindex(home, FILE, FILE))
