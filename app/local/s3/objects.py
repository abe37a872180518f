"""Objects in one piece: put, get, head, delete, copy; and the tags of objects."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO
from urllib.parse import unquote

from app.local.s3.conditions import ByteRange, check_read, read_range, write_condition
from app.local.s3.content import (
    MOST_OBJECT_TAGS,
    attributes,
    check_tags,
    description,
    encryption_members,
    full_object_checksums,
    quote,
    requested_checksum,
    tag_set,
    verify,
    version_members,
)
from app.local.s3.errors import check_key, guard, invalid, malformed_xml
from app.local.s3.storage import Buckets, Marker, Object, ObjectAttributes
from app.local.s3.storage.events import COPY, PUT
from app.local.s3.storage.staging import CHUNK, chunks
from app.local.wire import JSON, Call, Service, ServiceError

MOST_DELETED = 1000  # keys in one DeleteObjects


class ObjectOperations:
    def __init__(self, buckets: Buckets, account: str) -> None:
        self._buckets, self._account = buckets, account

    def handlers(self) -> Service:
        return {
            "PutObject": self.put,
            "GetObject": self.get,
            "HeadObject": self.head,
            "DeleteObject": self.delete,
            "DeleteObjects": self.delete_many,
            "CopyObject": self.copy,
            "PutObjectTagging": self.put_tags,
            "GetObjectTagging": self.get_tags,
            "DeleteObjectTagging": self.delete_tags,
        }

    def put(self, call: Call) -> JSON:
        return self.store(call, PUT)

    def store(self, call: Call, event: str) -> JSON:
        """Make the request's body an object, under this name of the bucket's events."""
        params = call.params
        condition = write_condition(params, params["Key"])
        object_attributes = attributes(self._buckets, params)
        checksum = requested_checksum(params)
        with self._buckets.staging.stage(body(call), checksum[:1] if checksum else ()) as staged:
            verify(params, staged)
            checksums = full_object_checksums(staged.checksums)
            item = self._buckets.put(
                params["Bucket"],
                params["Key"],
                staged,
                object_attributes,
                condition=condition,
                event=event,
                checksums=checksums,
            )
        return {
            "ETag": quote(item.etag),
            **checksums,
            **encryption_members(object_attributes),
            **version_members(self._buckets, item),
        }

    def get(self, call: Call) -> JSON:
        params = call.params
        item, file = self._buckets.open(params["Bucket"], params["Key"], params.get("VersionId"))
        try:
            result, byte_range = _answer(item, params)
        except BaseException:
            file.close()
            raise
        overrides = {
            name.removeprefix("Response"): value
            for name, value in params.items()
            if name.startswith("Response")
        }
        version = version_members(self._buckets, item)
        return result | version | overrides | {"Body": FileReader(file, byte_range)}

    def head(self, call: Call) -> JSON:
        params = call.params
        item = self._buckets.head(params["Bucket"], params["Key"], params.get("VersionId"))
        result, _ = _answer(item, params)
        return result | version_members(self._buckets, item)

    def delete(self, call: Call) -> JSON:
        params = call.params
        bucket, key, version_id = params["Bucket"], params["Key"], params.get("VersionId")
        condition = write_condition(params, key)
        if version_id is None:
            marker = self._buckets.delete(bucket, key, condition)
            return {"DeleteMarker": True, "VersionId": marker.version_id} if marker else {}
        version = self._buckets.delete_version(bucket, key, version_id, condition)
        marker_flag = {"DeleteMarker": True} if isinstance(version, Marker) else {}
        return {"VersionId": version_id, **marker_flag}

    def delete_many(self, call: Call) -> JSON:
        bucket, request = call.params["Bucket"], call.params["Delete"]
        self._buckets.folder(bucket)
        if len(request["Objects"]) > MOST_DELETED:
            raise malformed_xml(f"{MOST_DELETED} objects are the most.")
        delete = guard(self.delete, self._account)
        deleted, errors = [], []
        for entry in request["Objects"]:
            identity = {name: entry[name] for name in ("Key", "VersionId") if name in entry}
            params = {"Bucket": bucket, **identity, "IfMatch": entry.get("ETag")}
            try:
                result = delete(replace(call, operation="DeleteObject", params=params))
                deleted.append(identity | _marker_members(result))
            except ServiceError as error:
                errors.append({**identity, "Code": error.code, "Message": error.message})
        return {"Deleted": [] if request.get("Quiet") else deleted, "Errors": errors}

    def copy(self, call: Call) -> JSON:
        params = call.params
        condition = write_condition(params, params["Key"])
        source = copy_source(params["CopySource"])
        if source == (params["Bucket"], params["Key"], None) and not _changes_object(params):
            message = (
                "This copy request is illegal because it is trying to copy an object to itself "
                "without changing the object's metadata, storage class, website redirect location "
                "or encryption attributes."
            )
            raise ServiceError("InvalidRequest", message)
        item, file = self._buckets.open(*source)
        with file:
            check_read(item, params, "CopySource")
            object_attributes = self._copy_attributes(item, params)
            checksum = requested_checksum(params)
            algorithms = checksum[:1] if checksum else _algorithms(item)
            with self._buckets.staging.stage(FileReader(file), algorithms) as staged:
                checksums = full_object_checksums(staged.checksums)
                copy = self._buckets.put(
                    params["Bucket"],
                    params["Key"],
                    staged,
                    object_attributes,
                    condition=condition,
                    event=COPY,
                    checksums=checksums,
                )
        return {
            "CopyObjectResult": {
                "ETag": quote(copy.etag),
                "LastModified": copy.last_modified,
                **checksums,
            },
            **encryption_members(object_attributes),
            **version_members(self._buckets, copy),
            **source_version_members(self._buckets, item),
        }

    def _copy_attributes(self, item: Object, params: JSON) -> ObjectAttributes:
        """The description of a copy: the source's, or the request's where it says REPLACE. The copy
        is encrypted as any other write.
        """
        request = attributes(self._buckets, params)
        tags = request.tags if params.get("TaggingDirective") == "REPLACE" else item.attributes.tags
        base = request if params.get("MetadataDirective") == "REPLACE" else item.attributes
        return replace(base, encryption=request.encryption, tags=tags)

    def put_tags(self, call: Call) -> JSON:
        return self._tag(call, check_tags(call.params["Tagging"]["TagSet"], MOST_OBJECT_TAGS))

    def get_tags(self, call: Call) -> JSON:
        params = call.params
        item = self._buckets.head(params["Bucket"], params["Key"], params.get("VersionId"))
        return {
            "TagSet": tag_set(item.attributes.tags),
            **version_members(self._buckets, item),
        }

    def delete_tags(self, call: Call) -> JSON:
        return self._tag(call, {})

    def _tag(self, call: Call, tags: Mapping[str, str]) -> JSON:
        params = call.params
        item = self._buckets.tag(params["Bucket"], params["Key"], params.get("VersionId"), tags)
        return version_members(self._buckets, item)


class FileReader:
    """Iterates over the bytes of an open file, or a range of them, and closes it at the end."""

    def __init__(self, file: BinaryIO, byte_range: ByteRange | None = None) -> None:
        self._file = file
        self._left = byte_range.end - byte_range.start if byte_range else None
        file.seek(byte_range.start if byte_range else 0)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = self._file.read(CHUNK if self._left is None else min(CHUNK, self._left))
        if not chunk:
            self.close()
            raise StopIteration
        if self._left is not None:
            self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        self._file.close()


def body(call: Call) -> Iterator[bytes]:
    """The payload of a request."""
    return chunks(call.body.path) if call.body else iter(())


def copy_source(header: str) -> tuple[str, str, str | None]:
    """The bucket, the key and the version that a copy is made from.

    >>> copy_source("/papers/a%2Bb.pdf?versionId=null")
    ('papers', 'a+b.pdf', 'null')
    """
    path, _, version = header.partition("?versionId=")
    bucket, _, key = unquote(path).removeprefix("/").partition("/")
    if not bucket or not key:
        message = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"
        raise invalid("x-amz-copy-source", header, message)
    check_key(key)
    return bucket, key, version or None


def source_version_members(buckets: Buckets, item: Object) -> JSON:
    """The members of an answer that say which version a copy was made from."""
    return {f"CopySource{name}": value for name, value in version_members(buckets, item).items()}


def _changes_object(params: JSON) -> bool:
    """Whether a copy of an object to itself changes it."""
    return params.get("MetadataDirective") == "REPLACE" or any(
        params.get(name) for name in ("ServerSideEncryption", "SSEKMSKeyId")
    )


def _marker_members(result: JSON) -> JSON:
    """What DeleteObjects adds to a key when a delete marker was made or removed; `result` is
    DeleteObject's.
    """
    if "DeleteMarker" not in result:
        return {}
    return {"DeleteMarker": True, "DeleteMarkerVersionId": result["VersionId"]}


def _answer(item: Object, params: JSON) -> tuple[JSON, ByteRange | None]:
    """The headers of GetObject and HeadObject, and the range of bytes that they are about."""
    check_read(item, params)
    byte_range = read_range(item, params)
    result = description(item)
    if byte_range:
        result |= {
            "$status": 206,
            "ContentRange": byte_range.header(item),
            "ContentLength": byte_range.end - byte_range.start,
        }
    elif params.get("ChecksumMode") == "ENABLED":
        result |= item.checksums
    if params.get("PartNumber") and item.parts:
        result["PartsCount"] = len(item.parts)
    return result, byte_range


def _algorithms(item: Object) -> list[str]:
    names = (name.removeprefix("Checksum") for name in item.checksums)
    return [name for name in names if name != "Type"]
