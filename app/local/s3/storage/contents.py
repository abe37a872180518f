"""Reads of the buckets' contents: objects and their older versions. Every read also sees the
changes that a person has made in the folder.
"""

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import RLock
from typing import BinaryIO

from app.local.s3.storage import external_changes, history, index
from app.local.s3.storage.checksums import md5
from app.local.s3.storage.events import (
    DELETE,
    MARKER,
    PUT,
    EventDestination,
    Outbox,
)
from app.local.s3.storage.external_changes import Difference
from app.local.s3.storage.folder import Folder, Identity
from app.local.s3.storage.objects import (
    NULL,
    DamagedObject,
    Deleted,
    IsMarker,
    Marker,
    NoSuchKey,
    NoSuchVersion,
    Object,
    Version,
)
from app.local.s3.storage.registry import (
    ENABLED,
    VERSIONING,
    Registry,
    Transaction,
)
from app.local.s3.storage.staging import new_version

_MOST_ATTEMPTS = 5  # to open a file that keeps changing
AHEAD_NS = 60 * 10**9
"""A file may change after the clock was read, or another machine's clock be ahead by so much."""


class Contents(Registry):
    """All buckets of a home, for reads.

    A read takes the lock only if a file does not match its row, or for an older version.

    Args:
        home: the buckets are the folders in `home/s3`.
        queues: receives the events; without it, they wait in the database.
        region: the region in events.

    Raises:
        InUse: another process works on this home.
    """

    def __init__(
        self, home: Path, queues: EventDestination | None = None, region: str = "us-east-1"
    ) -> None:
        super().__init__(home / "s3")
        # The versions whose bytes this process has written or compared.
        self._verified: set[str] = set()
        self._refreshing = RLock()  # two refreshes at once would each miss the changes of the other
        self.outbox = Outbox(self.database, queues, region)
        self._recover()

    def list(
        self, bucket: str, prefix: str = "", after: str = "", *, quiet: float | None = 0
    ) -> Iterator[Object]:
        """The objects whose key begins with `prefix` and comes after `after`, by UTF-8 bytes.

        The folder is looked into first, as `refresh` does; not if `quiet` is None, as for later
        pages of a listing. Raises NoSuchBucket.
        """
        self.folder(bucket)
        if quiet is not None:
            self.refresh(bucket, prefix, quiet)
        return index.scan(self.database, bucket, prefix, after)

    def list_versions(
        self, bucket: str, prefix: str = "", after: str = "", version_id: str | None = None
    ) -> Iterator[tuple[Version, bool]]:
        """All versions, and whether each is the newest of its key. The listing starts after the
        version `version_id` of the key `after`, or without an id after that key. Raises
        NoSuchBucket.
        """
        self.refresh(bucket, prefix)
        place = history.place_after(self.database, bucket, after, version_id)
        return history.scan(self.database, bucket, prefix, place)

    def head(self, bucket: str, key: str, version_id: str | None = None) -> Object:
        """The object, or one of its versions.

        Raises:
            NoSuchBucket: a KeyError, as the next two are.
            NoSuchKey: there is no object; Deleted if the newest version is a delete marker.
            NoSuchVersion: the key has no such version.
            IsMarker: the version is a delete marker.
        """
        folder = self.folder(bucket)
        if version_id is not None:
            return self._head_version(folder, bucket, key, version_id)
        item = index.get(self.database, bucket, key)
        newest: Version | None = item
        if item is None or folder.identity(item.path) != item.identity:
            with self.lock:
                newest = self._newest(folder, bucket, key)
            self.outbox.deliver()
        if newest is None:
            raise NoSuchKey(key)
        if isinstance(newest, Marker):
            raise Deleted(newest)
        return newest

    def path(self, bucket: str, key: str) -> Path:
        """The file that holds the object's bytes, for reading. Raises as `open` does."""
        item, file = self.open(bucket, key)
        file.close()
        return self.folder(bucket).at(item.path)

    def open(self, bucket: str, key: str, version_id: str | None = None) -> tuple[Object, BinaryIO]:
        """An object and its open file, which stays readable if the object is replaced.

        Raises:
            DamagedObject: the bytes are not those that were written. They are compared at the
                first read of this process.
            KeyError: as `head` does.
        """
        for _ in range(_MOST_ATTEMPTS):
            item = self.head(bucket, key, version_id)
            staged = self.staging.at(item.version)
            for path in (staged, self.folder(bucket).at(item.path)):
                with suppress(FileNotFoundError, IsADirectoryError, NotADirectoryError):
                    file = path.open("rb")
                    # A staged file is named by its version, and stays that in a copy of the home.
                    if path == staged or Identity.of_file(file) == item.identity:
                        return item, self._compare(item, file)
                    file.close()
        raise OSError(f"{key!r} keeps changing while it is read.")

    def _compare(self, item: Object, file: BinaryIO) -> BinaryIO:
        """Compare the file's bytes with the object's, once in this process, and return the file at
        its beginning.
        """
        if item.version not in self._verified:
            if hashlib.file_digest(file, md5).hexdigest() != item.md5:  # type: ignore[arg-type]  # a file
                file.close()
                raise DamagedObject(item.bucket, item.key)
            file.seek(0)
            self._verified.add(item.version)
        return file

    def refresh(self, bucket: str, prefix: str = "", quiet: float = 0) -> None:
        """Record the changes that a person has made in the bucket's folder.

        Files that changed within the last `quiet` seconds are left for the next time: a program may
        still be writing them. Raises NoSuchBucket.
        """
        folder = self.folder(bucket)
        now = time.time_ns()
        last_moments = range(now - int(quiet * 1e9) + 1, now + AHEAD_NS) if quiet else range(0)
        with self._refreshing:
            paths = self.changes.take(bucket, whole=not prefix)
            try:
                survey = external_changes.survey(
                    self.database, folder, bucket, prefix, last_moments, paths
                )
                self.changes.add(bucket, survey.recent)
                if survey.differences:
                    with self.lock, self.change() as change:
                        for difference in survey.differences:
                            self._record(change, folder, bucket, difference)
            except BaseException:
                self.changes.invalidate(bucket)
                raise
        if survey.differences:
            self.outbox.deliver()

    def _head_version(self, folder: Folder, bucket: str, key: str, version_id: str) -> Object:
        with self.lock:
            version = self._version(folder, bucket, key, version_id)
        self.outbox.deliver()
        if version is None:
            raise NoSuchVersion(version_id)
        if isinstance(version, Marker):
            raise IsMarker(version)
        return version

    def _newest(self, folder: Folder, bucket: str, key: str) -> Version | None:
        """The newest version. The caller holds the lock."""
        return self._current(folder, bucket, key) or history.newest(self.database, bucket, key)

    def _version(self, folder: Folder, bucket: str, key: str, version_id: str) -> Version | None:
        """The version of this id. The caller holds the lock."""
        current = self._current(folder, bucket, key)
        if current and current.version_id == version_id:
            return current
        return history.get(self.database, bucket, key, version_id)

    def _current(self, folder: Folder, bucket: str, key: str) -> Object | None:
        """The object as its file is now. The caller holds the lock."""
        item = index.get(self.database, bucket, key)
        if item and folder.identity(item.path) == item.identity:
            return item
        difference = external_changes.examine(folder, bucket, key, item)
        if item is None and difference.file is None:
            return None
        with self.change() as change:
            return self._record(change, folder, bucket, difference)

    def _record(
        self, change: Transaction, folder: Folder, bucket: str, difference: Difference
    ) -> Object | None:
        """Make the row match the file, unless either has changed since; return the object."""
        connection = change.connection
        item = index.get(self.database, bucket, difference.key)
        if item != difference.row or not difference.is_current(folder):
            return item
        if item and (staged := self.staging.at(item.version)).exists():
            return self._finish(connection, folder, item, staged)
        if item:
            index.remove(connection, item)  # its bytes are gone, so it is not kept as a version
        if difference.file and not difference.is_same_object:
            change.unused_files.extend(history.supersede(connection, difference.file))
            self.outbox.record(connection, difference.file, PUT)
        if difference.file:
            index.save(connection, difference.file)
        elif item:
            self._record_removal(change, item)
        return difference.file

    def _record_removal(self, change: Transaction, item: Object) -> None:
        """Record that a file was removed by hand, as a delete: if there are older versions, a
        delete marker comes on top of them.
        """
        if not isinstance(history.newest(self.database, item.bucket, item.key), Object):
            self.outbox.record(change.connection, item, DELETE)
            return
        marker = self._marker(item.bucket, item.key)
        change.unused_files.extend(history.supersede(change.connection, marker))
        history.push_marker(change.connection, marker)
        self.outbox.record(change.connection, marker, MARKER)

    def _version_id(self, bucket: str, version: str) -> str:
        """The id that S3 gives a version that is written now."""
        return version if self.subresource(bucket, VERSIONING) == ENABLED else NULL

    def _marker(self, bucket: str, key: str) -> Marker:
        version = new_version()
        return Marker(bucket, key, version, self._version_id(bucket, version), time.time())

    def _finish(
        self, connection: sqlite3.Connection, folder: Folder, item: Object, staged: Path
    ) -> Object:
        """Move committed bytes into the folder, to another place if a person has taken theirs."""
        path = folder.find(item.key) or folder.place(item.key)
        item = replace(item, path=path)
        index.save(connection, item)
        folder.make_room(path)
        folder.receive(staged, path)
        return item

    def _recover(self) -> None:
        """Finish the changes that a crash has interrupted.

        A staged file that belongs to a current object moves into its folder; one that no row refers
        to is removed. So a write has happened if its row exists, and a delete has happened if its
        row is gone.
        """
        files_of_rows = index.staged_files(self.database)
        for file in self.staging.files():
            item = index.by_version(self.database, file.name)
            if item and self.is_bucket(item.bucket):
                with self.database.transaction() as connection:
                    self._finish(connection, self.folder(item.bucket), item, file)
            elif file.name not in files_of_rows:
                file.unlink()
        self.outbox.deliver()
