"""The nouns of a bucket."""

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.local.buckets.folder import Identity

DEFAULT_TYPE = "binary/octet-stream"  # S3's, for an object that came without one

_TYPES = mimetypes.MimeTypes()  # Python's own table: the same on every machine
_OFFICE = "application/vnd.openxmlformats-officedocument"
for _type, _suffix in {
    "text/markdown": ".md",
    f"{_OFFICE}.wordprocessingml.document": ".docx",
    f"{_OFFICE}.presentationml.presentation": ".pptx",
    f"{_OFFICE}.spreadsheetml.sheet": ".xlsx",
}.items():
    _TYPES.add_type(_type, _suffix)

_BUCKET = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


class NoSuchBucket(KeyError):
    """There is no such bucket."""


class NoSuchKey(KeyError):
    """The bucket holds no object under this key."""


class BucketNotEmpty(Exception):
    """Something is left in the bucket's folder."""


@dataclass(frozen=True)
class Attributes:
    """What a writer says of an object.

    Attributes:
        headers: the content headers, by their names in S3's model: {"CacheControl": "no-store"}.
        metadata: the user's own, names in lower case.
    """

    content_type: str = DEFAULT_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Object:
    """An object, as it was when its file had this identity.

    Attributes:
        version: this state's own name; no two writes share one.
        path: where its file lies in the bucket's folder.
        md5: of its bytes, in hex.
        etag: without quotes: the MD5, or that of its parts' MD5s with their number.
        checksums: as S3 names them: {"ChecksumCRC32": "...", "ChecksumType": "FULL_OBJECT"}.
        parts: sizes of the parts that it was uploaded in, in bytes; empty if it came in one piece.
    """

    bucket: str
    key: str
    version: str
    path: str
    identity: Identity
    md5: str
    etag: str
    attributes: Attributes
    checksums: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        return self.identity.size

    @property
    def content_type(self) -> str:
        return self.attributes.content_type

    @property
    def metadata(self) -> Mapping[str, str]:
        return self.attributes.metadata

    @property
    def last_modified(self) -> datetime:
        return datetime.fromtimestamp(self.identity.mtime_ns // 10**9, UTC)


def is_bucket_name(name: str) -> bool:
    """Whether S3 would take it as the name of a general purpose bucket."""
    reserved = name.startswith(_RESERVED_PREFIXES) or name.endswith(_RESERVED_SUFFIXES)
    return bool(_BUCKET.fullmatch(name)) and not reserved


def guess_type(key: str) -> str:
    """The content type of a file that a person put there, by its suffix."""
    return _TYPES.guess_type(key)[0] or DEFAULT_TYPE
