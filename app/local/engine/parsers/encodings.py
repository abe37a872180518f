"""Bytes to text, as browsers decode them.

The encoding is that of the byte order mark; else the one that the document's content type or its
own markup names, by the names of the WHATWG Encoding Standard, where iso-8859-1 means windows-1252
and gb2312 means GB18030; else UTF-8; else the one that chardet takes for the likeliest. A guess
comes with a warning.
"""

import codecs
import re
from collections.abc import Callable

import chardet

from app.local.engine.parsers import Unreadable
from app.local.engine.parsers.render import without

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Names that browsers understand otherwise than Python, or that Python does not know. Several codecs
# are tried in turn: EUC-JP and ISO-2022-JP of the standard have signs of both.
_GB = ("gb18030",)
_JAPANESE = ("cp932",)
_KOREAN = ("cp949",)
_BIG5 = ("big5hkscs", "cp950")
_EUC_JP = ("euc_jp", "euc_jis_2004")
_ISO_2022_JP = ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004")
_CODECS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "ascii", "us-ascii", "iso-8859-1", "iso8859-1", "iso88591", "iso_8859-1", "latin1",
            "latin-1", "l1", "cp819", "ibm819", "ansi_x3.4-1968", "iso-ir-100", "x-cp1252",
            "x-user-defined",
        ),
        ("cp1252",),
    ),
    **dict.fromkeys(("iso-8859-9", "iso8859-9", "iso88599", "latin5", "l5"), ("cp1254",)),
    **dict.fromkeys(
        ("iso-8859-11", "iso8859-11", "iso885911", "tis-620", "dos-874", "windows-874", "cp874"),
        ("cp874",),
    ),
    **dict.fromkeys(
        (
            "gb2312", "gbk", "gb_2312", "gb_2312-80", "x-gbk", "chinese", "csgb2312", "gb18030",
            "iso-ir-58", "cp936", "euc-cn",
        ),
        _GB,
    ),
    **dict.fromkeys(
        ("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "ms932", "windows-31j", "cp932"),
        _JAPANESE,
    ),
    **dict.fromkeys(
        (
            "euc-kr", "euckr", "korean", "ks_c_5601-1987", "ks_c_5601-1989", "ksc5601",
            "ksc_5601", "cseuckr", "iso-ir-149", "windows-949", "cp949", "uhc",
        ),
        _KOREAN,
    ),
    **dict.fromkeys(("big5", "big5-hkscs", "cn-big5", "csbig5", "x-x-big5", "cp950"), _BIG5),
    **dict.fromkeys(("euc-jp", "x-euc-jp", "cseucpkdfmtjapanese"), _EUC_JP),
    **dict.fromkeys(("iso-2022-jp", "csiso2022jp"), _ISO_2022_JP),
    **dict.fromkeys(("utf-16", "utf-16le", "unicode", "ucs-2", "iso-10646-ucs-2"), ("utf-16-le",)),
    **{f"x-cp{page}": (f"cp{page}",) for page in (1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258)},
    **dict.fromkeys(("x-mac-roman", "mac", "macintosh"), ("mac_roman",)),
    **dict.fromkeys(("x-mac-cyrillic", "x-mac-ukrainian"), ("mac_cyrillic",)),
    **dict.fromkeys(("visual", "logical", "iso-8859-8-i", "iso-8859-8-e"), ("iso8859_8",)),
}  # fmt: skip

_CANDIDATES = (
    "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255",
    "windows-1256", "windows-1257", "windows-1258", "cp874", "iso-8859-2", "koi8-r", "koi8-u",
    "cp932", "euc-jp", "gb18030", "big5", "cp949",
)  # fmt: skip
_SAMPLE = 100_000  # bytes that a guess looks at
_UNSURE = 0.02  # chardet's confidence in texts of three signs beyond ASCII
_WESTERN_SHARE = 0.6
"""The least share of the best guess's confidence with which windows-1252 goes before it, where its
reading has Western signs only: it is by far the most frequent. Fitted, like _UNSURE, on translated
messages of Debian's packages in 28 languages."""
_WESTERN = re.compile(r"[À-ÖØ-ïñ-öø-üŒœŠšŽž€\u2018\u2019\u201c\u201d\u2013—…•™©®«»°§£¿¡½·²³µ\xa0]+")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_ASCII = re.compile(r"[\x00-\x7f]+")
_FEWEST_GOOD, _LEAST_GOOD = 3, 1.5  # signs of UTF-8 beyond ASCII: in all, and for each wrong byte
_CYRILLIC = ("windows-1251", "koi8-r", "koi8-u", "ibm866", "iso-8859-5", "mac_cyrillic")
_COMMON = frozenset("оеаинтсрвлкмдпуяыьзбгчй")
_CLEARLY = 0.2  # the share of common letters by which another encoding fits better
_CONTROLS = re.compile("[\x80-\x9f]")
_DRAWN = re.compile("[\u2500-\u259f]")
_MOST_DRAWN = 0.2  # of the signs beyond ASCII: a drawn frame around a text, not noise read as KOI8
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
    return "utf-8" if _codecs(name)[0].startswith("utf-16") else name


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
            if (text := _strict(content[len(mark) :], encoding)) is not None:
                return text
            raise Unreadable(
                f"The file begins with the mark of {encoding}, and is not: save it as UTF-8."
            )
    if charset:
        encodings = _codecs(charset)
        if encodings == ("cp1252",):  # text that is valid UTF-8 by chance is all but impossible
            encodings = ("utf-8", *encodings)
        for encoding in encodings:
            if (text := _strict(content, encoding)) is not None:
                return text
    if not charset and _ESCAPES.search(content) and content.isascii():
        for encoding in _ISO_2022_JP:
            if (text := _strict(content, encoding)) is not None:
                return text
    if b"\0" not in content and (text := _strict(content, "utf-8")) is not None:
        return text
    if b"\0" not in content and (text := _mostly_utf_8(content, warn)) is not None:
        return text
    guess = _wide(content) if b"\0" in content else _likeliest(content)
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


