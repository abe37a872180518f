"""The description of an object in a request: headers, metadata, tags, encryption and checksums.

The description of a write is checked here and stored with the object; reads return it. Checksums
in a request are compared with its bytes. Tags:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from app.local import lazy_re as re
from app.local.s3.configurations import (
    AES256,
    DEFAULT_ENCRYPTION,
    check_encryption,
)
from app.local.s3.errors import invalid, not_implemented
from app.local.s3.storage import Buckets, Object, ObjectAttributes, Staged, Version
from app.local.s3.storage.checksums import ALGORITHMS
from app.local.s3.storage.objects import DEFAULT_TYPE
from app.local.s3.storage.registry import VERSIONING
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
MOST_OBJECT_TAGS, MOST_BUCKET_TAGS = 10, 50
LONGEST_TAG_KEY, LONGEST_TAG_VALUE = 128, 256  # characters
_TAG_TEXT = re.compile(r"[\w\s+\-=.:/@]*")
_RESERVED_TAG_PREFIX = "aws:"
_KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"


def attributes(buckets: Buckets, params: JSON) -> ObjectAttributes:
    """The description in a request that writes an object.

    Raises:
        ServiceError: the user's metadata is too large, or a tag or the encryption is invalid.
        NoSuchBucket: there is no such bucket.
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
    headers = {name: _text(params[name]) for name in HEADERS if params.get(name)}
    return ObjectAttributes(
        params.get("ContentType") or DEFAULT_TYPE,
        headers,
        metadata,
        encryption_of_write(buckets, params["Bucket"], params),
        tags_of_header(params.get("Tagging", "")),
    )


def description(item: Object) -> JSON:
    """The headers of GetObject and HeadObject, without the checksums."""
    headers: dict[str, Any] = dict(item.attributes.headers)
    if "Expires" in headers:
        headers["Expires"] = datetime.fromisoformat(headers["Expires"])
    return {
        "AcceptRanges": "bytes",
        "LastModified": item.last_modified,
        "ContentLength": item.size,
        "ETag": quote(item.etag),
        "ContentType": item.content_type,
        "Metadata": dict(item.metadata),
        **headers,
        **encryption_members(item.attributes),
        **({"TagCount": len(item.attributes.tags)} if item.attributes.tags else {}),
    }


def encryption_of_write(buckets: Buckets, bucket: str, params: JSON) -> JSON:
    """The encryption of a written object: the request's, or else the bucket's default. Nothing is
    encrypted: responses repeat these members as S3's would.

    Raises:
        ServiceError: the request names a key, and an algorithm that takes none.
        NoSuchBucket: there is no such bucket.
    """
    configuration = buckets.subresource(bucket, "encryption") or DEFAULT_ENCRYPTION
    rule = configuration["ServerSideEncryptionConfiguration"]["Rules"][0]
    default = rule.get("ApplyServerSideEncryptionByDefault", AES256)
    algorithm, key = params.get("ServerSideEncryption"), params.get("SSEKMSKeyId")
    if algorithm or key:
        check_encryption(algorithm or default["SSEAlgorithm"], key, _KEY_HEADER)
    if not algorithm:
        algorithm, key = default["SSEAlgorithm"], key or default.get("KMSMasterKeyID")
    members: JSON = {"ServerSideEncryption": algorithm}
    if key:
        members["SSEKMSKeyId"] = key
    if algorithm == "aws:kms" and params.get("BucketKeyEnabled", rule.get("BucketKeyEnabled")):
        members["BucketKeyEnabled"] = True
    return members


def encryption_members(description: ObjectAttributes) -> JSON:
    """The members of a response for an object's encryption: by default AES256."""
    return dict(description.encryption) or {"ServerSideEncryption": "AES256"}


def tags_of_header(text: str) -> dict[str, str]:
    """The tags in the header `x-amz-tagging: team=billing&draft=`."""
    if not text:
        return {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True)
    except ValueError as error:
        message = (
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query "
            "parameters without tag name duplicates."
        )
        raise invalid("x-amz-tagging", text, message) from error
    return check_tags([{"Key": key, "Value": value} for key, value in pairs], MOST_OBJECT_TAGS)


