"""Which requests are refused because a web page may have sent them.

A web browser on this machine reaches the port as every program does, and so does each page that it
shows, wherever that page comes from. Programs may call every service; a page may call S3 only. A
page's request is recognised by three headers that no page can forge:

    Host             the server that the browser means to talk to. To the browser, a page whose own
                     name leads to 127.0.0.1 (DNS rebinding) comes from here; to us it does not.
    Origin           whose page sends it; "null" for one without an origin of its own
    Sec-Fetch-Site   how that page relates to us: https://www.w3.org/TR/fetch-metadata/. To another
                     port of this machine it is `same-site`. `none` is a person's own doing: an
                     address typed, a bookmark. `same-origin` is a document of a bucket that is
                     shown as a page: anybody may have written it, so it may do no more than others.

S3 alone serves pages, and decides itself which of them (app/local/s3/access.py). Should a browser
send neither of the last two headers: without a preflight it sends only forms and plain text, and
the services that speak JSON take neither. STS takes forms, changes nothing, and cannot be read by a
page.
"""

from collections.abc import Mapping

from botocore.model import OperationModel

from app.local import lazy_re as re
from app.local.wire.call import ServiceError
from app.local.wire.errors import dialect
from app.local.wire.request import RequestHead

HOSTS = "127.0.0.1, localhost, [::1] or a name that ends in .localhost"
# Browsers and resolvers resolve names under .localhost to this machine: RFC 6761, section 6.3.
_HOST = re.compile(r"(127\.0\.0\.1|\[::1\]|([\w.-]+\.)?localhost)(:\d{1,5})?", re.ASCII | re.I)

# The content types that a page's form, or its script without a preflight, can send:
# https://fetch.spec.whatwg.org/#cors-safelisted-request-header
_TYPES_WITHOUT_PREFLIGHT = (
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
)


def is_from_page(headers: Mapping[str, str]) -> bool:
    """Whether a page in a browser caused the request, not a program or a person.

    >>> [is_from_page({"sec-fetch-site": site}) for site in ("none", "same-site", "cross-site")]
    [False, True, True]
    """
    return "origin" in headers or headers.get("sec-fetch-site", "none") != "none"


def check_host(request: RequestHead, service: str) -> None:
    """Refuse a request whose Host is not this machine.

    Raises:
        ServiceError: the service's error for denied access.
    """
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        raise _denied(service, f"The Host header is {host!r}; it has to be {HOSTS}.")


def check_sender(request: RequestHead, service: str) -> None:
    """Refuse a page's request to any service but S3.

    Raises:
        ServiceError: the service's error for denied access.
    """
    if service != "s3" and is_from_page(request.headers):
        origin = request.headers.get("origin", "unknown")
        raise _denied(
            service,
            f"A web page sent it (origin {origin}). Web pages may call S3 only, with presigned "
            "requests or where the bucket's CORS rules allow it.",
        )


def check_content_type(request: RequestHead, operation: OperationModel) -> None:
    """Refuse a body with no content type, or one that needs no preflight, where JSON is expected.

    A payload that is a blob (Invoke, InvokeModel) has its caller's own type or none: botocore sends
    none. Empty bodies need none either.

    Raises:
        ServiceError: UnsupportedMediaTypeException.
    """
    if operation.metadata["protocol"] in ("rest-xml", "query"):
        return
    untyped = not _media_type(request) and _has_body(request) and not _has_raw_payload(operation)
    if untyped or needs_no_preflight(request):
        raise ServiceError(
            "UnsupportedMediaTypeException",
            f"{operation.name} takes JSON, and the body is not said to be that. "
            "Send it with the header Content-Type: application/json.",
        )


def needs_no_preflight(request: RequestHead) -> bool:
    """Whether a browser would send a body of this type without a preflight."""
    return _media_type(request) in _TYPES_WITHOUT_PREFLIGHT


def _media_type(request: RequestHead) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _has_raw_payload(operation: OperationModel) -> bool:
    shape = operation.input_shape
    if shape is None or "payload" not in shape.serialization:
        return False
    return shape.members[shape.serialization["payload"]].type_name in ("blob", "string")


def _has_body(request: RequestHead) -> bool:
    length = request.headers.get("content-length", "0")
    return length != "0" or "transfer-encoding" in request.headers


def _denied(service: str, reason: str) -> ServiceError:
    return ServiceError(dialect(service).denied, f"The stand-in refuses this request. {reason}")
