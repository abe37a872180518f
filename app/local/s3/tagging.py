"""Tags of objects: put, get, delete. Those of a bucket are a subresource."""

from collections.abc import Mapping

from app.local.s3.content import version_said
from app.local.s3.storage import Buckets
from app.local.s3.tags import MOST_OF_OBJECT, check_tags, listed
from app.local.wire import JSON, Call, Service


class Tagging:
    """What is done to the tags of an object, or of one of its versions."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets

    def handlers(self) -> Service:
        return {
            "PutObjectTagging": self.put,
            "GetObjectTagging": self.get,
            "DeleteObjectTagging": self.delete,
        }

    def put(self, call: Call) -> JSON:
        return self._tag(call, check_tags(call.params["Tagging"]["TagSet"], MOST_OF_OBJECT))

    def get(self, call: Call) -> JSON:
        params = call.params
        item = self._buckets.head(params["Bucket"], params["Key"], params.get("VersionId"))
        tags = listed(item.attributes.tags)
        return {"TagSet": tags, **version_said(self._buckets, item)}

    def delete(self, call: Call) -> JSON:
        return self._tag(call, {})

    def _tag(self, call: Call, tags: Mapping[str, str]) -> JSON:
        params = call.params
        item = self._buckets.tag(params["Bucket"], params["Key"], params.get("VersionId"), tags)
        return version_said(self._buckets, item)
