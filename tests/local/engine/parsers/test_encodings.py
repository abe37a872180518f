# ruff: noqa: RUF001 letters of many scripts
"""The encodings of texts: those that files name, as browsers have them, and those that are told."""

from pathlib import Path

import pytest

from app.local.engine.parsers.encodings import decode
from app.local.engine.parsers.hypertext import parse
from app.local.engine.parsers.plain import parse as parse_plain
from tests.local.engine.parsers.documents import parsed, parsed_document

CZECH = "Vedoucí směny řídí pece. Dvířka se otevírají v šest hodin."
RUSSIAN = "Печь разжигают в шесть часов утра, а гасят ночью."
JAPANESE = "炉は朝六時に点火します。①申請書を㈱山田に出します。"


def page(declaration: str, text: str, codec: str) -> bytes:
    return f"<html><head>{declaration}</head><body><p>{text}</p></body></html>".encode(codec)


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("ISO-8859-1", "cp1252", "“Clay” costs €50 – the potter’s price"),
        ("latin1", "cp1252", "“Clay” costs €50"),
        ("us-ascii", "cp1252", "“Clay” costs €50"),
        ("iso-8859-9", "cp1254", "Fırın “altıda” yakılır…"),
        ("gb2312", "gb18030", "窑主是朱镕喆，早上六点点火。"),
        ("Shift_JIS", "cp932", JAPANESE),
        ("x-sjis", "cp932", JAPANESE),
        ("euc-jp", "euc_jis_2004", "炉は朝六時に①点火します。"),
        ("ks_c_5601-1987", "cp949", "가마는 아침 여섯 시에 똠방각하가 불을 붙인다."),
        ("big5", "big5hkscs", "窯爐在早上六點點火。"),
        ("windows-1250", "cp1250", CZECH),
        ("x-cp1251", "cp1251", RUSSIAN),
        ("koi8-r", "koi8_r", RUSSIAN),
        ("utf-16", "utf-8", "The kiln is lit at six – naïvely."),
        ("utf-16le", "utf-8", "The kiln is lit at six – naïvely."),
    ],
)
def test_an_html_page_is_read_in_the_encoding_that_it_names(
    tmp_path: Path, label: str, codec: str, text: str
) -> None:
    for declaration in (
        f'<meta charset="{label}">',
        f"<meta http-equiv=Content-Type content='text/html; charset={label}'>",
        f'<!-- <meta charset="koi8-u"> --><meta charset={label}>',
    ):
        document = parsed_document(parse, tmp_path / "a.html", page(declaration, text, codec))
        assert [section.text for section in document.sections] == [text]
        assert not document.warnings


def test_xhtml_is_read_in_the_encoding_of_its_xml_declaration(tmp_path: Path) -> None:
    content = f'<?xml version="1.0" encoding="windows-1251"?>\n<p>{RUSSIAN}</p>'.encode("cp1251")
    assert [one.text for one in parsed(parse, tmp_path / "a.html", content)] == [RUSSIAN]


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        (CZECH, "cp1250", "windows-1250"),
        ("A kemencét hat órakor gyújtják be, és a tűz éjfélig ég.", "cp1250", "windows-1250"),
        (RUSSIAN, "cp1251", "windows-1251"),
        (RUSSIAN, "koi8_r", "koi8-r"),
        ("Το καμίνι ανάβει στις έξι το πρωί.", "cp1253", "windows-1253"),
        ("« L’été… déjà\xa0»\xa0: le four coûte 30 €.", "cp1252", "windows-1252"),
        ("naïve café", "cp1252", "windows-1252"),
        ("炉は朝六時に点火します。", "euc_jp", "euc-jp"),
        ("炉は朝六時に点火します。", "cp932", "cp932"),
        ("窑炉在早上六点点火，晚上熄灭。", "gb18030", "gb18030"),
        ("The kiln is lit at six.", "utf-16-le", "UTF-16-LE"),
        ("The kiln is lit at six.", "utf-16-be", "UTF-16-BE"),
    ],
)
def test_an_encoding_that_nothing_names_is_told_with_a_warning(
    tmp_path: Path, text: str, codec: str, name: str
) -> None:
    document = parsed_document(parse_plain, tmp_path / "a.txt", text.encode(codec))
    assert [section.text for section in document.sections] == [text]
    (warning,) = document.warnings
    assert f"was read as {name}. " in warning
    assert "--charset NAME" in warning


def test_japanese_mail_is_told_by_its_escapes() -> None:
    text = "炉は朝六時に点火します。"
    assert decode(text.encode("iso2022_jp"), None) == text


def test_valid_utf_8_is_not_taken_for_western_text_of_a_wrong_label() -> None:
    assert decode("naïve – café".encode(), "iso-8859-1") == "naïve – café"


def test_soft_hyphens_are_no_part_of_words(tmp_path: Path) -> None:
    text = "Donau\u00addampf\u200bschiff ن\u200cم ภาษา\u200bไทย"
    [section] = parsed(parse_plain, tmp_path / "a.txt", text.encode())
    assert section.text == "Donaudampfschiff ن\u200cم ภาษา\u200bไทย"


def test_a_text_of_utf_8_with_a_few_other_bytes_keeps_its_letters() -> None:
    warnings: list[str] = []
    lines = ["Das Café hat geöffnet.\n".encode()] * 5
    content = b"".join([*lines, "Der Löwe schläft.\n".encode("cp1252"), *lines])
    text = "Das Café hat geöffnet.\n" * 5
    assert decode(content, None, warnings.append) == f"{text}Der Löwe schläft.\n{text}"
    [warning] = warnings
    assert warning.startswith("The file is in UTF-8 but for 2 places, which were read as windows")


CYRILLIC = "Портовый комитет рассмотрел годовой отчёт и нашёл, что краны стары и их продадут."


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "ibm866", "iso-8859-5"])
def test_cyrillic_is_told_by_its_common_letters(encoding: str) -> None:
    warnings: list[str] = []
    assert decode(CYRILLIC.encode(encoding), None, warnings.append) == CYRILLIC
    assert len(warnings) == 1
