"""The price table: what can be checked by hand, and that every choice has its row."""

import pytest

from app.errors import InvalidRequest
from app.prices import FLOORS, HOURS, VECTOR_STORES, monthly_floor


def test_a_floor_is_units_by_the_hour_and_what_is_fixed() -> None:
    assert monthly_floor("opensearch-serverless").dollars == pytest.approx(0.25 * HOURS)
    assert monthly_floor("aurora").dollars == pytest.approx(0.40)
    assert monthly_floor("aurora", production=True).dollars == pytest.approx(0.06 * HOURS + 0.40)


def test_production_is_never_cheaper_than_a_trial() -> None:
    for trial, production in FLOORS.values():
        assert trial.dollars <= production.dollars


def test_the_generation_matters_to_opensearch_serverless_only() -> None:
    nextgen = monthly_floor("opensearch-serverless", generation="nextgen")
    assert nextgen.dollars == pytest.approx(0.01 * HOURS)
    for store in set(VECTOR_STORES) - {"opensearch-serverless"}:
        assert monthly_floor(store, generation="nextgen") == monthly_floor(store)


@pytest.mark.parametrize(
    ("store", "generation"), [("pinecone", "classic"), ("opensearch-serverless", "third")]
)
def test_what_there_is_not_is_refused_by_name_with_what_there_is(
    store: str, generation: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        monthly_floor(store, generation=generation)
    assert store in str(refused.value)
    assert "s3-vectors" in str(refused.value)
    assert "opensearch-serverless nextgen" in str(refused.value)
