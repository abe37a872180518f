"""Objects, whole: put, get, head, delete, copy."""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO
from urllib.parse import unquote

from app.local.s3.conditions import (
    Slice,
    asked_for,
    check_read,
    to_write,
)
from app.local.s3.content import (
    attributes,
    claim,
    description,
    encrypted,
    of_full_object,
    quoted,
    verify,
    version_said,
)
from app.local.s3.errors import (
    check_key,
    guarded,
    invalid,
    malformed_xml,
)
from app.local.s3.storage import (
    Attributes,
    Buckets,
    Marker,
    Object,
)
from app.local.s3.storage.events import COPY, PUT
from app.local.s3.storage.staging import CHUNK, chunks
from app.local.wire import JSON, Call, Service, ServiceError

MOST_DELETED = 1000  # keys in one DeleteObjects


class Objects:
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
        }

    def put(self, call: Call) -> JSON:
        return self.store(call, PUT)

    def store(self, call: Call, event: str) -> JSON:
        """A put, by whichever name the bucket's events call it."""
        params = call.params
        condition = to_write(params, params["Key"])
        described = attributes(self._buckets, params)
        claimed = claim(params)
        with self._buckets.staging.hold(body(call), claimed[:1] if claimed else ()) as staged:
            verify(params, staged)
            checksums = of_full_object(staged.checksums)
            item = self._buckets.put(
                params["Bucket"],
                params["Key"],
                staged,
                described,
                condition=condition,
                event=event,
                checksums=checksums,
            )
        said = encrypted(described) | version_said(self._buckets, item)
        return {"ETag": quoted(item.etag), **checksums, **said}

    def get(self, call: Call) -> JSON:
        params = call.params
        item, file = self._buckets.open(params["Bucket"], params["Key"], params.get("VersionId"))
        try:
            result, wanted = _answer(item, params)
        except BaseException:
            file.close()
            raise
        overrides = {
            name.removeprefix("Response"): value
            for name, value in params.items()
            if name.startswith("Response")
        }
        said = version_said(self._buckets, item)
        return result | said | overrides | {"Body": Reading(file, wanted)}

    def head(self, call: Call) -> JSON:
        params = call.params
        item = self._buckets.head(params["Bucket"], params["Key"], params.get("VersionId"))
        result, _ = _answer(item, params)
        return result | version_said(self._buckets, item)

    def delete(self, call: Call) -> JSON:
        params = call.params
        bucket, key, version_id = params["Bucket"], params["Key"], params.get("VersionId")
        condition = to_write(params, key)
        if version_id is None:
            marker = self._buckets.delete(bucket, key, condition)
            return {"DeleteMarker": True, "VersionId": marker.version_id} if marker else {}
        gone = self._buckets.delete_version(bucket, key, version_id, condition)
        marked = {"DeleteMarker": True} if isinstance(gone, Marker) else {}
        return {"VersionId": version_id, **marked}

    def delete_many(self, call: Call) -> JSON:
        bucket, request = call.params["Bucket"], call.params["Delete"]
        self._buckets.folder(bucket)
        if len(request["Objects"]) > MOST_DELETED:
            raise malformed_xml(f"{MOST_DELETED} objects are the most.")
        delete = guarded(self.delete, self._account)
        deleted, errors = [], []
        for wanted in request["Objects"]:
            named = {name: wanted[name] for name in ("Key", "VersionId") if name in wanted}
            params = {"Bucket": bucket, **named, "IfMatch": wanted.get("ETag")}
            try:
                done = delete(replace(call, operation="DeleteObject", params=params))
                deleted.append(named | _marked(done))
            except ServiceError as error:
                errors.append({**named, "Code": error.code, "Message": error.message})
        return {"Deleted": [] if request.get("Quiet") else deleted, "Errors": errors}

    def copy(self, call: Call) -> JSON:
        params = call.params
        condition = to_write(params, params["Key"])
        copied = source(params["CopySource"])
        if copied == (params["Bucket"], params["Key"], None) and not _changes(params):
            message = (
                "This copy request is illegal because it is trying to copy an object to itself "
                "without changing the object's metadata, storage class, website redirect location "
                "or encryption attributes."
            )
            raise ServiceError("InvalidRequest", message)
        item, file = self._buckets.open(*copied)
        with file:
            check_read(item, params, "CopySource")
            described = self._described_copy(item, params)
            claimed = claim(params)
            algorithms = claimed[:1] if claimed else _algorithms(item)
            with self._buckets.staging.hold(Reading(file), algorithms) as staged:
                checksums = of_full_object(staged.checksums)
                made = self._buckets.put(
                    params["Bucket"],
                    params["Key"],
                    staged,
                    described,
                    condition=condition,
                    event=COPY,
                    checksums=checksums,
                )
        return {
            "CopyObjectResult": {
                "ETag": quoted(made.etag),
                "LastModified": made.last_modified,
                **checksums,
            },
            **encrypted(described),
            **version_said(self._buckets, made),
            **copied_version(self._buckets, item),
        }

    def _described_copy(self, item: Object, params: JSON) -> Attributes:
        """As the source is, or as the request says; but encrypted as any other write."""
        said = attributes(self._buckets, params)
        tags = said.tags if params.get("TaggingDirective") == "REPLACE" else item.attributes.tags
        kept = said if params.get("MetadataDirective") == "REPLACE" else item.attributes
        return replace(kept, encryption=said.encryption, tags=tags)


