"""Versions of objects: whether a bucket keeps them, and which there are."""

from itertools import islice

from app.local.s3.errors import invalid, malformed_xml, not_implemented
from app.local.s3.listing import (
    MOST_KEYS,
    entry,
    fold,
    page_size,
    url,
)
from app.local.s3.storage import Buckets, Marker, Version
from app.local.s3.storage.registry import VERSIONING
from app.local.wire import JSON, Call, Service

_KEYS = ("Prefix", "Delimiter", "KeyMarker", "NextKeyMarker")  # what encoding-type=url is for


class Versions:
    def __init__(self, buckets: Buckets, account: str) -> None:
        self._buckets, self._owner = buckets, {"ID": account}

    def handlers(self) -> Service:
        return {
            "PutBucketVersioning": self.put,
            "GetBucketVersioning": self.get,
            "ListObjectVersions": self.list,
        }

    def put(self, call: Call) -> JSON:
        configuration = call.params["VersioningConfiguration"]
        if configuration.get("MFADelete") == "Enabled":
            raise not_implemented("MfaDelete")
        if "Status" not in configuration:
            raise malformed_xml("a VersioningConfiguration has a Status.")
        self._buckets.keep(call.params["Bucket"], VERSIONING, configuration["Status"])
        return {}

    def get(self, call: Call) -> JSON:
        status = self._buckets.kept(call.params["Bucket"], VERSIONING)
        return {"Status": status} if status else {}

    def list(self, call: Call) -> JSON:
        """A page of all versions, those of a key from the newest on."""
        params = call.params
        after, version_id = params.get("KeyMarker", ""), params.get("VersionIdMarker")
        if version_id is not None and not after:
            message = "A version-id marker cannot be specified without a key marker."
            raise invalid("version-id-marker", version_id, message)
        prefix, delimiter = params.get("Prefix", ""), params.get("Delimiter", "")
        versions = self._buckets.list_versions(params["Bucket"], prefix, after, version_id or None)
        folded = fold(versions, lambda one: one[0].key, prefix, delimiter)
        if delimiter and version_id is None and after.endswith(delimiter):
            folded = ((key, one) for key, one in folded if key != after)
        limit = min(page_size(params), MOST_KEYS)
        found = list(islice(folded, limit + 1))
        shown = found[:limit]
        result: JSON = {
            "Name": params["Bucket"],
            "Prefix": prefix,
            "KeyMarker": after,
            "VersionIdMarker": version_id or "",
            "MaxKeys": limit,
            "IsTruncated": bool(limit) and len(found) > limit,
            "Versions": [self._entry(*one) for _, one in shown if one and not _marks(one)],
            "DeleteMarkers": [self._entry(*one) for _, one in shown if one and _marks(one)],
            "CommonPrefixes": [{"Prefix": key} for key, one in shown if not one],
            **{name: params[name] for name in ("Delimiter", "EncodingType") if name in params},
        }
        if result["IsTruncated"]:
            key, last = shown[-1]
            result["NextKeyMarker"] = key
            result |= {"NextVersionIdMarker": last[0].version_id} if last else {}
        return _encoded(result)

    def _entry(self, version: Version, is_newest: bool) -> JSON:
        said: JSON = {"VersionId": version.version_id, "IsLatest": is_newest, "Owner": self._owner}
        if isinstance(version, Marker):
            return {"Key": version.key, "LastModified": version.last_modified, **said}
        return entry(version) | said


def _marks(one: tuple[Version, bool]) -> bool:
    return isinstance(one[0], Marker)


def _encoded(result: JSON) -> JSON:
    if result.get("EncodingType") != "url":
        return result
    result |= {name: url(result[name]) for name in _KEYS if name in result}
    for kind, name in (("Versions", "Key"), ("DeleteMarkers", "Key"), ("CommonPrefixes", "Prefix")):
        for one in result[kind]:
            one[name] = url(one[name])
    return result
