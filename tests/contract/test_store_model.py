"""A store against a dictionary, through any sequence of puts, deletes and reopenings."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.local.engine.store import Chunk, Store
from app.local.engine.store.embedded_stores import OpenStore
from app.local.engine.store.filters import Condition, Filter, Group
from tests.contract.test_store import filled
from tests.local.engine.store.samples import CONFIGURATION, chunk, nearest, vector

DOCUMENTS = st.sampled_from([f"s3://b/{name}" for name in "abcd"])
VALUES = st.sampled_from(["x", "xy", "", 1, 2, True])
METADATA = st.dictionaries(st.sampled_from(["k", "l"]), VALUES | st.just(["x", "y"]), max_size=2)
PIECES = st.tuples(st.integers(0, 30), METADATA, st.booleans())  # seed, metadata, is a parent

CONDITIONS = st.one_of(
    st.builds(Condition, st.sampled_from(["equals", "notEquals"]), st.sampled_from("klm"), VALUES),
    st.builds(
        Condition, st.sampled_from(["lessThan", "greaterThanOrEquals"]), st.just("k"), st.just(2)
    ),
    st.builds(
        Condition,
        st.sampled_from(["startsWith", "stringContains", "listContains"]),
        st.sampled_from("klm"),
        st.sampled_from(["x", "y"]),
    ),
    st.builds(Condition, st.sampled_from(["in", "notIn"]), st.just("k"), st.just(("x", "z"))),
)
FILTERS: st.SearchStrategy[Filter | None] = st.one_of(
    st.none(),
    CONDITIONS,
    st.builds(
        Group,
        st.sampled_from(["all", "any"]),
        st.lists(CONDITIONS, min_size=2, max_size=3).map(tuple),
    ),
)


class Model(RuleBasedStateMachine):
    filling: OpenStore

    @initialize()
    def start(self) -> None:
        self.folder = TemporaryDirectory()
        self.store: Store = self.filling(Path(self.folder.name), CONFIGURATION)
        self.expected: dict[str, list[Chunk]] = {}
        self.puts = 0

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    @rule(document=DOCUMENTS, pieces=st.lists(PIECES, max_size=4))
    def put(self, document: str, pieces: list[tuple[int, Any, bool]]) -> None:
        self._put(document, pieces)

    @rule(document=DOCUMENTS, seed=st.integers(0, 30))
    def put_many(self, document: str, seed: int) -> None:
        """So many that an index on the disk is worth while."""
        self._put(document, [(seed + n % 3, {"k": n % 2}, False) for n in range(300)])

    @rule(documents=st.dictionaries(DOCUMENTS, st.lists(PIECES, max_size=2), min_size=2))
    def put_together(self, documents: dict[str, list[tuple[int, Any, bool]]]) -> None:
        chunks = {name: self._chunks(pieces) for name, pieces in documents.items()}
        self.store.put_all(chunks)
        self.store.refresh()
        self.expected |= chunks

    def _put(self, document: str, pieces: list[tuple[int, Any, bool]]) -> None:
        chunks = self._chunks(pieces)
        self.store.put(document, chunks)
        self.store.refresh()
        self.expected[document] = chunks

    def _chunks(self, pieces: list[tuple[int, Any, bool]]) -> list[Chunk]:
        self.puts += 1
        return [
            Chunk(
                f"{self.puts}-{n}", chunk("", seed).text, metadata, None if parent else vector(seed)
            )
            for n, (seed, metadata, parent) in enumerate(pieces)
        ]

    @rule(document=DOCUMENTS)
    def delete(self, document: str) -> None:
        self.store.delete(document)
        self.store.refresh()
        self.expected.pop(document, None)

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = self.filling(Path(self.folder.name), CONFIGURATION)

    @rule(seed=st.integers(0, 40), limit=st.integers(1, 12), where=FILTERS)
    def search(self, seed: int, limit: int, where: Filter | None) -> None:
        chunks = [each for document in self.expected.values() for each in document]
        hits = self.store.search(vector(seed), None, limit, where)
        expected = nearest(chunks, vector(seed), limit, where)
        assert [hit.id for hit in hits] == [name for name, _ in expected]
        assert [hit.score for hit in hits] == pytest.approx([s for _, s in expected], abs=1e-5)
        by_id = {each.id: each for each in chunks}
        for hit in hits:
            assert (hit.text, hit.metadata) == (by_id[hit.id].text, by_id[hit.id].metadata)

    @rule(seed=st.integers(0, 40), limit=st.integers(1, 12), where=FILTERS)
    def search_words_too(self, seed: int, limit: int, where: Filter | None) -> None:
        """Words change the order, and never what may be found."""
        chunks = [each for document in self.expected.values() for each in document]
        hits = self.store.search(vector(seed), "amber bridge candle", limit, where)
        allowed = {name for name, _ in nearest(chunks, vector(seed), len(chunks), where)}
        assert {hit.id for hit in hits} <= allowed
        assert len(hits) == min(limit, len(allowed))

    @invariant()
    def documents(self) -> None:
        if hasattr(self, "store"):
            assert self.store.documents() == {
                document: sum(each.vector is not None for each in chunks)
                for document, chunks in self.expected.items()
            }

    @rule()
    def parents(self) -> None:
        chunks = [each for document in self.expected.values() for each in document]
        hits = self.store.parents([each.id for each in chunks])
        assert set(hits) == {each.id for each in chunks if each.vector is None}


@pytest.mark.parametrize(
    ("name", "examples"),
    [("embedded", 25), ("opensearch", 6)],  # a delayed store is two of the first
)
def test_the_store_answers_as_a_model_of_dictionaries_does(
    name: str, examples: int, request: pytest.FixtureRequest
) -> None:
    with filled(name, request) as filling:
        machine = type("Filled", (Model,), {"filling": staticmethod(filling)})
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=examples,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow],
                derandomize=True,
            ),
        )
