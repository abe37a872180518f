"""Three nodes: one dies, or is slow, while documents are written and searched; the only copy of an
index is lost for a while, so that it is red; all stop answering for a while.

`make opensearch-tests` runs it with `ARGS=--thorough`: three nodes take a minute to start on a busy
machine, and most of its memory.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event, Thread
from typing import TypeVar

import pytest
from opensearchpy import OpenSearch

from app.deploy.opensearch import Node, install, running
from app.deploy.opensearch.java import java_home
from app.deploy.opensearch.nodes import await_green, start
from app.local.engine.store import StoreError, StoreFull, StoreUnavailable
from app.local.engine.store.opensearch.endpoint import Endpoint
from app.local.engine.store.opensearch.store import OpenSearchStore
from app.settings import opensearch_folder
from tests.local.engine.store.samples import CONFIGURATION, chunk, vector
from tests.opensearch.node import free_ports, fresh_folder
from tests.opensearch.stores import index_of

DOCUMENTS = 60
CHUNKS = 20  # of a document
SECONDS = 120  # for what has to happen sooner or later
T = TypeVar("T")
BRIEF = 4.0  # seconds until a request is given up


@pytest.fixture(scope="module")
def cluster(request: pytest.FixtureRequest, thorough: bool) -> Iterator[list[Node]]:
    if not thorough or not request.config.getoption("--opensearch"):
        pytest.skip("`make opensearch-tests ARGS=--thorough` starts three nodes")
    distribution = install(opensearch_folder())
    with fresh_folder() as folder, running(distribution, folder, free_ports(3), 3) as nodes:
        current = list(nodes)
        yield current
        for node in current:  # those that a test has started again, too
            node.stop()


@pytest.fixture
def store(cluster: Sequence[Node], tmp_path: Path) -> Iterator[OpenSearchStore]:
    """A store that speaks to the first node, which no test harms."""
    name = index_of(tmp_path)
    endpoint = Endpoint(cluster[0].url, seconds=BRIEF)
    store = until_it_works(lambda: OpenSearchStore(endpoint, name, tmp_path, CONFIGURATION))
    yield store
    store.close()
    with OpenSearch(cluster[0].url) as client:
        client.indices.delete(index=name, params={"ignore_unavailable": "true"})


def until_it_works(attempt: Callable[[], T]) -> T:
    """As the worker does: what is unavailable or full is asked again."""
    until = time.monotonic() + SECONDS
    while True:
        try:
            return attempt()
        except (StoreUnavailable, StoreFull):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def test_no_acknowledged_document_is_lost_when_a_node_is_killed(
    cluster: list[Node], store: OpenSearchStore
) -> None:
    client = OpenSearch(cluster[0].url)
    until_it_works(lambda: wait_for(client, "green"))
    victim = next(n for n, node in enumerate(cluster) if n and holds_primary(client, store, n))
    stop = Event()
    answers: list[int] = []
    errors: list[StoreError] = []

    def search() -> None:
        while not stop.is_set():
            try:
                answers.append(len(store.search(vector(1), "amber bridge", 10)))
            except StoreError as error:
                errors.append(error)
                time.sleep(0.2)

    reader = Thread(target=search)
    reader.start()
    for number in range(DOCUMENTS):
        if number == DOCUMENTS // 2:
            os.killpg(cluster[victim].process.pid, signal.SIGKILL)
            killed = time.monotonic()
        chunks = [chunk(f"{number}-{n}", number + n) for n in range(CHUNKS)]
        until_it_works(lambda: store.put(f"d{number}", chunks))  # noqa: B023 - called at once
        until_it_works(store.refresh)
        if number == DOCUMENTS // 2:
            print(f"the first put after the kill took {time.monotonic() - killed:.1f} s")
    stop.set()
    reader.join()
    client.indices.refresh(index=store._index.name)
    number_there = client.count(index=store._index.name)["count"]
    kinds = sorted({type(error).__name__ for error in errors})
    print(f"{DOCUMENTS * CHUNKS} chunks acknowledged, {number_there} there")
    print(f"{len(answers)} searches answered, {len(errors)} refused: {kinds}")
    assert number_there == DOCUMENTS * CHUNKS
    assert store.documents() == {f"d{number}": CHUNKS for number in range(DOCUMENTS)}
    assert answers
    assert all(isinstance(error, StoreUnavailable) for error in errors)
    revive(cluster, victim)
    until_it_works(lambda: wait_for(client, "green"))


def test_no_acknowledged_document_is_lost_while_a_node_is_slow(
    cluster: list[Node], store: OpenSearchStore
) -> None:
    """The one with the primary copy is stopped for most of the time: it answers, late."""
    client = OpenSearch(cluster[0].url)
    until_it_works(lambda: wait_for(client, "green"))
    slow = next(n for n, node in enumerate(cluster) if n and holds_primary(client, store, n))
    group = cluster[slow].process.pid
    stop = Event()

    def slow_down() -> None:
        while not stop.is_set():
            os.killpg(group, signal.SIGSTOP)
            time.sleep(0.4)
            os.killpg(group, signal.SIGCONT)
            time.sleep(0.1)

    brake = Thread(target=slow_down)
    brake.start()
    began = time.monotonic()
    answers, refusals = 0, 0
    try:
        for number in range(DOCUMENTS // 4):
            chunks = [chunk(f"{number}-{n}", number + n) for n in range(CHUNKS)]
            until_it_works(lambda: store.put(f"d{number}", chunks))  # noqa: B023 - called at once
            until_it_works(store.refresh)
            try:
                store.search(vector(number), "amber bridge", 10)
                answers += 1
            except StoreUnavailable:  # and no other error
                refusals += 1
    finally:
        stop.set()
        brake.join()
    seconds = time.monotonic() - began
    print(f"{DOCUMENTS // 4} documents in {seconds:.0f} s; {answers} answers, {refusals} refusals")
    until_it_works(lambda: wait_for(client, "green"))
    until_it_works(store.refresh)
    client.indices.refresh(index=store._index.name)
    assert client.count(index=store._index.name)["count"] == DOCUMENTS // 4 * CHUNKS
    assert store.documents() == {f"d{number}": CHUNKS for number in range(DOCUMENTS // 4)}
    assert answers


def test_a_red_index_is_told_from_others_and_recovers_by_itself(
    cluster: list[Node], store: OpenSearchStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its only copy is on a node that is gone."""
    monkeypatch.setattr("app.local.engine.store.opensearch.index.SHARDS_SECONDS", 2.0)
    name, client = store._index.name, OpenSearch(cluster[0].url)
    until_it_works(lambda: store.put("shown", [chunk("a", 1)]))
    until_it_works(store.refresh)
    until_it_works(lambda: store.put("acknowledged", [chunk("b", 2)]))
    only = {"auto_expand_replicas": False, "number_of_replicas": 0}
    place = {"routing.allocation.require._name": f"node-{len(cluster)}"}
    client.indices.put_settings(index=name, body={"index": only | place})
    until_it_works(lambda: wait_until_only_the_last_has(client, store, len(cluster)))
    os.killpg(cluster[-1].process.pid, signal.SIGKILL)
    until_it_works(lambda: wait_for(client, "red"))
    with pytest.raises(StoreUnavailable, match=r"cannot do it now .*_cluster/health"):
        store.search(vector(1), None, 9)
    with pytest.raises(StoreUnavailable):
        store.put("new", [chunk("c", 3)])
    with pytest.raises(StoreUnavailable):
        store.refresh()
    store.close()
    endpoint = Endpoint(cluster[0].url, seconds=BRIEF)
    with pytest.raises(StoreUnavailable, match="is red: a shard has no copy that answers"):
        OpenSearchStore(endpoint, name, tmp_path, CONFIGURATION)
    revive(cluster, len(cluster) - 1)
    again = until_it_works(lambda: OpenSearchStore(endpoint, name, tmp_path, CONFIGURATION))
    assert again.documents() == {"shown": 1, "acknowledged": 1}
    until_it_works(lambda: again.put("new", [chunk("c", 3)]))
    until_it_works(again.refresh)
    hits = until_it_works(lambda: again.search(vector(1), None, 9))
    assert sorted(hit.id for hit in hits) == ["a", "b", "c"]
    again.close()


