"""The values of a bucket: an object, its attributes, a delete marker; and its exceptions."""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.local import lazy_re as re
from app.local.s3.storage.folder import Identity

DEFAULT_TYPE = "binary/octet-stream"  # S3's, for an object that came without one

_TYPES = mimetypes.MimeTypes()  # Python's own table: the same on every machine
_OFFICE = "application/vnd.openxmlformats-officedocument"
for _type, _suffix in {
    "text/markdown": ".md",
    f"{_OFFICE}.wordprocessingml.document": ".docx",
    f"{_OFFICE}.presentationml.presentation": ".pptx",
    f"{_OFFICE}.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
    "application/rtf": ".rtf",
    "application/epub+zip": ".epub",
    "text/tab-separated-values": ".tsv",
}.items():
    _TYPES.add_type(_type, _suffix)

_BUCKET = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
NULL = "null"  # the id of a version that was written without versioning

_RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")


class NoSuchBucket(KeyError):
    """There is no such bucket."""


class NoSuchKey(KeyError):
    """The bucket holds no object under this key."""


class Deleted(NoSuchKey):
    """The newest version of this key is a delete marker, `marker`."""

    def __init__(self, marker: "Marker") -> None:
        super().__init__(marker.key)
        self.marker = marker


class NoSuchVersion(KeyError):
    """The key has no version with this id."""


class IsMarker(Exception):
    """The version that a request reads is a delete marker, `marker`."""

    def __init__(self, marker: "Marker") -> None:
        super().__init__(marker.key)
        self.marker = marker


class BucketNotEmpty(Exception):
    """The bucket to be removed holds something, which the message names."""


class DamagedObject(Exception):
    """An object's bytes are not those that were written, though nobody has written to its file."""

    def __init__(self, bucket: str, key: str) -> None:
        super().__init__(
            f"The file of {key!r} in the bucket {bucket} is damaged: its bytes are not those that "
            "were written, though nobody has written to it since. Put the object again, or delete "
            "it. `outcrop doctor --repair` says what else is damaged"
        )


@dataclass(frozen=True)
class ObjectAttributes:
    """The description of an object by its writer.

    Attributes:
        headers: content headers, by their names in S3's model: {"CacheControl": "no-store"}.
        metadata: the user's own metadata, names in lower case.
        encryption: the members about encryption, by their names in S3's model:
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "..."}.
        tags: the only attribute that can change while the object stays the same.
    """

    content_type: str = DEFAULT_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    encryption: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Object:
    """An object, as it was when its file had this identity.

    Attributes:
        version: the name of this state, different for every write.
        path: of its file, relative to the bucket's folder.
        md5: of its bytes, in hexadecimal.
        etag: without quotes: the MD5; of an object in parts, as `uploads.etag` makes it.
        checksums: as S3 names them: {"ChecksumCRC32": "...", "ChecksumType": "FULL_OBJECT"}.
        parts: the sizes in bytes of its parts; empty if it was uploaded in one piece.
        version_id: S3's id of this version: `version`, or "null".
    """

    bucket: str
    key: str
    version: str
    path: str
    identity: Identity
    md5: str
    etag: str
    attributes: ObjectAttributes
    checksums: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[int, ...] = ()
    version_id: str = NULL

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


@dataclass(frozen=True)
class Marker:
    """A delete marker: while it is the newest version of its key, there is no object.

    Attributes:
        version: a name of its own, as every state of an object has.
        moment: when the marker was made, in seconds since 1970.
    """

    bucket: str
    key: str
    version: str
    version_id: str
    moment: float

    @property
    def last_modified(self) -> datetime:
        return datetime.fromtimestamp(int(self.moment), UTC)


Version = Object | Marker


def is_bucket_name(name: str) -> bool:
    """Whether S3 would accept this name for a general purpose bucket."""
    reserved = name.startswith(_RESERVED_PREFIXES) or name.endswith(_RESERVED_SUFFIXES)
    return bool(_BUCKET.fullmatch(name)) and not reserved


def guess_type(key: str) -> str:
    """The content type of a file that a person put into the folder, by its suffix."""
    return _TYPES.guess_type(key)[0] or DEFAULT_TYPE
