"""PDF: words that the end of a line broke."""

from pathlib import Path

import pytest

from app.local.engine.parsers.pdf import parse
from app.local.engine.parsers.pdf.hyphens import SOFT_HYPHEN, BrokenWords
from tests.local.engine.parsers.documents import Placed, parsed, pdf

ENGLISH = "The harbour is open for all ships that come from the sea and have been here before."
GERMAN = "Der Hafen ist offen f\u00fcr alle Schiffe, die von der See kommen und hier schon waren."
FRENCH = "Le port est ouvert pour tous les navires qui viennent de la mer et sont pass\u00e9s ici."


def whole(document: str, left: str, right: str) -> str:
    return BrokenWords([document]).join(f"{left}{SOFT_HYPHEN}{right}")


@pytest.mark.parametrize(
    ("left", "right", "word"),
    [
        ("state-of-the", "art", "state-of-the-art"),
        ("state", "of-the-art", "state-of-the-art"),
        ("Jean", "Paul", "Jean-Paul"),
        ("2019", "2020", "2019-2020"),
        ("COVID", "19", "COVID-19"),
        ("24", "hour", "24-hour"),
        ("e", "mail", "e-mail"),
        ("X", "ray", "X-ray"),
        ("non", "European", "non-European"),
        ("DNA", "binding", "DNA-binding"),
        ("low", "density", "low-density"),
        ("long-estab", "lished", "long-established"),
        ("contem", "porary", "contemporary"),
        ("CONTEM", "PORARY", "CONTEMPORARY"),
        ("be", "cause", "because"),
        ("over", "coming", "overcoming"),
        ("trans", "plant", "transplant"),
        ("thous", "and", "thousand"),
        ("pre", "and", "pre- and"),
    ],
)
def test_a_broken_word_of_english_is_whole(left: str, right: str, word: str) -> None:
    assert whole(ENGLISH, left, right) == word


@pytest.mark.parametrize(
    ("document", "left", "right", "word"),
    [
        (GERMAN, "Hafen", "beh\u00f6rde", "Hafenbeh\u00f6rde"),
        (f"{GERMAN} Hafen Schiff", "Hafen", "Schiff", "Hafen-Schiff"),
        (f"{GERMAN} hafen schiff", "hafen", "schiff", "hafenschiff"),
        (GERMAN, "U", "Bahn", "U-Bahn"),
        (GERMAN, "Ein", "und Ausfahrt", "Ein- und Ausfahrt"),
        (f"{FRENCH} porte avion", "porte", "avion", "porte-avion"),
        (FRENCH, "impor", "tance", "importance"),
    ],
)
def test_a_broken_word_is_whole_by_its_language(
    document: str, left: str, right: str, word: str
) -> None:
    assert whole(document, left, right) == word


def test_the_documents_own_words_decide() -> None:
    assert whole(f"{ENGLISH} A well-known port.", "well", "known") == "well-known"
    assert whole(f"{ENGLISH} A wellknown port.", "well", "known") == "wellknown"
    assert whole(f"{ENGLISH} The contem-porary port.", "contem", "porary") == "contem-porary"


def test_the_halves_of_broken_words_are_no_words_of_the_document() -> None:
    lines = [ENGLISH, f"the semio{SOFT_HYPHEN}chemical trap"]
    assert BrokenWords(lines).join(lines[1]) == "the semiochemical trap"


def test_words_on_a_page_are_whole(tmp_path: Path) -> None:
    texts = (
        "The harbour has a state-of-the-",
        "art crane, and Jean-",
        "Paul keeps records of 2019-",
        "2020, writes e-",
        "mail in the contem-",
        "porary office, and rests on 24\u2013",
        "26 December.",
    )
    lines: list[Placed] = [(72, 600 - 12 * at, 10, text) for at, text in enumerate(texts)]
    [section] = parsed(parse, tmp_path / "a.pdf", pdf([lines]))
    assert section.text == (
        "The harbour has a state-of-the-art crane, and Jean-Paul keeps records of 2019-2020, "
        "writes e-mail in the contemporary office, and rests on 24\u201326 December."
    )


def test_words_across_pages_are_whole(tmp_path: Path) -> None:
    pages: list[list[Placed]] = [
        [(72, 100, 10, "The minutes of the meeting of the harbour board were kept by Jean-")],
        [(72, 700, 10, "Paul. The board meets again.")],
    ]
    first, _ = parsed(parse, tmp_path / "a.pdf", pdf(pages))
    assert first.text.endswith("kept by Jean-Paul.")
