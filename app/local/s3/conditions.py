"""Conditions of reading, writing and deleting, and the part of an object that is asked for.

The order in which conditions of a read count is RFC 9110's, section 13.2.2.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from app.local.s3.content import quoted
from app.local.s3.errors import no_such_key, not_implemented, precondition_failed
from app.local.s3.storage import Object
from app.local.s3.storage.buckets import Condition
from app.local.wire import JSON, ServiceError

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True)
class Slice:
    """Bytes `start` to `end`, which is the first that is not wanted."""

    start: int
    end: int

    def header(self, item: Object) -> str:
        return f"bytes {self.start}-{self.end - 1}/{item.size}"


def check_read(item: Object, params: JSON, prefix: str = "") -> None:
    """Refuse a read whose conditions do not hold.

    Args:
        item: what is there.
        params: of the request.
        prefix: of the parameters' names, "CopySource" for those of a copy.

    Raises:
        ServiceError: PreconditionFailed, or NotModified.
    """
    match, none_match = params.get(f"{prefix}IfMatch"), params.get(f"{prefix}IfNoneMatch")
    unmodified = _seconds(params.get(f"{prefix}IfUnmodifiedSince"))
    modified = _seconds(params.get(f"{prefix}IfModifiedSince"))
    if match is not None:
        if not _matches(item, match):
            raise precondition_failed("If-Match")
    elif unmodified and item.last_modified > unmodified:
        raise precondition_failed("If-Unmodified-Since")
    if none_match is not None:
        if _matches(item, none_match):
            raise _not_modified(item, "If-None-Match", prefix)
    elif modified and item.last_modified <= modified:
        raise _not_modified(item, "If-Modified-Since", prefix)


def to_write(params: JSON, key: str) -> Condition:
    """What must hold for a write, or a delete: If-None-Match: *, or If-Match: an ETag.

    Raises:
        ServiceError: the request asks for a condition that S3 does not know.
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


def asked_for(item: Object, params: JSON) -> Slice | None:
    """The part that is wanted by range or by part number; None: all of it. S3 takes one range, and
    looks past what it cannot read.

    Raises:
        ServiceError: there is no such part.
    """
    if number := params.get("PartNumber"):
        return _part(item, number) if item.size else None
    wanted = params.get("Range", "")
    found = _RANGE.fullmatch(wanted.replace(" ", ""))
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        start, end = max(0, item.size - int(last)), item.size
    else:
        start, end = int(first), min(int(last) + 1 if last else item.size, item.size)
        if last and int(last) < start:
            return None
    if start >= end:
        raise unsatisfiable(wanted, item.size)
    return Slice(start, end)


def unsatisfiable(wanted: str, size: int) -> ServiceError:
    return ServiceError(
        "InvalidRange",
        "The requested range is not satisfiable",
        RangeRequested=wanted,
        ActualObjectSize=size,
    )


def _part(item: Object, number: int) -> Slice:
    ends = list(accumulate(item.parts or (item.size,)))
    if not 1 <= number <= len(ends):
        raise ServiceError(
            "InvalidPartNumber",
            "The requested partnumber is not satisfiable",
            PartNumberRequested=number,
            ActualPartCount=len(ends),
        )
    return Slice(ends[number - 2] if number > 1 else 0, ends[number - 1])


def _matches(item: Object, etags: str) -> bool:
    return any(etag.strip().strip('"') in ("*", item.etag) for etag in etags.split(","))


def _not_modified(item: Object, condition: str, prefix: str) -> ServiceError:
    if prefix:
        return precondition_failed(condition)
    headers = {"ETag": quoted(item.etag)}
    return ServiceError("NotModified", "Not Modified", **{"$headers": headers})


def _seconds(moment: datetime | None) -> datetime | None:
    return moment.replace(microsecond=0) if moment else None
