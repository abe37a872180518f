"""What a request says of an object and its bytes, held against the bytes, and said back later."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.local.s3 import encryption
from app.local.s3.errors import not_implemented
from app.local.s3.storage import (
    Attributes,
    Buckets,
    Object,
    Staged,
    Version,
)
from app.local.s3.storage.checksums import ALGORITHMS
from app.local.s3.storage.objects import DEFAULT_TYPE
from app.local.s3.storage.registry import VERSIONING
from app.local.s3.tags import of_header
from app.local.wire import JSON, ServiceError

HEADERS = (
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "Expires",
    "StorageClass",
    "WebsiteRedirectLocation",
)
LARGEST_METADATA = 2048  # bytes, names and values together
FULL_OBJECT = "FULL_OBJECT"


def attributes(buckets: Buckets, params: JSON) -> Attributes:
    """What the request says of the object.

    Raises:
        ServiceError: the user's metadata is too large; its tags or its encryption are none.
        NoSuchBucket: it is not there.
    """
    metadata = {name.lower(): value for name, value in params.get("Metadata", {}).items()}
    size = sum(len(name.encode()) + len(value.encode()) for name, value in metadata.items())
    if size > LARGEST_METADATA:
        raise ServiceError(
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
            Size=size,
            MaxSizeAllowed=LARGEST_METADATA,
        )
    headers = {name: _written(params[name]) for name in HEADERS if params.get(name)}
    return Attributes(
        params.get("ContentType") or DEFAULT_TYPE,
        headers,
        metadata,
        encryption.of_write(buckets, params["Bucket"], params),
        of_header(params.get("Tagging", "")),
    )


def description(item: Object) -> JSON:
    """An object as GetObject and HeadObject tell of it, without its checksums."""
    headers: dict[str, Any] = dict(item.attributes.headers)
    if "Expires" in headers:
        headers["Expires"] = datetime.fromisoformat(headers["Expires"])
    return {
        "AcceptRanges": "bytes",
        "LastModified": item.last_modified,
        "ContentLength": item.size,
        "ETag": quoted(item.etag),
        "ContentType": item.content_type,
        "Metadata": dict(item.metadata),
        **headers,
        **encrypted(item.attributes),
        **({"TagCount": len(item.attributes.tags)} if item.attributes.tags else {}),
    }


def encrypted(described: Attributes) -> JSON:
    """How it is said to be encrypted. S3 encrypts what nobody says anything of."""
    return dict(described.encryption) or {"ServerSideEncryption": "AES256"}


def version_said(buckets: Buckets, version: Version) -> JSON:
    """The version's id as an answer has it: not at all, where the bucket never kept versions."""
    said = buckets.kept(version.bucket, VERSIONING)
    return {"VersionId": version.version_id} if said else {}


def quoted(etag: str) -> str:
    return f'"{etag}"'


def claim(params: JSON) -> tuple[str, str | None] | None:
    """The one checksum that a request speaks of: its algorithm, and what it says that it is.

    Raises:
        ServiceError: there are two, or it is none.
    """
    claims = [name for name in ALGORITHMS if params.get(f"Checksum{name}")]
    if len(claims) > 1:
        raise ServiceError(
            "InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types "
            "are not allowed."
        )  # fmt: skip
    if claims:
        algorithm, value = claims[0], params[f"Checksum{claims[0]}"]
        if len(_decoded(value)) != len(ALGORITHMS[algorithm]().digest()):
            header = f"x-amz-checksum-{algorithm.lower()}"
            raise ServiceError("InvalidRequest", f"Value for {header} header is invalid.")
        return algorithm, value
    asked = params.get("ChecksumAlgorithm")
    if asked and asked not in ALGORITHMS:
        raise not_implemented(f"x-amz-checksum-algorithm: {asked}")
    return (asked, None) if asked else None


def verify(params: JSON, staged: Staged) -> None:
    """Hold the digests of the request against the bytes.

    Raises:
        ServiceError: the bytes are not those that the request speaks of.
    """
    if sent := params.get("ContentMD5"):
        if len(_decoded(sent)) != 16:
            message = "The Content-MD5 you specified was invalid."
            raise ServiceError("InvalidDigest", message, **{"Content-MD5": sent})
        if _decoded(sent).hex() != staged.md5:
            message = "The Content-MD5 you specified did not match what we received."
            raise ServiceError("BadDigest", message)
    for algorithm, computed in staged.checksums.items():
        if params.get(f"Checksum{algorithm}", computed) != computed:
            raise bad_checksum(algorithm)


def bad_checksum(algorithm: str) -> ServiceError:
    message = f"The {algorithm} you specified did not match the calculated checksum."
    return ServiceError("BadDigest", message)


def named(checksums: Mapping[str, str]) -> dict[str, str]:
    """Checksums by their names in S3's model: {"CRC32": "..."} -> {"ChecksumCRC32": "..."}."""
    return {f"Checksum{algorithm}": value for algorithm, value in checksums.items()}


def of_full_object(checksums: Mapping[str, str]) -> dict[str, str]:
    return named(checksums) | ({"ChecksumType": FULL_OBJECT} if checksums else {})


def _written(value: str | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else value


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        return b""
