"""The URIs of documents as resources: `outcrop://documents/guides/setup.md`.

A document's key is the path, with what no path may hold in percent-encoding. `s3://bucket/key`, as
passages and citations have it, is another name of the same resource.
"""

from urllib.parse import quote, unquote

from app.documents.names import SIDECAR
from app.resources import OWN

PREFIX = "outcrop://documents/"
TEMPLATE = PREFIX + "{+path}"
SAFE = "/!$&'()*+,;=:@-._~"  # what a path of a URI may hold as it is: RFC 3986


def resource_uri(key: str) -> str:
    """The URI of the document with this key.

    >>> resource_uri("guides/set up.md")
    'outcrop://documents/guides/set%20up.md'
    """
    return PREFIX + quote(key, safe=SAFE)


def uri_of(address: str, bucket: str) -> str | None:
    """The URI of the document at an address; None for one that is not in the bucket."""
    key = key_of_uri(address, bucket)
    return None if key is None else resource_uri(key)


def key_of_uri(uri: str, bucket: str) -> str | None:
    """The key of a document in the bucket, by either name of its resource; None if it is no
    document's.

    >>> key_of_uri("outcrop://documents/guides/set%20up.md", "docs")
    'guides/set up.md'
    >>> key_of_uri("s3://docs/a.md", "docs"), key_of_uri("s3://other/a.md", "docs")
    ('a.md', None)
    """
    if uri.startswith(PREFIX):
        key = unquote(uri.removeprefix(PREFIX), errors="surrogateescape")
    elif uri.startswith(f"s3://{bucket}/"):
        key = uri.removeprefix(f"s3://{bucket}/")
    else:
        return None
    return key if is_document(key) else None


def is_document(key: str) -> bool:
    """Whether an object with this key is a document: no sidecar, no folder, nothing of our own."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return bool(key) and not key.endswith((SIDECAR, "/")) and not key.startswith(OWN)
