"""E-mail messages: the subject, from whom and to whom, and the text.

Of a text in several forms, the plain one is read, or else HTML. A message within a message stands
in its place. Attachments are documents of their own; a warning names them.
"""

from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage

from app.local import lazy_re as re
from app.local.engine.parsers import Document, Section, Unreadable
from app.local.engine.parsers.encodings import declared, decode
from app.local.engine.parsers.hypertext import to_markdown
from app.local.engine.parsers.mail_headers import header
from app.local.engine.parsers.render import heading, line, tidy, without
from app.local.engine.parsers.rtf import markdown_of

_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted")
_UNSEEN = (
    "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
)  # fmt: skip
_LONGEST_STUB, _STUB = 200, 5  # characters; times as long is the text that it stands for
_HEADERS = ("From", "To", "Cc")
_DEEPEST = 50  # parts within each other
_BOUNDARY = re.compile(rb"^--(\S[^\r\n]{0,69})[ \t]*\r?$", re.MULTILINE)
_ENCODED = re.compile(  # a file as uuencode writes it
    r"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n(?:[ -`]{1,62}\r?\n)*+end[ \t]*\r?$", re.MULTILINE
)
_ARMOUR = ("-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----")
_RICH = re.compile(r"<(?:<|/?[A-Za-z][A-Za-z0-9-]{0,59}>)")  # RFC 1896


def parse(document: Document) -> Iterator[Section]:
    content = document.path.read_bytes().removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    message = _message(content)
    if not any(message.get(name) for name in (*_HEADERS, "Date", "Subject", "Received")):
        raise Unreadable(
            "The file is no e-mail message: it has no header From, To, Date or Subject. Give it "
            "the suffix of what it really is."
        )
    reader = _Reader(document)
    yield Section(tidy("\n\n".join(reader.message(message, 1))), None)
    warn_of_attachments(document, reader.attachments)


def warn_of_attachments(document: Document, attachments: Sequence[str]) -> None:
    """Name the attachments that are not read, if there are any."""
    if attachments:
        are = "attachments are" if len(attachments) > 1 else "attachment is"
        document.warn(
            f"{len(attachments)} {are} not read: {', '.join(attachments)}. Upload each as a "
            "document of its own."
        )


def flowed(text: str, *, joins: bool = False) -> str:
    r"""A text whose lines flow where they end in a blank: RFC 3676.

    >>> flowed("> The pump \n> is blue.\n From here \nto there.\n-- \nAnn")
    '> The pump is blue.\nFrom here to there.\n-- \nAnn'

    Args:
        text: the lines.
        joins: whether such a blank is no part of the text (`DelSp=yes`).
    """
    lines: list[tuple[int, list[str]]] = []  # the depth of a quotation, and its stretches
    goes_on = False
    for own in text.splitlines():
        words = own.lstrip(">")
        depth = len(own) - len(words)
        words = words.removeprefix(" ")
        is_signature = words == "-- "
        if goes_on and lines[-1][0] == depth and not is_signature:
            lines[-1][1].append(words)
        else:
            lines.append((depth, [words]))
        goes_on = words.endswith(" ") and not is_signature
        if goes_on and joins:
            lines[-1][1][-1] = words[:-1]
    return "\n".join(f"{'>' * depth}{' ' * bool(depth)}{''.join(each)}" for depth, each in lines)


