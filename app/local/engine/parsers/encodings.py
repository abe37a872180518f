"""Bytes to text, as browsers decode them.

The encoding is that of the byte order mark; else the one that the document's content type or its
own markup names, by the names of the WHATWG Encoding Standard, where iso-8859-1 means windows-1252
and gb2312 means GB18030; else UTF-8; else the one that chardet takes for the likeliest. A guess
comes with a warning.
"""

import codecs
import re
from collections.abc import Callable

from app.local.engine.parsers import Unreadable
from app.local.engine.parsers.browser_codecs import ISO_2022_JP, codecs_of, strict
from app.local.engine.parsers.encoding_guesses import likeliest, mostly_utf_8, wide
from app.local.engine.parsers.render import without

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_ESCAPES = re.compile(rb"\x1b(?:\$[@B]|\([BJ]|\$\([DC])")
_META = re.compile(r"<meta\s[^<>]*?charset\s*+=\s*+[\"']?\s*+([\w:.-]+)", re.I)
_XML = re.compile(r"\s*+<\?xml\s[^<>]*?encoding\s*+=\s*+[\"']([\w:.-]+)", re.I)
_ZERO_BYTES = "The file is not text: it holds zero bytes. Give it the suffix of what it really is."
_HEAD = 4096  # bytes in which markup names its encoding

# The first bytes of files that are no text, and what they are.
_MAGIC = (
    (b"%PDF-", "a PDF", ".pdf"),
    (b"\x89PNG", "a PNG picture", ""),
    (b"\xff\xd8\xff", "a JPEG picture", ""),
    (b"GIF8", "a GIF picture", ""),
    (
        b"PK\x03\x04",
        "a ZIP archive, as Word, PowerPoint and Excel files are",
        ".docx, .pptx, .xlsx",
    ),
    (b"\xd0\xcf\x11\xe0", "a file of an old Microsoft Office", ""),
    (b"\x1f\x8b", "a gzip archive", ""),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", ""),
    (b"Rar!", "a RAR archive", ""),
    (b"BZh", "a bzip2 archive", ""),
    (b"\xfd7zXZ", "an xz archive", ""),
    (b"SQLite format 3\0", "an SQLite database", ""),
    (b"\x7fELF", "a program", ""),
    (b"MZ\x90\0", "a program", ""),
    (b"RIFF", "a recording or a picture", ""),
    (b"OggS", "a recording", ""),
    (b"ID3", "a recording", ""),
    (b"II*\0", "a TIFF picture", ""),
    (b"MM\0*", "a TIFF picture", ""),
)


def _nothing(_: str) -> None:
    """For a caller that has no place for warnings."""


def decode(content: bytes, charset: str | None, warn: Callable[[str], None] = _nothing) -> str:
    """Decode the bytes of a text.

    >>> decode("naïve café".encode("cp1252"), None)
    'naïve café'

    Args:
        content: the bytes.
        charset: the encoding that a content type or the content itself names, if any.
        warn: takes the warning that the encoding is a guess.

    Raises:
        Unreadable: no encoding fits, or the bytes are no text.
    """
    _refuse_other_files(content)
    text = _decode(content, charset, warn)
    if "\0" in text:
        raise Unreadable(_ZERO_BYTES)
    return text


def declared(content: bytes) -> str | None:
    """The encoding that HTML or XML names in itself. As in browsers, one that says UTF-16 and can
    be read without being UTF-16 is UTF-8.

    >>> declared(b'<meta charset="utf-16">'), declared(b'<?xml version="1.0" encoding="KOI8-R"?>')
    ('utf-8', 'koi8-r')
    """
    head = without(content[:_HEAD].decode("latin-1"), "<!--", "-->")
    match = _XML.match(head) or _META.search(head)
    if not match:
        return None
    name = match[1].lower()
    return "utf-8" if codecs_of(name)[0].startswith("utf-16") else name


def _refuse_other_files(content: bytes) -> None:
    for magic, kind, suffix in _MAGIC:
        if content.startswith(magic) and not _is_ascii_text(content):
            name = f"name it {suffix}" if suffix else "no text can be read from it here"
            raise Unreadable(f"The file is not text but {kind}: {name}.")


def _is_ascii_text(content: bytes) -> bool:
    """Whether the beginning is plain ASCII: a text that happens to begin like another file."""
    head = content[:_HEAD]
    return head.isascii() and b"\0" not in head and not head.startswith(b"%PDF-")


def _decode(content: bytes, charset: str | None, warn: Callable[[str], None]) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            if (text := strict(content[len(mark) :], encoding)) is not None:
                return text
            raise Unreadable(
                f"The file begins with the mark of {encoding}, and is not: save it as UTF-8."
            )
    if charset:
        encodings = codecs_of(charset)
        if encodings == ("cp1252",):  # text that is valid UTF-8 by chance is all but impossible
            encodings = ("utf-8", *encodings)
        for encoding in encodings:
            if (text := strict(content, encoding)) is not None:
                return text
    if not charset and _ESCAPES.search(content) and content.isascii():
        for encoding in ISO_2022_JP:
            if (text := strict(content, encoding)) is not None:
                return text
    if b"\0" not in content and (text := strict(content, "utf-8")) is not None:
        return text
    if b"\0" not in content and (text := mostly_utf_8(content, warn)) is not None:
        return text
    guess = wide(content) if b"\0" in content else likeliest(content)
    if guess:
        encoding, text = guess
        warn(
            f"The file does not name its encoding, and was read as {encoding}. If its letters are "
            "wrong, save it as UTF-8, or upload it with `outcrop ingest --charset NAME`."
        )
        return text
    if b"\0" in content:
        raise Unreadable(_ZERO_BYTES)
    problem = f"neither {charset}, as the file or its content type says, nor UTF-8"
    raise Unreadable(
        f"The file's text is {problem if charset else 'not UTF-8'}, and its encoding cannot be "
        "told: save it as UTF-8, or upload it with `outcrop ingest --charset NAME`."
    )
