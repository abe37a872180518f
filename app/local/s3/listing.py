"""What a bucket holds, in pages: keys by UTF-8 byte order, or folded at a delimiter."""

import base64
import binascii
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import TypeVar
from urllib.parse import quote_plus

from app.local.s3.content import quoted
from app.local.s3.errors import invalid
from app.local.s3.storage import Buckets, Object
from app.local.s3.storage.index import HIGHEST
from app.local.wire import JSON, Call, Service

MOST_KEYS = 1000  # of a page
T = TypeVar("T")


@dataclass(frozen=True)
class Page:
    """Part of a listing. `last` is the key or common prefix that the next one goes on after."""

    items: list[Object]
    prefixes: list[str]
    last: str | None
    truncated: bool


class Listing:
    def __init__(self, buckets: Buckets, account: str) -> None:
        self._buckets, self._owner = buckets, {"ID": account}

    def handlers(self) -> Service:
        return {"ListObjects": self.list_v1, "ListObjectsV2": self.list_v2}

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

    def _page(self, params: JSON, after: str, *, continued: bool) -> Page:
        """A page.

        Args:
            params: of the request.
            after: what the page begins after.
            continued: whether that may be a common prefix of the page before.
        """
        prefix, delimiter = params.get("Prefix", ""), params.get("Delimiter", "")
        limit = min(page_size(params), MOST_KEYS)
        if continued and is_common_prefix(after, prefix, delimiter):
            after += HIGHEST  # all that it stands for
        look = "ContinuationToken" not in params
        entries = list(
            islice(self._entries(params["Bucket"], prefix, delimiter, after, look), limit + 1)
        )
        shown = entries[:limit]
        return Page(
            [item for _, item in shown if item],
            [key for key, item in shown if not item],
            shown[-1][0] if shown else None,
            bool(limit) and len(entries) > limit,
        )

    def _entries(
        self, bucket: str, prefix: str, delimiter: str, after: str, look: bool
    ) -> Iterator[tuple[str, Object | None]]:
        """Keys with their items, and common prefixes, each of which is passed over in one step."""
        while True:
            items = self._buckets.list(bucket, prefix, after, look=look)
            for key, item in fold(items, attrgetter("key"), prefix, delimiter):
                yield key, item
                if item is None:
                    after, look = key + HIGHEST, False
                    break
            else:
                return

    def _result(self, page: Page, params: JSON, with_owner: bool) -> JSON:
        owner = {"Owner": self._owner} if with_owner else {}
        return {
            "Name": params["Bucket"],
            "Prefix": params.get("Prefix", ""),
            "MaxKeys": min(page_size(params), MOST_KEYS),
            "IsTruncated": page.truncated,
            "Contents": [entry(item) | owner for item in page.items],
            "CommonPrefixes": [{"Prefix": prefix} for prefix in page.prefixes],
            **{name: params[name] for name in ("Delimiter", "EncodingType") if name in params},
        }


def fold(
    items: Iterable[T], key: Callable[[T], str], prefix: str, delimiter: str
) -> Iterator[tuple[str, T | None]]:
    """Each key with its item; keys that go on after a delimiter as one common prefix.

    With the delimiter "/", `a.txt`, `b/1`, `b/2`, `c.txt` are `a.txt`, `b/`, `c.txt`.
    """
    last = None
    for item in items:
        name = key(item)
        head, found, _ = name[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
        if not found:
            yield name, item
        elif (common := prefix + head + found) != last:
            last = common
            yield common, None


def is_common_prefix(name: str, prefix: str, delimiter: str) -> bool:
    """Whether a name in a listing stands for all keys that begin with it.

    >>> is_common_prefix("c/4/", "c/", "/"), is_common_prefix("c/", "c/", "/")  # a key of its own
    (True, False)
    """
    if not delimiter or not name.startswith(prefix):
        return False
    _, found, rest = name.removeprefix(prefix).partition(delimiter)
    return bool(found) and not rest


def url(text: str) -> str:
    """As `encoding-type=url` wants it: as in a form, but for slashes."""
    return quote_plus(text, safe="/*")


def entry(item: Object) -> JSON:
    algorithms = [name.removeprefix("Checksum") for name in item.checksums]
    entry: JSON = {
        "Key": item.key,
        "LastModified": item.last_modified,
        "ETag": quoted(item.etag),
        "Size": item.size,
        "StorageClass": item.attributes.headers.get("StorageClass", "STANDARD"),
    }
    if algorithms:
        entry["ChecksumAlgorithm"] = [name for name in algorithms if name != "Type"]
        entry["ChecksumType"] = item.checksums["ChecksumType"]
    return entry


def _encoded(result: JSON, params: JSON) -> JSON:
    if params.get("EncodingType") != "url":
        return result
    for name in ("Prefix", "Delimiter", "StartAfter", "Marker", "NextMarker"):
        if name in result:
            result[name] = url(result[name])
    for entry in result["Contents"]:
        entry["Key"] = url(entry["Key"])
    for common in result["CommonPrefixes"]:
        common["Prefix"] = url(common["Prefix"])
    return result


def page_size(params: JSON) -> int:
    size: int = params.get("MaxKeys", MOST_KEYS)
    if size < 0:
        raise invalid(
            "max-keys", size, "Argument max-keys must be an integer between 0 and 2147483647"
        )
    return size


def _token(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode()


def _read_token(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        message = "The continuation token provided is incorrect"
        raise invalid("continuation-token", token, message) from error
