"""Lists of a bucket's objects, versions and uploads, and of the parts of an upload, in pages.

Keys come in UTF-8 byte order. With a delimiter, all keys that contain it after the prefix are
listed as one common prefix.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import TypeVar
from urllib.parse import quote_plus

from app.local.s3.content import quote
from app.local.s3.errors import invalid, not_implemented
from app.local.s3.storage import (
    Buckets,
    Marker,
    MultipartUpload,
    Object,
    UploadedPart,
    Uploads,
    Version,
)
from app.local.s3.storage.external_changes import QUIET
from app.local.s3.storage.index import HIGHEST
from app.local.wire import JSON, Call, Service

MOST_LISTED = 1000  # of a page: keys, versions, uploads, parts
# The names that encoding-type=url is about.
_ENCODED = (
    "Delimiter",
    "KeyMarker",
    "Marker",
    "NextKeyMarker",
    "NextMarker",
    "Prefix",
    "StartAfter",
)
_ENCODED_ENTRIES = {
    "Contents": "Key",
    "Versions": "Key",
    "DeleteMarkers": "Key",
    "Uploads": "Key",
    "CommonPrefixes": "Prefix",
}
T = TypeVar("T")


@dataclass(frozen=True)
class ListingPage:
    """A page of a listing. `last` is the key or common prefix after which the next page starts."""

    items: list[Object]
    prefixes: list[str]
    last: str | None
    truncated: bool


class Listing:
    def __init__(self, buckets: Buckets, uploads: Uploads, account: str) -> None:
        self._buckets, self._uploads, self._owner = buckets, uploads, {"ID": account}

    def handlers(self) -> Service:
        return {
            "ListObjects": self.list_v1,
            "ListObjectsV2": self.list_v2,
            "ListObjectVersions": self.list_versions,
            "ListMultipartUploads": self.list_uploads,
            "ListParts": self.list_parts,
        }

    def list_v2(self, call: Call) -> JSON:
        params = call.params
        token = params.get("ContinuationToken")
        after = _read_token(token) if token is not None else params.get("StartAfter", "")
        page = self._page(params, after, continued=token is not None)
        result = self._result(page, params, params.get("FetchOwner", False))
        result["KeyCount"] = len(page.items) + len(page.prefixes)
        if page.truncated and page.last is not None:
            result["NextContinuationToken"] = _token(page.last)
        for name in ("ContinuationToken", "StartAfter"):
            if name in params:
                result[name] = params[name]
        return _encoded(result, params)

    def list_v1(self, call: Call) -> JSON:
        params = call.params
        page = self._page(params, params.get("Marker", ""), continued=True)
        result = self._result(page, params, True) | {"Marker": params.get("Marker", "")}
        if page.truncated and page.last is not None and params.get("Delimiter"):
            result["NextMarker"] = page.last
        return _encoded(result, params)

    def list_parts(self, call: Call) -> JSON:
        params = call.params
        self._buckets.folder(params["Bucket"])
        upload = self._uploads.get(params["Bucket"], params["Key"], params["UploadId"])
        after = params.get("PartNumberMarker", 0)
        limit = min(params.get("MaxParts", MOST_LISTED), MOST_LISTED)
        parts = [part for part in self._uploads.parts(upload) if part.number > after]
        page = parts[:limit]
        return {
            "Bucket": upload.bucket,
            "Key": upload.key,
            "UploadId": upload.id,
            "PartNumberMarker": after,
            "NextPartNumberMarker": page[-1].number if page else 0,
            "MaxParts": limit,
            "IsTruncated": len(parts) > limit,
            "Parts": [_part_entry(upload, part) for part in page],
            "Initiator": self._owner,
            "Owner": self._owner,
            "StorageClass": "STANDARD",
            **upload_checksum(upload),
        }

    def list_uploads(self, call: Call) -> JSON:
        params = call.params
        if params.get("Delimiter"):
            raise not_implemented("delimiter")
        self._buckets.folder(params["Bucket"])
        after = params.get("KeyMarker", ""), params.get("UploadIdMarker", "")
        limit = min(params.get("MaxUploads", MOST_LISTED), MOST_LISTED)
        everything = self._uploads.of(params["Bucket"], params.get("Prefix", ""))
        uploads = _uploads_after(everything, *after)
        page = uploads[:limit]
        result = {
            "Bucket": params["Bucket"],
            "Prefix": params.get("Prefix", ""),
            "KeyMarker": after[0],
            "UploadIdMarker": after[1],
            "MaxUploads": limit,
            "IsTruncated": len(uploads) > limit,
            "Uploads": [self._upload_entry(upload) for upload in page],
        }
        if len(uploads) > limit and page:
            result |= {"NextKeyMarker": page[-1].key, "NextUploadIdMarker": page[-1].id}
        return _encoded(result, params)

    def _upload_entry(self, upload: MultipartUpload) -> JSON:
        return {
            "Key": upload.key,
            "UploadId": upload.id,
            "Initiated": upload.initiated,
            "StorageClass": "STANDARD",
            "Owner": self._owner,
            "Initiator": self._owner,
            **upload_checksum(upload),
        }

    def list_versions(self, call: Call) -> JSON:
        """A page of all versions; those of one key come newest first."""
        params = call.params
        after, version_id = params.get("KeyMarker", ""), params.get("VersionIdMarker")
        if version_id is not None and not after:
            message = "A version-id marker cannot be specified without a key marker."
            raise invalid("version-id-marker", version_id, message)
        prefix, delimiter = params.get("Prefix", ""), params.get("Delimiter", "")
        everything = self._buckets.list_versions(
            params["Bucket"], prefix, after, version_id or None
        )
        folded_entries = fold(everything, lambda entry: entry[0].key, prefix, delimiter)
        if delimiter and version_id is None and after.endswith(delimiter):
            folded_entries = ((key, entry) for key, entry in folded_entries if key != after)
        limit = min(_page_size(params), MOST_LISTED)
        entries = list(islice(folded_entries, limit + 1))
        page = entries[:limit]
        versions = [entry for _, entry in page if entry]
        result: JSON = {
            "Name": params["Bucket"],
            "Prefix": prefix,
            "KeyMarker": after,
            "VersionIdMarker": version_id or "",
            "MaxKeys": limit,
            "IsTruncated": bool(limit) and len(entries) > limit,
            "Versions": [
                self._version_entry(version, is_newest)
                for version, is_newest in versions
                if isinstance(version, Object)
            ],
            "DeleteMarkers": [
                self._version_entry(marker, is_newest)
                for marker, is_newest in versions
                if isinstance(marker, Marker)
            ],
            "CommonPrefixes": [{"Prefix": key} for key, entry in page if not entry],
            **{name: params[name] for name in ("Delimiter", "EncodingType") if name in params},
        }
        if result["IsTruncated"]:
            key, last = page[-1]
            result["NextKeyMarker"] = key
            result |= {"NextVersionIdMarker": last[0].version_id} if last else {}
        return _encoded(result, params)

    def _version_entry(self, version: Version, is_newest: bool) -> JSON:
        members: JSON = {
            "VersionId": version.version_id,
            "IsLatest": is_newest,
            "Owner": self._owner,
        }
        if isinstance(version, Marker):
            return {"Key": version.key, "LastModified": version.last_modified, **members}
        return _object_entry(version) | members

    def _page(self, params: JSON, after: str, *, continued: bool) -> ListingPage:
        """A page of objects.

        Args:
            params: the request's.
            after: the name that the page starts after.
            continued: whether `after` may be a common prefix that the page before has shown.
        """
        prefix, delimiter = params.get("Prefix", ""), params.get("Delimiter", "")
        limit = min(_page_size(params), MOST_LISTED)
        if continued and is_common_prefix(after, prefix, delimiter):
            after += HIGHEST  # after all keys that it stands for
        entries = list(
            islice(
                self._entries(params["Bucket"], prefix, delimiter, after, _quiet(params)), limit + 1
            )
        )
        page = entries[:limit]
        return ListingPage(
            [item for _, item in page if item],
            [key for key, item in page if not item],
            page[-1][0] if page else None,
            bool(limit) and len(entries) > limit,
        )

    def _entries(
        self, bucket: str, prefix: str, delimiter: str, after: str, quiet: float | None
    ) -> Iterator[tuple[str, Object | None]]:
        """Keys with their objects, and common prefixes with None. The keys below a common prefix
        are skipped without being read.
        """
        while True:
            items = self._buckets.list(bucket, prefix, after, quiet=quiet)
            for key, item in fold(items, attrgetter("key"), prefix, delimiter):
                yield key, item
                if item is None:
                    after, quiet = key + HIGHEST, None
                    break
            else:
                return

    def _result(self, page: ListingPage, params: JSON, with_owner: bool) -> JSON:
        owner = {"Owner": self._owner} if with_owner else {}
        return {
            "Name": params["Bucket"],
            "Prefix": params.get("Prefix", ""),
            "MaxKeys": min(_page_size(params), MOST_LISTED),
            "IsTruncated": page.truncated,
            "Contents": [_object_entry(item) | owner for item in page.items],
            "CommonPrefixes": [{"Prefix": prefix} for prefix in page.prefixes],
            **{name: params[name] for name in ("Delimiter", "EncodingType") if name in params},
        }


def fold(
    items: Iterable[T], key: Callable[[T], str], prefix: str, delimiter: str
) -> Iterator[tuple[str, T | None]]:
    """Each key with its item; keys that go on after the delimiter as one common prefix, with None.

    With the delimiter "/", `a.txt`, `b/1`, `b/2`, `c.txt` are `a.txt`, `b/`, `c.txt`.
    """
    last = None
    for item in items:
        name = key(item)
        head, separator, _ = name[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
        if not separator:
            yield name, item
        elif (common := prefix + head + separator) != last:
            last = common
            yield common, None


def is_common_prefix(name: str, prefix: str, delimiter: str) -> bool:
    """Whether a name in a listing stands for all keys that begin with it.

    >>> is_common_prefix("c/4/", "c/", "/"), is_common_prefix("c/", "c/", "/")  # a key of its own
    (True, False)
    """
    if not delimiter or not name.startswith(prefix):
        return False
    _, separator, rest = name.removeprefix(prefix).partition(delimiter)
    return bool(separator) and not rest


def url_encode(text: str) -> str:
    """The encoding that `encoding-type=url` asks for: a form's, with slashes left as they are."""
    return quote_plus(text, safe="/*")