def wait_until_only_the_last_has(client: OpenSearch, store: OpenSearchStore, count: int) -> None:
    shards = client.cat.shards(index=store._index.name, format="json")
    if [(each["node"], each["state"]) for each in shards] != [(f"node-{count}", "STARTED")]:
        raise StoreUnavailable("the index is on its way")


def test_a_node_that_does_not_answer_is_waited_for_and_named(
    cluster: list[Node], store: OpenSearchStore
) -> None:
    """Stopped by a signal, it holds its connections, and answers nothing."""
    store.put("d", [chunk("a", 1)])
    store.refresh()
    for node in cluster:
        os.killpg(node.process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(StoreUnavailable, match="did not answer in 4 seconds"):
            store.search(vector(1), None, 5)
    finally:
        for node in cluster:
            os.killpg(node.process.pid, signal.SIGCONT)
    hits = until_it_works(lambda: store.search(vector(1), None, 5))
    assert [hit.id for hit in hits] == ["a"]


def wait_for(client: OpenSearch, status: str) -> None:
    if client.cluster.health()["status"] != status:
        raise StoreUnavailable(f"the cluster is not {status}")


def holds_primary(client: OpenSearch, store: OpenSearchStore, number: int) -> bool:
    shards = client.cat.shards(index=store._index.name, format="json")
    return any(each["node"] == f"node-{number + 1}" for each in shards)


def revive(cluster: list[Node], number: int) -> None:
    """Start a node again as it was."""
    import yaml

    node = cluster[number]
    node.process.wait()
    settings = yaml.safe_load((node.folder / "config" / "opensearch.yml").read_text())
    distribution = install(opensearch_folder())
    port = int(node.url.rpartition(":")[2])
    cluster[number] = start(distribution, node.folder, java_home(), settings, port)
    await_green(cluster[0], len(cluster))
