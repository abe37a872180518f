"""What is in the buckets, to be read: objects, and their older versions. Whoever reads sees what a
person did to the folder meanwhile.
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

from app.local.s3.storage import byhand, history, index
from app.local.s3.storage.byhand import Finding
from app.local.s3.storage.checksums import md5
from app.local.s3.storage.events import (
    DELETE,
    MARKER,
    PUT,
    EventDestination,
    Outbox,
)
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
    Change,
    Registry,
)
from app.local.s3.storage.staging import new_version

_ATTEMPTS = 5  # openings of a file that keeps changing


class Contents(Registry):
    """All buckets of a home, without the changes that S3 makes to them.

    Readers take the lock only when a file is not as its row says, or for an older version.

    Args:
        home: buckets lie in `home/s3`, each a folder.
        queues: where events go; without, they wait.
        region: what events say of where they happened.

    Raises:
        InUse: another process works on this home.
    """

    def __init__(
        self, home: Path, queues: EventDestination | None = None, region: str = "us-east-1"
    ) -> None:
        super().__init__(home / "s3")
        self._sound: set[str] = set()  # versions whose bytes this process has written or compared
        self._looking = RLock()  # two that look at once would each miss what the other has found
        self.outbox = Outbox(self.database, queues, region)
        self._recover()

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

    def list_versions(
        self, bucket: str, prefix: str = "", after: str = "", version_id: str | None = None
    ) -> Iterator[tuple[Version, bool]]:
        """All versions, and whether each is the newest of its key; from the version `version_id` of
        the key `after` on, which is not shown, or from the next key on. Raises NoSuchBucket.
        """
        self.refresh(bucket, prefix)
        place = history.after(self.database, bucket, after, version_id)
        return history.scan(self.database, bucket, prefix, place)

    def head(self, bucket: str, key: str, version_id: str | None = None) -> Object:
        """The object, or one of its versions.

        Raises:
            NoSuchBucket: a KeyError, as the next two are.
            NoSuchKey: there is no object; Deleted: for a marker is the newest version.
            NoSuchVersion: the key has no such version.
            IsMarker: it has, and it is a delete marker.
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
        """The file that holds the object's bytes, to read from. Raises as `open` does."""
        item, file = self.open(bucket, key)
        file.close()
        return self.folder(bucket).at(item.path)

    def open(self, bucket: str, key: str, version_id: str | None = None) -> tuple[Object, BinaryIO]:
        """An object and its bytes, which stay readable if it is replaced.

        Raises:
            DamagedObject: the bytes are not those that were written. They are compared when this
                process reads them first.
            KeyError: as `head` does.
        """
        for _ in range(_ATTEMPTS):
            item = self.head(bucket, key, version_id)
            for path in (self.staging.at(item.version), self.folder(bucket).at(item.path)):
                with suppress(FileNotFoundError, IsADirectoryError, NotADirectoryError):
                    file = path.open("rb")
                    if Identity.of_file(file) == item.identity:
                        return item, self._compared(item, file)
                    file.close()
        raise OSError(f"{key!r} keeps changing while it is read.")

    def _compared(self, item: Object, file: BinaryIO) -> BinaryIO:
        """The file, at its beginning, once its bytes are known to be the object's."""
        if item.version not in self._sound:
            if hashlib.file_digest(file, md5).hexdigest() != item.md5:  # type: ignore[arg-type]  # a file
                file.close()
                raise DamagedObject(item.bucket, item.key)
            file.seek(0)
            self._sound.add(item.version)
        return file

    def refresh(self, bucket: str, prefix: str = "", quiet: float = 0) -> None:
        """Take note of what was done to the bucket's folder by hand.

        Files changed within the last `quiet` seconds are left for the next time: they may still be
        written to. Raises NoSuchBucket.
        """
        folder = self.folder(bucket)
        until_ns = time.time_ns() - int(quiet * 1e9) if quiet else None
        with self._looking:
            paths = self.changes.take(bucket, whole=not prefix)
            try:
                survey = byhand.survey(self.database, folder, bucket, prefix, until_ns, paths)
                self.changes.note(bucket, survey.late)
                if survey.findings:
                    with self.lock, self.change() as change:
                        for finding in survey.findings:
                            self._note(change, folder, bucket, finding)
            except BaseException:
                self.changes.forget(bucket)
                raise
        if survey.findings:
            self.outbox.deliver()

    def _head_version(self, folder: Folder, bucket: str, key: str, version_id: str) -> Object:
        with self.lock:
            found = self._version(folder, bucket, key, version_id)
        self.outbox.deliver()
        if found is None:
            raise NoSuchVersion(version_id)
        if isinstance(found, Marker):
            raise IsMarker(found)
        return found

    def _newest(self, folder: Folder, bucket: str, key: str) -> Version | None:
        """With the lock held."""
        return self._current(folder, bucket, key) or history.top(self.database, bucket, key)

    def _version(self, folder: Folder, bucket: str, key: str, version_id: str) -> Version | None:
        """With the lock held."""
        current = self._current(folder, bucket, key)
        if current and current.version_id == version_id:
            return current
        return history.get(self.database, bucket, key, version_id)

    def _current(self, folder: Folder, bucket: str, key: str) -> Object | None:
        """The object as it is. With the lock held."""
        item = index.get(self.database, bucket, key)
        if item and folder.identity(item.path) == item.identity:
            return item
        finding = byhand.examine(folder, bucket, key, item)
        if item is None and finding.now is None:
            return None
        with self.change() as change:
            return self._note(change, folder, bucket, finding)

    def _note(self, change: Change, folder: Folder, bucket: str, finding: Finding) -> Object | None:
        """Make a finding what the row says, unless either has changed since; return the object."""
        connection = change.connection
        item = index.get(self.database, bucket, finding.key)
        if item != finding.before or not finding.holds(folder):
            return item
        if item and (staged := self.staging.at(item.version)).exists():
            return self._finish(connection, folder, item, staged)
        if item:
            index.remove(connection, item)  # its bytes have gone: it is no version any more
        if finding.now and not finding.same:
            change.unneeded.extend(history.cover(connection, finding.now))
            self.outbox.record(connection, finding.now, PUT)
        if finding.now:
            index.save(connection, finding.now)
        elif item:
            self._note_removal(change, item)
        return finding.now

    def _note_removal(self, change: Change, item: Object) -> None:
        """A file was removed by hand. An older version below does not come up: a marker covers it,
        as if the object had been deleted.
        """
        if not isinstance(history.top(self.database, item.bucket, item.key), Object):
            self.outbox.record(change.connection, item, DELETE)
            return
        marker = self._marker(item.bucket, item.key)
        change.unneeded.extend(history.cover(change.connection, marker))
        history.push(change.connection, marker)
        self.outbox.record(change.connection, marker, MARKER)

    def _version_id(self, bucket: str, version: str) -> str:
        """What S3 calls a version that is written now."""
        return version if self.kept(bucket, VERSIONING) == ENABLED else NULL

    def _marker(self, bucket: str, key: str) -> Marker:
        version = new_version()
        return Marker(bucket, key, version, self._version_id(bucket, version), time.time())

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
        """Finish the changes that a crash has cut in two: what the rows call current goes into its
        folder, and what they do not speak of goes away. So a write has happened if its row is there
        and a delete has not if it still is.
        """
        kept = index.kept(self.database)
        for file in self.staging.leftovers():
            item = index.with_version(self.database, file.name)
            if item and self.is_bucket(item.bucket):
                with self.database.transaction() as connection:
                    self._finish(connection, self.folder(item.bucket), item, file)
            elif file.name not in kept:
                file.unlink()
        self.outbox.deliver()
