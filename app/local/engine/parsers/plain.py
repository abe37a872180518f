"""Plain text, and the decoding of bytes for every format that is text."""

import codecs
import re
from collections.abc import Iterator

from app.local.engine.parsers import Document, Section, Unreadable
from app.local.engine.parsers.render import clean

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Encodings of old that can be told by what they decode to, and by nothing else: each run of
# characters beyond ASCII must be of the script, and one must hold what no other's bytes give.
_LEGACY = (
    (
        "cp932",
        re.compile(r"[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff60]+"),
        re.compile(r"[\u3041-\u3096\u30a1-\u30fa]{2}"),  # two kana in a row
    ),
    (
        "cp1252",
        re.compile(r"[À-ÖØ-ïñ-öø-üŒœŠšŽž€\u2018\u2019“”\u2013—…•™©®«»°§£¿¡½·\xa0]{1,3}"),
        re.compile(r"."),
    ),
)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


def parse(document: Document) -> Iterator[Section]:
    yield Section(clean(decode(document.path.read_bytes(), document.charset)), None)


def decode(content: bytes, charset: str | None) -> str:
    """Decode bytes: by their byte order mark, else by `charset`, else as UTF-8, else by the one old
    encoding that they can be in.

    >>> decode("naïve café".encode("cp1252"), None)
    'naïve café'

    Raises:
        Unreadable: none of these encodings fits, or the bytes are no text.
    """
    text = _decode(content, charset)
    if "\0" in text:
        raise Unreadable(
            "The file is not text: it holds zero bytes. Give it the suffix of what it really is."
        )
    return text


def _decode(content: bytes, charset: str | None) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            if (text := _strict(content[len(mark) :], encoding)) is not None:
                return text
            raise Unreadable(
                f"The file begins with the mark of {encoding}, and is not: save it as UTF-8."
            )
    for encoding in filter(None, (charset, "utf-8")):
        if (text := _strict(content, encoding)) is not None:
            return text
    for encoding, script, proof in _LEGACY:
        text = _strict(content, encoding)
        runs = set(_BEYOND_ASCII.findall(text or ""))
        if text and all(map(script.fullmatch, runs)) and any(map(proof.search, runs)):
            return text
    problem = f"neither {charset}, as its content type says, nor UTF-8" if charset else "not UTF-8"
    raise Unreadable(
        f"The file's text is {problem}, and its encoding cannot be told: save it as UTF-8, or name "
        "its charset in its content type."
    )


def _strict(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
