"""Where the stores of a home are: in a folder, or in OpenSearch.

A home remembers it, so that a setting that was forgotten or changed does not answer from a store
that is empty, or no longer up to date.
"""

from pathlib import Path

from app.local.durability import make_folder, sync, sync_folder
from app.local.engine.store.contract import StoreError, Stores
from app.local.engine.store.embedded_stores import EmbeddedStores

EMBEDDED = "embedded"


def open_stores(folder: Path, opensearch: Path | None = None) -> Stores:
    """The stores of a home.

    Args:
        folder: has the embedded stores, or the ledgers of those in OpenSearch.
        opensearch: the file that says which OpenSearch has them, and how to speak to it.

    Raises:
        StoreError: the stores of this home are elsewhere, or OpenSearch cannot be used.
    """
    if opensearch is None:
        _check_place(folder, EMBEDDED)
        from app.local.engine.store import open_embedded

        return EmbeddedStores(folder, open_embedded)
    from app.local.engine.store.opensearch.endpoint import Endpoint  # takes a third of a second
    from app.local.engine.store.opensearch.stores import OpenSearchStores

    endpoint = Endpoint.read(opensearch)
    _check_place(folder, endpoint.place)
    stores = OpenSearchStores(endpoint, folder)
    if not _record_of(folder).exists():
        switch(folder, endpoint.place)
    return stores


def switch(folder: Path, place: str) -> None:
    """Record where the stores are, from one moment to the next."""
    make_folder(folder)
    unfinished = folder / "place.unfinished"
    with unfinished.open("w") as file:
        file.write(place)
        file.flush()
        sync(file.fileno())
    unfinished.replace(_record_of(folder))
    sync_folder(folder)


def place_of(folder: Path) -> str:
    """Where the stores are, as the home remembers it."""
    record = _record_of(folder)
    return record.read_text() if record.exists() else EMBEDDED


def _check_place(folder: Path, place: str) -> None:
    record, before = _record_of(folder), place_of(folder)
    is_empty = not folder.exists() or not any(path.is_dir() for path in folder.iterdir())
    if before != place and not is_empty:
        setting = "is not set" if place == EMBEDDED else f"says {place}"
        there = "in the embedded store" if before == EMBEDDED else f"in OpenSearch at {before}"
        remedy = "Unset it" if before == EMBEDDED else f"Set it to {before}"
        raise StoreError(
            f"The chunks of this home are {there}, and OUTCROP_OPENSEARCH_URL {setting}. {remedy}, "
            f"move them by `outcrop reindex --to {place}`, or set OUTCROP_HOME to another home."
        )
    if before != place:
        record.unlink(missing_ok=True)


def _record_of(folder: Path) -> Path:
    return folder / "place"
