"""Objects in parts: create, upload, copy into, complete, abort; and the rules of parts.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from app.local.s3.conditions import check_read, copied_range, write_condition
from app.local.s3.content import (
    FULL_OBJECT,
    attributes,
    bad_checksum,
    checksum_members,
    encryption_members,
    quote,
    requested_checksum,
    verify,
    version_members,
)
from app.local.s3.errors import invalid
from app.local.s3.listing import upload_checksum, url_encode
from app.local.s3.objects import FileReader, body, copy_source, source_version_members
from app.local.s3.storage import Buckets, MultipartUpload, Staged, UploadedPart, Uploads
from app.local.s3.storage.checksums import FULL_OBJECT_ONLY, composite
from app.local.wire import JSON, Call, Service, ServiceError

SMALLEST_PART = 5 * 2**20  # bytes; the last one may be smaller
MOST_PARTS = 10_000
COMPOSITE = "COMPOSITE"
_COMPOSITE_ALGORITHMS = ("CRC32", "CRC32C", "SHA1", "SHA256")
_FULL_OBJECT_ALGORITHMS = ("CRC32", "CRC32C", "CRC64NVME")


class Multipart:
    def __init__(self, buckets: Buckets, uploads: Uploads) -> None:
        self._buckets, self._uploads = buckets, uploads

    def handlers(self) -> Service:
        return {
            "CreateMultipartUpload": self.create,
            "UploadPart": self.upload_part,
            "UploadPartCopy": self.copy_part,
            "CompleteMultipartUpload": self.complete,
            "AbortMultipartUpload": self.abort,
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
            **upload_checksum(upload),
            **encryption_members(upload.attributes),
        }

    def upload_part(self, call: Call) -> JSON:
        upload = self._upload(call.params)
        check_number(call.params["PartNumber"])
        checksum = requested_checksum(call.params)
        check_algorithm(upload, checksum)
        algorithms = {name for name in (upload.algorithm, checksum and checksum[0]) if name}
        with self._buckets.staging.stage(body(call), algorithms) as staged:
            verify(call.params, staged)
            self._uploads.add(upload, call.params["PartNumber"], staged)
            return {
                "ETag": quote(staged.md5),
                **checksum_members(staged.checksums),
                **encryption_members(upload.attributes),
            }

    def copy_part(self, call: Call) -> JSON:
        params = call.params
        upload = self._upload(params)
        check_number(params["PartNumber"])
        item, file = self._buckets.open(*copy_source(params["CopySource"]))
        with file:
            check_read(item, params, "CopySource")
            reader = FileReader(file, copied_range(item, params.get("CopySourceRange")))
            algorithms = [upload.algorithm] if upload.algorithm else []
            with self._buckets.staging.stage(reader, algorithms) as staged:
                part = self._uploads.add(upload, params["PartNumber"], staged)
        return {
            "CopyPartResult": {
                "ETag": quote(part.md5),
                "LastModified": part.modified,
                **checksum_members(staged.checksums),
            },
            **encryption_members(upload.attributes),
            **source_version_members(self._buckets, item),
        }

    def complete(self, call: Call) -> JSON:
        params = call.params
        upload = self._upload(params)
        condition = write_condition(params, params["Key"])
        parts = listed_parts(upload, self._uploads.parts(upload), params)
        content = self._uploads.bytes_of(parts)
        with self._buckets.staging.stage(content, object_algorithms(upload)) as staged:
            checksums = object_checksums(upload, parts, staged)
            check_object(params, checksums, staged)
            item = self._uploads.complete(
                upload, parts, staged, condition=condition, checksums=checksums
            )
        host = call.headers.get("host", "")
        return {
            "Location": f"http://{host}/{upload.bucket}/{url_encode(upload.key)}",
            "Bucket": upload.bucket,
            "Key": upload.key,
            "ETag": quote(item.etag),
            **checksums,
            **encryption_members(item.attributes),
            **version_members(self._buckets, item),
        }

    def abort(self, call: Call) -> JSON:
        self._uploads.abort(self._upload(call.params))
        return {}

    def _upload(self, params: JSON) -> MultipartUpload:
        self._buckets.folder(params["Bucket"])
        return self._uploads.get(params["Bucket"], params["Key"], params["UploadId"])


def checksum_of_upload(params: JSON) -> tuple[str | None, str | None]:
    """The checksum algorithm of an upload, and its type: FULL_OBJECT, the checksum of the object's
    bytes, or COMPOSITE, the checksum of its parts' checksums.
    """
    requested = requested_checksum({"ChecksumAlgorithm": params.get("ChecksumAlgorithm")})
    if requested is None:
        return None, None
    algorithm = requested[0]
    kind = params.get("ChecksumType") or (
        FULL_OBJECT if algorithm in FULL_OBJECT_ONLY else COMPOSITE
    )
    if algorithm not in (_FULL_OBJECT_ALGORITHMS if kind == FULL_OBJECT else _COMPOSITE_ALGORITHMS):
        message = (
            f"The {kind} checksum type cannot be used with the {algorithm.lower()} "
            "checksum algorithm."
        )
        raise ServiceError("InvalidRequest", message)
    return algorithm, kind


def check_algorithm(upload: MultipartUpload, checksum: tuple[str, str | None] | None) -> None:
    """Refuse a part whose checksum is of another algorithm than its upload's."""
    if upload.algorithm and checksum and checksum[0] != upload.algorithm:
        message = (
            "Checksum Type mismatch occurred, expected checksum Type: "
            f"{upload.algorithm.lower()}, actual checksum Type: {checksum[0].lower()}"
        )
        raise ServiceError("InvalidRequest", message)


