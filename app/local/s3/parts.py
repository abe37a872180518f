"""The rules of parts: which there may be, which make an object, and what its checksum is."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from app.local.s3.conditions import Slice, unsatisfiable
from app.local.s3.content import FULL_OBJECT, bad_checksum, claim
from app.local.s3.errors import invalid
from app.local.s3.storage import (
    Object,
    Part,
    Staged,
    Upload,
)
from app.local.s3.storage.checksums import FULL_OBJECT_ONLY, composite
from app.local.wire import JSON, ServiceError

SMALLEST_PART = 5 * 2**20  # bytes; the last one may be smaller
MOST_PARTS = 10_000
COMPOSITE = "COMPOSITE"
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")
_COMPOSABLE = ("CRC32", "CRC32C", "SHA1", "SHA256")
_WHOLE = ("CRC32", "CRC32C", "CRC64NVME")


def checksum_of_upload(params: JSON) -> tuple[str | None, str | None]:
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


def check_algorithm(upload: Upload, claimed: tuple[str, str | None] | None) -> None:
    """Of a part that claims a checksum."""
    if upload.algorithm and claimed and claimed[0] != upload.algorithm:
        message = (
            "Checksum Type mismatch occurred, expected checksum Type: "
            f"{upload.algorithm.lower()}, actual checksum Type: {claimed[0].lower()}"
        )
        raise ServiceError("InvalidRequest", message)


def check_number(number: int) -> None:
    if not 1 <= number <= MOST_PARTS:
        message = f"Part number must be an integer between 1 and {MOST_PARTS}, inclusive"
        raise invalid("partNumber", number, message)


def copied_range(item: Object, wanted: str | None) -> Slice | None:
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


def chosen(upload: Upload, parts: Sequence[Part], params: JSON) -> Sequence[Part]:
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
    whole = [_check_part(upload, here.get(wanted.get("PartNumber")), wanted) for wanted in listed]
    for part in whole[:-1]:
        if part.size < SMALLEST_PART:
            raise ServiceError(
                "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed size",
                ProposedSize=part.size,
                MinSizeAllowed=SMALLEST_PART,
                PartNumber=part.number,
                ETag=part.md5,
            )
    return whole


def algorithms_of_whole(upload: Upload) -> Sequence[str]:
    """What has to be computed of all bytes."""
    full = upload.checksum_type == FULL_OBJECT
    return [upload.algorithm] if upload.algorithm and full else []


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


def checksums_of_whole(upload: Upload, parts: Sequence[Part], staged: Staged) -> dict[str, str]:
    """The object's, as S3 names them."""
    if upload.algorithm is None or upload.checksum_type is None:
        return {}
    if upload.checksum_type == FULL_OBJECT:
        value = staged.checksums[upload.algorithm]
    else:
        value = composite(upload.algorithm, [part.checksum or "" for part in parts])
    return {f"Checksum{upload.algorithm}": value, "ChecksumType": upload.checksum_type}


def check_whole(params: JSON, checksums: Mapping[str, str], staged: Staged) -> None:
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