def check_tags(tags: Sequence[JSON], most: int) -> dict[str, str]:
    """The tags by their keys.

    Raises:
        ServiceError: BadRequest, there are more than `most`; or InvalidTag.
    """
    if len(tags) > most:
        owner = "Object" if most == MOST_OBJECT_TAGS else "Bucket"
        raise ServiceError("BadRequest", f"{owner} tags cannot be greater than {most}")
    for tag in tags:
        if not 0 < len(tag["Key"]) <= LONGEST_TAG_KEY or not _TAG_TEXT.fullmatch(tag["Key"]):
            raise _invalid_tag("The TagKey you have provided is invalid", tag)
        if len(tag["Value"]) > LONGEST_TAG_VALUE or not _TAG_TEXT.fullmatch(tag["Value"]):
            raise _invalid_tag("The TagValue you have provided is invalid", tag)
        if tag["Key"].startswith(_RESERVED_TAG_PREFIX):
            raise _invalid_tag("System tags cannot be added/updated by requester", tag)
    by_key = {tag["Key"]: tag["Value"] for tag in tags}
    if len(by_key) < len(tags):
        raise ServiceError("InvalidTag", "Cannot provide multiple Tags with the same key")
    return by_key


def _invalid_tag(message: str, tag: JSON) -> ServiceError:
    return ServiceError("InvalidTag", message, TagKey=tag["Key"], TagValue=tag["Value"])


def tag_set(tags: Mapping[str, str]) -> list[JSON]:
    """Tags in the shape of S3's TagSet."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def version_members(buckets: Buckets, version: Version) -> JSON:
    """The version's id in a response; nothing, if the bucket never had versioning."""
    status = buckets.subresource(version.bucket, VERSIONING)
    return {"VersionId": version.version_id} if status else {}


def quote(etag: str) -> str:
    return f'"{etag}"'


def requested_checksum(params: JSON) -> tuple[str, str | None] | None:
    """The algorithm of the checksum in a request, and its value, if there is one.

    Raises:
        ServiceError: the request names several, or the value is no checksum of its algorithm.
    """
    names = [name for name in ALGORITHMS if params.get(f"Checksum{name}")]
    if len(names) > 1:
        raise ServiceError(
            "InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types "
            "are not allowed."
        )  # fmt: skip
    if names:
        algorithm, value = names[0], params[f"Checksum{names[0]}"]
        if len(_decode(value)) != len(ALGORITHMS[algorithm]().digest()):
            header = f"x-amz-checksum-{algorithm.lower()}"
            raise ServiceError("InvalidRequest", f"Value for {header} header is invalid.")
        return algorithm, value
    requested = params.get("ChecksumAlgorithm")
    if requested and requested not in ALGORITHMS:
        raise not_implemented(f"x-amz-checksum-algorithm: {requested}")
    return (requested, None) if requested else None


def verify(params: JSON, staged: Staged) -> None:
    """Compare the digests in the request with the bytes that arrived.

    Raises:
        ServiceError: InvalidDigest or BadDigest.
    """
    if digest := params.get("ContentMD5"):
        if len(_decode(digest)) != 16:
            message = "The Content-MD5 you specified was invalid."
            raise ServiceError("InvalidDigest", message, **{"Content-MD5": digest})
        if _decode(digest).hex() != staged.md5:
            message = "The Content-MD5 you specified did not match what we received."
            raise ServiceError("BadDigest", message)
    for algorithm, computed in staged.checksums.items():
        if params.get(f"Checksum{algorithm}", computed) != computed:
            raise bad_checksum(algorithm)


def bad_checksum(algorithm: str) -> ServiceError:
    message = f"The {algorithm} you specified did not match the calculated checksum."
    return ServiceError("BadDigest", message)


def checksum_members(checksums: Mapping[str, str]) -> dict[str, str]:
    """Checksums by their names in S3's model: {"CRC32": "..."} -> {"ChecksumCRC32": "..."}."""
    return {f"Checksum{algorithm}": value for algorithm, value in checksums.items()}


def full_object_checksums(checksums: Mapping[str, str]) -> dict[str, str]:
    return checksum_members(checksums) | ({"ChecksumType": FULL_OBJECT} if checksums else {})


def _text(value: str | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else value


def _decode(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        return b""
