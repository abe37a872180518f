"""What passes between the wire and a service: a call, a body, an error, a handler."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.local import lazy_re as re

JSON = dict[str, Any]

UNMODELLED = "$unmodelled"
"""In a structure of a result: what the service sends beside the members that its model has."""

DEFAULT_REGION = "us-east-1"  # of a caller that does not sign, as with a bearer token
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[a-z0-9-]+)/")


class ServiceError(Exception):
    """An error of a service.

    Attributes:
        code: the name of the error's shape in botocore's model of the service, or S3's own code,
            such as NoSuchKey. The model says which HTTP status it has.
        message: for the person who reads it.
        members: further members of the error's shape, such as `resourceName`.
    """

    def __init__(self, code: str, message: str, **members: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.members = members


@dataclass(frozen=True)
class BodyFile:
    """A streaming payload in a file. A handler may move the file; else it is removed when the
    handler has returned.
    """

    path: Path
    size: int


@dataclass(frozen=True)
class Call:
    """One request, parsed and checked against the service's model.

    Attributes:
        service: as boto3 names it: "bedrock-agent".
        operation: as the model names it: "CreateKnowledgeBase".
        params: as boto3's caller wrote them: blobs are bytes, timestamps aware datetimes.
        headers: of the request, names in lower case.
        request_id: as in the response's `x-amzn-requestid`.
        body: the streaming payload of the few operations that have one (S3 PutObject).
        query: of the request, decoded; that of a presigned URL says when it expires.
        path: of the request, still percent-encoded, as a signature covers it.
    """

    service: str
    operation: str
    params: JSON
    headers: Mapping[str, str]
    request_id: str
    body: BodyFile | None = None
    query: Mapping[str, list[str]] = field(default_factory=dict)
    path: str = ""

    @property
    def region(self) -> str:
        """The Region that the caller signed for."""
        return region_of(self.headers)


def region_of(headers: Mapping[str, str]) -> str:
    """The Region that a request is signed for, by its headers; names in lower case."""
    scope = _SCOPE.search(headers.get("authorization", ""))
    return scope["region"] if scope else DEFAULT_REGION


Handler = Callable[[Call], JSON]
WaitingHandler = Callable[[Call], JSON | Awaitable[JSON]]  # may return an awaitable: see `waiting`
Service = Mapping[str, Handler]
WaitingService = Mapping[str, WaitingHandler]
