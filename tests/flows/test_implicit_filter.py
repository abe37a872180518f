"""A question that names a year, where the settings say that years are attributes: it is answered
from the documents of that year.
"""

from collections.abc import Iterator

import pytest

from app.filter_attributes import FilterAttribute
from app.settings import Settings
from tests.flows.home import Home, laptop, provisioned

YEAR = FilterAttribute(key="year", type="NUMBER", description="the year of the report")
FEES = {2022: 11, 2023: 12, 2024: 14}


def filtering() -> Settings:
    changes = {"filter_attributes": (YEAR,), "filter_model_id": "amazon.nova-lite-v1:0"}
    return provisioned().model_copy(update=changes)


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with laptop(tmp_path_factory.mktemp("home"), filtering) as home:
        for year, fee in FEES.items():
            home.put(
                f"{year}.md",
                f"In the year {year} the ferry fee for a car was {fee} euros.",
                year=year,
            )
        yield home


@pytest.mark.parametrize("year", FEES)
def test_a_question_is_answered_from_the_documents_of_its_year(years: Home, year: int) -> None:
    question = f"What was the ferry fee for a car in the year {year}?"
    found = years.call("POST", "/search", {"query": question, "explain": True})
    assert [one["metadata"]["year"] for one in found["passages"]] == [year]
    answer = years.call("POST", "/chat", {"message": question})
    assert f"{FEES[year]} euros" in answer["answer"]
    assert {one["uri"].rpartition("/")[2] for one in answer["citations"]} == {f"{year}.md"}


def test_a_question_that_names_no_year_is_answered_from_all(years: Home) -> None:
    found = years.call("POST", "/search", {"query": "What was the ferry fee for a car?"})
    assert sorted(one["metadata"]["year"] for one in found["passages"]) == sorted(FEES)


def test_the_filter_of_a_request_holds_as_well(years: Home) -> None:
    query = {"query": "What was the ferry fee in the year 2023?"}
    other = {"equals": {"key": "year", "value": 2022}}
    found = years.call("POST", "/search", {**query, "filter": other})
    assert [one["metadata"]["year"] for one in found["passages"]] == [2022]
