"""Python's codecs for the encodings that browsers know."""

import codecs

# Names that browsers understand otherwise than Python, or that Python does not know. Several codecs
# are tried in turn: EUC-JP and ISO-2022-JP of the standard have signs of both.
_GB = ("gb18030",)
_JAPANESE = ("cp932",)
_KOREAN = ("cp949",)
_BIG5 = ("big5hkscs", "cp950")
_EUC_JP = ("euc_jp", "euc_jis_2004")
ISO_2022_JP = ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004")
_CODECS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "ascii", "us-ascii", "iso-8859-1", "iso8859-1", "iso88591", "iso_8859-1", "latin1",
            "latin-1", "l1", "cp819", "ibm819", "ansi_x3.4-1968", "iso-ir-100", "x-cp1252",
            "x-user-defined", "csisolatin1", "iso_8859-1:1987",
        ),
        ("cp1252",),
    ),
    **dict.fromkeys(
        (
            "iso-8859-9", "iso8859-9", "iso88599", "iso_8859-9", "iso_8859-9:1989", "csisolatin5",
            "iso-ir-148", "latin5", "l5",
        ),
        ("cp1254",),
    ),
    **{f"iso8859{part}": (f"iso8859_{part}",) for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15)},
    "csisolatin9": ("iso8859_15",),
    **dict.fromkeys(("csiso88596e", "csiso88596i"), ("iso8859_6",)),
    "sun_eu_greek": ("iso8859_7",),
    **dict.fromkeys(("koi", "koi8"), ("koi8_r",)),
    "koi8-ru": ("koi8_u",),
    **dict.fromkeys(
        ("iso-8859-11", "iso8859-11", "iso885911", "tis-620", "dos-874", "windows-874", "cp874"),
        ("cp874",),
    ),
    **dict.fromkeys(
        (
            "gb2312", "gbk", "gb_2312", "gb_2312-80", "x-gbk", "chinese", "csgb2312", "gb18030",
            "iso-ir-58", "csiso58gb231280", "cp936", "euc-cn",
        ),
        _GB,
    ),
    **dict.fromkeys(
        (
            "shift_jis", "shift-jis", "sjis", "x-sjis", "csshiftjis", "ms_kanji", "ms932",
            "windows-31j", "cp932",
        ),
        _JAPANESE,
    ),
    **dict.fromkeys(
        (
            "euc-kr", "euckr", "korean", "ks_c_5601-1987", "ks_c_5601-1989", "ksc5601",
            "ksc_5601", "cseuckr", "csksc56011987", "iso-ir-149", "windows-949", "cp949", "uhc",
        ),
        _KOREAN,
    ),
    **dict.fromkeys(("big5", "big5-hkscs", "cn-big5", "csbig5", "x-x-big5", "cp950"), _BIG5),
    **dict.fromkeys(("euc-jp", "x-euc-jp", "cseucpkdfmtjapanese"), _EUC_JP),
    **dict.fromkeys(("iso-2022-jp", "csiso2022jp"), ISO_2022_JP),
    **dict.fromkeys(
        (
            "utf-16", "utf-16le", "unicode", "csunicode", "unicodefeff", "ucs-2",
            "iso-10646-ucs-2",
        ),
        ("utf-16-le",),
    ),
    "unicodefffe": ("utf-16-be",),
    **dict.fromkeys(
        ("unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "x-unicode20utf8"), ("utf-8",)
    ),
    **{f"x-cp{page}": (f"cp{page}",) for page in (1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258)},
    **dict.fromkeys(("x-mac-roman", "mac", "macintosh", "csmacintosh"), ("mac_roman",)),
    **dict.fromkeys(("x-mac-cyrillic", "x-mac-ukrainian"), ("mac_cyrillic",)),
    **dict.fromkeys(
        ("visual", "logical", "iso-8859-8-i", "iso-8859-8-e", "csiso88598e", "csiso88598i"),
        ("iso8859_8",),
    ),
}  # fmt: skip


def codecs_of(name: str) -> tuple[str, ...]:
    """Python's codecs for the name of an encoding."""
    name = name.strip().lower()
    return _CODECS.get(name, (name,))


def strict(content: bytes, encoding: str) -> str | None:
    """The text; None if the bytes are not of that encoding."""
    try:
        info = codecs.lookup(encoding)
        errors = "outcrop.controls" if info.name.startswith("cp125") else "strict"
        text, _ = info.decode(content, errors)
    except (UnicodeError, LookupError, ValueError):
        return None
    return text if isinstance(text, str) else None


def _as_controls(error: UnicodeError) -> tuple[str, int]:
    """The bytes that a Windows code page leaves open are control characters in browsers."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("outcrop.controls", _as_controls)
