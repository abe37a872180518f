"""The documents bucket: the calls of S3 in the flow of documents."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from app.aws import calling
from app.documents.names import SIDECAR
from app.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ATTRIBUTES = "outcrop-attributes"
"""The user-defined metadata with the digest of the attributes of an upload."""
REQUESTED = "outcrop-requested"
"""The tag with the version of a document that the Knowledge Base was asked to ingest."""
MOST_TAGS = 10  # of an object, by S3
HIGHEST = "\U0010ffff"  # the sign that comes after all others
LONGEST_KEY = 1024  # bytes, by S3: a document with a key of this length can have no sidecar


@dataclass(frozen=True, slots=True)
class Object:
    """An object in the bucket.

    Attributes:
        size: in bytes.
        modified: the time of its upload, to the second.
        attributes: the digest of the attributes of its upload; None for an object that was not
            uploaded by a form of Outcrop, and in a listing.
        sha256: of its content, in hexadecimal, if the uploader sent it to S3.
        tagged: whether it has tags.
        charset: the encoding that its content type names.
    """

    key: str
    size: int
    modified: datetime
    etag: str
    attributes: str | None = None
    sha256: str | None = None
    tagged: bool = False
    charset: str | None = None

    @property
    def version(self) -> str:
        """The name of this version: new content or new attributes change it."""
        return f"{self.etag.strip(chr(34))}/{self.attributes}"


@dataclass(frozen=True, slots=True)
class Glance:
    """What one listing tells: the objects whose keys come after `after`, up to `last`.

    Attributes:
        etags: of the objects that are there, by key.
        last: the last key that it tells of; None: it tells of all that come after `after`.
    """

    after: str
    etags: Mapping[str, str]
    last: str | None = None

    def covers(self, key: str) -> bool:
        """Whether it tells if there is an object of this key."""
        return self.after < key and (self.last is None or key <= self.last)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of documents and their sidecars."""

    s3: "S3Client"
    name: str

    def uri(self, key: str) -> str:
        return f"s3://{self.name}/{key}"

    def head(self, key: str) -> Object | None:
        """An object, or None: there is no such object."""
        if len(key.encode()) > LONGEST_KEY:
            return None
        with calling("HeadObject"):
            try:
                response = self.s3.head_object(Bucket=self.name, Key=key, ChecksumMode="ENABLED")
            except ClientError as error:
                if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                    return None
                raise
        checksum = response.get("ChecksumSHA256")
        return Object(
            key,
            response["ContentLength"],
            response["LastModified"],
            response["ETag"],
            attributes=response["Metadata"].get(ATTRIBUTES),
            sha256=base64.b64decode(checksum).hex() if checksum else None,
            tagged=bool(response.get("TagCount")),
            charset=response.get("ContentType", "").partition("; charset=")[2] or None,
        )

    def documents(self, after: str = "", page: int = 1000) -> Iterator[Object]:
        """The documents whose keys come after `after`, by key, without sidecars.

        Args:
            page: the number of objects in one request.
        """
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, StartAfter=after, PaginationConfig={"PageSize": page}
        )
        with calling("ListObjectsV2"):
            for response in pages:
                for item in response.get("Contents", []):
                    if not item["Key"].endswith((SIDECAR, "/")):
                        yield Object(item["Key"], item["Size"], item["LastModified"], item["ETag"])

    def glance(self, first: str, most: int) -> Glance:
        """One listing that begins right before a key, of at most so many objects."""
        after = _place_before(first)
        with calling("ListObjectsV2"):
            response = self.s3.list_objects_v2(Bucket=self.name, StartAfter=after, MaxKeys=most)
        etags = {item["Key"]: item["ETag"] for item in response.get("Contents", [])}
        return Glance(after, etags, max(etags, default=after) if response["IsTruncated"] else None)

    def read(self, key: str, most: int | None = None) -> bytes | None:
        """An object's content, or None: there is no such object.

        Args:
            most: the number of bytes, from the beginning, of an object of any size.
        """
        if len(key.encode()) > LONGEST_KEY:
            return None
        try:
            with calling("GetObject"):
                body = self.s3.get_object(Bucket=self.name, Key=key)["Body"]
                with body:
                    return body.read(most)
        except NotFound:
            return None

    def put(self, key: str, body: bytes, attributes: str) -> Object:
        """Put an object whose metadata names the digest of its attributes."""
        with calling("PutObject"):
            response = self.s3.put_object(
                Bucket=self.name, Key=key, Body=body, Metadata={ATTRIBUTES: attributes}
            )
        return Object(key, len(body), datetime.now(UTC), response["ETag"], attributes)

    def delete(self, key: str) -> None:
        """Delete an object, if there is one."""
        if len(key.encode()) > LONGEST_KEY:
            return
        with calling("DeleteObject"):
            self.s3.delete_object(Bucket=self.name, Key=key)

    def requested(self, item: Object) -> bool:
        """Whether `request` has recorded this version."""
        return item.tagged and self._tags(item.key).get(REQUESTED) == item.version

    def request(self, item: Object) -> None:
        """Record in a tag of the object that the Knowledge Base was asked to ingest this version.

        Other tags are kept. If there is no room for one more, or the object is gone, nothing is
        recorded.
        """
        tags = self._tags(item.key) if item.tagged else {}
        tags[REQUESTED] = item.version
        if len(tags) > MOST_TAGS:
            return
        tag_set: Any = [{"Key": name, "Value": value} for name, value in tags.items()]
        try:
            with calling("PutObjectTagging"):
                self.s3.put_object_tagging(
                    Bucket=self.name, Key=item.key, Tagging={"TagSet": tag_set}
                )
        except NotFound:
            return

    def form(
        self,
        key: str,
        fields: Mapping[str, str],
        conditions: Sequence[Any],
        lifetime: timedelta,
    ) -> tuple[str, Mapping[str, str]]:
        """A presigned form: its address, and its fields."""
        with calling("PresignedPost"):
            form = self.s3.generate_presigned_post(
                self.name,
                key,
                Fields=dict(fields),
                Conditions=[*({name: value} for name, value in fields.items()), *conditions],
                ExpiresIn=int(lifetime.total_seconds()),
            )
        return form["url"], form["fields"]

    def address(self, key: str, content_type: str, disposition: str, lifetime: timedelta) -> str:
        """A presigned address of an object's content, which is sent as this type."""
        with calling("PresignedGet"):
            return self.s3.generate_presigned_url(
                "get_object",
                Params={
                    "Bucket": self.name,
                    "Key": key,
                    "ResponseContentType": content_type,
                    "ResponseContentDisposition": disposition,
                    "ResponseCacheControl": "private, no-store",
                },
                ExpiresIn=int(lifetime.total_seconds()),
            )

    def _tags(self, key: str) -> dict[str, str]:
        try:
            with calling("GetObjectTagging"):
                response = self.s3.get_object_tagging(Bucket=self.name, Key=key)
        except NotFound:
            return {}
        return {tag["Key"]: tag["Value"] for tag in response["TagSet"]}


def _place_before(key: str) -> str:
    """A name before a key, with few keys in between.

    >>> _place_before("a/12.md") == "a/12.mc" + chr(0x10FFFF), _place_before("ä")
    (True, '')
    """
    start, last = key[:-1], key[-1:]
    return start + chr(ord(last) - 1) + HIGHEST if "!" <= last <= "~" else start