def _codecs(name: str) -> tuple[str, ...]:
    """Python's codecs for the name of an encoding."""
    name = name.strip().lower()
    return _CODECS.get(name, (name,))


def _strict(content: bytes, encoding: str) -> str | None:
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


def _wide(content: bytes) -> tuple[str, str] | None:
    """UTF-16 or UTF-32 without a mark, told by where its zero bytes are."""
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        text = _strict(content, encoding)
        if text and "\0" not in text and _CONTROLS.search(text) is None:
            plain = sum(sign.isascii() and (sign.isprintable() or sign.isspace()) for sign in text)
            if plain * 20 > len(text):
                return encoding.upper(), text
    return None


def _mostly_utf_8(content: bytes, warn: Callable[[str], None]) -> str | None:
    """A text in UTF-8 with a few bytes that are not, such as a line that was pasted in."""
    good = len(_ASCII.sub("", content.decode("utf-8", "ignore")))
    bad = content.decode("utf-8", "replace").count("\ufffd") - content.count("\ufffd".encode())
    if good < max(_FEWEST_GOOD, _LEAST_GOOD * bad):
        return None
    warn(
        f"The file is in UTF-8 but for {bad} places, which were read as windows-1252. If letters "
        "there are wrong, save it as UTF-8."
    )
    return content.decode("utf-8", "outcrop.western")


def _as_western(error: UnicodeError) -> tuple[str, int]:
    """Bytes of Windows's western code page within other text."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "outcrop.controls"), error.end


codecs.register_error("outcrop.western", _as_western)


def _likeliest_cyrillic(content: bytes, name: str, text: str) -> tuple[str, str]:
    """The Cyrillic encoding in which the letters are those that are common in Cyrillic texts. What
    they are in another one is letters, too, but rare ones and capitals.
    """
    texts = {each: _strict(content, each) for each in _CYRILLIC}
    shares = {each: _share_of_common(own) for each, own in texts.items() if own is not None}
    best = max(shares, key=shares.__getitem__, default=name)
    if shares.get(best, 0) < _share_of_common(text) + _CLEARLY:
        return name, text
    return best, texts[best] or text


def _share_of_common(text: str) -> float:
    beyond = "".join(_BEYOND_ASCII.findall(text))
    return sum(sign in _COMMON for sign in beyond) / max(1, len(beyond))


def _is_drawn(text: str) -> bool:
    """Whether much of a text beyond ASCII is lines and blocks, as where KOI8 is read into noise."""
    most = _MOST_DRAWN * sum(map(len, _BEYOND_ASCII.findall(text)))
    return len(_DRAWN.findall(text)) > most


def _likeliest(content: bytes) -> tuple[str, str] | None:
    sample = content[:_SAMPLE]
    guesses: list[tuple[float, str, str]] = []
    for guess in chardet.detect_all(sample, include_encodings=_CANDIDATES):
        if not guess["encoding"]:
            continue
        name = guess["encoding"].lower()
        for encoding in _codecs(name):
            text = _strict(content, encoding)
            if text and not _CONTROLS.search(text) and not _is_drawn(text):
                guesses.append((guess["confidence"], name, text))
                break
    if not guesses:
        return None
    best = max(guesses, key=lambda guess: guess[0])
    for confidence, name, text in guesses:
        if name in ("windows-1252", "cp1252", "iso-8859-1") and (
            confidence >= _WESTERN_SHARE * best[0]
            and all(map(_WESTERN.fullmatch, _BEYOND_ASCII.findall(text)))
        ):
            return "windows-1252", text
    if best[0] < _UNSURE:
        return None
    return _likeliest_cyrillic(content, *best[1:]) if best[1] in _CYRILLIC else best[1:]
