"""A few of the requests that no client would send; `make hard` sends twenty thousand."""

from tests.hard import Plan, fuzz


def test_no_request_breaks_a_server() -> None:
    counts = list(fuzz.run(Plan(number=400, seed=3)))
    assert {count.name: count.number for count in counts}["requests to the stand-in"] == 200
    assert [count for count in counts if count.broken] == []
