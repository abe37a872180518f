"""Filters in OpenSearch pass the same chunks as in the embedded store: random ones, on metadata of
every kind that a key can have.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.local.engine.store import Chunk, Store, open_embedded
from app.local.engine.store.filters import Condition, Filter, Group
from tests.local.engine.store.samples import CONFIGURATION, vector
from tests.opensearch.stores import indexes

CHUNKS = 120
ORDINARY, THOROUGH = 200, 10_000

KEYS = ["k", "year", "a.b", "4:x", "kn", "", "x-amz-bedrock-kb-source-uri", "ключ", "*?", "\x00"]
STRINGS = [
    *("", "a", "ab", "abc", "ABC", "b*", "b?", "b\\", "b", "s", "n1", "1", "true", "naïve", "東京"),
    *("🐘", "a b", "a\nb", "a\x00b", "é", "e\u0301", "ab" * 40, "a" * 300, "s3://bucket/key.md"),
]
NUMBERS: list[float] = [
    *(0, -0.0, 1, 1.0, -1, 2, 0.1, 1e-300, 5e-324, 1e300, -1e300, 2024, 2024.5),
    *(2**53, 2**53 + 1, 2**53 - 1, -(2**53) - 1, 10**25, 10**25 + 1, float(10**25)),
]


class Pair(NamedTuple):
    """The same chunks in both stores."""

    embedded: Store
    real: Store


def metadata(chance: random.Random) -> dict[str, Any]:
    def value() -> Any:
        return chance.choice(
            [
                chance.choice(STRINGS),
                chance.choice(NUMBERS),
                chance.random() < 0.5,
                chance.sample(STRINGS, chance.randint(0, 3)),
            ]
        )

    return {key: value() for key in chance.sample(KEYS, chance.randint(0, 6))}


@pytest.fixture(scope="module")
def pair(opensearch: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    chance = random.Random(7)
    chunks = [Chunk(f"c{n:03}", "amber", metadata(chance), vector(n)) for n in range(CHUNKS)]
    folder: Path = tmp_path_factory.mktemp("filters")
    with indexes(opensearch) as open_store:
        stores = Pair(
            open_embedded(folder / "embedded", CONFIGURATION),
            open_store(folder / "real", CONFIGURATION),
        )
        for store in stores:
            for start in range(0, CHUNKS, 40):
                store.put(f"s3://b/{start}", chunks[start : start + 40])
            store.refresh()
        yield stores
        for store in stores:
            store.close()


any_key = st.sampled_from([*KEYS, "missing"])
any_string = st.sampled_from(STRINGS) | st.text(st.sampled_from("ab*?\\s1"), max_size=3)
any_number = st.sampled_from(NUMBERS) | st.integers() | st.floats(allow_nan=False)
finite_number = any_number.filter(lambda number: abs(number) < 1e308)
any_members = st.lists(any_string, max_size=3).map(tuple)

conditions: st.SearchStrategy[Filter] = st.one_of(
    st.builds(
        Condition,
        st.sampled_from(["equals", "notEquals"]),
        any_key,
        any_string | finite_number | st.booleans(),
    ),
    st.builds(
        Condition,
        st.sampled_from(
            ["greaterThan", "greaterThanOrEquals", "lessThan", "lessThanOrEquals"],
        ),
        any_key,
        finite_number,
    ),
    st.builds(Condition, st.sampled_from(["in", "notIn"]), any_key, any_members),
    st.builds(
        Condition,
        st.sampled_from(["startsWith", "stringContains", "listContains"]),
        any_key,
        any_string,
    ),
)


def groups(members: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    quantifiers = st.sampled_from(["all", "any"])
    return st.builds(Group, quantifiers, st.lists(members, min_size=2, max_size=5).map(tuple))


filters = conditions | groups(conditions | groups(conditions))


def test_random_filters_pass_the_same_chunks(pair: Pair, thorough: bool) -> None:
    @settings(
        max_examples=THOROUGH if thorough else ORDINARY,
        deadline=None,
        derandomize=not thorough,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(where=filters)
    def compare(where: Filter) -> None:
        expected, actual = (
            [hit.id for hit in store.search(vector(1), None, CHUNKS, where)] for store in pair
        )
        assert actual == expected

    compare()