def _object_entry(item: Object) -> JSON:
    algorithms = [name.removeprefix("Checksum") for name in item.checksums]
    entry: JSON = {
        "Key": item.key,
        "LastModified": item.last_modified,
        "ETag": quote(item.etag),
        "Size": item.size,
        "StorageClass": item.attributes.headers.get("StorageClass", "STANDARD"),
    }
    if algorithms:
        entry["ChecksumAlgorithm"] = [name for name in algorithms if name != "Type"]
        entry["ChecksumType"] = item.checksums["ChecksumType"]
    return entry


def _encoded(result: JSON, params: JSON) -> JSON:
    """The result, with its names encoded if the request asks for that."""
    if params.get("EncodingType") != "url":
        return result
    result |= {name: url_encode(result[name]) for name in _ENCODED if name in result}
    for kind, name in _ENCODED_ENTRIES.items():
        for entry in result.get(kind, ()):
            entry[name] = url_encode(entry[name])
    return result


def _quiet(params: JSON) -> float | None:
    """Since when a file has to be unchanged to be looked at, in seconds; None: no folder is looked
    into. A listing from a key on is the ingest function's, which comes again and again while files
    are copied into the folder: it leaves those that may still be written for the scanner.
    """
    if "ContinuationToken" in params:
        return None
    return QUIET if params.get("StartAfter") else 0


