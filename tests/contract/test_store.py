"""What every filling of the store's Protocol must do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from app.local.bedrock_agent_runtime.filters import parse_filter
from app.local.engine.neighbours import Neighbours
from app.local.engine.store import (
    Chunk,
    Hit,
    Store,
    StoreConfiguration,
    StoreError,
    StoreForeign,
    open_embedded,
)
from app.local.engine.store.embedded_stores import OpenStore
from tests.local.engine.store.delayed import DelayedStore
from tests.local.engine.store.samples import (
    CONFIGURATION,
    DIMENSION,
    chunk,
    nearest,
    sentence,
    vector,
)
from tests.opensearch.stores import indexes

Open = Callable[[], Store]
FILLINGS: dict[str, OpenStore] = {"embedded": open_embedded, "delayed": DelayedStore}


@pytest.fixture(params=(*FILLINGS, "opensearch"))
def filling(request: pytest.FixtureRequest) -> Iterator[OpenStore]:
    """Opens the store in a folder. Another folder has another store."""
    with filled(request.param, request) as open_store:
        yield open_store


@contextmanager
def filled(name: str, request: pytest.FixtureRequest) -> Iterator[OpenStore]:
    if name in FILLINGS:
        yield FILLINGS[name]
    else:
        with indexes(request.getfixturevalue("opensearch")) as open_store:
            yield open_store


@pytest.fixture
def open_store(filling: OpenStore, tmp_path: Path) -> Iterator[Open]:
    """Opens the store, always the same one; what was open before is closed."""
    opened: list[Store] = []

    def open_() -> Store:
        while opened:
            opened.pop().close()
        opened.append(filling(tmp_path / "store", CONFIGURATION))
        return opened[0]

    yield open_
    opened.pop().close()


@pytest.fixture
def store(open_store: Open) -> Store:
    return open_store()


def put(store: Store, document: str, chunks: list[Chunk]) -> None:
    """Put, and see that it is visible."""
    store.put(document, chunks)
    store.refresh()


def delete(store: Store, document: str) -> None:
    """Delete, and see that it is no longer visible."""
    store.delete(document)
    store.refresh()


def ids(hits: list[Hit]) -> list[str]:
    return [hit.id for hit in hits]


def ids_of(chunks: list[Chunk]) -> list[str]:
    return [each.id for each in chunks]


def test_an_empty_store_finds_nothing(store: Store) -> None:
    assert store.search(vector(1), "amber", 5) == []
    assert store.search(vector(1), None, 5) == []
    assert store.documents() == {}
    assert store.parents(["p"]) == {}


def test_a_hit_is_the_chunk_that_was_put(store: Store) -> None:
    metadata: dict[str, Any] = {
        "year": 2024,
        "ratio": 0.5,
        "draft": False,
        "team": "s3",
        "tags": ["a", "b"],
        "no": [],
    }
    put(store, "s3://b/k", [chunk("c", 1, "Naïve café ☕ 東京", metadata)])
    [hit] = store.search(vector(1), None, 5)
    assert hit == Hit("c", "s3://b/k", "Naïve café ☕ 東京", metadata, hit.score, None)
    assert {key: type(value) for key, value in hit.metadata.items()} == {
        key: type(value) for key, value in metadata.items()
    }


def test_semantic_search_compares_every_vector(store: Store) -> None:
    chunks = [chunk(f"c{seed:02}", seed) for seed in range(40)]
    for start in range(0, 40, 4):
        put(store, f"s3://b/{start}", chunks[start : start + 4])
    for seed in (3, 100, 101):
        expected = nearest(chunks, vector(seed), 7)
        hits = store.search(vector(seed), None, 7)
        assert ids(hits) == [name for name, _ in expected]
        assert [hit.score for hit in hits] == pytest.approx(
            [score for _, score in expected], abs=1e-5
        )


def test_the_score_of_the_same_vector_is_one_and_of_its_opposite_a_fifth(store: Store) -> None:
    put(store, "s3://b/k", [chunk("same", 1), Chunk("opposite", "", {}, -vector(1))])
    same, opposite = store.search(vector(1), None, 2)
    assert (same.id, opposite.id) == ("same", "opposite")
    assert [same.score, opposite.score] == pytest.approx([1, 0.2])


def test_hybrid_search_finds_words_that_the_vectors_do_not_tell(store: Store) -> None:
    for seed in range(30):
        put(store, f"s3://b/{seed}", [chunk(f"c{seed:02}", seed)])
    put(store, "s3://b/error", [chunk("error", 99, "What a ThrottlingException means")])
    assert "error" not in ids(store.search(vector(3), None, 5))
    hits = store.search(vector(3), "throttling exception", 5)
    assert "error" in ids(hits)
    assert "c03" in ids(hits)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Retry on ThrottlingException.", "ThrottlingException"),
        ("Retry on ThrottlingException.", "throttling exceptions"),
        ("A t3.micro is small.", "t3.micro"),
        ("A t3.micro is small.", "T3 micro"),
        ("Allow s3:GetObject on it.", "s3:GetObject"),
        ("Allow s3:GetObject on it.", "getting objects"),
        ("It holds 1,000 items.", "1000"),
        ("Le café est naïf.", "CAFE NAIF"),
        ("Die Straße", "strasse"),
        ("東京都に住む", "東京"),
        ("The buckets were emptied", "empty bucket"),
    ],
)
def test_words_are_found_in_the_forms_that_people_use(
    store: Store, text: str, question: str
) -> None:
    far = vector(1)
    put(store, "s3://b/decoys", [Chunk(f"a{n}", sentence(n), {}, far) for n in range(5)])
    put(store, "s3://b/k", [Chunk("z", text, {}, far)])
    assert ids(store.search(far, question, 1)) == ["z"]


def test_the_words_over_a_text_are_searched_and_not_shown(store: Store) -> None:
    chunks = [
        replace(chunk(name, seed, "amber"), context=context)
        for name, seed, context in (("a", 1, "Harbours > Fees"), ("b", 2, "Bridges"), ("c", 3, ""))
    ]
    put(store, "document", chunks)
    best, *_ = store.search(vector(9), "fee of a harbour", 3)
    assert (best.id, best.text, best.context) == ("a", "amber", "Harbours > Fees")


def test_what_stands_beside_a_text_comes_with_its_hit_and_is_not_searched(store: Store) -> None:
    beside = Neighbours(14, 19, "- bridge ☕\n- ", "\n- candle", 0)
    parent = Chunk("p", "granite", {}, None, neighbours=beside)
    child = replace(chunk("b", 2, "granite"), parent="p")
    put(store, "s3://b/k", [replace(chunk("a", 1, "amber"), neighbours=beside), parent, child])
    [best, other] = store.search(vector(1), "amber", 2)
    assert (best.text, best.neighbours, other.neighbours) == ("amber", beside, None)
    assert store.parents(["p"])["p"].neighbours == beside
    assert [each.neighbours for each in store.chunks("s3://b/k")] == [beside, beside, None]
    put(store, "s3://b/l", [chunk("c", 1, "candle")])
    assert ids(store.search(vector(1), "candle", 1)) == ["c"]


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("certifciate", "certificate"),
        ("instalation", None),  # its stem is the same
        ("intsall", "installation"),  # whose stem is that of "install"
        ("berht", "berth"),
        ("certificate", None),  # it is there
        ("certificates", None),  # in another form
        ("cart", None),
        ("fees", None),
        ("b2751", None),  # an identifier
        ("b", None),
        ("granit", None),
    ],
)
def test_the_nearest_word_to_one_that_no_chunk_has(
    store: Store, word: str, nearest: str | None
) -> None:
    text = "The installation of a certificate at berth B2750. Another certificate; one ferry."
    put(store, "document", [chunk("a", 1, text), chunk("b", 2, "Fee: 30. A b2750z.")])
    assert store.nearest_word(word) == nearest


def test_of_equally_near_words_that_of_the_most_chunks_is_the_nearest(store: Store) -> None:
    put(store, "first", [chunk("a", 1, "a plane"), chunk("b", 2, "a plant")])
    put(store, "second", [chunk("c", 3, "the plant")])
    assert store.nearest_word("planx") == "plant"
    delete(store, "second")
    delete(store, "first")
    assert store.nearest_word("planx") is None


def test_a_question_without_words_is_answered_by_its_vector(store: Store) -> None:
    put(store, "s3://b/k", [chunk(f"c{seed}", seed) for seed in range(5)])
    for text in ("", "?!", "what is the", "zzzz"):
        assert ids(store.search(vector(3), text, 1)) == ["c3"]


@pytest.mark.parametrize("text", [None, "amber bridge candle delta ember"])
def test_scores_fall_from_at_most_one_and_more_is_the_same_and_more(
    store: Store, text: str | None
) -> None:
    for seed in range(60):
        put(store, f"s3://b/{seed}", [chunk(f"c{seed}", seed)])
    hits = store.search(vector(7), text, 60)
    scores = [hit.score for hit in hits]
    assert len(hits) == 60
    assert scores == sorted(scores, reverse=True)
    assert 0 <= scores[-1] <= scores[0] <= 1
    for limit in (1, 10, 59):
        assert store.search(vector(7), text, limit) == hits[:limit]


@pytest.mark.parametrize("text", [None, "amber"])
def test_equal_scores_come_in_the_order_of_ids(store: Store, text: str | None) -> None:
    for name in ("d", "b", "e", "a", "c"):
        put(store, f"s3://b/{name}", [chunk(name, 1, "amber bridge")])
    assert ids(store.search(vector(1), text, 3)) == ["a", "b", "c"]
    assert ids(store.search(vector(1), text, 9)) == ["a", "b", "c", "d", "e"]


def test_a_document_that_is_put_again_is_replaced_whole(store: Store) -> None:
    put(store, "s3://b/k", [chunk("a", 1, "old amber"), chunk("b", 2, "old bridge")])
    put(store, "s3://b/k", [chunk("b", 3, "new candle")])
    assert store.documents() == {"s3://b/k": 1}
    for text in (None, "old amber", "old bridge", "candle"):
        assert [hit.text for hit in store.search(vector(1), text, 9)] == ["new candle"]


def test_a_refresh_shows_every_write_before_it(store: Store) -> None:
    store.put("s3://b/k", [chunk("a", 1), chunk("b", 2)])
    store.put("s3://b/l", [Chunk("p", "amber", {}, None), replace(chunk("c", 3), parent="p")])
    store.delete("s3://b/k")
    store.refresh()
    assert ids(store.search(vector(1), "amber", 9)) == ["c"]
    assert store.parents(["p"]).keys() == {"p"}
    assert store.documents() == {"s3://b/l": 1}


def test_the_embedded_store_needs_no_refresh(tmp_path: Path) -> None:
    store = open_embedded(tmp_path, CONFIGURATION)
    store.put("s3://b/k", [chunk("a", 1)])
    assert ids(store.search(vector(1), None, 9)) == ["a"]
    store.delete("s3://b/k")
    assert (store.search(vector(1), None, 9), store.documents()) == ([], {})
    store.close()


@pytest.mark.parametrize("dimension", [3, 64, 100, 1024])
def test_a_store_may_have_any_dimension(filling: OpenStore, dimension: int, tmp_path: Path) -> None:
    store = filling(tmp_path, StoreConfiguration(dimension))
    chunks = [Chunk(f"c{n:02}", sentence(n), {}, vector(n, dimension)) for n in range(30)]
    put(store, "s3://b/k", chunks)
    expected = nearest(chunks, vector(7, dimension), 4)
    assert ids(store.search(vector(7, dimension), None, 4)) == [name for name, _ in expected]
    with pytest.raises(ValueError, match=f"must have {dimension} components"):
        store.put("s3://b/l", [Chunk("d", "", {}, vector(1, dimension + 1))])
    store.close()


def test_a_store_of_another_dimension_is_not_opened(filling: OpenStore, tmp_path: Path) -> None:
    store = filling(tmp_path, StoreConfiguration(64))
    put(store, "s3://b/k", [Chunk("c", "amber", {}, vector(1, 64))])
    store.close()
    with pytest.raises(StoreError, match="64 components, and the encoder makes 384"):
        filling(tmp_path, CONFIGURATION)
    reopened = filling(tmp_path, StoreConfiguration(64))
    assert ids(reopened.search(vector(1, 64), None, 1)) == ["c"]
    reopened.close()


def test_a_store_of_another_encoder_is_not_opened(filling: OpenStore, tmp_path: Path) -> None:
    """Its vectors may have the same dimension: then nothing else would tell, but wrong answers."""
    one, other = (StoreConfiguration(DIMENSION, identity) for identity in ("one 53aa", "one be50"))
    store = filling(tmp_path, one)
    put(store, "s3://b/k", [chunk("c", 1)])
    store.close()
    with pytest.raises(StoreForeign, match=r"of one 53aa, and the encoder is one be50.*ingest"):
        filling(tmp_path, other)
    for same in (one, CONFIGURATION):  # which does not say whose vectors it expects
        reopened = filling(tmp_path, same)
        assert ids(reopened.search(vector(1), None, 1)) == ["c"]
        reopened.close()


def test_a_store_without_documents_takes_another_encoder(
    filling: OpenStore, tmp_path: Path
) -> None:
    filling(tmp_path, StoreConfiguration(DIMENSION, "one")).close()
    store = filling(tmp_path, StoreConfiguration(DIMENSION, "other"))
    put(store, "s3://b/k", [chunk("c", 1)])
    store.close()
    with pytest.raises(StoreForeign, match="of other, and"):
        filling(tmp_path, StoreConfiguration(DIMENSION, "one"))


def test_a_store_that_does_not_know_its_encoder_learns_it(
    filling: OpenStore, tmp_path: Path
) -> None:
    store = filling(tmp_path, CONFIGURATION)
    put(store, "s3://b/k", [chunk("c", 1)])
    store.close()
    reopened = filling(tmp_path, StoreConfiguration(DIMENSION, "one"))
    assert ids(reopened.search(vector(1), None, 1)) == ["c"]
    reopened.close()
    with pytest.raises(StoreForeign, match="of one, and the encoder is other"):
        filling(tmp_path, StoreConfiguration(DIMENSION, "other"))


def test_a_document_may_have_no_chunks(store: Store) -> None:
    put(store, "s3://b/empty", [])
    assert store.documents() == {"s3://b/empty": 0}
    assert store.search(vector(1), "amber", 5) == []


def test_a_deleted_document_is_gone(store: Store) -> None:
    put(store, "s3://b/k", [chunk("a", 1), replace(chunk("p", 2), vector=None)])
    put(store, "s3://b/l", [chunk("b", 2)])
    delete(store, "s3://b/k")
    delete(store, "s3://b/k")
    delete(store, "s3://b/never")
    assert store.documents() == {"s3://b/l": 1}
    assert ids(store.search(vector(1), None, 9)) == ["b"]
    assert store.parents(["p"]) == {}


def test_the_values_of_a_key_are_those_of_living_chunks(store: Store) -> None:
    parent = Chunk("p", "all", {"team": "parents"}, None)
    child = Chunk("child", "c", {"team": "ops"}, vector(1), parent="p")
    put(store, "s3://b/1", [parent, child])
    put(store, "s3://b/2", [chunk("a", 2, "a", {"team": "café", "tags": ["new", "old"]})])
    put(store, "s3://b/3", [chunk("b", 3, "b", {"team": "café", "year": 2024, "tags": ["new"]})])
    put(store, "s3://b/4", [chunk("c", 4, "c", {"team": True, "teams": "others", "tags": []})])
    assert store.values("team", 10)[0] == "café"
    assert set(store.values("team", 10)) == {"café", "ops", True}
    assert store.values("team", 1) == ["café"]
    assert store.values("tags", 10) == ["new", "old"]
    assert store.values("year", 10) == [2024]
    assert store.values("tea", 10) == []
    delete(store, "s3://b/3")
    assert store.values("tags", 10) == ["new", "old"]
    delete(store, "s3://b/2")
    assert store.values("tags", 10) == []
    assert set(store.values("team", 10)) == {"ops", True}


def test_parents_are_returned_and_never_searched(store: Store) -> None:
    parent = Chunk("p", "granite harbour island", {"page": 3}, None)
    child = Chunk("c", "granite", {"page": 3}, vector(1), parent="p")
    put(store, "s3://b/k", [parent, child])
    assert store.documents() == {"s3://b/k": 1}
    hits = store.search(vector(1), "harbour island", 9)
    assert [(hit.id, hit.parent) for hit in hits] == [("c", "p")]
    assert store.parents(["p", "c", "unknown"]) == {
        "p": Hit("p", "s3://b/k", "granite harbour island", {"page": 3}, 0.0, None)
    }


def test_the_chunks_of_a_document_are_those_that_were_put(store: Store) -> None:
    metadata: dict[str, Any] = {"n": 0.1, "tags": ["x", ""], "yes": True}
    parent = Chunk("p", "all ☕", {"page": 3}, None)
    children = [
        replace(chunk(f"c{n:02}", n, metadata=metadata), parent="p", context="Over it")
        for n in range(12, 0, -1)
    ]
    put(store, "s3://b/k", [parent, *children])
    put(store, "s3://b/other", [chunk("other", 1)])
    chunks = store.chunks("s3://b/k")
    assert [replace(each, vector=None) for each in chunks] == [
        replace(each, vector=None) for each in (parent, *children)
    ]
    assert chunks[0].vector is None
    for one, other in zip(chunks[1:], children, strict=True):
        assert one.vector is not None
        assert other.vector is not None
        assert one.vector.tobytes() == other.vector.tobytes()
    delete(store, "s3://b/k")
    assert store.chunks("s3://b/k") == []


def test_a_store_that_is_closed_and_opened_holds_the_same(open_store: Open) -> None:
    store = open_store()
    for seed in range(20):
        put(store, f"s3://b/{seed % 15}", [chunk(f"c{seed}", seed, metadata={"seed": seed})])
    delete(store, "s3://b/3")
    where = parse_filter({"greaterThan": {"key": "seed", "value": 4}})
    before = [store.search(vector(q), text, 9, where) for q in range(5) for text in (None, "amber")]
    documents = store.documents()
    store = open_store()
    assert store.documents() == documents
    assert before == [
        store.search(vector(q), text, 9, where) for q in range(5) for text in (None, "amber")
    ]


METADATA: dict[str, dict[str, Any]] = {
    "apple": {"s": "apple", "n": 1, "b": True, "l": ["red", "green"]},
    "apricot": {"s": "apricot", "n": 2.5, "b": False, "l": []},
    "capital": {"s": "Apple", "n": -3},
    "one": {"s": "1", "n": 1.0, "l": ["redder"]},
    "number": {"s": 1, "n": "1", "b": 1},
    "true": {"s": True, "n": True},
    "list": {"s": ["apple", "pear"], "n": ["1"]},
    "uri": {"s": "", "x-amz-bedrock-kb-source-uri": "s3://b/4"},
    "bare": {},
}
APPLE = {"equals": {"key": "s", "value": "apple"}}


@pytest.mark.parametrize(
    ("operator", "key", "value", "found"),
    [
        ("equals", "s", "apple", "apple"),
        ("equals", "s", "1", "one"),
        ("equals", "s", 1, "number"),
        ("equals", "s", True, "true"),
        ("equals", "s", "", "uri"),
        ("equals", "n", 1, "apple one"),
        ("equals", "n", "1", "number"),
        ("equals", "b", True, "apple"),
        ("equals", "b", False, "apricot"),
        ("equals", "b", 1, "number"),
        ("equals", "x-amz-bedrock-kb-source-uri", "s3://b/4", "uri"),
        ("equals", "missing", "x", ""),
        ("notEquals", "s", "apple", "apricot capital one number true list uri bare"),
        ("notEquals", "n", 1, "apricot capital number true list uri bare"),
        ("notEquals", "missing", "x", "apple apricot capital one number true list uri bare"),
        ("greaterThan", "n", 1, "apricot"),
        ("greaterThanOrEquals", "n", 1, "apple apricot one"),
        ("lessThan", "n", 1, "capital"),
        ("lessThanOrEquals", "n", 1, "apple capital one"),
        ("in", "s", ["apple", "1"], "apple one"),
        ("in", "s", [], ""),
        ("notIn", "s", ["apple", "1"], "apricot capital number true list uri"),
        ("startsWith", "s", "ap", "apple apricot"),
        ("startsWith", "s", "", "apple apricot capital one uri"),
        ("stringContains", "s", "pp", "apple capital list"),
        ("stringContains", "l", "red", "apple one"),
        ("listContains", "l", "red", "apple"),
        ("listContains", "s", "apple", "list"),
    ],
)
def test_every_operator_of_a_filter(
    store: Store, operator: str, key: str, value: Any, found: str
) -> None:
    put_metadata(store)
    where = parse_filter({operator: {"key": key, "value": value}})
    for text in (None, "amber"):
        assert set(ids(store.search(vector(0), text, 99, where))) == set(found.split())


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"andAll": [APPLE, {"equals": {"key": "b", "value": True}}]}, "apple"),
        ({"andAll": [APPLE, {"equals": {"key": "b", "value": False}}]}, ""),
        ({"orAll": [APPLE, {"lessThan": {"key": "n", "value": 0}}]}, "apple capital"),
        (
            {
                "andAll": [
                    {"notEquals": {"key": "b", "value": False}},
                    {"orAll": [APPLE, {"startsWith": {"key": "s", "value": "ap"}}]},
                ]
            },
            "apple",
        ),
    ],
)
def test_groups_of_a_filter(store: Store, where: dict[str, Any], found: str) -> None:
    put_metadata(store)
    hits = store.search(vector(0), None, 99, parse_filter(where))
    assert set(ids(hits)) == set(found.split())


def put_metadata(store: Store) -> None:
    """Over three documents."""
    chunks = [chunk(name, 0, "amber", metadata) for name, metadata in METADATA.items()]
    for start in range(0, len(chunks), 3):
        put(store, f"s3://b/{start}", chunks[start : start + 3])


def test_the_best_of_what_passes_are_found_however_far_they_are(store: Store) -> None:
    chunks = [chunk(f"c{n:03}", n, metadata={"rare": n % 50 == 0}) for n in range(300)]
    put(store, "s3://b/k", chunks)
    where = parse_filter({"equals": {"key": "rare", "value": True}})
    expected = nearest(chunks, vector(7), 4, where)
    assert ids(store.search(vector(7), None, 4, where)) == [name for name, _ in expected]
    assert len(store.search(vector(7), "amber", 99, where)) == 6


@pytest.mark.parametrize(
    ("chunks", "rule"),
    [
        ([Chunk("c", "", {}, vector(1)[:3])], "384"),
        ([Chunk("c", "", {}, 2 * vector(1))], "length 1"),
        ([Chunk("c", "", {}, vector(1) * float("nan"))], "length 1"),
        ([chunk("c", 1), chunk("c", 2)], "different ids"),
        ([chunk("taken", 1)], "chunk taken"),
        ([replace(chunk("c", 1), parent="p")], "parent"),
        ([replace(chunk("c", 1), parent="d"), chunk("d", 2)], "parent"),
        ([chunk("c", 1, metadata={"key": float("inf")})], "'key'"),
        ([chunk("c", 1, metadata={"key": [1]})], "'key'"),  # type: ignore[list-item]  # on purpose
        ([chunk("c", 1, "half a \ud800 pair")], "surrogates"),
    ],
)
def test_a_document_that_breaks_a_rule_changes_nothing(
    store: Store, chunks: list[Chunk], rule: str
) -> None:
    put(store, "s3://b/other", [chunk("taken", 5)])
    put(store, "s3://b/k", [chunk("old", 6)])
    with pytest.raises(ValueError, match=rule):
        put(store, "s3://b/k", chunks)
    assert store.documents() == {"s3://b/other": 1, "s3://b/k": 1}
    assert ids(store.search(vector(6), None, 9)) == ["old", "taken"]


def test_documents_that_are_put_together_are_there_as_if_put_one_by_one(store: Store) -> None:
    put(store, "s3://b/0", [chunk("old", 9)])
    documents = {f"s3://b/{n}": [chunk(f"{n}-{m}", 5 * n + m) for m in range(n)] for n in range(4)}
    store.put_all(documents)
    store.refresh()
    assert store.documents() == {f"s3://b/{n}": n for n in range(4)}
    for document, chunks in documents.items():
        assert ids_of(store.chunks(document)) == ids_of(chunks)
    assert set(ids(store.search(vector(0), None, 9))) == {"1-0", "2-0", "2-1", "3-0", "3-1", "3-2"}
    store.put_all({})
    assert len(store.documents()) == 4


def test_of_documents_that_are_put_together_none_is_there_by_half(store: Store) -> None:
    """The second has an id of the first."""
    whole = [chunk("a", 1), chunk("b", 2)]
    with pytest.raises(ValueError, match="chunk b"):
        store.put_all({"s3://b/1": whole, "s3://b/2": [chunk("c", 3), chunk("b", 4)]})
    store.refresh()
    assert store.documents() in ({}, {"s3://b/1": 2})


def test_a_query_that_breaks_a_rule_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="limit"):
        store.search(vector(1), None, 0)
    with pytest.raises(ValueError, match="384"):
        store.search(vector(1)[:5], None, 1)


def test_readers_see_whole_documents_while_one_is_written(store: Store) -> None:
    """The document goes back and forth between three chunks and five; no reader sees four."""
    versions = {
        size: [chunk(f"{size}-{n}", n, "amber", {"size": size}) for n in range(size)]
        for size in (3, 5)
    }
    put(store, "s3://b/k", versions[3])
    stop = Event()
    seen: set[tuple[Any, ...]] = set()

    def read() -> None:
        while not stop.is_set():
            for text in (None, "amber"):
                hits = store.search(vector(1), text, 99)
                seen.add(tuple(hit.metadata["size"] for hit in hits))

    readers = [Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(60):
        put(store, "s3://b/k", versions[5])
        put(store, "s3://b/k", versions[3])
    stop.set()
    for reader in readers:
        reader.join()
    assert seen
    assert seen <= {(3,) * 3, (5,) * 5}
