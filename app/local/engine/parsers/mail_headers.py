"""Headers of e-mail as a reader sees them, in the encodings that browsers know.

`email` reads encoded words (RFC 2047) by Python's names of encodings, and each word alone; programs
write gb2312 for GBK, part a letter between two words, and leave bytes that no word holds.
"""

from binascii import Error, a2b_base64, a2b_qp
from collections.abc import Iterator
from email.message import EmailMessage

from app.local import lazy_re as re
from app.local.engine.parsers import Unreadable
from app.local.engine.parsers.encodings import decode
from app.local.engine.parsers.render import line

_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_OTHER = re.compile("[\x1b\x80-\U0010ffff]")  # signs that a header writes in no word
_MOST = 100_000  # characters of a header that are read


def header(message: EmailMessage, name: str) -> str:
    """The text of a message's header on one line; empty if there is none."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return line(header_text(str(raw)[:_MOST], _charset(message)))


def header_text(raw: str, charset: str | None = None) -> str:
    """The text of a header's value.

    >>> header_text("=?gb2312?B?1uzpRrv5?= =?utf-8?q?caf=C3?= =?utf-8?q?=A9?=, 5 =?x?q?=41?=")
    '朱镕基café, 5 A'

    Args:
        raw: the value; bytes beyond ASCII are lone surrogates in it, as `email` reads them.
        charset: the encoding of such bytes, if something names it.
    """
    pieces: list[str] = []
    content, name = bytearray(), ""  # of the words that stand together
    for text, own_name, own in _parts(raw):
        if own_name and own_name != name:
            pieces.append(_decoded(bytes(content), name))
            content, name = bytearray(), own_name
        if own_name:
            content += own
        elif text.strip() or not content:
            pieces += [_decoded(bytes(content), name), _plain(text, charset)]
            content, name = bytearray(), ""
    return "".join([*pieces, _decoded(bytes(content), name)])


def _parts(raw: str) -> Iterator[tuple[str, str, bytes]]:
    """The text between the words, and the words: the encoding of each, and its bytes."""
    end = 0
    for match in _WORD.finditer(raw):
        if match.start() > end:
            yield raw[end : match.start()], "", b""
        end = match.end()
        yield "", match[1].lower(), _bytes(match[2], match[3])
    if end < len(raw):
        yield raw[end:], "", b""


def _bytes(kind: str, text: str) -> bytes:
    content = text.encode("utf-8", "surrogateescape")
    if kind in "qQ":
        return a2b_qp(content, header=True)
    try:
        return a2b_base64(content + b"==")
    except Error:
        return content


def _plain(text: str, charset: str | None) -> str:
    if not _OTHER.search(text):
        return text
    return _decoded(text.encode("utf-8", "surrogateescape"), charset)


def _decoded(content: bytes, charset: str | None) -> str:
    if not content:
        return ""
    try:
        return decode(content, charset or None)
    except Unreadable:
        return content.decode("utf-8", "replace")


def _charset(message: EmailMessage) -> str | None:
    """The first encoding that a part of the message names."""
    return next(filter(None, (part.get_content_charset() for part in message.walk())), None)
