"""Objects, whole: put, get, head, delete, copy."""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO
from urllib.parse import unquote

from app.local.buckets import Buckets, Object
from app.local.buckets.events import COPY, PUT
from app.local.buckets.staging import CHUNK, chunks
from app.local.services.s3.conditions import Slice, asked_for, check_read, to_write
from app.local.services.s3.content import (
    attributes,
    claim,
    description,
    of_full_object,
    quoted,
    verify,
)
from app.local.services.s3.errors import check_key, guarded, invalid
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
        described = attributes(params)
        claimed = claim(params)
        self._buckets.folder(params["Bucket"])
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
        return {"ETag": quoted(item.etag), **checksums}

    def get(self, call: Call) -> JSON:
        params = call.params
        item, file = self._buckets.open(params["Bucket"], params["Key"])
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
        return result | overrides | {"Body": Reading(file, wanted)}

    def head(self, call: Call) -> JSON:
        item = self._buckets.head(call.params["Bucket"], call.params["Key"])
        result, _ = _answer(item, call.params)
        return result

    def delete(self, call: Call) -> JSON:
        params = call.params
        self._buckets.delete(params["Bucket"], params["Key"], to_write(params, params["Key"]))
        return {}

    def delete_many(self, call: Call) -> JSON:
        bucket, request = call.params["Bucket"], call.params["Delete"]
        self._buckets.folder(bucket)
        if len(request["Objects"]) > MOST_DELETED:
            message = (
                "The XML you provided was not well-formed or did not validate against our "
                f"published schema: {MOST_DELETED} objects are the most."
            )
            raise ServiceError("MalformedXML", message)
        delete = guarded(self.delete, self._account)
        deleted, errors = [], []
        for wanted in request["Objects"]:
            key = wanted["Key"]
            params = {"Bucket": bucket, "Key": key, "IfMatch": wanted.get("ETag")}
            try:
                delete(replace(call, operation="DeleteObject", params=params))
                deleted.append({"Key": key})
            except ServiceError as error:
                errors.append({"Key": key, "Code": error.code, "Message": error.message})
        return {"Deleted": [] if request.get("Quiet") else deleted, "Errors": errors}

    def copy(self, call: Call) -> JSON:
        params = call.params
        condition = to_write(params, params["Key"])
        source_bucket, source_key = source(params["CopySource"])
        anew = params.get("MetadataDirective", "COPY") == "REPLACE"
        if (source_bucket, source_key) == (params["Bucket"], params["Key"]) and not anew:
            message = (
                "This copy request is illegal because it is trying to copy an object to itself "
                "without changing the object's metadata, storage class, website redirect location "
                "or encryption attributes."
            )
            raise ServiceError("InvalidRequest", message)
        item, file = self._buckets.open(source_bucket, source_key)
        with file:
            check_read(item, params, "CopySource")
            described = attributes(params) if anew else item.attributes
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
            }
        }


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


def source(copy_source: str) -> tuple[str, str]:
    """Bucket and key that a copy is made from.

    >>> source("/papers/a%2Bb.pdf?versionId=null")
    ('papers', 'a+b.pdf')
    """
    path, _, version = copy_source.partition("?versionId=")
    bucket, _, key = unquote(path).removeprefix("/").partition("/")
    if not bucket or not key:
        message = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"
        raise invalid("x-amz-copy-source", copy_source, message)
    if version not in ("", "null"):
        raise ServiceError("NoSuchVersion", "The specified version does not exist.")
    check_key(key)
    return bucket, key


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
