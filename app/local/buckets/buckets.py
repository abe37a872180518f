"""What is in the buckets: every change to an object, and every reading of one."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from app.local.buckets import byhand, index
from app.local.buckets.byhand import Finding
from app.local.buckets.events import DELETE, PUT, Outbox, Queues
from app.local.buckets.folder import Folder, Identity
from app.local.buckets.objects import Attributes, BucketNotEmpty, NoSuchKey, Object
from app.local.buckets.registry import STATE, Registry
from app.local.buckets.staging import Staged, Staging

Condition = Callable[[Object | None], None]  # looks at what is there; raises if that must stay

_ATTEMPTS = 5  # openings of a file that keeps changing


def always(_: Object | None) -> None:
    """The condition that holds whatever is there."""


class Buckets(Registry):
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
        super().__init__(home / "s3")
        self.staging = Staging(self.root / STATE / "staged")
        self.outbox = Outbox(self.database, queues, region)
        self._recover()

    def remove(self, bucket: str) -> None:
        """Remove an empty bucket.

        Raises:
            NoSuchBucket: it is not there.
            BucketNotEmpty: it holds an object, or a file of a person that is none.
        """
        with self.lock:
            for item in self.list(bucket):
                raise BucketNotEmpty(item.key)
            if remaining := self.folder(bucket).remove():
                raise BucketNotEmpty(remaining)
            with self.database.transaction() as connection:
                parts = index.remove_bucket(connection, bucket)
            for file in parts:
                self.staging.at(file).unlink()

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
            with self.lock:
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
        with self.lock:
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
        with self.lock:
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
            with self.lock, self.database.transaction() as connection:
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
        """Finish the changes that a crash has cut in two.

        A write has happened if its row is there. A delete that had moved the file away goes on:
        the file is removed here, and then its row is found to have none.
        """
        parts = {row["file"] for row in self.database.query("SELECT file FROM parts")}
        for file in self.staging.leftovers():
            item = index.with_version(self.database, file.name)
            if item and self.is_bucket(item.bucket):
                with self.database.transaction() as connection:
                    self._finish(connection, self.folder(item.bucket), item, file)
            elif file.name not in parts:
                file.unlink()
        self.outbox.deliver()
