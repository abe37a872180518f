"""Stores in a real OpenSearch, whose indexes go when they are no longer used."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from opensearchpy import OpenSearch

from app.local.engine.store import Store, StoreConfiguration, StoreUnavailable
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


def body_of(client: OpenSearch, name: str) -> dict[str, Any]:
    """What makes an index of the same shape and marks."""
    mappings = client.indices.get(index=name)[name]["mappings"]
    return {"settings": {"index": {"knn": True}}, "mappings": mappings}


def until_it_works(attempt: Callable[[], object]) -> int:
    """As the worker does: what is unavailable is asked again. How often it was refused."""
    for refusals in range(100):
        try:
            attempt()
        except StoreUnavailable:
            time.sleep(0.05)
        else:
            return refusals
    raise AssertionError("it never works")
