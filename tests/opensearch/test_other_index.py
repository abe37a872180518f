"""A real OpenSearch in which somebody deletes, makes, closes, blocks or renames an index, or leads
its alias elsewhere, while a store is open: nothing is acknowledged that no search can find, what
was acknowledged is lost in no silence, and each error says what to do.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch

from app.local.engine.store import Store, StoreDamaged, StoreError, StoreUnavailable
from app.local.engine.store.opensearch.store import OpenSearchStore
from tests.local.engine.store.samples import chunk, vector
from tests.opensearch.between import Between
from tests.opensearch.stores import body_of, index_of, until_it_works

Opened = Callable[[], OpenSearchStore]

ANOTHER = "is not the one that was opened: somebody has deleted that"
GONE = r"is gone.* The next start of Outcrop looks at what is there"


@pytest.fixture
def name(tmp_path: Path) -> str:
    return index_of(tmp_path)


@pytest.fixture
def store(opened: Opened) -> Iterator[OpenSearchStore]:
    """A store with a document."""
    store = opened()
    store.put("d", [chunk("a", 1)])
    store.refresh()
    yield store
    store.close()


def ids(store: Store) -> list[str]:
    return sorted(hit.id for hit in store.search(vector(1), None, 9))


def count(client: OpenSearch, index: str) -> int:
    client.indices.refresh(index=index)
    return int(client.count(index=index)["count"])


def at_the_next_bulk(proxy: Between, act: Callable[[], object]) -> None:
    """Act when a bulk is on its way, and has not come yet."""

    def see(line: str) -> None:
        if "/_bulk" in line and proxy.on_request is see:
            proxy.on_request = lambda _line: None
            act()

    proxy.on_request = see


def test_an_index_that_is_deleted_right_at_the_bulk_is_not_made_by_the_bulk(
    store: OpenSearchStore, opened: Opened, proxy: Between, client: OpenSearch, name: str
) -> None:
    at_the_next_bulk(proxy, lambda: client.indices.delete(index=name))
    with pytest.raises(StoreDamaged, match=GONE):
        store.put("e", [chunk("b", 2)])
    assert client.indices.get(index=f"{name}*") == {}
    assert "e" not in store.documents()
    with pytest.raises(StoreDamaged, match="is gone"):
        store.put("e", [chunk("b", 2)])
    store.close()
    with pytest.raises(StoreDamaged, match="is gone"):
        opened()


@pytest.mark.parametrize("has_alias", [False, True], ids=["bare", "with its alias"])
@pytest.mark.parametrize("is_copy", [False, True], ids=["of guessed fields", "of the same shape"])
def test_an_index_that_is_made_anew_right_at_the_bulk_acknowledges_nothing(
    has_alias: bool,
    is_copy: bool,
    store: OpenSearchStore,
    opened: Opened,
    proxy: Between,
    client: OpenSearch,
    name: str,
) -> None:
    body: dict[str, Any] = {"mappings": {"dynamic": True}}
    if is_copy:
        body = body_of(client, name)
    body["aliases"] = {f"{name}-writes": {}} if has_alias else {}

    def replace() -> None:
        client.indices.delete(index=name)
        client.indices.create(index=name, body=body)

    at_the_next_bulk(proxy, replace)
    with pytest.raises(StoreDamaged, match=ANOTHER):
        store.put("e", [chunk("b", 2)])
    assert "e" not in store.documents()
    assert count(client, name) == has_alias
    with pytest.raises(StoreDamaged, match=ANOTHER):
        store.put("e", [chunk("b", 2)])
    assert count(client, name) == has_alias, "nothing more is written there"
    store.close()
    if not is_copy:
        with pytest.raises(StoreError, match=r"was not made by Outcrop. Delete or rename it"):
            opened()
        return
    again = opened()
    assert again.documents() == {}, "what was in the deleted one is ingested again"
    again.close()
    assert count(client, name) == 0


def test_an_empty_index_of_the_same_name_is_no_answer(
    store: OpenSearchStore, client: OpenSearch, name: str
) -> None:
    body = body_of(client, name)
    client.indices.delete(index=name)
    client.indices.create(index=name, body=body)
    with pytest.raises(StoreDamaged, match=ANOTHER):
        ids(store)
    with pytest.raises(StoreDamaged, match=ANOTHER):
        store.put("e", [chunk("b", 2)])


def test_a_deletion_that_finds_no_index_has_deleted_nothing(
    store: OpenSearchStore, proxy: Between, client: OpenSearch, name: str
) -> None:
    """What was replaced is hidden until it is deleted, so it is not forgotten."""
    store.put("d", [chunk("new", 2)])
    [replaced] = store._ledger.strays()
    at_the_next_bulk(proxy, lambda: client.indices.delete(index=name))
    store.refresh()
    assert store._ledger.strays() == [replaced]
    assert client.indices.get(index=f"{name}*") == {}


def test_an_alias_that_is_removed_is_added_again(
    store: OpenSearchStore, client: OpenSearch, name: str
) -> None:
    client.indices.delete_alias(index=name, name=f"{name}-writes")
    with pytest.raises(StoreUnavailable, match=r"somebody had removed. It is there again"):
        store.put("e", [chunk("b", 2)])
    assert ids(store) == ["a"]
    store.put("e", [chunk("b", 2)])
    store.refresh()
    assert ids(store) == ["a", "b"]


def test_an_index_that_was_made_before_there_were_aliases_is_given_one(
    store: OpenSearchStore, opened: Opened, client: OpenSearch, name: str
) -> None:
    store.close()
    client.indices.delete_alias(index=name, name=f"{name}-writes")
    again = opened()
    assert list(client.indices.get_alias(name=f"{name}-writes")) == [name]
    again.put("e", [chunk("b", 2)])
    again.refresh()
    assert ids(again) == ["a", "b"]
    again.close()


@pytest.mark.parametrize(
    ("stays", "settings"),
    [(False, {}), (True, {}), (True, {"is_write_index": True})],
    ids=["elsewhere", "at two", "at two, the other of which is written to"],
)
def test_an_alias_that_leads_elsewhere_acknowledges_nothing_and_no_more_is_written_there(
    stays: bool, settings: dict[str, Any], store: OpenSearchStore, client: OpenSearch, name: str
) -> None:
    alias, other = f"{name}-writes", f"{name}-other"
    client.indices.create(index=other, body=body_of(client, name))
    add = {"add": {"index": other, "alias": alias, **settings}}
    remove = {"remove": {"index": name, "alias": alias}}
    client.indices.update_aliases(body={"actions": [add, *([] if stays else [remove])]})
    places = f"{name} and {other}" if stays else other
    with pytest.raises(StoreUnavailable, match=f"leads to {places}. Remove it there"):
        store.put("e", [chunk("b", 2)])
    assert "e" not in store.documents()
    before = count(client, other)
    with pytest.raises(StoreUnavailable, match=f"leads to {places}"):
        store.put("e", [chunk("b", 2)])
    assert count(client, other) == before
    assert ids(store) == ["a"], "searches go on"
    client.indices.delete_alias(index=other, name=alias)
    until_it_works(lambda: store.put("e", [chunk("b", 2)]))
    store.refresh()
    assert ids(store) == ["a", "b"]
    assert count(client, name) == 2


@pytest.mark.parametrize(
    "settings",
    [{"is_write_index": False}, {"routing": "elsewhere"}, {"filter": {"term": {"kind": "chunk"}}}],
    ids=["not for writes", "routed", "filtered"],
)
def test_an_alias_with_settings_of_its_own_is_told(
    settings: dict[str, Any], store: OpenSearchStore, client: OpenSearch, name: str
) -> None:
    client.indices.put_alias(index=name, name=f"{name}-writes", body=settings)
    with pytest.raises(StoreUnavailable, match=f"leads to {name}, with settings of its own"):
        store.put("e", [chunk("b", 2)])
    client.indices.delete_alias(index=name, name=f"{name}-writes")
    until_it_works(lambda: store.put("e", [chunk("b", 2)]))
    store.refresh()
    assert ids(store) == ["a", "b"]


def test_an_index_of_the_aliass_name_is_told_when_the_store_is_opened(
    store: OpenSearchStore, opened: Opened, client: OpenSearch, name: str
) -> None:
    store.close()
    client.indices.delete_alias(index=name, name=f"{name}-writes")
    client.indices.create(index=f"{name}-writes")
    with pytest.raises(StoreUnavailable, match=f"it leads to {name}-writes"):
        opened()
    client.indices.delete(index=f"{name}-writes")
    opened().close()


def test_an_index_that_is_closed_refuses_no_document_for_good(
    store: OpenSearchStore, client: OpenSearch, name: str
) -> None:
    client.indices.close(index=name)
    for attempt in (lambda: store.put("e", [chunk("b", 2)]), lambda: ids(store), store.refresh):
        with pytest.raises(StoreUnavailable, match="Somebody has closed the index; open it"):
            attempt()
    client.indices.open(index=name)
    until_it_works(lambda: store.put("e", [chunk("b", 2)]))
    until_it_works(store.refresh)
    assert ids(store) == ["a", "b"]


@pytest.mark.parametrize("block", ["write", "read_only", "read"])
def test_an_index_that_is_blocked_refuses_no_document_for_good(
    block: str, store: OpenSearchStore, client: OpenSearch, name: str
) -> None:
    settings = {f"index.blocks.{block}": True}
    client.indices.put_settings(index=name, body=settings)
    with pytest.raises(StoreUnavailable, match="Somebody has blocked this; remove the block"):
        store.put("e", [chunk("b", 2)])
    if block != "read":
        assert ids(store) == ["a"]
    client.indices.put_settings(index=name, body=dict.fromkeys(settings))
    store.put("e", [chunk("b", 2)])
    store.refresh()
    assert ids(store) == ["a", "b"]


def test_an_index_behind_an_alias_of_its_name_is_not_written_to(
    store: OpenSearchStore, opened: Opened, client: OpenSearch, name: str
) -> None:
    """As whoever wants more shards may do it."""
    block = {"index.blocks.write": True}
    client.indices.put_settings(index=name, body=block)
    client.indices.clone(index=name, target=f"{name}-2")
    client.indices.put_settings(index=f"{name}-2", body=dict.fromkeys(block))
    client.indices.delete(index=name)
    client.indices.put_alias(index=f"{name}-2", name=name)
    before = count(client, f"{name}-2")
    with pytest.raises(StoreDamaged, match=f"is gone; its name is an alias of {name}-2 now"):
        store.put("e", [chunk("b", 2)])
    store.delete("d")
    store.refresh()
    assert count(client, f"{name}-2") == before
    store.close()
    with pytest.raises(StoreError, match=f"is an alias, of {name}-2, and has to be an index"):
        opened()


@pytest.mark.parametrize("dynamic", [True, "strict"])
def test_a_template_that_adds_fields_changes_no_document(
    dynamic: Any, opened: Opened, client: OpenSearch, name: str
) -> None:
    mappings = {"dynamic": dynamic, "properties": {"tenant": {"type": "keyword"}}}
    body = {"index_patterns": [f"{name}*"], "priority": 500, "template": {"mappings": mappings}}
    client.indices.put_index_template(name=name, body=body)
    try:
        store = opened()
        store.put("d", [chunk("a", 1, metadata={"tenant": "x", "year": 2024})])
        store.refresh()
        assert ids(store) == ["a"]
        store.close()
        fields = client.indices.get(index=name)[name]["mappings"]
        assert fields["dynamic"] == "false"
        assert "year" not in fields["properties"]
        opened().close()
    finally:
        client.indices.delete_index_template(name=name)
