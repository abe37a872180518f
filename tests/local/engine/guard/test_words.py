# ruff: noqa: RUF001 signs that look alike are meant
from base64 import b64encode
from random import Random

import pytest

from app.local.engine.guard.findings import Span
from app.local.engine.guard.policy import Word
from app.local.engine.guard.words import PROFANITY, find


def matches(text: str, *words: str) -> list[str]:
    return [each.match for each in find([text], tuple(Word(w, "block") for w in words), None)]


def profanities(text: str) -> list[str]:
    return [each.match for each in find([text], (), "block")]


@pytest.mark.parametrize(
    ("text", "word", "match"),
    [
        ("Is it ACME?", "Acme", "ACME"),
        ("Acme's", "acme", "Acme"),
        ("Acme-based", "acme", "Acme"),
        ("a red \n tuff", "Red Tuff", "red \n tuff"),
        ("use c++, now", "C++", "c++"),
        ("write to U.S.", "u.s.", "U.S."),
        ("這是漢字嗎", "漢字", "漢字"),
        ("バカですか", "バカ", "バカ"),
        ("Acme는 좋다", "acme", "Acme"),
        ("STRASSE", "straße", "STRASSE"),
        ("pe\u0301che\u0301", "péché", "pe\u0301che\u0301"),
        ("ПРИВЕТ, мир", "привет", "ПРИВЕТ"),
        ("s\u200be\u200bc\u200bret", "secret", "s\u200be\u200bc\u200bret"),
        ("ｓｅｃｒｅｔ", "secret", "ｓｅｃｒｅｔ"),
        ("sесrеt", "secret", "sесrеt"),  # two letters of it are Cyrillic
        ("s3cr3t", "secret", "s3cr3t"),
        ("$ecret", "secret", "$ecret"),
        ("a s e c r e t!", "secret", "s e c r e t"),
        ("s.e.c.r.e.t", "secret", "s.e.c.r.e.t"),
        ("it is c2VjcmV0IHdvcmQ= now", "secret", "c2VjcmV0IHdvcmQ="),
    ],
)
def test_a_word_is_found_however_it_is_written(text: str, word: str, match: str) -> None:
    assert matches(text, word) == [match]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("class", "ass"),
        ("basalts", "basalt"),
        ("pêche", "péché"),
        ("peche", "péché"),
        ("bas alt", "basalt"),
        ("red, tuff", "red tuff"),
        ("redtuff", "red tuff"),
        ("バカンス", "バカ"),
        ("catalog", "cat"),
        ("part A55", "ass"),
        ("1234", "i234"),
        ("cats", "cat"),
    ],
)
def test_a_word_is_not_found_in_another(text: str, word: str) -> None:
    assert matches(text, word) == []


def test_words_that_overlap_are_all_found_with_their_rules_and_spans() -> None:
    words = (Word("a b", "block"), Word("b c", "report"), Word("B", "report"), Word("b", "block"))
    findings = list(find(["-", "x a b c"], words, None))
    assert [(each.rule, each.action) for each in findings] == [
        (words[0], "block"), (words[1], "report"), (words[2], "report"), (words[3], "block")
    ]  # fmt: skip
    assert findings[0].span == Span(1, 2, 5)


def test_a_word_that_stands_often_is_reported_once_a_text() -> None:
    assert matches("tuff, TUFF and tuff", "tuff") == ["tuff"]
    assert matches("Secret, s3cret", "secret") == ["Secret"]
    assert len(list(find(["tuff", "tuff"], (Word("tuff", "block"),), None))) == 2


def test_base64_in_base64_is_read_to_a_depth() -> None:
    text = "a secret word"
    for depth in range(4):
        assert matches(text, "secret") == ([text if depth else "secret"] if depth < 3 else [])
        text = b64encode(text.encode()).decode()


def test_a_word_at_the_border_of_two_pieces_is_found() -> None:
    for padding in range(32_760, 32_770):
        assert matches("a " * padding + "red tuff", "red tuff") == ["red tuff"]


def test_ten_thousand_words_of_a_hundred_characters_are_found_each() -> None:
    random = Random(1)
    words = ["".join(random.choices("abcdefgh ", k=100)).strip() for _ in range(10_000)]
    words = [" ".join(word.split()) for word in words]
    assert matches(f"x {words[7].upper()} y", *words) == [words[7].upper()]
    assert len(matches("\n".join(words), *words)) == 10_000


@pytest.mark.parametrize(
    "text", ["sh1t", "ＳＨＩＴ", "s\u200bhit", "śh\u0316ít", "shіt", "$hit", "b@$t@rd"]
)
def test_a_profanity_is_found_in_disguise(text: str) -> None:
    assert profanities(f"oh {text}!") == [text]


@pytest.mark.parametrize(
    "text",
    [
        *("Scunthorpe", "a classic assessment", "Dick Cheney", "kill -9", "summa cum laude"),
        *("sex and gender", "a pussycat", "chinks in the armour", "shiitake", "cocktail", "God"),
    ],
)
def test_what_is_ordinary_is_no_profanity(text: str) -> None:
    assert profanities(text) == []


def test_a_managed_word_has_no_rule_and_the_action_of_the_list() -> None:
    [finding] = find(["bullshit"], (), "report")
    assert (finding.rule, finding.action) == (None, "report")
    assert list(find(["bullshit"], (), None)) == []


def test_the_list_has_words_that_a_reading_can_have() -> None:
    words = PROFANITY.read_text(encoding="utf-8").split("\n")[:-1]
    assert words == sorted(set(words))
    assert len(words) > 700
    missed = [word for word in words if profanities(f"A {word}.") == []]
    assert missed == []
