"""Objects in parts: create, upload, copy into, complete, abort, list."""

from collections.abc import Sequence

from app.local.s3.conditions import check_read, to_write
from app.local.s3.content import (
    attributes,
    claim,
    encrypted,
    named,
    quoted,
    verify,
    version_said,
)
from app.local.s3.errors import not_implemented
from app.local.s3.listing import url
from app.local.s3.objects import (
    Reading,
    body,
    copied_version,
    source,
)
from app.local.s3.parts import (
    algorithms_of_whole,
    check_algorithm,
    check_number,
    check_whole,
    checksum_of_upload,
    checksums_of_whole,
    chosen,
    copied_range,
)
from app.local.s3.storage import (
    Buckets,
    Part,
    Upload,
    Uploads,
)
from app.local.wire import JSON, Call, Service

MOST_LISTED = 1000


class Multipart:
    def __init__(self, buckets: Buckets, account: str) -> None:
        self._buckets, self._uploads = buckets, Uploads(buckets)
        self._owner = {"ID": account}

    def handlers(self) -> Service:
        return {
            "CreateMultipartUpload": self.create,
            "UploadPart": self.upload_part,
            "UploadPartCopy": self.copy_part,
            "CompleteMultipartUpload": self.complete,
            "AbortMultipartUpload": self.abort,
            "ListParts": self.list_parts,
            "ListMultipartUploads": self.list_uploads,
        }

    def create(self, call: Call) -> JSON:
        params = call.params
        algorithm, kind = checksum_of_upload(params)
        upload = self._uploads.begin(
            params["Bucket"], params["Key"], attributes(self._buckets, params), algorithm, kind
        )
        return {
            "Bucket": upload.bucket,
            "Key": upload.key,
            "UploadId": upload.id,
            **_spoken_of(upload),
            **encrypted(upload.attributes),
        }

    def upload_part(self, call: Call) -> JSON:
        upload = self._upload(call.params)
        check_number(call.params["PartNumber"])
        claimed = claim(call.params)
        check_algorithm(upload, claimed)
        algorithms = {name for name in (upload.algorithm, claimed and claimed[0]) if name}
        with self._buckets.staging.hold(body(call), algorithms) as staged:
            verify(call.params, staged)
            self._uploads.add(upload, call.params["PartNumber"], staged)
            said = encrypted(upload.attributes)
            return {"ETag": quoted(staged.md5), **named(staged.checksums), **said}

    def copy_part(self, call: Call) -> JSON:
        params = call.params
        upload = self._upload(params)
        check_number(params["PartNumber"])
        item, file = self._buckets.open(*source(params["CopySource"]))
        with file:
            check_read(item, params, "CopySource")
            wanted = copied_range(item, params.get("CopySourceRange"))
            algorithms = [upload.algorithm] if upload.algorithm else []
            with self._buckets.staging.hold(Reading(file, wanted), algorithms) as staged:
                part = self._uploads.add(upload, params["PartNumber"], staged)
        return {
            "CopyPartResult": {
                "ETag": quoted(part.md5),
                "LastModified": part.modified,
                **named(staged.checksums),
            },
            **encrypted(upload.attributes),
            **copied_version(self._buckets, item),
        }

    def complete(self, call: Call) -> JSON:
        params = call.params
        upload = self._upload(params)
        condition = to_write(params, params["Key"])
        parts = chosen(upload, self._uploads.parts(upload), params)
        content = self._uploads.bytes_of(parts)
        with self._buckets.staging.hold(content, algorithms_of_whole(upload)) as staged:
            checksums = checksums_of_whole(upload, parts, staged)
            check_whole(params, checksums, staged)
            item = self._uploads.complete(
                upload, parts, staged, condition=condition, checksums=checksums
            )
        return {
            "Location": f"http://{call.headers.get('host', '')}/{upload.bucket}/{url(upload.key)}",
            "Bucket": upload.bucket,
            "Key": upload.key,
            "ETag": quoted(item.etag),
            **checksums,
            **encrypted(item.attributes),
            **version_said(self._buckets, item),
        }

    def abort(self, call: Call) -> JSON:
        self._uploads.abort(self._upload(call.params))
        return {}

    def list_parts(self, call: Call) -> JSON:
        params = call.params
        upload = self._upload(params)
        after = params.get("PartNumberMarker", 0)
        limit = min(params.get("MaxParts", MOST_LISTED), MOST_LISTED)
        parts = [part for part in self._uploads.parts(upload) if part.number > after]
        shown = parts[:limit]
        return {
            "Bucket": upload.bucket,
            "Key": upload.key,
            "UploadId": upload.id,
            "PartNumberMarker": after,
            "NextPartNumberMarker": shown[-1].number if shown else 0,
            "MaxParts": limit,
            "IsTruncated": len(parts) > limit,
            "Parts": [_part(upload, part) for part in shown],
            "Initiator": self._owner,
            "Owner": self._owner,
            "StorageClass": "STANDARD",
            **_spoken_of(upload),
        }

    def list_uploads(self, call: Call) -> JSON:
        params = call.params
        if params.get("Delimiter"):
            raise not_implemented("delimiter")
        self._buckets.folder(params["Bucket"])
        after = params.get("KeyMarker", ""), params.get("UploadIdMarker", "")
        limit = min(params.get("MaxUploads", MOST_LISTED), MOST_LISTED)
        everything = self._uploads.of(params["Bucket"], params.get("Prefix", ""))
        uploads = list(_after(everything, *after))
        shown = uploads[:limit]
        encode = url if params.get("EncodingType") == "url" else str
        result = {
            "Bucket": params["Bucket"],
            "Prefix": encode(params.get("Prefix", "")),
            "KeyMarker": encode(after[0]),
            "UploadIdMarker": after[1],
            "MaxUploads": limit,
            "IsTruncated": len(uploads) > limit,
            "Uploads": [self._entry(upload) | {"Key": encode(upload.key)} for upload in shown],
        }
        if len(uploads) > limit and shown:
            result |= {"NextKeyMarker": encode(shown[-1].key), "NextUploadIdMarker": shown[-1].id}
        return result

    def _entry(self, upload: Upload) -> JSON:
        return {
            "UploadId": upload.id,
            "Initiated": upload.initiated,
            "StorageClass": "STANDARD",
            "Owner": self._owner,
            "Initiator": self._owner,
            **_spoken_of(upload),
        }

    def _upload(self, params: JSON) -> Upload:
        self._buckets.folder(params["Bucket"])
        return self._uploads.get(params["Bucket"], params["Key"], params["UploadId"])


def _spoken_of(upload: Upload) -> JSON:
    if not upload.algorithm:
        return {}
    return {"ChecksumAlgorithm": upload.algorithm, "ChecksumType": upload.checksum_type}


def _part(upload: Upload, part: Part) -> JSON:
    checksum = {f"Checksum{upload.algorithm}": part.checksum} if part.checksum else {}
    return {
        "PartNumber": part.number,
        "LastModified": part.modified,
        "ETag": quoted(part.md5),
        "Size": part.size,
        **checksum,
    }


def _after(uploads: Sequence[Upload], key: str, identifier: str) -> Sequence[Upload]:
    """Those that come after the markers of the page before; it has shown some of `key` already."""
    shown = [upload.id for upload in uploads if upload.key == key]
    rest = shown[shown.index(identifier) + 1 :] if identifier in shown else []
    return [upload for upload in uploads if upload.key > key or upload.id in rest]
