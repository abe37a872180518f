"""Which buckets there are: folders with a bucket's name, and what is said of each."""

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

from app.local.database import Database
from app.local.s3.storage import index
from app.local.s3.storage.folder import Folder, sync_folder
from app.local.s3.storage.objects import NoSuchBucket, is_bucket_name
from app.local.s3.storage.staging import Staging
from app.local.s3.storage.watch import STATE, Changes

VERSIONING, ENABLED = "versioning", "Enabled"


class Change(NamedTuple):
    """A transaction, and the staged files that nothing needs once it is committed."""

    connection: sqlite3.Connection
    unneeded: list[str]


class Registry:
    """The buckets of a home, without what is in them.

    Attributes:
        lock: orders all changes to buckets and objects.
        staging: the bytes that lie in no bucket's folder.
        changes: what a person may have changed in the folders.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.database = Database(root / STATE / "buckets.sqlite", index.SCHEMA)
        index.upgrade(self.database)
        self.staging = Staging(root / STATE / "staged")
        self.lock = RLock()
        self.changes = Changes()

    def close(self) -> None:
        self.database.close()

    @contextmanager
    def change(self) -> Iterator[Change]:
        unneeded: list[str] = []
        with self.database.transaction() as connection:
            yield Change(connection, unneeded)
        for version in unneeded:
            with suppress(OSError):  # what stays goes when the home is opened next
                self.staging.at(version).unlink()

    def names(self) -> Sequence[str]:
        return sorted(entry.name for entry in self.root.iterdir() if self.is_bucket(entry.name))

    def is_bucket(self, name: str) -> bool:
        """Whether there is such a bucket."""
        root = self.root / name
        return is_bucket_name(name) and root.is_dir() and not root.is_symlink()

    def folder(self, bucket: str) -> Folder:
        """Raises NoSuchBucket."""
        if not self.is_bucket(bucket):
            raise NoSuchBucket(bucket)
        return Folder(self.root / bucket)

    def about(self, bucket: str) -> sqlite3.Row:
        """The bucket's row: created, location, notifications. Raises NoSuchBucket."""
        root = self.folder(bucket).root
        while (row := self.database.first("SELECT * FROM buckets WHERE name = ?", bucket)) is None:
            self._save(bucket, root.stat().st_mtime, "")  # a folder that a person has made
        return row

    def notify(self, bucket: str, notifications: Mapping[str, Any]) -> None:
        """Say which events go where, in the shape of S3's NotificationConfiguration."""
        self.about(bucket)
        with self.database.transaction() as connection:
            connection.execute(
                "UPDATE buckets SET notifications = ? WHERE name = ?",
                (json.dumps(notifications), bucket),
            )

    def notifying(self) -> Sequence[str]:
        """The buckets whose events somebody waits for."""
        rows = self.database.query("SELECT name FROM buckets WHERE notifications != '{}'")
        return [row["name"] for row in rows if self.is_bucket(row["name"])]

    def keep(self, bucket: str, name: str, value: Any) -> None:
        """Say something of a bucket, under the name of one of S3's subresources: "cors", "policy",
        "versioning". Raises NoSuchBucket.
        """
        self.folder(bucket)
        with self.lock, self.database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO subresources VALUES (?, ?, ?)",
                (bucket, name, json.dumps(value)),
            )

    def kept(self, bucket: str, name: str, default: Any = None) -> Any:
        """What was said last, or `default`. Raises NoSuchBucket."""
        self.folder(bucket)
        row = self.database.first(
            "SELECT value FROM subresources WHERE bucket = ? AND name = ?", bucket, name
        )
        return json.loads(row["value"]) if row else default

    def create(self, bucket: str, location: str = "") -> bool:
        """Make a bucket, or return False: it is there already. The name has been checked."""
        with self.lock:
            if self.is_bucket(bucket):
                return False
            self._forget(bucket)  # whose folder a person may have removed
            (self.root / bucket).mkdir()
            sync_folder(self.root)
            self._save(bucket, time.time(), location)
        return True

    def _forget(self, bucket: str) -> None:
        with self.change() as change:
            change.unneeded.extend(index.remove_bucket(change.connection, bucket))

    def _save(self, bucket: str, created: float, location: str) -> None:
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO buckets (name, created, location) VALUES (?, ?, ?)",
                (bucket, created, location),
            )
