# ruff: noqa: RUF001 signs that look alike are meant
import unicodedata

import pytest

from app.local.engine.guard.normal import BORDER, bare, bordered, folded, plain


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("Straße", "strasse"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full width"),
        ("𝓼𝓬𝓻𝓲𝓹𝓽", "script"),
        ("🅱🅾🆇", "box"),
        ("zero\u200b\u2060\ufeffwidth\u00ad\u202e", "zerowidth"),
        ("İstanbul", "istanbul"),
        ("oﬃce", "office"),
        ("a\u0316b\u0489c", "abc"),  # marks that no letter has
        ("nul\x00l", "null"),
    ],
)
def test_a_plain_reading_is_what_one_sees_in_lower_case(text: str, reading: str) -> None:
    assert plain(text).text == reading


def test_accents_are_kept_in_a_plain_reading_and_composed_or_not_are_one() -> None:
    assert plain("pêche").text == plain("pe\u0302che").text != plain("péché").text
    assert bare(plain("pêche")).text == bare(plain("péché")).text == "peche"


@pytest.mark.parametrize("text", ["हिन्दी", "ไทย", "עִבְרִית", "漢字", "한국어"])
def test_marks_of_other_scripts_are_kept(text: str) -> None:
    assert bare(plain(text)).text == plain(text).text
    assert len(plain(text).text) >= len(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("don't", ["don", "'", "t"]),
        ("バカンスと漢字", ["バカンス", "と", "漢", "字"]),
        ("Acme는", ["acme", "는"]),
        ("รัก", ["รั", "ก"]),
        ("a \t\n b", ["a", " ", "b"]),
    ],
)
def test_borders_stand_between_words(text: str, words: list[str]) -> None:
    reading = bordered(plain(text)).text
    composed = unicodedata.normalize("NFC", reading)
    assert composed.strip(BORDER).split(BORDER) == words


@pytest.mark.parametrize(
    ("text", "part", "span"),
    [
        ("say ｓ\u200bｅ\u0316cret!", "secret", "ｓ\u200bｅ\u0316cret"),
        ("oﬃce", "ice", "ﬃce"),
        ("oﬃce", "of", "oﬃ"),
        ("Straße 1", "ss", "ß"),
        ("end\u200b", "end", "end\u200b"),
        ("𝒂𝒃 c", "ab", "𝒂𝒃"),
    ],
)
def test_a_span_leads_back_to_the_text(text: str, part: str, span: str) -> None:
    reading = plain(text)
    first = reading.text.index(part)
    start, end = reading.span(first, first + len(part))
    assert text[start:end] == span


def test_a_folded_text_keeps_its_case_and_its_letters() -> None:
    assert folded("Dávila ４１１１—٤٢ “x”\u200b").text == "Dávila 4111-42 “x”"
    assert folded("\ud800").text == "\ud800"
