# ruff: noqa: RUF001 letters of many scripts
"""Every name of an encoding that browsers know: the WHATWG Encoding Standard, 4.2."""

import pytest

from app.local.engine.parsers import Unreadable
from app.local.engine.parsers.encodings import decode

# A text, and the names under which its bytes are read so.
LABELS = {
    "cp866": ("Дядя в порту", "866 cp866 csibm866 ibm866"),
    "iso8859_2": (
        "Žluťoučký",
        "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2",
    ),
    "iso8859_3": (
        "Ĝis ĉi tie",
        "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3",
    ),
    "iso8859_4": (
        "Šķēres",
        "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4",
    ),
    "iso8859_5": (
        "Дядя в порту",
        (
            "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 "
            "iso_8859-5:1988"
        ),
    ),
    "iso8859_6": (
        "ميناء",
        (
            "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 "
            "iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987"
        ),
    ),
    "iso8859_7": (
        "λιμάνι",
        (
            "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 "
            "iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek"
        ),
    ),
    "iso8859_8": (
        "נמל",
        (
            "csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 "
            "iso88598 iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical"
        ),
    ),
    "iso8859_10": (
        "Þorlákshöfn",
        "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    ),
    "iso8859_13": ("Klaipėdos uostas", "iso-8859-13 iso8859-13 iso885913"),
    "iso8859_14": ("ŵyr", "iso-8859-14 iso8859-14 iso885914"),
    "iso8859_15": ("5 €", "csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9"),
    "iso8859_16": ("ș ț", "iso-8859-16"),
    "koi8_r": ("Дядя в порту", "cskoi8r koi koi8 koi8-r koi8_r"),
    "koi8_u": ("їжак", "koi8-u koi8-ru"),
    "mac_roman": ("hôtel", "csmacintosh mac macintosh x-mac-roman"),
    "cp874": ("ท่าเรือ", "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874"),
    "cp1250": ("Žluťoučký", "cp1250 windows-1250 x-cp1250"),
    "cp1251": ("Дядя в порту", "cp1251 windows-1251 x-cp1251"),
    "cp1252": (
        "5 € “café”",
        (
            "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 "
            "iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252"
        ),
    ),
    "cp1253": ("λιμάνι", "cp1253 windows-1253 x-cp1253"),
    "cp1254": (
        "5 € ığdır",
        (
            "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 "
            "iso_8859-9:1989 l5 latin5 windows-1254 x-cp1254"
        ),
    ),
    "cp1255": ("נמל", "cp1255 windows-1255 x-cp1255"),
    "cp1256": ("ميناء", "cp1256 windows-1256 x-cp1256"),
    "cp1257": ("Klaipėdos", "cp1257 windows-1257 x-cp1257"),
    "cp1258": ("cảng".replace("ả", "a\u0309"), "cp1258 windows-1258 x-cp1258"),
    "mac_cyrillic": ("Дядя в порту", "x-mac-cyrillic x-mac-ukrainian"),
    "gb18030": (
        "朱镕基",
        "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030",
    ),
    "big5hkscs": ("香港的費用", "big5 big5-hkscs cn-big5 csbig5 x-x-big5"),
    "euc_jp": ("東京港の料金", "cseucpkdfmtjapanese euc-jp x-euc-jp"),
    "iso2022_jp": ("東京港の料金", "csiso2022jp iso-2022-jp"),
    "cp932": (
        "東京港①㈱",
        "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    ),
    "cp949": (
        "부산항 똠",
        (
            "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 "
            "ksc_5601 windows-949"
        ),
    ),
    "utf-8": (
        "Größe",
        "unicode-1-1-utf-8 utf-8 utf8 unicode11utf8 unicode20utf8 x-unicode20utf8",
    ),
    "utf-16-le": (
        "Größe",
        "utf-16 utf-16le csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff",
    ),
    "utf-16-be": ("Größe", "utf-16be unicodefffe"),
}


@pytest.mark.parametrize("codec", LABELS)
def test_a_label_means_what_it_means_in_browsers(codec: str) -> None:
    text, labels = LABELS[codec]
    content = text.encode(codec)
    read = {
        label: decode(content, label) for name in labels.split() for label in (name, name.upper())
    }
    assert read == dict.fromkeys(read, text)


@pytest.mark.parametrize("codec", ["cp037", "cp500", "cp273"])
@pytest.mark.parametrize(
    "text", ["The fee of berth B2 is 42 dollars.", "NAME,FEE\x85ANN,000123\x85"]
)
def test_ebcdic_is_refused_by_its_name(codec: str, text: str) -> None:
    content = text.encode(codec)
    with pytest.raises(Unreadable, match="is in EBCDIC, as mainframes write it: save it as UTF-8"):
        decode(content, None)
    assert decode(content, codec) == text
