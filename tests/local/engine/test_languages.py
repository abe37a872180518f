"""Which language a text is in, and the stems of its words."""

import pytest

from app.local.engine.languages import detect, language, languages


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "How long is the default timeout?"),
        ("de", "Wie lange ist das Standard-Timeout?"),
        ("fr", "Comment chiffrer un PDF ?"),
        ("es", "¿Cuánto cuesta la entrada al museo?"),
        ("es", "¿Admite la bomba agua salada?"),
        ("it", "Quanto costa il biglietto del museo?"),
        ("pt", "Quanto custa a entrada no museu?"),
        ("nl", "Hoeveel kost een kaartje voor het museum?"),
        ("pl", "Ile kosztuje bilet do muzeum?"),
        ("ru", "Сколько стоит билет в музей?"),
        ("tr", "Müzeye giriş ücreti ne kadar?"),
        ("ar", "كم سعر تذكرة المتحف؟"),
        ("ja", "httpxのタイムアウトは何秒ですか？"),  # noqa: RUF001 this sign is meant
        ("zh", "博物馆的门票多少钱？"),  # noqa: RUF001 this sign is meant
        ("ko", "박물관 입장료는 얼마입니까?"),
        ("th", "ค่าเข้าชมพิพิธภัณฑ์เท่าไหร่"),
    ],
)
def test_a_question_tells_its_language(code: str, text: str) -> None:
    assert detect(text).code == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "timeout",
        "for i in range(10): print(i)",
        "The works of Simone de Beauvoir, Vincent van Gogh and Leonardo da Vinci",
        "Чи є насос у підвалі?",  # noqa: RUF001 Ukrainian, of which nothing is known
    ],
)
def test_what_is_in_no_known_language_counts_as_english(text: str) -> None:
    assert detect(text).code == "en"


def test_every_language_has_a_name_and_its_function_words() -> None:
    assert len(languages()) >= 15
    for one in languages().values():
        assert one.name
        assert len(one.function_words) >= 40, one.code


@pytest.mark.parametrize(
    ("code", "words", "stems"),
    [
        ("ar", "المضخات الجديدة", "مضخ جديد"),
        ("de", "häuser aufgaben schönste", "haus aufgab schon"),
        ("en", "throttling exceptions running agreed", "throttl except run agre"),
        ("es", "bombas rápidamente canciones", "bomb rapid cancion"),
        ("fr", "usines continuellement nationaux", "usin continuel national"),
        ("it", "abbandonate parlavamo città", "abbandon parl citt"),
        ("nl", "lichamelijk gelijke bomen", "lichamelijk lijke boom"),
        ("pl", "domami kobietach najlepszy", "dom kobiet najlep"),
        ("pt", "quilométricas boataria nações", "quilométr boat naçõ"),
        ("ru", "находятся красивыми вопросов", "наход красив вопрос"),
        ("tr", "köprüler evlerinizden kitaplarımız", "köprü ev kitap"),  # noqa: RUF001 Turkish
        ("th", "ปั๊มน้ำ", "ปั๊มน้ำ"),
    ],
)
def test_stems_are_those_of_the_indexes_that_were_saved(code: str, words: str, stems: str) -> None:
    # Where another version of Snowball has others, `app.local.engine.store.analysis.VERSION` rises.
    assert [language(code).stem(word) for word in words.split()] == stems.split()