def _page_size(params: JSON) -> int:
    size: int = params.get("MaxKeys", MOST_LISTED)
    if size < 0:
        raise invalid(
            "max-keys", size, "Argument max-keys must be an integer between 0 and 2147483647"
        )
    return size


def upload_checksum(upload: MultipartUpload) -> JSON:
    """The members of an answer that say which checksum the parts of an upload have."""
    if not upload.algorithm:
        return {}
    return {"ChecksumAlgorithm": upload.algorithm, "ChecksumType": upload.checksum_type}


def _part_entry(upload: MultipartUpload, part: UploadedPart) -> JSON:
    checksum = {f"Checksum{upload.algorithm}": part.checksum} if part.checksum else {}
    return {
        "PartNumber": part.number,
        "LastModified": part.modified,
        "ETag": quote(part.md5),
        "Size": part.size,
        **checksum,
    }


def _uploads_after(
    uploads: Sequence[MultipartUpload], key: str, identifier: str
) -> Sequence[MultipartUpload]:
    """The uploads that come after a page which ended with this upload of this key."""
    identifiers = [upload.id for upload in uploads if upload.key == key]
    rest = identifiers[identifiers.index(identifier) + 1 :] if identifier in identifiers else []
    return [upload for upload in uploads if upload.key > key or upload.id in rest]


def _token(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode()


def _read_token(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        message = "The continuation token provided is incorrect"
        raise invalid("continuation-token", token, message) from error
