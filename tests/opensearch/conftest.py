"""A real OpenSearch, as the stores' code sees it and as its own client does."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from opensearchpy import OpenSearch

from app.local.engine.store.embedded_stores import OpenStore
from app.local.engine.store.opensearch.endpoint import Endpoint
from app.local.engine.store.opensearch.store import OpenSearchStore
from tests.local.engine.store.samples import CONFIGURATION
from tests.opensearch.between import Between, between
from tests.opensearch.stores import index_of, indexes


@pytest.fixture
def open_store(opensearch: str) -> Iterator[OpenStore]:
    """Opens the store in a folder; its index is deleted after the test."""
    with indexes(opensearch) as open_:
        yield open_


@pytest.fixture
def client(opensearch: str) -> Iterator[OpenSearch]:
    with OpenSearch(opensearch) as client:
        yield client


@pytest.fixture
def proxy(opensearch: str) -> Iterator[Between]:
    with between(opensearch) as state:
        yield state


@pytest.fixture
def opened(
    proxy: Between, tmp_path: Path, client: OpenSearch
) -> Iterator[Callable[[], OpenSearchStore]]:
    """Opens the store of this test, through what stands between."""
    name = index_of(tmp_path)

    def open_() -> OpenSearchStore:
        endpoint = Endpoint(proxy.url, seconds=10)
        return OpenSearchStore(endpoint, name, tmp_path, CONFIGURATION)

    yield open_
    names = client.indices.get(index=f"{name}*", params={"expand_wildcards": "all"})
    for each in names:
        client.indices.delete(index=each)
