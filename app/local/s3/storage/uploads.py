"""Multipart uploads: those under way, and the parts that they have."""

import json
import sqlite3
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import md5
from typing import Any

from app.local.s3.storage.buckets import Buckets
from app.local.s3.storage.events import COMPLETE
from app.local.s3.storage.index import attributes
from app.local.s3.storage.objects import Object, ObjectAttributes
from app.local.s3.storage.staging import Staged, chunks


class NoSuchUpload(KeyError):
    """The upload was completed or aborted, or there never was one with this id."""


@dataclass(frozen=True)
class MultipartUpload:
    """A multipart upload.

    Attributes:
        algorithm: of the parts' checksums, such as "CRC32"; None if they have none.
        checksum_type: "COMPOSITE" if the object's checksum is made of its parts' checksums, or
            "FULL_OBJECT" if it is made of all bytes.
    """

    id: str
    bucket: str
    key: str
    initiated: datetime
    attributes: ObjectAttributes
    algorithm: str | None
    checksum_type: str | None


@dataclass(frozen=True)
class UploadedPart:
    """An uploaded part. `checksum` is by the upload's algorithm, in base64."""

    number: int
    file: str
    size: int
    modified: datetime
    md5: str
    checksum: str | None


class Uploads:
    """The multipart uploads of all buckets."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets, self._database, self._staging = buckets, buckets.database, buckets.staging

    def begin(
        self,
        bucket: str,
        key: str,
        attributes: ObjectAttributes,
        algorithm: str | None,
        checksum_type: str | None,
    ) -> MultipartUpload:
        """Raises NoSuchBucket."""
        self._buckets.folder(bucket)
        identifier = uuid.uuid4().hex
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    identifier,
                    bucket,
                    key,
                    time.time(),
                    json.dumps(asdict(attributes)),
                    algorithm,
                    checksum_type,
                ),
            )
        return self.get(bucket, key, identifier)

    def get(self, bucket: str, key: str, identifier: str) -> MultipartUpload:
        """Raises NoSuchUpload."""
        row = self._database.first(
            "SELECT * FROM uploads WHERE id = ? AND bucket = ? AND key = ?", identifier, bucket, key
        )
        if row is None:
            raise NoSuchUpload(identifier)
        return _upload(row)

    def of(self, bucket: str, prefix: str = "") -> Sequence[MultipartUpload]:
        """The uploads of a bucket whose key begins with `prefix`, by key, then the oldest first."""
        rows = self._database.query(
            "SELECT * FROM uploads WHERE bucket = ? ORDER BY key, initiated, id", bucket
        )
        return [_upload(row) for row in rows if row["key"].startswith(prefix)]

    def parts(self, upload: MultipartUpload) -> Sequence[UploadedPart]:
        """The parts of an upload, by number."""
        rows = self._database.query(
            "SELECT * FROM parts WHERE upload = ? ORDER BY number", upload.id
        )
        return [_part(row) for row in rows]

    def add(self, upload: MultipartUpload, number: int, staged: Staged) -> UploadedPart:
        """Keep staged bytes as a part. A part with the same number is replaced.

        Raises:
            NoSuchUpload: the upload has ended meanwhile.
        """
        with self._database.transaction() as connection:
            replaced = connection.execute(
                "SELECT file FROM parts WHERE upload = ? AND number = ?", (upload.id, number)
            ).fetchall()
            self._check_under_way(connection, upload)
            [row] = connection.execute(
                "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *",
                (
                    upload.id,
                    number,
                    staged.version,
                    staged.identity.size,
                    time.time(),
                    staged.md5,
                    staged.checksums.get(upload.algorithm or ""),
                ),
            )
        self._staging.hand_over(staged)
        self._discard(row["file"] for row in replaced)
        return _part(row)

    def abort(self, upload: MultipartUpload) -> None:
        """Raises NoSuchUpload."""
        with self._database.transaction() as connection:
            files = self._end(connection, upload)
        self._discard(files)

    def bytes_of(self, parts: Iterable[UploadedPart]) -> Iterator[bytes]:
        """The bytes of the parts, one part after the other."""
        for part in parts:
            yield from chunks(self._staging.at(part.file))

    def complete(
        self,
        upload: MultipartUpload,
        parts: Sequence[UploadedPart],
        staged: Staged,
        **described: Any,
    ) -> Object:
        """Make the staged bytes of these parts the object, and end the upload in the same step.

        `described` is as for `Buckets.put`. Raises NoSuchUpload if the upload has ended meanwhile.
        """
        files: list[str] = []
        item = self._buckets.put(
            upload.bucket,
            upload.key,
            staged,
            upload.attributes,
            event=COMPLETE,
            within=lambda connection: files.extend(self._end(connection, upload)),
            etag=etag(part.md5 for part in parts),
            parts=tuple(part.size for part in parts),
            **described,
        )
        self._discard(files)
        return item

    def _end(self, connection: sqlite3.Connection, upload: MultipartUpload) -> Sequence[str]:
        """Remove the upload's rows. Returns the files of its parts, which have no rows any more."""
        self._check_under_way(connection, upload)
        rows = connection.execute("SELECT file FROM parts WHERE upload = ?", (upload.id,))
        files = [row["file"] for row in rows]
        connection.execute("DELETE FROM uploads WHERE id = ?", (upload.id,))
        return files

    def _check_under_way(self, connection: sqlite3.Connection, upload: MultipartUpload) -> None:
        if not connection.execute("SELECT 1 FROM uploads WHERE id = ?", (upload.id,)).fetchone():
            raise NoSuchUpload(upload.id)

    def _discard(self, files: Iterable[str]) -> None:
        for file in files:
            self._staging.at(file).unlink(missing_ok=True)


def etag(digests: Iterable[str]) -> str:
    """The ETag of an object in parts: the MD5 of its parts' MD5s, and the number of parts.

    >>> etag(["900150983cd24fb0d6963f7d28e17f72"])
    'af5da9f45af7a300e3aded972f8ff687-1'
    """
    raw = [bytes.fromhex(digest) for digest in digests]
    return f"{md5(b''.join(raw), usedforsecurity=False).hexdigest()}-{len(raw)}"


def _upload(row: sqlite3.Row) -> MultipartUpload:
    return MultipartUpload(
        row["id"],
        row["bucket"],
        row["key"],
        datetime.fromtimestamp(int(row["initiated"]), UTC),
        attributes(row),
        row["algorithm"],
        row["checksum_type"],
    )


def _part(row: sqlite3.Row) -> UploadedPart:
    return UploadedPart(
        row["number"],
        row["file"],
        row["size"],
        datetime.fromtimestamp(int(row["modified"]), UTC),
        row["md5"],
        row["checksum"],
    )
