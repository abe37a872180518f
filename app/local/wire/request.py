"""The head of a request, and the encoding of headers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

MOST_MEMBERS = 10_000  # of a form


@dataclass(frozen=True)
class RequestHead:
    """The head of a request.

    Attributes:
        method: in upper case.
        path: as it was sent, still percent-encoded: `%2F` inside an id is not a slash.
        query: decoded; a name without a value has an empty one.
        headers: names in lower case; repeated headers are joined with a comma. The x-amz-...
            members of a query are headers too if the URL is presigned for S3, and only then: any
            link can have a query.
        id: a new one, for the log and for `x-amzn-requestid`.
    """

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    id: str

    @classmethod
    def from_scope(cls, scope: Mapping[str, Any]) -> "RequestHead":
        """The head in an ASGI connection scope: https://asgi.readthedocs.io/en/latest/specs/www.html"""
        query: dict[str, list[str]] = {}
        for name, value in parse_qsl(scope["query_string"].decode("latin-1"), True):
            query.setdefault(name, []).append(value)
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), decode_header(raw_value)
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        if is_presigned(query):
            for name, values in query.items():
                if name.lower().startswith("x-amz-"):
                    headers.setdefault(name.lower(), values[0])
        path = scope["raw_path"].decode("latin-1")
        return cls(scope["method"], path, query, headers, str(uuid4()))

    @property
    def has_form(self) -> bool:
        """Whether the body may be a form of the query protocol."""
        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        form = media_type == "application/x-www-form-urlencoded" and self.method == "POST"
        return form and self.path == "/" and "x-amz-target" not in self.headers

    def with_form(self, body: bytes) -> "RequestHead":
        """The request with the members of its form beside those of its query.

        Raises:
            ValueError: the form is not UTF-8, or has too many members.
        """
        members = parse_qsl(body.decode(), True, errors="strict", max_num_fields=MOST_MEMBERS)
        query = {name: list(values) for name, values in self.query.items()}
        for name, value in members:
            query.setdefault(name, []).append(value)
        return replace(self, query=query)

    @property
    def is_query(self) -> bool:
        """Whether the request is of the query protocol, its form read."""
        return self.path == "/" and "Action" in self.query and "Version" in self.query

    def first(self, name: str) -> str | None:
        """The first value of a query member."""
        values = self.query.get(name)
        return values[0] if values else None


def is_presigned(query: Mapping[str, list[str]]) -> bool:
    """Whether a query signs a request for S3, by version 4 of the signature or by version 2.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html

    >>> scope = "AK/20261121/us-east-1/{}/aws4_request"
    >>> [is_presigned({"X-Amz-Credential": [scope.format(service)], "X-Amz-Signature": ["0f"]})
    ...  for service in ("s3", "lambda")]
    [True, False]
    """
    if "AWSAccessKeyId" in query and "Signature" in query:
        return True
    scopes = query.get("X-Amz-Credential", [])
    return "X-Amz-Signature" in query and any(one.endswith("/s3/aws4_request") for one in scopes)


def decode_header(value: bytes) -> str:
    """A header's text. Bytes that are not UTF-8 come out of `encode_header` unchanged."""
    return value.decode("utf-8", "surrogateescape")


def encode_header(value: str) -> bytes:
    return value.translate(_NO_LINE_BREAKS).encode("utf-8", "surrogateescape")


_NO_LINE_BREAKS = {ord(character): " " for character in "\r\n\0"}
