"""Outlook's messages (.msg): the subject, from whom and to whom, and the text.

As in `mail`, plain text is read, or else HTML, or else RTF; a message within a message follows it,
and a warning names the attachments.

A message is a file system in a file (MS-CFB). Its streams are properties, named by their number and
their type (MS-OXMSG): `__substg1.0_0037001F` is the subject, in UTF-16. Properties of a fixed size
share a stream, in entries of 16 bytes.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import HeaderParser
from struct import error, iter_unpack

import olefile
from olefile.olefile import OleFileError

from app.local.engine.parsers import Document, Section, Unreadable
from app.local.engine.parsers.encodings import declared, decode
from app.local.engine.parsers.hypertext import to_markdown
from app.local.engine.parsers.mail import warn_of_attachments
from app.local.engine.parsers.render import heading, line, tidy
from app.local.engine.parsers.rtf import markdown_of
from app.local.engine.parsers.rtf.compression import decompress

_DAMAGED = "The file is no Outlook message, or a damaged one: open it in Outlook and save it anew."
_SUBJECT, _HEADERS, _BODY, _HTML, _RTF = 0x0037, 0x007D, 0x1000, 0x1013, 0x1009
_FROM_NAME, _FROM_ADDRESS, _FROM_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_TO, _CC, _SENT, _RECEIVED = 0x0E04, 0x0E03, 0x0039, 0x0E06
_FILE_NAME, _SHORT_NAME, _DISPLAY_NAME, _IS_HIDDEN = 0x3707, 0x3704, 0x3001, 0x7FFE
_CODE_PAGE, _BODY_CODE_PAGE = 0x3FFD, 0x3FDE
_UNICODE, _STRING, _BINARY = "001F", "001E", "0102"
_OBJECT = "__substg1.0_3701000D"  # an attachment that is a message
_UTF_8, _DEEPEST = 65001, 20
_FIRST_DAY = datetime(1601, 1, 1, tzinfo=UTC)

Folder = tuple[str, ...]


def parse(document: Document) -> Iterator[Section]:
    try:
        with olefile.OleFileIO(str(document.path)) as file:
            message = _Message(file, (), document)
            if not message.has_text:
                raise Unreadable(_DAMAGED)
            attachments: list[str] = []
            yield Section(tidy("\n\n".join(message.blocks(attachments))), None)
            warn_of_attachments(document, attachments)
    except (OleFileError, OSError, error, ValueError, IndexError) as fault:
        raise Unreadable(_DAMAGED) from fault


class _Message:
    """A message, in a folder of the file."""

    def __init__(self, file: "olefile.OleFileIO[str]", folder: Folder, document: Document) -> None:
        self._file, self._folder, self._document = file, folder, document
        self._fixed = self._properties(folder)

    @property
    def has_text(self) -> bool:
        return any(map(self._has, (_SUBJECT, _BODY, _HTML, _RTF, _FROM_NAME)))

    def blocks(self, attachments: list[str]) -> Iterator[str]:
        """Its text as Markdown; the names of its attachments are added to the list."""
        if subject := line(self._text(_SUBJECT)):
            yield heading(subject, 1)
        yield "\n".join(f"{name}: {value}" for name, value in self._headers() if value)
        yield self._body()
        for folder in self._attachments():
            if (*folder, _OBJECT) in self._folders() and len(folder) < _DEEPEST:
                inner = _Message(self._file, (*folder, _OBJECT), self._document)
                yield from inner.blocks(attachments)
            elif not self._properties(folder).get(_IS_HIDDEN):
                names = (self._text(name, folder) for name in (_FILE_NAME, _SHORT_NAME))
                name = next(filter(None, map(line, names)), line(self._text(_DISPLAY_NAME, folder)))
                attachments.append(name or "one without a name")

    def _headers(self) -> Iterator[tuple[str, str]]:
        headers = HeaderParser(policy=policy.compat32).parsestr(self._text(_HEADERS))
        name = line(self._text(_FROM_NAME))
        addresses = (self._text(_FROM_SMTP), self._text(_FROM_ADDRESS))
        address = next((line(one) for one in addresses if "@" in one), "")
        yield (
            "From",
            f"{name} <{address}>" if name and address not in ("", name) else name or address,
        )
        yield "To", line(self._text(_TO))
        yield "Cc", line(self._text(_CC))
        sent = self._fixed.get(_SENT) or self._fixed.get(_RECEIVED)
        yield "Date", _date(sent) if sent else line(str(headers.get("Date") or ""))

    def _body(self) -> str:
        if (text := self._text(_BODY)).strip():
            return text
        if content := self._stream(_HTML, _BINARY).rstrip(b"\0"):
            page = self._fixed.get(_BODY_CODE_PAGE)
            charset = declared(content) or (_charset(page) if page else None)
            return to_markdown(decode(content, charset, self._document.warn))
        if text := self._text(_HTML):
            return to_markdown(text)
        content = self._stream(_RTF, _BINARY)
        return markdown_of(decompress(content)) if content else ""

    def _attachments(self) -> list[Folder]:
        depth = len(self._folder)
        return sorted(
            folder
            for folder in self._folders()
            if len(folder) == depth + 1
            and folder[:depth] == self._folder
            and folder[depth].startswith("__attach_version1.0_")
        )

    def _folders(self) -> set[Folder]:
        return {tuple(path) for path in self._file.listdir(streams=False, storages=True)}

    def _has(self, number: int) -> bool:
        kinds = (_UNICODE, _STRING, _BINARY)
        return any(self._file.exists([*self._folder, _name(number, kind)]) for kind in kinds)

    def _text(self, number: int, folder: Folder | None = None) -> str:
        """A property of text; empty without one."""
        if content := self._stream(number, _UNICODE, folder):
            return content.decode("utf-16-le", "replace").rstrip("\0")
        content = self._stream(number, _STRING, folder).rstrip(b"\0")
        page = self._fixed.get(_CODE_PAGE) or self._fixed.get(_BODY_CODE_PAGE)
        return decode(content, _charset(page or 1252)) if content else ""

    def _stream(self, number: int, kind: str, folder: Folder | None = None) -> bytes:
        path = [*(self._folder if folder is None else folder), _name(number, kind)]
        return self._file.openstream(path).read() if self._file.exists(path) else b""

    def _properties(self, folder: Folder) -> dict[int, int]:
        """The properties of a fixed size, as whole numbers."""
        path = [*folder, "__properties_version1.0"]
        if not self._file.exists(path):
            return {}
        content = self._file.openstream(path).read()
        is_attachment = bool(folder) and folder[-1].startswith("__attach")
        start = 8 if is_attachment else 24 if folder else 32
        entries = content[start : start + (len(content) - start) // 16 * 16]
        return {tag >> 16: value for tag, _, value in iter_unpack("<IIQ", entries)}


def _name(number: int, kind: str) -> str:
    return f"__substg1.0_{number:04X}{kind}"


def _charset(page: int) -> str:
    return "utf-8" if page == _UTF_8 else f"windows-{page}"


def _date(hundreds_of_nanoseconds: int) -> str:
    """A FILETIME as RFC 5322 writes dates; empty if it is none."""
    try:
        moment = _FIRST_DAY + timedelta(microseconds=hundreds_of_nanoseconds // 10)
    except OverflowError:
        return ""
    return moment.strftime("%a, %d %b %Y %H:%M:%S +0000")