class Reading:
    """The bytes of an open file, or a part of them. The file is closed at the end."""

    def __init__(self, file: BinaryIO, wanted: Slice | None = None) -> None:
        self._file = file
        self._left = wanted.end - wanted.start if wanted else None
        file.seek(wanted.start if wanted else 0)

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


def source(copy_source: str) -> tuple[str, str, str | None]:
    """Bucket, key and version that a copy is made from.

    >>> source("/papers/a%2Bb.pdf?versionId=null")
    ('papers', 'a+b.pdf', 'null')
    """
    path, _, version = copy_source.partition("?versionId=")
    bucket, _, key = unquote(path).removeprefix("/").partition("/")
    if not bucket or not key:
        message = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"
        raise invalid("x-amz-copy-source", copy_source, message)
    check_key(key)
    return bucket, key, version or None


def copied_version(buckets: Buckets, item: Object) -> JSON:
    """Which version a copy was made from, as its answer has it."""
    return {f"CopySource{name}": value for name, value in version_said(buckets, item).items()}


def _changes(params: JSON) -> bool:
    """Whether a copy of an object to itself changes it."""
    return params.get("MetadataDirective") == "REPLACE" or any(
        params.get(name) for name in ("ServerSideEncryption", "SSEKMSKeyId")
    )


def _marked(done: JSON) -> JSON:
    """What DeleteObjects says beside the key, where a delete marker was made or removed."""
    if "DeleteMarker" not in done:
        return {}
    return {"DeleteMarker": True, "DeleteMarkerVersionId": done["VersionId"]}


def _answer(item: Object, params: JSON) -> tuple[JSON, Slice | None]:
    """What GetObject and HeadObject say, and the part that they speak of."""
    check_read(item, params)
    wanted = asked_for(item, params)
    result = description(item)
    if wanted:
        result |= {
            "$status": 206,
            "ContentRange": wanted.header(item),
            "ContentLength": wanted.end - wanted.start,
        }
    elif params.get("ChecksumMode") == "ENABLED":
        result |= item.checksums
    if params.get("PartNumber") and item.parts:
        result["PartsCount"] = len(item.parts)
    return result, wanted


def _algorithms(item: Object) -> list[str]:
    names = (name.removeprefix("Checksum") for name in item.checksums)
    return [name for name in names if name != "Type"]
