"""The buckets: folders with a bucket's name, and the subresources of each."""

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

from app.local.database import Database
from app.local.durability import make_folder
from app.local.s3.storage import index
from app.local.s3.storage.external_changes import Changes
from app.local.s3.storage.folder import STATE_FOLDER, Folder
from app.local.s3.storage.objects import NoSuchBucket, is_bucket_name
from app.local.s3.storage.staging import Staging

VERSIONING, ENABLED = "versioning", "Enabled"


class Transaction(NamedTuple):
    """A transaction, and the staged files that no row needs once it is committed."""

    connection: sqlite3.Connection
    unused_files: list[str]


class Registry:
    """The buckets of a home, without their objects.

    Attributes:
        lock: is held for every change to buckets and objects.
        staging: holds the bytes that lie in no bucket's folder.
        changes: the paths that a person may have changed in the folders.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.database = Database(root / STATE_FOLDER / "buckets.sqlite", index.SCHEMA)
        index.upgrade(self.database)
        self.staging = Staging(root / STATE_FOLDER / "staged")
        self.lock = RLock()
        self.changes = Changes()

    def close(self) -> None:
        self.database.close()

    @contextmanager
    def change(self) -> Iterator[Transaction]:
        """A transaction on the rows. After the commit, the block's `unused_files` are removed."""
        unused_files: list[str] = []
        with self.database.transaction() as connection:
            yield Transaction(connection, unused_files)
        for version in unused_files:
            with suppress(OSError):  # recovery removes what stays, at the next start
                self.staging.at(version).unlink()

    def names(self) -> Sequence[str]:
        return sorted(entry.name for entry in self.root.iterdir() if self.is_bucket(entry.name))

    def is_bucket(self, name: str) -> bool:
        """Whether there is a bucket of this name."""
        root = self.root / name
        return is_bucket_name(name) and root.is_dir() and not root.is_symlink()

    def folder(self, bucket: str) -> Folder:
        """Raises NoSuchBucket."""
        if not self.is_bucket(bucket):
            raise NoSuchBucket(bucket)
        return Folder(self.root / bucket)

    def row(self, bucket: str) -> sqlite3.Row:
        """The bucket's row: created, location, notifications. Raises NoSuchBucket."""
        root = self.folder(bucket).root
        while (row := self.database.first("SELECT * FROM buckets WHERE name = ?", bucket)) is None:
            self._save(bucket, root.stat().st_mtime, "")  # a folder that a person has made
        return row

    def set_notifications(self, bucket: str, notifications: Mapping[str, Any]) -> None:
        """Set where events go, as a NotificationConfiguration of S3. Raises NoSuchBucket."""
        self.row(bucket)
        with self.database.transaction() as connection:
            connection.execute(
                "UPDATE buckets SET notifications = ? WHERE name = ?",
                (json.dumps(notifications), bucket),
            )

    def buckets_with_notifications(self) -> Sequence[str]:
        """The buckets whose events go to a queue."""
        rows = self.database.query("SELECT name FROM buckets WHERE notifications != '{}'")
        return [row["name"] for row in rows if self.is_bucket(row["name"])]

    def set_subresource(self, bucket: str, name: str, value: Any) -> None:
        """Keep a value, as JSON, under the name of a subresource: "cors", "policy", "versioning".
        None says that it was deleted. Raises NoSuchBucket.
        """
        self.folder(bucket)
        with self.lock, self.database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO subresources VALUES (?, ?, ?)",
                (bucket, name, json.dumps(value)),
            )

    def subresource(self, bucket: str, name: str, default: Any = None) -> Any:
        """The value that was set last, `default` if none ever was. Raises NoSuchBucket."""
        self.folder(bucket)
        row = self.database.first(
            "SELECT value FROM subresources WHERE bucket = ? AND name = ?", bucket, name
        )
        return json.loads(row["value"]) if row else default

    def create(self, bucket: str, location: str = "") -> bool:
        """Make a bucket with this valid name. Returns whether it is new."""
        with self.lock:
            if self.is_bucket(bucket):
                return False
            self._remove_rows(bucket)  # of a bucket whose folder a person has removed
            make_folder(self.root / bucket)
            self._save(bucket, time.time(), location)
        return True

    def _remove_rows(self, bucket: str) -> None:
        with self.change() as change:
            change.unused_files.extend(index.remove_bucket(change.connection, bucket))

    def _save(self, bucket: str, created: float, location: str) -> None:
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO buckets (name, created, location) VALUES (?, ?, ?)",
                (bucket, created, location),
            )
