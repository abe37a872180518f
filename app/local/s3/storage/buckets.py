"""All changes of buckets' contents by S3's operations."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from app.local.s3.storage import history, index
from app.local.s3.storage.contents import Contents
from app.local.s3.storage.events import (
    DELETE,
    MARKER,
    PUT,
    TAG,
    UNTAG,
)
from app.local.s3.storage.folder import Folder
from app.local.s3.storage.objects import (
    BucketNotEmpty,
    Marker,
    Object,
    ObjectAttributes,
    Version,
)
from app.local.s3.storage.registry import VERSIONING
from app.local.s3.storage.staging import Staged

Condition = Callable[[Object | None], None]  # gets the current object; raises to refuse the change


def always(_: Object | None) -> None:
    """The condition that allows every change."""


class Buckets(Contents):
    """All buckets of a home, for reads and changes.

    A lock orders the changes, so that a condition still holds when its change is made. Bytes are
    staged before the lock is taken. A file that leaves its folder is moved to the staging folder
    before the transaction, and back if that fails, so that the bytes of every row are always on the
    disk.
    """

    def remove(self, bucket: str) -> None:
        """Remove an empty bucket.

        Raises:
            NoSuchBucket: it is not there.
            BucketNotEmpty: it holds an object, an older version, a delete marker, or another file
                that a person put there.
        """
        with self.lock:
            for version, _ in self.list_versions(bucket):
                raise BucketNotEmpty(version.key)
            if remaining := self.folder(bucket).remove():
                raise BucketNotEmpty(remaining)
            self._remove_rows(bucket)

    def put(
        self,
        bucket: str,
        key: str,
        staged: Staged,
        attributes: ObjectAttributes,
        *,
        condition: Condition = always,
        event: str = PUT,
        within: Callable[[sqlite3.Connection], None] = lambda _: None,
        **described: Any,
    ) -> Object:
        """Make staged bytes the object in one step: a reader sees the whole old object or the
        whole new one.

        `within` runs in the same transaction. `described` gives the object's `etag`, `checksums`
        and `parts` if they are not those of an upload in one piece. Raises NoSuchBucket.
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
                version_id=self._version_id(bucket, staged.version),
                **{"etag": staged.md5, **described},
            )
            older = current if current and current.version_id != item.version_id else None
            try:
                folder.make_room(item.path)
                with self._move_aside(folder, older), self.change() as (connection, unused_files):
                    unused_files.extend(history.supersede(connection, item))
                    index.save(connection, item)
                    self.outbox.record(connection, item, event)
                    within(connection)
            except BaseException:
                folder.prune(item.path)
                raise
            self.staging.hand_over(staged)
            folder.receive(staged.path, item.path)
            self._verified.add(item.version)
        self.outbox.deliver()
        return item

    def delete(self, bucket: str, key: str, condition: Condition = always) -> Marker | None:
        """Remove the object, if there is one. In a bucket that keeps versions it becomes an older
        version, and the delete marker on top of it is returned.
        """
        folder = self.folder(bucket)
        with self.lock:
            item = self._current(folder, bucket, key)
            condition(item)
            marker = self._marker(bucket, key) if self.subresource(bucket, VERSIONING) else None
            if item is None and marker is None:
                return None
            with self._move_aside(folder, item), self.change() as (connection, unused_files):
                if marker:
                    unused_files.extend(history.supersede(connection, marker))
                    history.push_marker(connection, marker)
                elif item:
                    index.remove(connection, item)
                if item and (marker is None or marker.version_id == item.version_id):
                    unused_files.append(item.version)
                if subject := marker or item:
                    self.outbox.record(connection, subject, MARKER if marker else DELETE)
            if item:
                folder.prune(item.path)
        self.outbox.deliver()
        return marker

    def delete_version(
        self, bucket: str, key: str, version_id: str, condition: Condition = always
    ) -> Version | None:
        """Remove a version and its bytes, and return it. If it was the newest, the one below
        becomes the newest.
        """
        folder = self.folder(bucket)
        with self.lock:
            current = self._current(folder, bucket, key)
            version = self._version(folder, bucket, key, version_id)
            condition(version if isinstance(version, Object) else None)
            if version is None:
                return None
            current_object = current if current == version else None
            with (
                self._move_aside(folder, current_object),
                self.change() as (connection, unused_files),
            ):
                index.remove(connection, version)
                history.remove(connection, version)
                unused_files.append(version.version)
                self.outbox.record(connection, version, DELETE)
                next_object = None
                if current_object or not current:
                    next_object = self._restore_below(connection, folder, version)
            if next_object:
                folder.make_room(next_object.path)
                folder.receive(self.staging.at(next_object.version), next_object.path)
            elif current_object:
                folder.prune(current_object.path)
        self.outbox.deliver()
        return version

    def tag(self, bucket: str, key: str, version_id: str | None, tags: Mapping[str, str]) -> Object:
        """Replace the tags of a version, by default the newest. Raises as `head` does."""
        with self.lock:
            item = self.head(bucket, key, version_id)
            item_with_tags = replace(item, attributes=replace(item.attributes, tags=tags))
            with self.database.transaction() as connection:
                index.update_attributes(connection, item_with_tags)
                self.outbox.record(connection, item_with_tags, TAG if tags else UNTAG)
        self.outbox.deliver()
        return item_with_tags

    def _restore_below(
        self, connection: sqlite3.Connection, folder: Folder, newest: Version
    ) -> Object | None:
        """Make the object below the newest version, which was removed, the current one."""
        below = history.pop_object(connection, newest.bucket, newest.key)
        if below is None:
            return None
        restored_object = replace(below, path=folder.place(below.key))
        index.save(connection, restored_object)
        return restored_object

    @contextmanager
    def _move_aside(self, folder: Folder, item: Object | None) -> Iterator[None]:
        """Move the object's file to the staging folder, and back if the block fails."""
        if item is None:
            yield
            return
        folder.release(item.path, self.staging.at(item.version))
        try:
            yield
        except BaseException:
            folder.receive(self.staging.at(item.version), item.path)
            raise
