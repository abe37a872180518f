"""Objects in parts: create, upload, copy into, complete, abort, list."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from app.local.buckets import Buckets, Object, Part, Staged, Upload, Uploads
from app.local.buckets.checksums import FULL_OBJECT_ONLY, composite
from app.local.services.s3.conditions import Slice, check_read, to_write, unsatisfiable
from app.local.services.s3.content import (
    FULL_OBJECT,
    attributes,
    bad_checksum,
    claim,
    named,
    quoted,
    verify,
)
from app.local.services.s3.errors import invalid, not_implemented
from app.local.services.s3.listing import url
from app.local.services.s3.objects import Reading, body, source
from app.local.wire import JSON, Call, Service, ServiceError

SMALLEST_PART = 5 * 2**20  # bytes; the last one may be smaller
MOST_PARTS = 10_000
MOST_LISTED = 1000
COMPOSITE = "COMPOSITE"
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")
_COMPOSABLE = ("CRC32", "CRC32C", "SHA1", "SHA256")
_WHOLE = ("CRC32", "CRC32C", "CRC64NVME")


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
        algorithm, kind = _checksum(params)
        upload = self._uploads.begin(
            params["Bucket"], params["Key"], attributes(params), algorithm, kind
        )
        return {
            "Bucket": upload.bucket,
            "Key": upload.key,
            "UploadId": upload.id,
            **_spoken_of(upload),
        }

    def upload_part(self, call: Call) -> JSON:
        upload = self._upload(call.params)
        _check_number(call.params["PartNumber"])
        claimed = claim(call.params)
        if upload.algorithm and claimed and claimed[0] != upload.algorithm:
            message = (
                f"Checksum Type mismatch occurred, expected checksum Type: "
                f"{upload.algorithm.lower()}, actual checksum Type: {claimed[0].lower()}"
            )
            raise ServiceError("InvalidRequest", message)
        algorithms = {name for name in (upload.algorithm, claimed and claimed[0]) if name}
        with self._buckets.staging.hold(body(call), algorithms) as staged:
            verify(call.params, staged)
            self._uploads.add(upload, call.params["PartNumber"], staged)
            return {"ETag": quoted(staged.md5), **named(staged.checksums)}

    def copy_part(self, call: Call) -> JSON:
        params = call.params
        upload = self._upload(params)
        _check_number(params["PartNumber"])
        item, file = self._buckets.open(*source(params["CopySource"]))
        with file:
            check_read(item, params, "CopySource")
            wanted = _copied_range(item, params.get("CopySourceRange"))
            algorithms = [upload.algorithm] if upload.algorithm else []
            with self._buckets.staging.hold(Reading(file, wanted), algorithms) as staged:
                part = self._uploads.add(upload, params["PartNumber"], staged)
        return {
            "CopyPartResult": {
                "ETag": quoted(part.md5),
                "LastModified": part.modified,
                **named(staged.checksums),
            }
        }

    def complete(self, call: Call) -> JSON:
        params = call.params
        upload = self._upload(params)
        condition = to_write(params, params["Key"])
        parts = _chosen(upload, self._uploads.parts(upload), params)
        whole = [upload.algorithm] if upload.checksum_type == FULL_OBJECT else []
        with self._buckets.staging.hold(
            self._uploads.bytes_of(parts), [name for name in whole if name]
        ) as staged:
            checksums = _checksums(upload, parts, staged)
            _check_whole(params, checksums, staged)
            item = self._uploads.complete(
                upload, parts, staged, condition=condition, checksums=checksums
            )
        return {
            "Location": f"http://{call.headers.get('host', '')}/{upload.bucket}/{url(upload.key)}",
            "Bucket": upload.bucket,
            "Key": upload.key,
            "ETag": quoted(item.etag),
            **checksums,
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
            "Uploads": [
                {
                    "UploadId": upload.id,
                    "Key": encode(upload.key),
                    "Initiated": upload.initiated,
                    "StorageClass": "STANDARD",
                    "Owner": self._owner,
                    "Initiator": self._owner,
                    **_spoken_of(upload),
                }
                for upload in shown
            ],
        }
        if len(uploads) > limit and shown:
            result |= {"NextKeyMarker": encode(shown[-1].key), "NextUploadIdMarker": shown[-1].id}
        return result

    def _upload(self, params: JSON) -> Upload:
        self._buckets.folder(params["Bucket"])
        return self._uploads.get(params["Bucket"], params["Key"], params["UploadId"])


def _checksum(params: JSON) -> tuple[str | None, str | None]:
    """The algorithm of an upload, and whether the whole object's checksum is made of its bytes or
    of its parts' checksums.
    """
    claimed = claim({"ChecksumAlgorithm": params.get("ChecksumAlgorithm")})
    if claimed is None:
        return None, None
    algorithm = claimed[0]
    kind = params.get("ChecksumType") or (
        FULL_OBJECT if algorithm in FULL_OBJECT_ONLY else COMPOSITE
    )
    if algorithm not in (_WHOLE if kind == FULL_OBJECT else _COMPOSABLE):
        message = (
            f"The {kind} checksum type cannot be used with the {algorithm.lower()} "
            "checksum algorithm."
        )
        raise ServiceError("InvalidRequest", message)
    return algorithm, kind


def _spoken_of(upload: Upload) -> JSON:
    if not upload.algorithm:
        return {}
    return {"ChecksumAlgorithm": upload.algorithm, "ChecksumType": upload.checksum_type}


def _check_number(number: int) -> None:
    if not 1 <= number <= MOST_PARTS:
        message = f"Part number must be an integer between 1 and {MOST_PARTS}, inclusive"
        raise invalid("partNumber", number, message)


def _copied_range(item: Object, wanted: str | None) -> Slice | None:
    """Of a copied part the range must be exact: `bytes=first-last`, both within the source."""
    if wanted is None:
        return None
    found = _RANGE.fullmatch(wanted)
    if not found:
        message = "The x-amz-copy-source-range value must be of the form bytes=first-last"
        raise invalid("x-amz-copy-source-range", wanted, message)
    start, end = int(found[1]), int(found[2]) + 1
    if not start < end <= item.size:
        raise unsatisfiable(wanted, item.size)
    return Slice(start, end)


def _chosen(upload: Upload, parts: Sequence[Part], params: JSON) -> Sequence[Part]:
    """The parts that the request lists, held against S3's rules."""
    listed = params.get("MultipartUpload", {}).get("Parts", [])
    if not listed:
        raise ServiceError("MalformedXML", "You must specify at least one part")
    numbers = [part.get("PartNumber", 0) for part in listed]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        message = (
            "The list of parts was not in ascending order. Parts must be ordered by part number."
        )
        raise ServiceError("InvalidPartOrder", message, UploadId=upload.id)
    here = {part.number: part for part in parts}
    chosen = [_check_part(upload, here.get(wanted.get("PartNumber")), wanted) for wanted in listed]
    for part in chosen[:-1]:
        if part.size < SMALLEST_PART:
            raise ServiceError(
                "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed size",
                ProposedSize=part.size,
                MinSizeAllowed=SMALLEST_PART,
                PartNumber=part.number,
                ETag=part.md5,
            )
    return chosen


