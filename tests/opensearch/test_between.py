"""A real OpenSearch behind a connection that is cut or slow, or whose index goes: no acknowledged
document is lost, each failure says what to look at, and all goes on by itself.
"""

from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from random import Random

import pytest
from opensearchpy import OpenSearch

from app.local.engine.store import StoreDamaged, StoreError, StoreUnavailable
from app.local.engine.store.opensearch.endpoint import Endpoint
from app.local.engine.store.opensearch.store import OpenSearchStore
from tests.local.engine.store.samples import CONFIGURATION, chunk, vector
from tests.opensearch.between import Between, Where
from tests.opensearch.stores import index_of, until_it_works

DOCUMENTS, CHUNKS = 24, 12
WHERE: tuple[Where, ...] = ("before", "within", "after")


def test_no_acknowledged_document_is_lost_where_requests_are_cut_off(
    proxy: Between, opened: Callable[[], OpenSearchStore], client: OpenSearch, tmp_path: Path
) -> None:
    store = opened()
    dice, kinds = Random(5), cycle(WHERE)
    proxy.cuts = {
        number: next(kinds) for number in range(proxy.seen + 1, 2_000) if dice.random() < 0.25
    }
    refusals, documents = 0, dict[str, int]()
    for number in range(DOCUMENTS):
        name = f"d{number % 16}"  # some are replaced
        chunks = [chunk(f"{number}-{n}", number + n) for n in range(CHUNKS - number % 3)]
        refusals += until_it_works(lambda: store.put(name, chunks))  # noqa: B023 - called at once
        refusals += until_it_works(store.refresh)
        documents[name] = len(chunks)
    refusals += until_it_works(lambda: store.delete("d3"))
    del documents["d3"]
    assert refusals > 5
    proxy.cuts = {}
    store.refresh()
    assert store.documents() == documents
    store.close()
    again = opened()  # which deletes what was cut off
    again.refresh()
    assert again.documents() == documents
    assert len(again.search(vector(1), None, 1_000)) == sum(documents.values())
    again.close()
    client.indices.refresh(index=index_of(tmp_path))
    assert client.count(index=index_of(tmp_path))["count"] == sum(documents.values())


def test_one_that_is_slow_is_named_and_used_again_when_it_is_not(
    proxy: Between, tmp_path: Path, client: OpenSearch
) -> None:
    endpoint, name = Endpoint(proxy.url, seconds=2), index_of(tmp_path)
    store = OpenSearchStore(endpoint, name, tmp_path, CONFIGURATION)
    store.put("d", [chunk("a", 1)])
    store.refresh()
    proxy.seconds = 5
    with pytest.raises(StoreUnavailable, match="did not answer in 2 seconds: it is overloaded"):
        store.search(vector(1), None, 5)
    with pytest.raises(StoreUnavailable, match="did not answer in 2 seconds"):
        store.put("e", [chunk("b", 2)])
    proxy.seconds = 0
    until_it_works(lambda: store.put("e", [chunk("b", 2)]))
    until_it_works(store.refresh)
    assert {hit.id for hit in store.search(vector(1), None, 5)} == {"a", "b"}
    store.close()
    client.indices.delete(index=name)


@pytest.mark.parametrize("is_replaced", [False, True], ids=["gone", "another"])
def test_an_index_that_goes_while_it_is_used_is_said_then_and_at_the_next_opening(
    is_replaced: bool,
    opened: Callable[[], OpenSearchStore],
    client: OpenSearch,
    tmp_path: Path,
) -> None:
    name = index_of(tmp_path)
    store = opened()
    store.put("d", [chunk("a", 1)])
    store.refresh()
    client.indices.delete(index=name)
    if is_replaced:
        client.indices.create(index=name)
    with pytest.raises(StoreError, match="OpenSearch at"):
        store.search(vector(1), "amber", 5)
    if not is_replaced:
        with pytest.raises(StoreDamaged, match="is gone"):
            store.put("e", [chunk("b", 2)])
        assert not client.indices.exists(index=name), "a write makes no index of guessed fields"
    store.close()
    said = "was not made by Outcrop. Delete or rename it" if is_replaced else "is gone"
    with pytest.raises(StoreError, match=said):
        opened()