class _Reader:
    """Reads a message and those within it.

    Attributes:
        attachments: their names, of all messages.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self.attachments: list[str] = []

    def message(self, message: EmailMessage, depth: int) -> Iterator[str]:
        """The blocks of a message: its subject, the other headers, and its text."""
        if subject := header(message, "Subject"):
            yield heading(subject, 1)
        headers = [(name, header(message, name)) for name in _HEADERS]
        headers.append(("Date", _date(message)))
        yield "\n".join(f"{name}: {value}" for name, value in headers if value)
        yield from self._part(message, depth)

    def _part(self, part: EmailMessage, depth: int) -> Iterator[str]:
        """The blocks of a part and those within it.

        Raises:
            RecursionError: they are nested too deeply.
        """
        if depth > _DEEPEST:
            raise RecursionError
        kind = part.get_content_type()
        if kind in _SEALED:
            self._warn_of_seal()
        elif part.get_content_maintype() == "message":
            if kind != "message/delivery-status":
                for inner in part.iter_parts() if part.is_multipart() else ():
                    assert isinstance(inner, EmailMessage)
                    yield from self.message(inner, depth + 1)
        elif part.get_content_maintype() == "multipart":
            yield from self._group(part, kind, depth)
        else:
            yield from self._leaf(part)

    def _group(self, group: EmailMessage, kind: str, depth: int) -> Iterator[str]:
        if not group.is_multipart():
            group = _parted(group)
        if not group.is_multipart():
            yield self._text(group)
            return
        forms: list[tuple[str, str]] = []  # the kind and the text of each part
        for part in group.iter_parts():
            assert isinstance(part, EmailMessage)
            blocks = filter(str.strip, self._part(part, depth + 1))
            forms.append((part.get_content_type(), "\n\n".join(blocks)))
        if kind == "multipart/alternative":
            yield _chosen(forms)
        else:
            yield from (text for _, text in forms)

    def _leaf(self, part: EmailMessage) -> Iterator[str]:
        name, kind = part.get_filename(), part.get_content_maintype()
        is_shown_within = kind == "image" and "Content-ID" in part
        if part.get_content_type() in _UNSEEN or is_shown_within:
            return
        if name:
            self.attachments.append(line(name))
        elif kind == "text":
            yield self._text(part)
        else:
            self.attachments.append(f"one without a name ({part.get_content_type()})")

    def _text(self, part: EmailMessage) -> str:
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or not content.strip():
            return ""
        charset, kind = part.get_content_charset(), part.get_content_subtype()
        if kind == "rtf":
            return markdown_of(content)
        if kind == "html":
            return to_markdown(decode(content, charset or declared(content), self._document.warn))
        text = decode(content, charset, self._document.warn)
        if str(part.get_param("format", "")).lower() == "flowed":
            text = flowed(text, joins=str(part.get_param("delsp", "")).lower() == "yes")
        if kind in ("enriched", "richtext"):
            text = _RICH.sub(lambda match: "<" if match[0] == "<<" else "", text)
        return self._without_files(text)

    def _without_files(self, text: str) -> str:
        """The text without files and sealed messages that are written out in it."""
        if "\nend" in text:
            self.attachments += (line(match[1]) for match in _ENCODED.finditer(text))
            text = _ENCODED.sub("", text)
        shown = without(text, *_ARMOUR)
        if shown != text:
            self._warn_of_seal()
        return shown

    def _warn_of_seal(self) -> None:
        self._document.warn(
            "The text of a message is encrypted or signed as one piece (S/MIME or PGP), and is not "
            "read: open it in its application and save it without."
        )


def _message(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _parted(group: EmailMessage) -> EmailMessage:
    """A group whose header names no boundary, or a wrong one, by the boundary that is there."""
    content = group.get_payload(decode=True)
    match = _BOUNDARY.search(content) if isinstance(content, bytes) else None
    if match is None or not isinstance(content, bytes):
        return group
    boundary = match[1].replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return _message(b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n%s' % (boundary, content))


def _chosen(forms: Sequence[tuple[str, str]]) -> str:
    """The form of a text that is read: the plain one, unless that is empty or only says that there
    is another.
    """
    plain = next((text for kind, text in forms if kind == "text/plain" and text), "")
    rich = [
        text
        for kind, text in forms
        if text and (kind == "text/html" or kind.startswith("multipart/"))
    ]
    if not rich:
        return plain or next((text for _, text in forms if text), "")
    is_stub = len(plain) <= _LONGEST_STUB and len(rich[-1]) > _STUB * len(plain)
    return rich[-1] if is_stub else plain


def _date(message: EmailMessage) -> str:
    try:
        return line(str(message.get("Date") or ""))
    except (ValueError, IndexError, AttributeError):  # one that breaks the standard's rules
        return header(message, "Date")
