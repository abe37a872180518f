"""Stores in a real OpenSearch, whose indexes go when they are no longer used."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

from opensearchpy import OpenSearch

from app.local.engine.store import Store, StoreConfiguration
from app.local.engine.store.embedded_stores import OpenStore
from app.local.engine.store.opensearch.endpoint import Endpoint
from app.local.engine.store.opensearch.store import OpenSearchStore


@contextmanager
def indexes(url: str, *, exact: bool = False) -> Iterator[OpenStore]:
    """Opens the store in a folder: its ledger is there, and its index has a name made of it."""
    names: set[str] = set()

    def open_(path: Path, configuration: StoreConfiguration) -> Store:
        names.add(index_of(path))
        return OpenSearchStore(Endpoint(url, exact=exact), index_of(path), path, configuration)

    try:
        yield open_
    finally:
        with OpenSearch(url) as client, suppress(Exception):
            for name in names:
                client.indices.delete(index=name, params={"ignore_unavailable": "true"})


def index_of(path: Path) -> str:
    return f"test-{blake2b(str(path).encode(), digest_size=10).hexdigest()}"