def check_number(number: int) -> None:
    if not 1 <= number <= MOST_PARTS:
        message = f"Part number must be an integer between 1 and {MOST_PARTS}, inclusive"
        raise invalid("partNumber", number, message)


def listed_parts(
    upload: MultipartUpload, parts: Sequence[UploadedPart], params: JSON
) -> Sequence[UploadedPart]:
    """The parts that CompleteMultipartUpload lists, checked against those that were uploaded."""
    entries = params.get("MultipartUpload", {}).get("Parts", [])
    if not entries:
        raise ServiceError("MalformedXML", "You must specify at least one part")
    numbers = [part.get("PartNumber", 0) for part in entries]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        message = (
            "The list of parts was not in ascending order. Parts must be ordered by part number."
        )
        raise ServiceError("InvalidPartOrder", message, UploadId=upload.id)
    by_number = {part.number: part for part in parts}
    selection = [_check_part(upload, by_number.get(one.get("PartNumber")), one) for one in entries]
    for part in selection[:-1]:
        if part.size < SMALLEST_PART:
            raise ServiceError(
                "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed size",
                ProposedSize=part.size,
                MinSizeAllowed=SMALLEST_PART,
                PartNumber=part.number,
                ETag=part.md5,
            )
    return selection


def object_algorithms(upload: MultipartUpload) -> Sequence[str]:
    """The algorithms whose checksum has to be computed over all bytes of the object."""
    full = upload.checksum_type == FULL_OBJECT
    return [upload.algorithm] if upload.algorithm and full else []


def _check_part(
    upload: MultipartUpload, part: UploadedPart | None, entry: Mapping[str, Any]
) -> UploadedPart:
    """The uploaded part, if it is the one that the request's entry describes."""
    checksum = entry.get(f"Checksum{upload.algorithm}")
    if upload.checksum_type == COMPOSITE and not checksum:
        message = (
            f"The upload was created using a {(upload.algorithm or '').lower()} checksum. The "
            "complete request must include the checksum for each part. It was missing for part "
            f"{entry.get('PartNumber')} in the request."
        )
        raise ServiceError("InvalidRequest", message)
    same = part and entry.get("ETag", "").strip('"') == part.md5
    if not part or not same or checksum not in (None, part.checksum):
        message = (
            "One or more of the specified parts could not be found. The part may not have been "
            "uploaded, or the specified entity tag may not match the part's entity tag."
        )
        raise ServiceError(
            "InvalidPart",
            message,
            UploadId=upload.id,
            PartNumber=entry.get("PartNumber"),
            ETag=entry.get("ETag"),
        )
    return part


def object_checksums(
    upload: MultipartUpload, parts: Sequence[UploadedPart], staged: Staged
) -> dict[str, str]:
    """The members of an answer that give the object's checksum."""
    if upload.algorithm is None or upload.checksum_type is None:
        return {}
    if upload.checksum_type == FULL_OBJECT:
        value = staged.checksums[upload.algorithm]
    else:
        value = composite(upload.algorithm, [part.checksum or "" for part in parts])
    return {f"Checksum{upload.algorithm}": value, "ChecksumType": upload.checksum_type}


def check_object(params: JSON, checksums: Mapping[str, str], staged: Staged) -> None:
    """Compare the size and the checksum that the request gives with the object's."""
    size = params.get("MpuObjectSize", staged.identity.size)
    if size != staged.identity.size:
        message = (
            f"The provided 'x-amz-mp-object-size' header value {size} does not match what was "
            f"computed: {staged.identity.size}"
        )
        raise ServiceError("InvalidRequest", message)
    for name, value in checksums.items():
        value_in_request = params.get(name, value)
        if name != "ChecksumType" and value_in_request.partition("-")[0] != value.partition("-")[0]:
            raise bad_checksum(name.removeprefix("Checksum"))
