"""Text files in an old encoding, uploaded as UTF-8, which every home reads."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

TEXT_TYPES = (
    ".adoc", ".asciidoc", ".csv", ".htm", ".html", ".json", ".jsonl", ".md", ".rst", ".tsv", ".txt",
)  # fmt: skip
# What these names mean in browsers: Python's codecs of these names take fewer signs.
_WIDER = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}


class BadCharset(Exception):
    """The file is not in the encoding that was named. The message says so."""


def codec(charset: str) -> str:
    """The codec for the name of an encoding.

    >>> codec("Shift_JIS"), codec("windows-1250")
    ('cp932', 'windows-1250')

    Raises:
        LookupError: there is no encoding of this name.
    """
    name = _WIDER.get(charset.strip().lower(), charset.strip())
    "".encode(name)
    return name


@contextmanager
def in_utf_8(path: Path, charset: str | None) -> Iterator[Path]:
    """A file with the text of `path` in UTF-8; `path` itself without a charset, and for a file of a
    type that is no text.

    It begins with a byte order mark, which goes before an encoding that HTML names in itself.

    Raises:
        BadCharset: the file is not in this encoding.
    """
    if charset is None or path.suffix.lower() not in TEXT_TYPES:
        yield path
        return
    content = path.read_bytes()
    try:
        text = content.decode(codec(charset))
    except UnicodeError as error:
        raise BadCharset(f"it is not in {charset}: {error}") from error
    with TemporaryDirectory(prefix="outcrop-") as folder:
        copy = Path(folder) / path.name
        copy.write_bytes(codecs.BOM_UTF8 + text.removeprefix("\ufeff").encode())
        yield copy
