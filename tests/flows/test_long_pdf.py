"""A long PDF: what stands on one of its last pages is answered from there."""

from collections.abc import Iterable

from tests.flows.home import Home
from tests.local.engine.parsers.documents import pdf

PAGES = 40  # some 80 chunks: more than a batch of the encoder's
WITH_FACT = 37
STATIONS = ("Aldmoor", "Brackwater", "Corran", "Dunmere", "Eskdale", "Farrow", "Glenholm")
FACT = "The Zarkov turbine at Eastvale was commissioned in 1973 by the engineer Mira Olsen."


def page(number: int) -> Iterable[tuple[float, float, float, str]]:
    """A heading, and a report on a station, two lines to a sentence."""
    station = STATIONS[number % len(STATIONS)]
    lines = [
        line
        for year in range(9)
        for line in (
            f"In the year {1900 + number + year} the station of {station} served its",
            f"line with {number + year + 3} trains a day, and repaired track number {year + 1}.",
        )
    ]
    if number == WITH_FACT:
        lines.insert(10, FACT)
    yield (72, 740, 16, f"Report {number} on {station}")
    for row, line in enumerate(lines):
        yield (72, 710 - 16 * row, 10, line)


def test_a_fact_of_a_late_page_is_cited_with_its_page(home: Home) -> None:
    home.upload("reports.pdf", pdf(page(number) for number in range(1, PAGES + 1)))
    assert home.until("reports.pdf", lambda _: True, seconds=120)["status"] == "INDEXED"
    question = {"message": "When was the Zarkov turbine commissioned, and by whom?"}
    answer = home.call("POST", "/chat", question)
    assert "1973" in answer["answer"]
    assert "Mira Olsen" in answer["answer"]
    [cited] = answer["citations"]
    assert (cited["document"], cited["page"]) == ("reports.pdf", WITH_FACT)
    assert cited["text"] == FACT
