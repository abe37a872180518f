"""What is missing between the letters of a PDF's line."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from app.local.engine.parsers.pdf import parse
from app.local.engine.parsers.pdf.letters import LetterBox, inserted, insertions
from tests.local.engine.parsers.documents import Placed, parsed, pdf

ARABIC = "\u0644\u062e\u0635\u0648\u0629"  # its waw is the name of a stroke that lengthens sad
WAW = 3


def letter(left: float, width: float, rise: float = 0, size: float = 10) -> LetterBox:
    return SimpleNamespace(left=left, bottom=rise, right=left + width, top=rise + size)


@pytest.mark.parametrize(
    ("word", "mark", "separate"),
    [
        ("liability", "3", True),
        ("\uc0c1\ud574", "1", True),
        ("km", "2", False),
        ("\u043a\u043c", "2", False),
        ("sin", "2", False),
    ],
)
def test_the_raised_mark_of_a_note_stands_apart_from_its_word(
    word: str, mark: str, separate: bool
) -> None:
    text = f"{word}{mark}) of"

    def box(at: int) -> LetterBox:
        return letter(5.0 * at, 5, rise=4 if at == len(word) else 0)

    assert list(insertions(text, box)) == ([(len(word), " ")] if separate else [])
    assert list(insertions(text, lambda at: letter(5.0 * at, 5))) == []  # "Figure2"


def test_a_raised_mark_is_told_from_a_number_in_a_pdf(tmp_path: Path) -> None:
    def line(word: str, rise: float) -> list[Placed | str]:
        shown = f"/F 10 Tf 72 700 Td ({word}) Tj {rise} Ts (12) Tj 0 Ts ( is due.) Tj"
        return [f"BT {shown} ET"]

    pages = [line("liability", 4), line("liability", 0), line("km", 4)]
    sections = parsed(parse, tmp_path / "a.pdf", pdf(pages))
    assert [section.text for section in sections] == [
        "liability 12 is due.",
        "liability12 is due.",
        "km12 is due.",
    ]


def boxes(gap: float, width: float = 1.3) -> list[LetterBox]:
    """The boxes of ARABIC from right to left: its waw is of that width, with a gap before it."""
    start = 70 - gap - width
    return [
        *(letter(left, 10) for left in (90, 80, 70)),
        letter(start, width),
        letter(start - 10, 10),
    ]


def test_a_narrow_arabic_letter_beside_a_gap_was_drawn_twice() -> None:
    assert list(insertions(ARABIC, boxes(0.5).__getitem__)) == [(WAW, ARABIC[WAW])]
    for gap in (0.1, -0.2, 3):  # joined, overlapping, another word
        assert list(insertions(ARABIC, boxes(gap).__getitem__)) == []
    assert list(insertions(ARABIC, boxes(0.5, width=6).__getitem__)) == []


def test_latin_letters_may_stand_apart() -> None:
    assert list(insertions("filing", lambda at: letter(2.0 * at, 1))) == []


def test_what_is_missing_moves_the_words_behind_it() -> None:
    text, spans = inserted("ab cd", [(0, 2), (3, 5)], {1: "b", 4: "--"})
    assert (text, [text[slice(*span)] for span in spans]) == ("abb c--d", ["abb", "c--d"])
