"""Rules for the names of documents, and the key and the id of a name."""

import base64
import binascii
import re
from pathlib import PurePosixPath

from app.errors import InvalidRequest, NotFound
from app.resources import DOCUMENT_SUFFIXES, OWN

SIDECAR = ".metadata.json"
LONGEST_PLACE = 128  # characters of bucket/key: the most of an S3 URI in direct ingestion
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def check_name(name: str, bucket: str) -> None:
    """Check a name: a relative path such as `guides/setup.md`, which is the object's key in the
    bucket.

    Only the server writes sidecars: whoever could upload one could change another document's
    metadata.

    Raises:
        InvalidRequest: naming the rule that the name breaks.
    """
    path = PurePosixPath(name)
    longest = LONGEST_PLACE - len(bucket) - 1 - len(SIDECAR)
    rules = {
        "it is empty": not name.strip(),
        f"it is longer than {longest} characters": len(name) > longest,
        "it holds a control character": bool(CONTROL.search(name)),
        "it has to be a relative path without empty, '.' or '..' parts": (
            path.is_absolute() or str(path) != name or ".." in path.parts
        ),
        f"names ending in {SIDECAR} are reserved for metadata": name.lower().endswith(SIDECAR),
        f"names beginning with {OWN} are reserved": name.startswith(OWN),
        "it is not Unicode: it holds a lone surrogate": not is_unicode(name),
        f"its type has to be one of {', '.join(DOCUMENT_SUFFIXES)}": (
            path.suffix.lower() not in DOCUMENT_SUFFIXES
        ),
    }
    for rule, is_broken in rules.items():
        if is_broken:
            raise InvalidRequest(f"{name!r} cannot be a document's name: {rule}.", field="name")


def is_unicode(text: str) -> bool:
    """Whether a text can be written in UTF-8. JSON and file systems accept lone surrogates.

    >>> is_unicode("Größe"), is_unicode(chr(0xD800))
    (True, False)
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def sidecar_of(key: str) -> str:
    """The key of a document's sidecar, as Bedrock has it: beside the document."""
    return key + SIDECAR


def subject_of(key: str) -> str:
    """The document of an object: the object itself, or the document that it is the sidecar of."""
    return key.removesuffix(SIDECAR)


def document_id(key: str) -> str:
    """A document's id: its key in base64url, which can be a part of a path.

    >>> document_id("guides/setup.md")
    'Z3VpZGVzL3NldHVwLm1k'
    >>> key_of("Z3VpZGVzL3NldHVwLm1k")
    'guides/setup.md'
    """
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def key_of(identifier: str) -> str:
    """The key of an id.

    Raises:
        NotFound: it is no document's id, so there is no such document.
    """
    try:
        padded = identifier + "=" * (-len(identifier) % 4)
        key = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        key = ""
    if not key or document_id(key) != identifier or key.endswith((SIDECAR, "/")):
        raise NotFound(f"There is no document {identifier!r}.", field="id")
    return key
