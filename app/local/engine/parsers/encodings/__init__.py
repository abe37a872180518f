"""Bytes to text, as browsers decode them.

The encoding is that of the byte order mark; else the one that the document's content type or its
own markup names, by the names of the WHATWG Encoding Standard, where iso-8859-1 means windows-1252
and gb2312 means GB18030; else UTF-8; else the one that chardet takes for the likeliest. A guess
comes with a warning.
"""

import codecs
from collections.abc import Callable

from app.local import lazy_re as re
from app.local.engine.parsers import Unreadable
from app.local.engine.parsers.encodings.browser_codecs import ISO_2022_JP, codecs_of, strict
from app.local.engine.parsers.encodings.guesses import (
    CYRILLIC,
    likeliest,
    likeliest_cyrillic,
    mostly_utf_8,
    paired,
)
from app.local.engine.parsers.encodings.wide import is_ebcdic, is_full_of_controls, wide
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
_EBCDIC = (
    "The file's text is in EBCDIC, as mainframes write it: save it as UTF-8, or upload it with "
    "`outcrop ingest --charset cp037` or the code page that it is in."
)
_HEAD = 4096  # bytes or signs that are looked at
_LATE = 2**20  # bytes in which a page may name its encoding: browsers then read it again
_KOREAN_ESCAPE = b"\x1b$)C"
_HZ = re.compile(rb"~\{(?:[!-w][!-~])+~\}")
_FEWEST_WIDE = 4  # signs beyond ASCII in UTF-8 that no text of an Asian encoding is by chance
_SINGLE_BYTE = ("cp125", "cp874", "iso8859", "iso-8859", "koi8", "windows-125", "mac_", "ibm")
_WESTERN = ("cp1252", "mac-roman")
_ACCENTED_WORD = re.compile(r"[^\x00-\x7f\s]{4,}")  # in no Western language

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
    text = content[:_LATE].decode("latin-1").lower()
    for opening, closing in (("<!--", "-->"), ("<script", "</script"), ("<style", "</style")):
        text = without(text, opening, closing)
    match = _XML.match(text) or _META.search(text)
    if not match:
        return None
    name = match[1]
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
            if (text := strict(_whole(content[len(mark) :], encoding), encoding)) is not None:
                return text
            raise Unreadable(
                f"The file begins with the mark of {encoding}, and is not: save it as UTF-8."
            )
    for read in (_labelled, _escaped, _unlabelled):
        if (text := read(content, charset, warn)) is not None:
            return text
    if b"\0" in content:
        raise Unreadable(_ZERO_BYTES)
    problem = f"neither {charset}, as the file or its content type says, nor UTF-8"
    raise Unreadable(
        f"The file's text is {problem if charset else 'not UTF-8'}, and its encoding cannot be "
        "told: save it as UTF-8, or upload it with `outcrop ingest --charset NAME`."
    )


def _whole(content: bytes, encoding: str) -> bytes:
    """The bytes without those at the end that are less than a character, as a cut leaves them."""
    width = {"utf-16": 2, "utf-32": 4}.get(encoding[:6], 1)
    return content[: len(content) - len(content) % width]


def _labelled(content: bytes, charset: str | None, warn: Callable[[str], None]) -> str | None:
    """The text in the encoding that a label names, unless the label is plainly wrong."""
    encodings = codecs_of(charset) if charset else ()
    if not charset or not encodings:
        return None
    if encodings[0].startswith("utf-16"):
        if guess := wide(content):
            return guess[1]
    elif (text := strict(content, "utf-8")) is not None and not content.isascii():
        beyond = sum(not sign.isascii() for sign in text[:_HEAD])
        if beyond >= (_FEWEST_WIDE if _is_multibyte(encodings[0]) else 1):
            return text  # text in another encoding that is valid UTF-8 by chance
    for encoding in encodings:
        if (text := strict(content, encoding)) is not None:
            return _corrected(content, charset, encoding, text, warn)
    return None


def _is_multibyte(encoding: str) -> bool:
    return not encoding.startswith(_SINGLE_BYTE)


def _corrected(
    content: bytes, charset: str, encoding: str, text: str, warn: Callable[[str], None]
) -> str:
    """The text in another encoding, if it is nonsense in the one that the label names: words of
    accented letters only, or Cyrillic of capitals and rare letters.
    """
    guess: tuple[str, str] | None = None
    if codecs.lookup(encoding).name in _WESTERN:
        runs = sum(map(len, _ACCENTED_WORD.findall(text[:_HEAD])))
        if runs and 2 * runs > sum(not sign.isascii() for sign in text[:_HEAD]):
            guess = likeliest(content)
    elif charset.strip().lower() in CYRILLIC or encoding in CYRILLIC:
        guess = likeliest_cyrillic(content, charset, text)
    if not guess or guess[1] == text:
        return text
    warn(
        f"The file or its content type names the encoding {charset}, but its letters are those of "
        f"{guess[0]}, and so it was read. If they are wrong, save it as UTF-8."
    )
    return guess[1]


def _escaped(content: bytes, charset: str | None, _: Callable[[str], None]) -> str | None:
    """A text in ASCII that names its other alphabets by escapes: ISO-2022 and HZ."""
    if charset or not content.isascii():
        return None
    encodings: tuple[str, ...] = ()
    if content.startswith(_KOREAN_ESCAPE):
        encodings = ("iso2022_kr",)
    elif _ESCAPES.search(content):
        encodings = ISO_2022_JP
    elif _HZ.search(content):
        encodings = ("hz",)
    texts = (strict(content, encoding) for encoding in encodings)
    return next((text for text in texts if text is not None and not text.isascii()), None)


def _unlabelled(content: bytes, _: str | None, warn: Callable[[str], None]) -> str | None:
    """The text as UTF-8, or in the encoding that its bytes tell."""
    text = strict(content, "utf-8")
    if text is not None and b"\0" not in content and not is_full_of_controls(content):
        return text
    guess = wide(content)
    if not guess and b"\0" in content:
        return None
    if not guess:
        if text is not None:
            return text
        if is_ebcdic(content):
            raise Unreadable(_EBCDIC)
        if (text := paired(content)) is not None:
            return text
        if (text := mostly_utf_8(content, warn)) is not None:
            return text
        guess = likeliest(content)
    if guess:
        warn(
            f"The file does not name its encoding, and was read as {guess[0]}. If its letters are "
            "wrong, save it as UTF-8, or upload it with `outcrop ingest --charset NAME`."
        )
    return guess[1] if guess else None
