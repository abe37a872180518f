"""The filter that a question implies: what it names exactly, and nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.local.engine.implicit import Attribute, implicit_filter
from app.local.engine.store.filters import Condition, Filter, Group
from tests.local.engine.store.samples import PROPERTY

DIRECTOR = Attribute("director", "string", "who directed the film")
GENRE = Attribute("genre", "string", "kind of film")
YEAR = Attribute("year", "number", "year of release")
RATING = Attribute("rating", "number", "stars that viewers gave")
TAGS = Attribute("tags", "list", "what it is about")
DAY = Attribute("heldOn", "string", "date of the meeting")
STAMP = Attribute("due", "number", "date until which it is due")
ARCHIVED = Attribute("is_archived", "boolean", "whether nobody uses it any more")
DEPARTMENT = Attribute("department", "string", "department that wrote it")
ACTOR = Attribute("actor", "string", "who played in the film")
CITY = Attribute("city", "string", "都市")

VALUES: Mapping[str, Sequence[Any]] = {
    "director": ["Denis Villeneuve", "Kelly Reichardt", "Denis", "Clint Eastwood"],
    "actor": ["Clint Eastwood", "Amy Adams"],
    "genre": ["comedy", "drama", "science fiction"],
    "year": [2013, 2016, 2019],
    "rating": [3, 4.5, 2016],
    "tags": ["heist", "first contact", "New York"],
    "heldOn": ["2024-03-05", "2024-03-19T10:00:00Z", "2024-04-02"],
    "due": [20240305, 20240401],
    "department": ["IT", "HR", "it works", "Finance"],
    "city": ["東京", "大阪"],
}
EVERY = [DIRECTOR, GENRE, YEAR, RATING, TAGS, ARCHIVED, DEPARTMENT, ACTOR, CITY]


def implied(question: str, *attributes: Attribute) -> Filter | None:
    def values(key: str, limit: int) -> Sequence[Any]:
        return VALUES[key][:limit]

    return implicit_filter(question, attributes or EVERY, values)


def all_of(*members: Filter) -> Group:
    return Group("all", members)


VILLENEUVE = Condition("equals", "director", "Denis Villeneuve")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which films did denis villeneuve make?", VILLENEUVE),
        ("What about Denis-Villeneuve's?", VILLENEUVE),
        ("Films by Denis Villeneuve from 2016",
         all_of(VILLENEUVE, Condition("equals", "year", 2016))),
        ("comedy or drama?", Condition("in", "genre", ("comedy", "drama"))),
        ("Is there any science fiction?", Condition("equals", "genre", "science fiction")),
        ("a heist in New York", Group("any", (Condition("listContains", "tags", "heist"),
                                              Condition("listContains", "tags", "New York")))),
        ("director Clint Eastwood", Condition("equals", "director", "Clint Eastwood")),
        ("films where Clint Eastwood played", Condition("equals", "actor", "Clint Eastwood")),
        ("東京のホテルは?", Condition("equals", "city", "東京")),
        ("What has IT decided?", Condition("equals", "department", "IT")),
        ("Which department is it: \"it\"?", Condition("equals", "department", "IT")),
        ("the it department", Condition("equals", "department", "IT")),
    ],
)  # fmt: skip
def test_values_that_a_question_names(question: str, expected: Filter) -> None:
    assert implied(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Which films are there?",
        "Films by Villeneuve",  # half a name
        "comedies",  # another form
        "What is it about? How does it work?",
        "WHAT IS IT ABOUT?",
        "films except comedy",
        "anything but a drama",
        "everything other than science fiction",
        "Films with Clint Eastwood",  # directed or played?
        "What is 12 % of 250?",
        "",
        "?!",
    ],
)
def test_what_is_not_named_exactly_implies_nothing(question: str) -> None:
    assert implied(question) is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("films of 2016", Condition("equals", "year", 2016)),
        ("films of 2017", None),  # there are none: a question of something else
        ("films since 2017", Condition("greaterThanOrEquals", "year", 2017)),
        ("films after the year 2013", Condition("greaterThan", "year", 2013)),
        ("films before 2016", Condition("lessThan", "year", 2016)),
        ("films until 2016", Condition("lessThanOrEquals", "year", 2016)),
        ("films from 2013 or later", Condition("greaterThanOrEquals", "year", 2013)),
        ("films between 2013 and 2016", all_of(Condition("greaterThanOrEquals", "year", 2013),
                                               Condition("lessThanOrEquals", "year", 2016))),
        ("released from 2013 to 2016", all_of(Condition("greaterThanOrEquals", "year", 2013),
                                              Condition("lessThanOrEquals", "year", 2016))),
        ("films of 2013-2016", all_of(Condition("greaterThanOrEquals", "year", 2013),
                                      Condition("lessThanOrEquals", "year", 2016))),
        ("a rating of 4.5", Condition("equals", "rating", 4.5)),
        ("at least 4 stars", Condition("greaterThanOrEquals", "rating", 4)),
        ("a rating above 4", Condition("greaterThan", "rating", 4)),
        ("not more than 3 stars", Condition("lessThanOrEquals", "rating", 3)),
        ("a rating of 2016", Condition("equals", "rating", 2016)),
        ("a rating other than 3", None),
        ("above 4", None),  # of what?
        ("model B2016, version 4.5.1, 2016%", None),
    ],
)  # fmt: skip
def test_numbers(question: str, expected: Filter | None) -> None:
    assert implied(question, YEAR, RATING) == expected


MARCH = Condition("in", "heldOn", ("2024-03-05", "2024-03-19T10:00:00Z"))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What was decided in March 2024?", MARCH),
        ("the meeting of 5 March 2024", Condition("in", "heldOn", ("2024-03-05",))),
        ("meetings before 2024-04-01", MARCH),
        ("meetings since March 10, 2024",
         Condition("in", "heldOn", ("2024-03-19T10:00:00Z", "2024-04-02"))),
        ("the meeting of 6 March 2024", None),
        ("the meetings of 2025", None),
    ],
)  # fmt: skip
def test_days(question: str, expected: Filter | None) -> None:
    assert implied(question, DAY) == expected


def test_days_that_are_numbers() -> None:
    assert implied("What is due in March 2024?", STAMP) == all_of(
        Condition("greaterThanOrEquals", "due", 20240301),
        Condition("lessThanOrEquals", "due", 20240331),
    )
    assert implied("What is due in May 2024?", STAMP) is None


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which archived runbooks are there?", True),
        ("runbooks that are not archived", False),
        ("Which unarchived runbooks are there?", False),
        ("Is the runbook archived?", None),
        ("How do I archive a runbook?", None),
        ("archived and not archived", None),
    ],
)
def test_what_is_true_or_false(question: str, expected: bool | None) -> None:
    condition = None if expected is None else Condition("equals", "is_archived", expected)
    assert implied(question, ARCHIVED) == condition


@settings(PROPERTY, max_examples=25)
@given(st.text(max_size=60), st.lists(st.one_of(st.text(max_size=9), st.floats(), st.booleans())))
def test_any_question_and_any_values_are_taken(question: str, values: list[Any]) -> None:
    def values_of(_key: str, _limit: int) -> Sequence[Any]:
        return values

    kinds = ("string", "number", "boolean", "list")
    attributes = [Attribute(f"a{n}", kind, question) for n, kind in enumerate(kinds)]  # type: ignore[arg-type]
    implicit_filter(f"{question} {' '.join(map(str, values))}", attributes, values_of)
