"""A document itself, at an address in the bucket: what may do harm is shown as text, or saved."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from app.documents import content
from app.documents.names import document_id
from app.errors import NotFound
from tests.documents.conftest import BUCKET, Sides

HOSTILE = b"<script>alert(document.domain)</script>"


@pytest.mark.parametrize(
    ("key", "stored_as", "sent_as", "way"),
    [
        ("a.pdf", "application/pdf", "application/pdf", "inline"),
        ("a.pdf", "text/html", "application/pdf", "inline"),
        ("notes/a.md", "text/markdown", "text/plain; charset=utf-8", "inline"),
        ("a.txt", "text/html", "text/plain; charset=utf-8", "inline"),
        ("a.txt", "text/plain; charset=windows-1250", "text/plain; charset=windows-1250", "inline"),
        ("a.txt", 'text/plain; charset=x"; y', "text/plain; charset=utf-8", "inline"),
        ("a.html", "text/html", "text/plain; charset=utf-8", "inline"),
        ("a.HTM", "text/html", "text/plain; charset=utf-8", "inline"),
        ("a.svg", "image/svg+xml", "text/plain; charset=utf-8", "inline"),
        ("a.xhtml", "application/xhtml+xml", "text/plain; charset=utf-8", "inline"),
        ("a.xml", "text/xml", "text/plain; charset=utf-8", "inline"),
        ("a.png", "image/svg+xml", "image/png", "inline"),
        ("a.docx", "text/html", "application/octet-stream", "attachment"),
        ("a.js", "text/javascript", "application/octet-stream", "attachment"),
        ("a", "text/html", "application/octet-stream", "attachment"),
        ("a.html.docx", "text/html", "application/octet-stream", "attachment"),
    ],
)
def test_nothing_is_sent_as_what_its_uploader_said(
    sides: Sides, key: str, stored_as: str, sent_as: str, way: str
) -> None:
    sides.s3.put_object(Bucket=BUCKET, Key=key, Body=HOSTILE, ContentType=stored_as)
    found = content(sides.bucket, document_id(key))
    with urlopen(found.url) as response:  # the stand-in's address
        assert response.headers["content-type"] == found.content_type == sent_as
        assert response.headers["content-disposition"].startswith(f"{way}; filename*=UTF-8''a")
        assert response.headers["cache-control"] == "private, no-store"
        assert response.read() == HOSTILE


def test_an_address_works_for_five_minutes(sides: Sides) -> None:
    sides.s3.put_object(Bucket=BUCKET, Key="a.md", Body=b"x")
    found = content(sides.bucket, document_id("a.md"))
    assert parse_qs(urlsplit(found.url).query)["X-Amz-Expires"] == ["300"]
    assert timedelta(minutes=4) < found.expires - datetime.now(UTC) <= timedelta(minutes=5)


def test_a_name_cannot_add_a_header(sides: Sides) -> None:
    key = "a\"; x='y\r\nSet-Cookie: a=b.txt"
    sides.s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    with urlopen(content(sides.bucket, document_id(key)).url) as response:  # the stand-in's
        assert response.headers["set-cookie"] is None
        assert response.headers["content-disposition"].count(";") == 1


@pytest.mark.parametrize("name", ["nothing.md", "a.md.metadata.json"])
def test_what_is_no_document_is_not_found(sides: Sides, name: str) -> None:
    with pytest.raises(NotFound):
        content(sides.bucket, document_id(name))
