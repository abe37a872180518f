"""A real OpenSearch, as the stores' code sees it and as its own client does."""

from collections.abc import Iterator

import pytest
from opensearchpy import OpenSearch

from app.local.engine.store.embedded_stores import OpenStore
from tests.opensearch.stores import indexes


@pytest.fixture
def open_store(opensearch: str) -> Iterator[OpenStore]:
    """Opens the store in a folder; its index is deleted after the test."""
    with indexes(opensearch) as open_:
        yield open_


@pytest.fixture
def client(opensearch: str) -> Iterator[OpenSearch]:
    with OpenSearch(opensearch) as client:
        yield client
