"""Conditions of reads, writes and deletes, and byte ranges.

The order in which the conditions of a read are evaluated is RFC 9110's, section 13.2.2.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from app.local import lazy_re as re
from app.local.s3.content import quote
from app.local.s3.errors import invalid, no_such_key, not_implemented, precondition_failed
from app.local.s3.storage import Object
from app.local.s3.storage.buckets import Condition
from app.local.wire import JSON, ServiceError

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_EXACT_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass(frozen=True)
class ByteRange:
    """The bytes from `start` up to, but without, `end`."""

    start: int
    end: int

    def header(self, item: Object) -> str:
        return f"bytes {self.start}-{self.end - 1}/{item.size}"


def check_read(item: Object, params: JSON, prefix: str = "") -> None:
    """Refuse a read whose conditions do not hold.

    Args:
        item: the object to read.
        params: the parameters of the request.
        prefix: "CopySource" for the conditions that a copy sets on its source.

    Raises:
        ServiceError: PreconditionFailed, or NotModified.
    """
    match, none_match = params.get(f"{prefix}IfMatch"), params.get(f"{prefix}IfNoneMatch")
    unmodified_since = _seconds(params.get(f"{prefix}IfUnmodifiedSince"))
    modified_since = _seconds(params.get(f"{prefix}IfModifiedSince"))
    if match is not None:
        if not _matches(item, match):
            raise precondition_failed("If-Match")
    elif unmodified_since and item.last_modified > unmodified_since:
        raise precondition_failed("If-Unmodified-Since")
    if none_match is not None:
        if _matches(item, none_match):
            raise _not_modified(item, "If-None-Match", prefix)
    elif modified_since and item.last_modified <= modified_since:
        raise _not_modified(item, "If-Modified-Since", prefix)


def write_condition(params: JSON, key: str) -> Condition:
    """The condition of a write or a delete: If-None-Match: *, or If-Match with an ETag.

    Raises:
        ServiceError: the request has a condition that S3 does not have.
    """
    match, none_match = params.get("IfMatch"), params.get("IfNoneMatch")
    if none_match not in (None, "*"):
        raise not_implemented("If-None-Match")

    def check(item: Object | None) -> None:
        if none_match and item:
            raise precondition_failed("If-None-Match")
        if match and item is None:
            raise no_such_key(key)
        if match and item and not _matches(item, match):
            raise precondition_failed("If-Match")

    return check


def read_range(item: Object, params: JSON) -> ByteRange | None:
    """The bytes that a request reads by range or by part number; None for all of them. S3 accepts
    one range, and ignores a header that it cannot parse.

    Raises:
        ServiceError: InvalidRange, or InvalidPartNumber.
    """
    if number := params.get("PartNumber"):
        return _part(item, number) if item.size else None
    header = params.get("Range", "")
    match = _RANGE.fullmatch(header.replace(" ", ""))
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        start, end = max(0, item.size - int(last)), item.size
    else:
        start, end = int(first), min(int(last) + 1 if last else item.size, item.size)
        if last and int(last) < start:
            return None
    if start >= end:
        raise unsatisfiable(header, item.size)
    return ByteRange(start, end)


def copied_range(item: Object, header: str | None) -> ByteRange | None:
    """The bytes that UploadPartCopy copies: `bytes=first-last`, both within the source.

    Raises:
        ServiceError: InvalidArgument or InvalidRange.
    """
    if header is None:
        return None
    match = _EXACT_RANGE.fullmatch(header)
    if not match:
        message = "The x-amz-copy-source-range value must be of the form bytes=first-last"
        raise invalid("x-amz-copy-source-range", header, message)
    start, end = int(match[1]), int(match[2]) + 1
    if not start < end <= item.size:
        raise unsatisfiable(header, item.size)
    return ByteRange(start, end)


def unsatisfiable(header: str, size: int) -> ServiceError:
    return ServiceError(
        "InvalidRange",
        "The requested range is not satisfiable",
        RangeRequested=header,
        ActualObjectSize=size,
    )


def _part(item: Object, number: int) -> ByteRange:
    ends = list(accumulate(item.parts or (item.size,)))
    if not 1 <= number <= len(ends):
        raise ServiceError(
            "InvalidPartNumber",
            "The requested partnumber is not satisfiable",
            PartNumberRequested=number,
            ActualPartCount=len(ends),
        )
    return ByteRange(ends[number - 2] if number > 1 else 0, ends[number - 1])


def _matches(item: Object, etags: str) -> bool:
    return any(etag.strip().strip('"') in ("*", item.etag) for etag in etags.split(","))


def _not_modified(item: Object, condition: str, prefix: str) -> ServiceError:
    if prefix:
        return precondition_failed(condition)
    headers = {"ETag": quote(item.etag)}
    return ServiceError("NotModified", "Not Modified", **{"$headers": headers})


def _seconds(moment: datetime | None) -> datetime | None:
    return moment.replace(microsecond=0) if moment else None
