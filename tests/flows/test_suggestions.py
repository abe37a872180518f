"""Suggestions: questions that the documents answer, in the language of whoever asks."""

from collections.abc import Iterator

import pytest

from tests.flows.home import Home, laptop

DOCUMENTS = {
    "guides/bees.md": "# Beekeeping\n\n## Feeding in winter\n\nFeed bees sugar syrup in October.",
    "faq.md": "# Questions\n\n## When does the library open?\n\nThe library opens at nine.",
    "lighthouse.txt": "The lighthouse was built in 1887. The lighthouse has a red lamp.",
}


@pytest.fixture(scope="module")
def shelf(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Home]:
    if request.config.getoption("--home") == "aws":
        pytest.skip("it needs documents of its own")
    with laptop(tmp_path_factory.mktemp("suggestions")) as home:
        assert home.call("GET", "/suggestions") == {"items": []}, "nothing is made up"
        for name, text in DOCUMENTS.items():
            home.put(name, text)
        yield home


def test_every_suggestion_is_answered_by_its_document(shelf: Home) -> None:
    items = shelf.call("GET", "/suggestions")["items"]
    assert {one["document"] for one in items} == set(DOCUMENTS)
    for one in items:
        answer = shelf.call("POST", "/chat", {"message": one["question"]})
        assert one["document"] in [each["document"] for each in answer["citations"]], one
        assert answer["nearest"] == []
    questions = {one["document"]: one["question"] for one in items}
    assert questions["faq.md"] == "When does the library open?"
    assert "Feeding in winter" in questions["guides/bees.md"]


@pytest.mark.parametrize(
    ("language", "begins"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "Was steht in"),
        ("fr", "Que dit"),
        ("ar", "ماذا يقول"),
        ("nl, ja", "「"),
        ("tlh", "What does"),
    ],
)
def test_they_are_in_the_language_of_the_caller(shelf: Home, language: str, begins: str) -> None:
    response = shelf.http.get("/suggestions", headers={"accept-language": language})
    assert response.headers["vary"] == "accept-language"
    assert response.headers["cache-control"] == "private, max-age=600"
    questions = {one["document"]: one["question"] for one in response.json()["items"]}
    assert questions["guides/bees.md"].startswith(begins)


def test_there_are_four_at_most_and_the_latest_come_first(shelf: Home) -> None:
    for number in range(3):
        shelf.put(
            f"later-{number}.md", f"# Notes\n\n## Topic {number}\n\nNumber {number} is green."
        )
    items = shelf.call("GET", "/suggestions")["items"]
    assert len(items) == 4
    assert {one["document"] for one in items} >= {f"later-{number}.md" for number in range(3)}