def _check_part(upload: Upload, part: Part | None, wanted: Mapping[str, Any]) -> Part:
    checksum = wanted.get(f"Checksum{upload.algorithm}")
    if upload.checksum_type == COMPOSITE and not checksum:
        message = (
            f"The upload was created using a {(upload.algorithm or '').lower()} checksum. The "
            "complete request must include the checksum for each part. It was missing for part "
            f"{wanted.get('PartNumber')} in the request."
        )
        raise ServiceError("InvalidRequest", message)
    same = part and wanted.get("ETag", "").strip('"') == part.md5
    if not part or not same or checksum not in (None, part.checksum):
        message = (
            "One or more of the specified parts could not be found. The part may not have been "
            "uploaded, or the specified entity tag may not match the part's entity tag."
        )
        raise ServiceError(
            "InvalidPart",
            message,
            UploadId=upload.id,
            PartNumber=wanted.get("PartNumber"),
            ETag=wanted.get("ETag"),
        )
    return part


def _checksums(upload: Upload, parts: Sequence[Part], staged: Staged) -> dict[str, str]:
    if upload.algorithm is None or upload.checksum_type is None:
        return {}
    if upload.checksum_type == FULL_OBJECT:
        value = staged.checksums[upload.algorithm]
    else:
        value = composite(upload.algorithm, [part.checksum or "" for part in parts])
    return {f"Checksum{upload.algorithm}": value, "ChecksumType": upload.checksum_type}


def _check_whole(params: JSON, checksums: Mapping[str, str], staged: Staged) -> None:
    """What the request says of the whole object, against what it is."""
    size = params.get("MpuObjectSize", staged.identity.size)
    if size != staged.identity.size:
        message = (
            f"The provided 'x-amz-mp-object-size' header value {size} does not match what was "
            f"computed: {staged.identity.size}"
        )
        raise ServiceError("InvalidRequest", message)
    for name, value in checksums.items():
        sent = params.get(name, value)
        if name != "ChecksumType" and sent.partition("-")[0] != value.partition("-")[0]:
            raise bad_checksum(name.removeprefix("Checksum"))


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
