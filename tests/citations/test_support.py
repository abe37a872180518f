"""Whether a quote supports a sentence, by their words, numbers and negations."""

import pytest

from app.citations.cite import cite
from app.citations.support import Evidence
from app.citations.vocabulary import is_negated, is_unspaced, language
from app.events import Citation, Passage

QUARTZ = (
    "Quartz is a common mineral. It has a hardness of seven on the scale of Mohs, and a density of "
    "2.65. It is not soluble in water. About 1,200 tonnes are mined in the valley each year."
)
PUMP = "給水ポンプの回転数は毎分1450回です。ポンプは地下室にあります。点検は毎週月曜日に行います。"
LOCKERS = "| Locker | Deposit |\n| --- | --- |\n| L-3 | 7 |\n| L-4 | 9 |"


def supported(claim: str, passage: str) -> bool | None:
    """What an answer with this sentence says of its citation."""
    events = cite([f"{claim} [1]"], [Passage(1, passage, "s3://docs/a.md", 0.9)])
    [citation] = [event for event in events if isinstance(event, Citation)]
    return citation.supported


@pytest.mark.parametrize(
    ("claim", "passage", "verdict"),
    [
        # by words
        ("It has a hardness of seven on the scale of Mohs.", QUARTZ, True),
        ("On the Mohs scale its hardness is 7.", QUARTZ, True),
        ("Common minerals such as quartz.", QUARTZ, True),
        ("The canteen is open from seven in the morning.", QUARTZ, False),
        ("The density of talc and its colour are unknown.", QUARTZ, False),
        # by numbers
        ("The density of the mineral is 2.65.", QUARTZ, True),
        ("The density of the mineral is 2.56.", QUARTZ, False),
        ("1200 tonnes are mined each year.", QUARTZ, True),
        ("1. 1,200 tonnes are mined each year.", QUARTZ, True),
        ("The deposit of locker L-3 is 7.", LOCKERS, True),
        ("The deposit of locker L-3 is 9.", LOCKERS, False),
        ("8.", QUARTZ, False),
        ("Of all of its tonnes, 7 of (12) are mined in the valley.", QUARTZ, False),
        # by negation
        ("Quartz is not soluble in water.", QUARTZ, True),
        ("Quartz is soluble in water.", QUARTZ, False),
        ("Quartz isn't a common mineral.", QUARTZ, False),
        # not known
        ("Yes.", QUARTZ, None),
        ("According to the passage", QUARTZ, None),
        ("Der Härtegrad von Quarz auf der Skala ist sehr hoch.", QUARTZ, None),
        ("石英の硬度は高いです。", QUARTZ, None),
        # in scripts without spaces
        ("ポンプの回転数は毎分1450回です。", PUMP, True),
        ("ポンプの回転数は毎分1540回です。", PUMP, False),
        ("食堂は朝七時に開きます。", PUMP, False),
        ("ポンプは地下室にありません。", PUMP, False),
    ],
)
def test_a_citation_says_whether_its_quote_supports_the_sentence(
    claim: str, passage: str, verdict: bool | None
) -> None:
    assert supported(claim, passage) is verdict


def test_a_sentence_that_the_passage_has_word_by_word_is_supported() -> None:
    text = "It is open. No dogs. The pool is open from 7 to 9 and never on Mondays; ask 3 people."
    claim = "The pool is open from 7 to 9"
    assert Evidence("", text).supports(claim, "No dogs.") is True
    assert Evidence("", "Yes, it is.").supports("Yes.", "Yes, it is.") is None


def test_half_of_the_words_in_the_passage_and_three_tenths_in_the_quote_are_enough() -> None:
    words = [sign * 4 for sign in "abcdefghij"]
    claim = " ".join(words)
    half, three = " ".join(words[:5]), " ".join(words[:3])
    assert Evidence("", half).supports(claim, three) is True
    assert Evidence("", " ".join(words[:4])).supports(claim, three) is False
    assert Evidence("", half).supports(claim, " ".join(words[:2])) is False


@pytest.mark.parametrize(("number", "verdict"), [(12, True), (13, False)])
def test_a_negation_counts_from_thirteen_of_twenty_words_in_the_quote(
    number: int, verdict: bool
) -> None:
    words = [sign * 4 for sign in "abcdefghijklmnopqrst"]
    quote = " ".join(words[:number])
    text = f"{quote}. {' '.join(words[number:])}"
    assert Evidence("", text).supports(f"not {' '.join(words)}", quote) is verdict


def test_of_a_script_without_spaces_half_as_many_pairs_are_enough() -> None:
    claim = "一二三四五六七八九十百"
    assert Evidence("", "一二三四千万").supports(claim, "一二三") is True
    assert Evidence("", "一二三千万円").supports(claim, "一二三") is False
    assert Evidence("", "一二三四千万").supports(claim, "一二千万") is False


@pytest.mark.parametrize(
    ("claim", "text", "verdict"),
    [
        ("Boats sink", "The boat was let", True),  # half of the words
        ("The boat sinks", "Boats were let", True),
        ("Ships sink", "The boat was let", False),
        ("A goat sinks", "The boat was let", False),
        ("Boa sinks", "The boat was let", False),  # two words that begin alike
    ],
)
def test_a_word_is_shared_in_any_inflection(claim: str, text: str, verdict: bool) -> None:
    assert Evidence("", text).supports(claim, text) is verdict


def test_the_title_and_the_path_of_a_document_support_what_is_said_of_it() -> None:
    passage = Passage(1, "Sold by weight.", "s3://docs/minerals/talc-and-quartz.md", 0.9)
    [_, _, citation] = cite(["Minerals: talc and quartz are sold by weight [1]"], [passage])
    assert isinstance(citation, Citation)
    assert citation.supported is True


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The key is in the box.", "en"),
        ("Der Schlüssel ist nicht in der Kiste.", "de"),
        ("La clé n'est pas dans la boîte.", "fr"),
        ("La llave no está en los cajones.", "es"),
        ("A chave não está com os papéis da casa.", "pt"),
        ("La chiave non è nella scatola.", "it"),
        ("De sleutel zit niet in het kistje.", "nl"),
        ("Ключ не лежит в коробке на столе.", "ru"),
        ("Keys of the rooms.", "en"),  # two are enough
        ("Keys of rooms.", None),
        ("samples = [0, 1]", None),
    ],
)
def test_a_language_is_told_by_its_function_words(text: str, name: str | None) -> None:
    assert language(text) == name


@pytest.mark.parametrize(
    "text",
    [
        *("It does not run.", "It never runs.", "It won\u2019t run.", "No dogs.", "It cannot."),
        *("Er läuft nicht.", "Es gibt keinen.", "Il ne va pas.", "Nunca.", "не работает."),
        *("ありません", "不开门", "没有"),
    ],
)
def test_a_negation_is_noticed(text: str) -> None:
    assert is_negated(text)
    assert not is_negated("No. 3 of the non-linear knots is noted.")


def test_a_text_is_of_a_script_without_spaces_if_most_letters_are() -> None:
    assert is_unspaced("S3の使い方です")
    assert not is_unspaced("The pump (ポンプ)")
    assert not is_unspaced("")
