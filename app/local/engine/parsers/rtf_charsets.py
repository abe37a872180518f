"""The characters of RTF: code pages, and words that stand for one character."""

# The code page of a font's character set: the RTF 1.9.1 specification, "Font Table".
_PAGES = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_NAMES = {10000: "mac_roman", 936: "gbk", 65001: "utf-8"}  # of pages that Python calls otherwise
SYMBOLS = "symbols"  # the character set of a font of signs
_SYMBOL_SET = 2
_BULLETS = b"\xb7\xa7\xa8\xd8\xfc\x6f\x76\x71"  # of Symbol and Wingdings, as lists use them
CHARACTERS = {
    "tab": " ", "emdash": "\u2014", "endash": "\u2013", "lquote": "\u2018", "rquote": "\u2019",
    "ldblquote": "\u201c", "rdblquote": "\u201d", "bullet": "\u2022", "emspace": " ",
    "enspace": " ", "qmspace": " ",
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
