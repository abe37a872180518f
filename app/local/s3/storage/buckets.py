"""Every change that S3 makes to what is in the buckets."""

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
    Attributes,
    BucketNotEmpty,
    Marker,
    Object,
    Version,
)
from app.local.s3.storage.registry import VERSIONING
from app.local.s3.storage.staging import Staged

Condition = Callable[[Object | None], None]  # looks at what is there; raises if that must stay


def always(_: Object | None) -> None:
    """The condition that holds whatever is there."""


class Buckets(Contents):
    """All buckets of a home.

    One lock orders the changes: what a condition has seen is still so when the change is made.
    Bytes come in before it is taken. A file that has to leave its folder is moved beside the
    buckets before the transaction, and back if that fails: so a row never speaks of bytes that are
    nowhere.
    """

    def remove(self, bucket: str) -> None:
        """Remove an empty bucket.

        Raises:
            NoSuchBucket: it is not there.
            BucketNotEmpty: it holds an object, an older version, a delete marker, or a file of a
                person that is none of these.
        """
        with self.lock:
            for version, _ in self.list_versions(bucket):
                raise BucketNotEmpty(version.key)
            if remaining := self.folder(bucket).remove():
                raise BucketNotEmpty(remaining)
            self._forget(bucket)

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
                version_id=self._version_id(bucket, staged.version),
                **{"etag": staged.md5, **described},
            )
            stays = current if current and current.version_id != item.version_id else None
            try:
                folder.make_room(item.path)
                with self._aside(folder, stays), self.change() as (connection, unneeded):
                    unneeded.extend(history.cover(connection, item))
                    index.save(connection, item)
                    self.outbox.record(connection, item, event)
                    within(connection)
            except BaseException:
                folder.prune(item.path)
                raise
            self.staging.keep(staged)
            folder.receive(staged.path, item.path)
            self._sound.add(item.version)
        self.outbox.deliver()
        return item

    def delete(self, bucket: str, key: str, condition: Condition = always) -> Marker | None:
        """Remove the object, if there is one. In a bucket that keeps versions it becomes an older
        one, below a marker, which is returned.
        """
        folder = self.folder(bucket)
        with self.lock:
            item = self._current(folder, bucket, key)
            condition(item)
            marker = self._marker(bucket, key) if self.kept(bucket, VERSIONING) else None
            if item is None and marker is None:
                return None
            with self._aside(folder, item), self.change() as (connection, unneeded):
                if marker:
                    unneeded.extend(history.cover(connection, marker))
                    history.push(connection, marker)
                elif item:
                    index.remove(connection, item)
                if item and (marker is None or marker.version_id == item.version_id):
                    unneeded.append(item.version)
                if subject := marker or item:
                    self.outbox.record(connection, subject, MARKER if marker else DELETE)
            if item:
                folder.prune(item.path)
        self.outbox.deliver()
        return marker

    def delete_version(
        self, bucket: str, key: str, version_id: str, condition: Condition = always
    ) -> Version | None:
        """Remove one version, its bytes as well, and return what it was. If it was the newest, the
        one below is the newest now.
        """
        folder = self.folder(bucket)
        with self.lock:
            current = self._current(folder, bucket, key)
            found = self._version(folder, bucket, key, version_id)
            condition(found if isinstance(found, Object) else None)
            if found is None:
                return None
            leaves = current if current == found else None
            with self._aside(folder, leaves), self.change() as (connection, unneeded):
                index.remove(connection, found)
                history.remove(connection, found)
                unneeded.append(found.version)
                self.outbox.record(connection, found, DELETE)
                risen = None if current and not leaves else self._raise(connection, folder, found)
            if risen:
                folder.make_room(risen.path)
                folder.receive(self.staging.at(risen.version), risen.path)
            elif leaves:
                folder.prune(leaves.path)
        self.outbox.deliver()
        return found

    def tag(self, bucket: str, key: str, version_id: str | None, tags: Mapping[str, str]) -> Object:
        """Let a version, by default the newest, have these tags and no others. Raises as `head`."""
        with self.lock:
            item = self.head(bucket, key, version_id)
            tagged = replace(item, attributes=replace(item.attributes, tags=tags))
            with self.database.transaction() as connection:
                index.describe(connection, tagged)
                self.outbox.record(connection, tagged, TAG if tags else UNTAG)
        self.outbox.deliver()
        return tagged

    def _raise(
        self, connection: sqlite3.Connection, folder: Folder, gone: Version
    ) -> Object | None:
        """Make the object below the newest version, which has gone, the current one."""
        below = history.uncover(connection, gone.bucket, gone.key)
        if below is None:
            return None
        risen = replace(below, path=folder.place(below.key))
        index.save(connection, risen)
        return risen

    @contextmanager
    def _aside(self, folder: Folder, item: Object | None) -> Iterator[None]:
        """The object's file is moved beside the buckets; and back, if what follows fails."""
        if item is None:
            yield
            return
        folder.release(item.path, self.staging.at(item.version))
        try:
            yield
        except BaseException:
            folder.receive(self.staging.at(item.version), item.path)
            raise
