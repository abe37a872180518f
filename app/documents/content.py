"""A document itself, as a browser may show it: at an address in the bucket, for a short time.

Whoever uploads a document may mean harm to whoever opens it. So its bytes never come from the
application's own address, and the bucket does not say what the uploader said of their type:

    PDF                              as it is, in the browser's own viewer
    text of any kind, HTML and SVG   as plain text, which no browser runs
    pictures                         as they are
    all other files                  as a download of bytes
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from urllib.parse import quote

from app.documents.bucket import Bucket, Object
from app.documents.names import key_of
from app.errors import NotFound

LIFETIME = timedelta(minutes=5)
SHOWN = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
TEXTS = frozenset(
    {
        *(".txt", ".md", ".csv", ".tsv", ".rst", ".adoc", ".asciidoc", ".json", ".jsonl"),
        *(".ipynb", ".eml", ".html", ".htm", ".xhtml", ".xml", ".svg"),
    }
)
BYTES = "application/octet-stream"
_CHARSET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,39}")


@dataclass(frozen=True, slots=True)
class Content:
    """Where a document can be read, by whoever has the address.

    Attributes:
        content_type: as which the bucket sends it.
        expires: until when it does.
    """

    url: str
    content_type: str
    expires: datetime


def content(bucket: Bucket, identifier: str) -> Content:
    """The address of a document's content.

    Raises:
        NotFound: the bucket has no such document.
    """
    key = key_of(identifier)
    item = bucket.head(key)
    if item is None:
        raise NotFound(f"There is no document {key!r}.", field="id")
    content_type, disposition = shown_as(item)
    url = bucket.address(key, content_type, disposition, LIFETIME)
    return Content(url, content_type, datetime.now(UTC) + LIFETIME)


def shown_as(item: Object) -> tuple[str, str]:
    """As which type a document is sent, and whether it is shown or saved.

    >>> def named(key, charset=None):
    ...     return shown_as(Object(key, 1, datetime.now(UTC), "e", charset=charset))
    >>> named("a/report.pdf")
    ('application/pdf', "inline; filename*=UTF-8''report.pdf")
    >>> named("page.HTML", "windows-1250")[0], named("page.svg", "x; y")[0]
    ('text/plain; charset=windows-1250', 'text/plain; charset=utf-8')
    >>> named("a.docx")
    ('application/octet-stream', "attachment; filename*=UTF-8''a.docx")
    """
    path = PurePosixPath(item.key)
    suffix = path.suffix.lower()
    charset = item.charset if _CHARSET.fullmatch(item.charset or "") else "utf-8"
    content_type = SHOWN.get(suffix, f"text/plain; charset={charset}" if suffix in TEXTS else BYTES)
    way = "attachment" if content_type == BYTES else "inline"
    return content_type, f"{way}; filename*=UTF-8''{quote(path.name, safe='')}"
