"""The bucket of conversations: five calls of S3, with their failures translated."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from app.aws import calling, side_by_side
from app.errors import BackendError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

AT_ONCE = 8  # connections for reading many objects
MOST_DELETED = 1000  # keys in one DeleteObjects


@dataclass(frozen=True, slots=True)
class Object:
    """An object in a listing."""

    key: str
    modified: datetime


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of a bucket. S3 is strongly consistent: a listing shows every put before it."""

    s3: "S3Client"
    bucket: str

    def walk(self, prefix: str) -> Iterator[Object]:
        """Every object under a prefix, in the order of keys; a request for each thousand."""
        with calling("ListObjectsV2"):
            pages = self.s3.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=prefix):
                for item in page.get("Contents", []):
                    yield Object(item["Key"], item["LastModified"])

    def page(self, prefix: str, limit: int, after: str | None) -> tuple[list[str], bool]:
        """The keys of one page, and whether there are more."""
        start: dict[str, Any] = {"StartAfter": after} if after else {}
        with calling("ListObjectsV2"):
            page = self.s3.list_objects_v2(
                Bucket=self.bucket, Prefix=prefix, MaxKeys=limit, **start
            )
        return [item["Key"] for item in page.get("Contents", [])], page["IsTruncated"]

    def exists(self, key: str) -> bool:
        return key in self.page(key, 1, None)[0]

    def get(self, key: str) -> bytes:
        """The body of an object.

        Raises:
            NotFound: there is no such object.
        """
        with calling("GetObject"):
            return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def get_all(self, keys: Sequence[str]) -> Sequence[bytes]:
        """The bodies of several objects, in the order of their keys; some are read at once."""
        return side_by_side([partial(self.get, key) for key in keys], AT_ONCE)

    def put(self, key: str, body: bytes, *, once: bool = False) -> None:
        """Write an object.

        Raises:
            Conflict: `once`, and there is an object of this key already.
        """
        condition: dict[str, Any] = {"IfNoneMatch": "*"} if once else {}
        with calling("PutObject"):
            self.s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=body,
                ContentType="application/json",
                **condition,
            )

    def delete(self, keys: Sequence[str]) -> None:
        """Delete objects. An object that does not exist counts as deleted."""
        for start in range(0, len(keys), MOST_DELETED):
            objects: Any = [{"Key": key} for key in keys[start : start + MOST_DELETED]]
            with calling("DeleteObjects"):
                answer = self.s3.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": objects, "Quiet": True}
                )
            for errors in answer.get("Errors", []):
                raise BackendError(
                    f"DeleteObjects: {errors.get('Code')}: {errors.get('Message')}. Delete again."
                )
