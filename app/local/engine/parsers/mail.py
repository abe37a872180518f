"""E-mail messages: the subject, from whom and to whom, and the text.

Of a message in several forms, plain text is read, or else HTML. A message within a message follows
it. Attachments are documents of their own; a warning names them.
"""

from collections.abc import Iterator, Sequence
from email import message_from_binary_file, policy
from email.message import EmailMessage, MIMEPart

from app.local.engine.parsers import Document, Section, Unreadable
from app.local.engine.parsers.encodings import decode
from app.local.engine.parsers.hypertext import to_markdown
from app.local.engine.parsers.render import heading, line, tidy

_HEADERS = ("From", "To", "Cc", "Date")


def parse(document: Document) -> Iterator[Section]:
    with document.path.open("rb") as file:
        message = message_from_binary_file(file, policy=policy.default)
    assert isinstance(message, EmailMessage)
    if not any(message.get(name) for name in (*_HEADERS, "Subject", "Received")):
        raise Unreadable(
            "The file is no e-mail message: it has no header From, To, Date or Subject. Give it "
            "the suffix of what it really is."
        )
    attachments: list[str] = []
    yield Section(tidy("\n\n".join(_blocks(message, attachments, document))), None)
    warn_of_attachments(document, attachments)


def warn_of_attachments(document: Document, attachments: Sequence[str]) -> None:
    """Name the attachments that are not read, if there are any."""
    if attachments:
        are = "attachments are" if len(attachments) > 1 else "attachment is"
        document.warn(
            f"{len(attachments)} {are} not read: {', '.join(attachments)}. Upload each as a "
            "document of its own."
        )


def _blocks(message: EmailMessage, attachments: list[str], document: Document) -> Iterator[str]:
    if subject := _header(message, "Subject"):
        yield heading(subject, 1)
    headers = ((name, _header(message, name)) for name in _HEADERS)
    yield "\n".join(f"{name}: {value}" for name, value in headers if value)
    body = message.get_body(preferencelist=("plain", "html"))
    if body is not None:
        yield _text(body, document)
    if not message.is_multipart():
        return
    for part in message.walk():
        if part is message or part is body or (part.is_multipart() and not _is_message(part)):
            continue
        if _is_message(part):
            for inner in part.iter_parts():
                if isinstance(inner, EmailMessage):
                    yield from _blocks(inner, attachments, document)
            continue
        if name := part.get_filename():
            attachments.append(line(name))


def _is_message(part: EmailMessage) -> bool:
    return part.get_content_type() == "message/rfc822"


def _text(body: MIMEPart, document: Document) -> str:
    content = body.get_payload(decode=True)
    if not isinstance(content, bytes) or not content.strip():
        return ""
    text = decode(content, body.get_content_charset(), document.warn)
    return to_markdown(text) if body.get_content_subtype() == "html" else text


def _header(message: EmailMessage, name: str) -> str:
    try:
        return line(str(message.get(name) or ""))
    except (ValueError, IndexError, AttributeError):  # a header that breaks the standard's rules
        return ""
