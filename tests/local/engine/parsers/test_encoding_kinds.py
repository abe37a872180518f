# ruff: noqa: RUF001 letters of many scripts
"""The encodings of texts beyond the Web's own, and labels that are late, wrong or cut short."""

import pytest

from app.local.engine.parsers import Unreadable
from app.local.engine.parsers.encodings import declared, decode
from app.local.engine.parsers.render import clean

FRENCH = "Le four de l'hôtel est allumé à six heures, et la clé reste là. Où ? Près de l'entrée."
GERMAN = "Die Öfen werden früh um sechs angezündet. Die Schlüssel hängen übrigens über der Tür."
CZECH = "Vedoucí směny řídí pece. Dvířka se otevírají v šest hodin ráno každý den."
POLISH = "Zażółć gęślą jaźń. Opłata za piec wynosi trzydzieści złotych, a łódź stoi obok."
RUSSIAN = "Печь разжигают в шесть часов утра, а гасят ночью. Вся зола остаётся для огня."
ARABIC = "تدور مضخة التغذية بسرعة 1450 دورة في الدقيقة. يفتح المسؤول الصمام في الصباح."
HEBREW = "משאבת ההזנה מסתובבת במהירות של 1450 סיבובים לדקה בכל בוקר."
KOREAN = "가마는 아침 여섯 시에 불을 붙인다. 열쇠는 문 옆에 있다."
CHINESE = "窑在早上六点点火。钥匙挂在门边。值班负责人晚上关火。"
JAPANESE = "炉は朝六時に点火します。鍵は扉の横にあります。"


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp850", FRENCH),
        ("cp437", GERMAN),
        ("mac_roman", FRENCH),
        ("mac_roman", GERMAN),
        ("cp852", CZECH),
        ("cp852", POLISH),
        ("mac_latin2", POLISH),
        ("mac_cyrillic", RUSSIAN),
        ("iso8859_5", RUSSIAN),
        ("cp855", RUSSIAN),
        ("iso8859_6", ARABIC),
        ("cp862", HEBREW),
        ("johab", KOREAN),
        ("utf-16-le", RUSSIAN.replace(" ", "")),
        ("utf-16-be", JAPANESE),
        ("utf-16-le", CHINESE),
        ("utf-16-be", KOREAN),
        ("utf-32-be", ARABIC),
    ],
)
def test_older_and_wide_encodings_are_told_with_a_warning(codec: str, text: str) -> None:
    warnings: list[str] = []
    assert decode(text.encode(codec), None, warnings.append) == text
    [warning] = warnings
    assert "does not name its encoding" in warning


@pytest.mark.parametrize(
    ("codec", "text"), [("iso2022_kr", KOREAN), ("hz", CHINESE), ("iso2022_jp", JAPANESE)]
)
def test_escapes_name_their_alphabet(codec: str, text: str) -> None:
    warnings: list[str] = []
    assert decode(text.encode(codec), None, warnings.append) == text
    assert not warnings


def test_emoji_in_two_halves_are_whole() -> None:
    halves = "ein \U0001f600 für größere".encode("utf-16-le")
    surrogates = "".join(
        chr(int.from_bytes(halves[at : at + 2], "little")) for at in range(0, len(halves), 2)
    )
    content = surrogates.encode("utf-8", "surrogatepass")
    assert decode(content, None) == "ein \U0001f600 für größere"


def test_a_stray_zero_byte_makes_no_wide_text() -> None:
    with pytest.raises(Unreadable, match="zero bytes"):
        decode(b"The kiln is lit at six\0 and put out at night.", None)


def test_half_a_character_at_the_end_of_wide_text_is_dropped() -> None:
    assert decode("The kiln.\n".encode("utf-16") + b"\n", None) == "The kiln.\n"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_label_of_utf_16_leaves_the_order_of_bytes_to_them(codec: str) -> None:
    assert decode("The kiln, naïvely.".encode(codec), "utf-16") == "The kiln, naïvely."


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("windows-1250", CZECH),
        ("windows-1251", RUSSIAN),
        ("iso-8859-2", POLISH),
        ("gbk", CHINESE),
        ("shift_jis", JAPANESE),
        ("macintosh", FRENCH),
    ],
)
def test_valid_utf_8_is_read_as_such_whatever_its_label(label: str, text: str) -> None:
    assert decode(text.encode(), label) == text


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso-8859-1", "cp1251", RUSSIAN),
        ("windows-1252", "gb18030", CHINESE),
        ("iso-8859-1", "cp932", JAPANESE),
        ("iso-8859-1", "iso8859_7", "Ο κλίβανος ανάβει στις έξι το πρωί. Το κλειδί είναι εκεί."),
        ("koi8-r", "cp1251", RUSSIAN),
        ("windows-1251", "koi8_r", RUSSIAN.replace("ё", "е")),
    ],
)
def test_a_label_that_makes_nonsense_is_not_believed(label: str, codec: str, text: str) -> None:
    warnings: list[str] = []
    assert decode(text.encode(codec), label, warnings.append) == text
    [warning] = warnings
    assert f"names the encoding {label}" in warning


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso-8859-1", "cp1252", FRENCH),
        ("windows-1251", "cp1251", RUSSIAN),
        ("windows-1251", "cp1251", "Ремонт №5"),
        ("koi8-r", "koi8_r", "Печь"),
        ("big5", "big5", "窯爐"),
        ("gbk", "gbk", "联通"),
    ],
)
def test_a_right_label_is_believed_without_a_warning(label: str, codec: str, text: str) -> None:
    warnings: list[str] = []
    assert decode(text.encode(codec), label, warnings.append) == text
    assert not warnings


@pytest.mark.parametrize(
    "before",
    [
        "<script>" + "x" * 20_000 + "</script>",
        "<style>" + "x" * 5_000 + "</style>",
        "<!-- " + "x" * 5_000 + " -->",
        "<script>'<meta charset=koi8-r>'" + "x" * 5_000 + "</script>",
    ],
)
def test_a_page_may_name_its_encoding_late(before: str) -> None:
    content = f"<html><head>{before}<meta charset=windows-1250></head>".encode()
    assert declared(content) == "windows-1250"


def test_every_end_of_a_line_is_one() -> None:
    assert clean("one\x0btwo\x85three\u2028four\u2029five") == "one\ntwo\nthree\nfour\nfive"
