"""The documents bucket, as far as documents need it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from app.aws import calling
from app.documents.names import SIDECAR

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class Object:
    """An object as it lies in the bucket. `size` is in bytes."""

    key: str
    size: int
    modified: datetime
    etag: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of documents and their sidecars."""

    s3: "S3Client"
    name: str

    def uri(self, key: str) -> str:
        return f"s3://{self.name}/{key}"

    def head(self, key: str) -> Object | None:
        with calling("HeadObject"):
            try:
                found = self.s3.head_object(Bucket=self.name, Key=key)
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                    return None
                raise
        return Object(key, found["ContentLength"], found["LastModified"], found["ETag"])

    def documents(self, after: str = "", page: int = 1000) -> Iterator[Object]:
        """The documents whose keys come after one, by key; sidecars are none.

        Args:
            page: how many objects to ask for at a time.
        """
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, StartAfter=after, PaginationConfig={"PageSize": page}
        )
        with calling("ListObjectsV2"):
            for found in pages:
                for item in found.get("Contents", []):
                    if not item["Key"].endswith((SIDECAR, "/")):
                        yield Object(item["Key"], item["Size"], item["LastModified"], item["ETag"])

    def put(self, key: str, body: bytes) -> None:
        with calling("PutObject"):
            self.s3.put_object(Bucket=self.name, Key=key, Body=body)

    def delete(self, key: str) -> None:
        with calling("DeleteObject"):
            self.s3.delete_object(Bucket=self.name, Key=key)

    def form(
        self,
        key: str,
        fields: Mapping[str, str],
        conditions: Sequence[Any],
        lifetime: timedelta,
    ) -> tuple[str, Mapping[str, str]]:
        """A presigned form: where to POST it, and its fields."""
        with calling("PresignedPost"):
            form = self.s3.generate_presigned_post(
                self.name,
                key,
                Fields=dict(fields),
                Conditions=[dict(fields), *conditions],
                ExpiresIn=int(lifetime.total_seconds()),
            )
        return form["url"], form["fields"]
