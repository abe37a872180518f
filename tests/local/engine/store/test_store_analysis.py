import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local.engine.store.analysis import STOP_WORDS, terms
from tests.local.engine.store.samples import PROPERTY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ThrottlingException", "throttl except throttlingexcept"),
        ("t3.micro", "t3 micro t3micro"),
        ("s3:GetObject", "s3 get object s3getobject"),
        ("DynamoDB IAMRole S3Bucket", "dynamo db dynamodb iam role iamrol s3 bucket s3bucket"),
        ("mRNA IDs pH iPhone", "mrna id ph iphon"),
        ("snake_case kebab-case", "snake case snakecas kebab case kebabcas"),
        ("1,000 and 1.5 on 2024-05-01", "1000 1 5 1.5 2024 05 01 2024-05-01"),
        ("apples, oranges. Pears", "appl orang pear"),
        ("don't Alzheimer's Alzheimer\u2019s", "alzheim alzheim"),
        ("naïve Straße \ufb01ne", "naiv strass fine"),
        ("東京都", "東京 京都 東 京 都"),
        ("한국어 Привет", "한국 국어 привет"),
        ("毎分1450回です", "毎分 毎 分 1450 回"),
        ("เอาปั๊มน้ำ", "เอาปั๊ ปั๊ม มน้ํา"),
        ("İstanbul Łódź Işık", "istanbul lodz isik"),  # noqa: RUF001 these signs are meant
        ("كُتُبٌ وكتـاب", "كتب وكتاب كتاب"),
        ("यह वाक्य", "यह वाक्य"),
        ("what is the to-do", "todo"),
        ("", ""),
        ("-- ... !?", ""),
    ],
)
def test_a_text_has_these_search_terms(text: str, expected: str) -> None:
    assert terms(text) == expected.split()


@PROPERTY
@given(st.text())
def test_any_text_has_terms_and_case_does_not_matter_to_plain_words(text: str) -> None:
    assert all(term and not term.isspace() for term in terms(text))


@PROPERTY
@given(st.lists(st.sampled_from(sorted(STOP_WORDS))))
def test_stop_words_are_no_terms(words: list[str]) -> None:
    assert terms(" ".join(words)) == []
    assert terms(" ".join(words).title().replace("'S", "'s").replace("'T", "'t")) == []


@PROPERTY
@given(st.text(alphabet="ab-_.:/1,'A ", max_size=40))
def test_the_parts_of_a_text_are_those_of_its_words(text: str) -> None:
    assert terms(text) == [term for word in text.split() for term in terms(word)]


@pytest.mark.parametrize(
    ("question", "sentence", "shared"),
    [
        ("Wie hoch sind die Gebühren?", "Die Gebühr ist im Hafen zu zahlen.", "gebuhr"),
        ("Où sont les pompes de l'usine ?", "La pompe est dans une usine.", "pomp usin"),
        ("¿Dónde están las bombas?", "La bomba está en el sótano.", "bomb"),
        ("Где находятся новые насосы?", "Новый насос находится в подвале.", "наход нов насос"),
        ("أين المضخات الجديدة؟", "المضخة الجديدة في القبو.", "مضخ جديد"),
        ("Köprüler nerede ve kaç tane?", "Eski köprü ile yeni köprü bu şehirde.", "kopru"),
        ("給水ポンプの回転数はいくつですか？", "回転数は毎分1450回です。", "回転 転数 回 転 数"),  # noqa: RUF001 this sign is meant
        ("食堂几点开门？", "食堂早上七点开门。", "食堂 食 堂 点开 开门 点 开 门"),  # noqa: RUF001 this sign is meant
        ("펌프는 어디에 있습니까?", "펌프가 지하실에 있습니다.", "펌프"),
        ("ปั๊มน้ำอยู่ที่ไหน", "ปั๊มน้ำตั้งในห้องใต้ดิน", "ปั๊ม มน้ํา"),
    ],
)
def test_a_question_shares_the_stems_of_its_language(
    question: str, sentence: str, shared: str
) -> None:
    assert set(terms(question)) & set(terms(sentence)) >= set(shared.split())


def test_function_words_of_other_languages_are_no_terms() -> None:
    assert terms("Was ist das und wo sind die anderen?") == []
    assert terms("これはどこにありますか？") == []  # noqa: RUF001 this sign is meant


def test_english_is_stemmed_as_ever_whatever_names_it_holds() -> None:
    text = "Ludwig van Beethoven, Charles de Gaulle and Luis de la Puente met in El Paso."
    assert "gaull" in terms(text)
    assert "gaulle" not in terms(text)
