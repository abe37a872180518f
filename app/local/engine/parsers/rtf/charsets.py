"""The characters of RTF: code pages, and words that stand for one character."""

# The code page of a font's character set: the RTF 1.9.1 specification, "Font Table".
_PAGES = {
    77: "mac_roman", 78: "cp932", 79: "cp949", 80: "gbk", 81: "cp950", 128: "cp932",
    129: "cp949", 130: "johab", 134: "gbk", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_NAMES = {  # of pages that Python calls otherwise
    10000: "mac_roman", 10001: "cp932", 10002: "cp950", 10003: "cp949", 10004: "mac_arabic",
    10006: "mac_greek", 10007: "mac_cyrillic", 10008: "gbk", 10029: "mac_latin2",
    10081: "mac_turkish", 936: "gbk", 1361: "johab", 708: "iso8859_6", 65001: "utf-8",
}  # fmt: skip
SYMBOLS = "symbols"  # the character set of a font of signs
_SYMBOL_SET = 2
_BULLETS = b"\xb7\xa7\xa8\xd8\xfc\x6f\x76\x71"  # of Symbol and Wingdings, as lists use them
CHARACTERS = {
    "tab": " ", "emdash": "\u2014", "endash": "\u2013", "lquote": "\u2018", "rquote": "\u2019",
    "ldblquote": "\u201c", "rdblquote": "\u201d", "bullet": "\u2022", "emspace": " ",
    "enspace": " ", "qmspace": " ", "zwj": "\u200d", "zwnj": "\u200c", "zwbo": "\u200b",
}  # fmt: skip


def page_of_set(number: int) -> str:
    """The encoding of a font's character set; empty for that of the document."""
    return SYMBOLS if number == _SYMBOL_SET else _PAGES.get(number, "")


def page(number: int) -> str:
    """The encoding of a code page, such as "cp1252"."""
    return _NAMES.get(number, f"cp{number}")


def decode(content: bytes, encoding: str) -> str:
    """Bytes in an encoding; what does not fit becomes the replacement character.

    >>> decode(bytes.fromhex("cff0e8"), "cp1251")
    'При'
    """
    if encoding == SYMBOLS:
        return "".join("•" if byte in _BULLETS else " " for byte in content)
    try:
        return content.decode(encoding, "replace")
    except LookupError:
        return content.decode("cp1252", "replace")
