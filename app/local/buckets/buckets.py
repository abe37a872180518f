"""The buckets: every change to an object, and every reading of one."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import RLock
from typing import Any, BinaryIO

from app.local.buckets import byhand, index
from app.local.buckets.byhand import Finding
from app.local.buckets.events import DELETE, PUT, Outbox, Queues
from app.local.buckets.folder import Folder, Identity, sync_folder
from app.local.buckets.objects import (
    Attributes,
    BucketNotEmpty,
    NoSuchBucket,
    NoSuchKey,
    Object,
    is_bucket_name,
)
from app.local.buckets.staging import Staged, Staging
from app.local.database import Database

Condition = Callable[[Object | None], None]  # looks at what is there; raises if that must stay

_STATE = ".state"
_ATTEMPTS = 5  # openings of a file that keeps changing


def always(_: Object | None) -> None:
    """The condition that holds whatever is there."""


class Buckets:
    """All buckets of a home.

    One lock orders the changes: what a condition has seen is still so when the change is made.
    Bytes come in before it is taken. Readers take it only when a file is not as its row says.

    Args:
        home: buckets lie in `home/s3`, each a folder.
        queues: where events go; without, they wait.
        region: what events say of where they happened.

    Raises:
        InUse: another process works on this home.
    """

    def __init__(self, home: Path, queues: Queues | None = None, region: str = "us-east-1") -> None:
        self.root = home / "s3"
        self.database = Database(self.root / _STATE / "buckets.sqlite", index.SCHEMA)
        self.staging = Staging(self.root / _STATE / "staged")
        self.outbox = Outbox(self.database, queues, region)
        self._lock = RLock()
        self._recover()

    def close(self) -> None:
        self.database.close()

    def names(self) -> Sequence[str]:
        return sorted(entry.name for entry in self.root.iterdir() if self._is_bucket(entry.name))

    def folder(self, bucket: str) -> Folder:
        """Raises NoSuchBucket."""
        if not self._is_bucket(bucket):
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
        return [row["name"] for row in rows if self._is_bucket(row["name"])]

    def create(self, bucket: str, location: str = "") -> bool:
        """Make a bucket, or return False: it is there already. The name has been checked."""
        with self._lock:
            if self._is_bucket(bucket):
                return False
            (self.root / bucket).mkdir()
            sync_folder(self.root)
            self._save(bucket, time.time(), location)
        return True

    def remove(self, bucket: str) -> None:
        """Remove an empty bucket.

        Raises:
            NoSuchBucket: it is not there.
            BucketNotEmpty: it holds an object, or a file of a person that is none.
        """
        with self._lock:
            for item in self.list(bucket):
                raise BucketNotEmpty(item.key)
            if remaining := self.folder(bucket).remove():
                raise BucketNotEmpty(remaining)
            with self.database.transaction() as connection:
                connection.execute("DELETE FROM uploads WHERE bucket = ?", (bucket,))
                connection.execute("DELETE FROM buckets WHERE name = ?", (bucket,))

    def list(
        self, bucket: str, prefix: str = "", after: str = "", *, look: bool = True
    ) -> Iterator[Object]:
        """The objects whose key begins with `prefix` and comes after `after`, by UTF-8 bytes.

        `look` is whether to look into the folder first; the later pages of a listing need not.
        Raises NoSuchBucket.
        """
        self.folder(bucket)
        if look:
            self.refresh(bucket, prefix)
        return index.scan(self.database, bucket, prefix, after)

    def head(self, bucket: str, key: str) -> Object:
        """Raises NoSuchKey or NoSuchBucket, which are both KeyErrors."""
        folder = self.folder(bucket)
        item = index.get(self.database, bucket, key)
        if item is None or folder.identity(item.path) != item.identity:
            with self._lock:
                item = self._current(folder, bucket, key)
            self.outbox.deliver()
        if item is None:
            raise NoSuchKey(key)
        return item

    def path(self, bucket: str, key: str) -> Path:
        """The file that holds the object's bytes, to read from. Raises as `head` does."""
        return self.folder(bucket).at(self.head(bucket, key).path)

    def open(self, bucket: str, key: str) -> tuple[Object, BinaryIO]:
        """An object and its bytes, which stay readable if it is replaced. Raises as `head`."""
        for _ in range(_ATTEMPTS):
            item = self.head(bucket, key)
            with suppress(FileNotFoundError, NotADirectoryError):
                file = self.folder(bucket).at(item.path).open("rb")
                if Identity.of_file(file) == item.identity:
                    return item, file
                file.close()
        raise OSError(f"{key!r} keeps changing while it is read.")

    def put(
        self,
        bucket: str,
        key: str,
        staged: Staged,
        attributes: Attributes,
        *,
        condition: Condition = always,
        event: str = PUT,
        within: Callable[[sqlite3.Connection], None] = lambda _: None,
        **described: Any,
    ) -> Object:
        """Make staged bytes the object in one step: before it the old one is there, whole, and
        after it the new one.

        `within` is what has to happen in the same transaction; `described` are `etag`, `checksums`
        and `parts`, where they are not those of a plain write. Raises NoSuchBucket.
        """
        folder = self.folder(bucket)
        with self._lock:
            current = self._current(folder, bucket, key)
            condition(current)
            item = Object(
                bucket=bucket,
                key=key,
                version=staged.version,
                path=current.path if current else folder.place(key),
                identity=staged.identity,
                md5=staged.md5,
                attributes=attributes,
                **{"etag": staged.md5, **described},
            )
            try:
                folder.make_room(item.path)
                with self.database.transaction() as connection:
                    index.save(connection, item)
                    self.outbox.record(connection, item, event)
                    within(connection)
            except BaseException:
                folder.prune(item.path)
                raise
            self.staging.keep(staged)
            folder.receive(staged.path, item.path)
        self.outbox.deliver()
        return item

    def delete(self, bucket: str, key: str, condition: Condition = always) -> None:
        """Remove the object, if there is one."""
        folder = self.folder(bucket)
        with self._lock:
            item = self._current(folder, bucket, key)
            condition(item)
            if item is None:
                return
            gone = self.staging.gone(item.version)
            folder.release(item.path, gone)
            try:
                with self.database.transaction() as connection:
                    index.remove(connection, item)
                    self.outbox.record(connection, item, DELETE)
            except BaseException:
                folder.receive(gone, item.path)
                raise
            gone.unlink()
            folder.prune(item.path)
        self.outbox.deliver()

    def refresh(self, bucket: str, prefix: str = "", quiet: float = 0) -> None:
        """Take note of what was done to the bucket's folder by hand.

        Files changed within the last `quiet` seconds are left for the next time: they may still be
        written to. Raises NoSuchBucket.
        """
        folder = self.folder(bucket)
        until_ns = time.time_ns() - int(quiet * 1e9) if quiet else None
        findings = list(byhand.survey(self.database, folder, bucket, prefix, until_ns))
        if findings:
            with self._lock, self.database.transaction() as connection:
                for finding in findings:
                    self._note(connection, folder, bucket, finding)
            self.outbox.deliver()

    def _current(self, folder: Folder, bucket: str, key: str) -> Object | None:
        """The object as it is. With the lock held."""
        item = index.get(self.database, bucket, key)
        if item and folder.identity(item.path) == item.identity:
            return item
        finding = byhand.examine(folder, bucket, key, item)
        if item is None and finding.now is None:
            return None
        with self.database.transaction() as connection:
            return self._note(connection, folder, bucket, finding)

    def _note(
        self, connection: sqlite3.Connection, folder: Folder, bucket: str, finding: Finding
    ) -> Object | None:
        """Make a finding what the row says, unless either has changed since; return the object."""
        item = index.get(self.database, bucket, finding.key)
        if item != finding.before or not finding.holds(folder):
            return item
        if item and (staged := self.staging.at(item.version)).exists():
            return self._finish(connection, folder, item, staged)
        if finding.now:
            index.save(connection, finding.now)
        elif item:
            index.remove(connection, item)
        if finding.event and (subject := finding.now or item):
            self.outbox.record(connection, subject, finding.event)
        return finding.now

    def _finish(
        self, connection: sqlite3.Connection, folder: Folder, item: Object, staged: Path
    ) -> Object:
        """Bring committed bytes to their place, which someone may have taken meanwhile."""
        path = folder.find(item.key) or folder.place(item.key)
        item = replace(item, path=path)
        index.save(connection, item)
        folder.make_room(path)
        folder.receive(staged, path)
        return item

    def _recover(self) -> None:
        """Finish, or take back, the changes that a crash has cut in two."""
        parts = {row["file"] for row in self.database.query("SELECT file FROM parts")}
        for file, version, going in self.staging.leftovers():
            item = index.with_version(self.database, version)
            folder = Folder(self.root / item.bucket) if item else None
            if item and folder and folder.root.is_dir():
                if not going:
                    with self.database.transaction() as connection:
                        self._finish(connection, folder, item, file)
                elif folder.identity(item.path) is None:
                    folder.receive(file, item.path)
            if version not in parts:
                file.unlink(missing_ok=True)
        self.outbox.deliver()

    def _save(self, bucket: str, created: float, location: str) -> None:
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO buckets (name, created, location) VALUES (?, ?, ?)",
                (bucket, created, location),
            )

    def _is_bucket(self, name: str) -> bool:
        root = self.root / name
        return is_bucket_name(name) and root.is_dir() and not root.is_symlink()
