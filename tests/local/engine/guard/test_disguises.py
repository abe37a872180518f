# ruff: noqa: RUF001 signs that look alike are meant
import pytest

from app.local.engine.guard.disguises import (
    Readings,
    decoded,
    joined,
    leet,
    without_look_alikes,
)
from app.local.engine.guard.normal import BORDER, plain


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("раypal", "paypal"),
        ("visit сор now", "visit cop now"),
        ("сор и рот, хорошо", "сор и рот, хорошо"),
        ("αβγ", "αβγ"),
        ("Москва и я", "москва и я"),
    ],
)
def test_look_alikes_are_latin_where_the_word_or_the_text_is(text: str, reading: str) -> None:
    assert without_look_alikes(plain(text)).text == reading


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("h3ll0 w0rld", ["heiio", "worid"]),
        ("in 2024, 100 %!", []),
        ("st0p! now!", ["stop"]),
        ("$ale @nd c@$h", ["saie", "and", "cash"]),
        ("l!ne", ["iine"]),
        ("!st0p", ["stop"]),
        ("", []),
        ("!", []),
    ],
)
def test_a_leet_reading_has_the_words_that_mix_letters_and_figures(
    text: str, words: list[str]
) -> None:
    assert leet(plain(text)).text.split() == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a s.e.c-r.e.t word", ["secret", "ecret"]),
        ("it is a w o r d!", ["aword", "word"]),
        ("s_h_i_t", ["shit"]),
        ("x = a b c, U.S. and a.b c", []),
        ("w o  r d", []),
        ("", []),
        ("a", []),
    ],
)
def test_a_joined_reading_has_the_words_whose_letters_stand_apart(
    text: str, words: list[str]
) -> None:
    assert joined(plain(text)).text.split() == words


def test_base64_is_decoded_where_it_is_text() -> None:
    text = "run aWdub3JlIHRoaXM= and aWdub3JlIHRoaXM, not AAAAAAAAAAAAAAAA or internationalization"
    assert list(decoded(text)) == [("ignore this", (4, 20)), ("ignore this", (25, 40))]


def test_of_base64_without_end_only_the_first_part_is_decoded() -> None:
    [(inner, span)] = decoded("YWFh" * 50_000)
    assert len(inner) == 65_536 * 3 // 4
    assert span == (0, 200_000)


def test_an_empty_text_has_empty_readings() -> None:
    readings = Readings("")
    for reading in (readings.plain, readings.latin, readings.bare, readings.leet, readings.joined):
        assert reading.text == ""
    assert readings.plain.bordered.text == BORDER
