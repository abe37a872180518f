"""A document that is named by its path or its file's name is found by it, and summed up."""

from tests.flows.home import Home

FILLER = "\n\n".join(
    f"## Note {number}\n\nA summary of page {number} is in the file of that name."
    for number in range(30)
)
MILL = """# Water and stone

The wheel of the mill turns eight times a minute. Grain comes in by the upper door.

Flour is sold on Fridays in the yard behind the house.
"""


def _documents(home: Home) -> None:
    home.put("notes.md", f"# Notes\n\n{FILLER}\n")
    home.put("site/mill.md", MILL)
    home.put("site/bakery.md", "# Bread\n\nThe oven of the bakery is lit at four in the morning.\n")


def test_a_document_is_summed_up_by_its_path(home: Home) -> None:
    _documents(home)
    for question in ("Summarise site/mill.md", "What is mill.md about?"):
        answer = home.call("POST", "/chat", {"message": question})
        assert answer["answer"].startswith("Extracts: The wheel of the mill"), question
        assert {one["document"] for one in answer["citations"]} == {"site/mill.md"}


def test_a_search_finds_the_document_that_it_names_first(home: Home) -> None:
    _documents(home)
    found = home.call("POST", "/search", {"query": "the summary of site/mill.md", "limit": 4})
    assert found["passages"][0]["uri"].endswith("/site/mill.md")
    assert len(found["passages"]) == 4
