"""Changes that a person makes in a bucket's folder: files added, edited, moved, removed.

    FolderWatch    the file system reports changed paths  ->  Changes
    survey         compares those paths, or the whole folder, with the rows
    FolderScanner  records changes in the buckets whose events go to a queue

A file that does not match its row is read again. With the same bytes it is the same object, even if
it was touched or copied. With other bytes it is a new object, described by its file alone, whose
version is called "null". Contents.refresh records the differences of a survey.

Where the file system does not report changes (a network drive, no watches left), `Changes.take`
returns None for every bucket, so that each listing reads all files of its bucket, and the log says
why.
"""

import hashlib
import logging
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from watchfiles import Change, watch

from app.local.database import Database
from app.local.loop import Loop
from app.local.s3.storage import index, layout
from app.local.s3.storage.checksums import md5
from app.local.s3.storage.folder import STATE_FOLDER, Folder, Identity
from app.local.s3.storage.objects import NoSuchBucket, Object, ObjectAttributes, guess_type
from app.local.s3.storage.staging import new_version

if TYPE_CHECKING:
    from app.local.s3.storage.buckets import Buckets

WALK_AGAIN = 600.0  # seconds; the system drops changes when too many come at once
LONGEST_GATHERING_MS = 200  # changes are reported together after this time at the latest
QUIET_MS = 20  # or as soon as no other change has come for this time
WAIT_MS = 500  # for the first change, before the thread checks whether to stop
_MOST_READS = 3  # of a file that keeps changing while it is read
INTERVAL = 1.0  # seconds between two scans
SOON = 0.25  # seconds until the next one, where a file had changed too shortly before
QUIET = 1.0  # seconds since a file was changed last: until then it may still be copied

log = logging.getLogger(__name__)


class Changes:
    """The paths that have changed since the last look at a bucket. Any thread may call any
    method.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = Lock()
        self._clock = clock
        self._watching = False
        self._walked: dict[str, float] = {}
        self._paths: dict[str, set[str]] = defaultdict(set)

    def begin(self) -> None:
        """From now on, the file system reports all changes."""
        self._set(watching=True)

    def end(self) -> None:
        """From now on, the file system may leave changes unreported."""
        self._set(watching=False)

    def add(self, bucket: str, paths: Iterable[str]) -> None:
        """Add paths that may have changed, relative to the bucket's folder."""
        with self._lock:
            self._paths[bucket].update(paths)

    @property
    def is_waiting(self) -> bool:
        """Whether there are paths to look at."""
        with self._lock:
            return any(self._paths.values())

    def invalidate(self, bucket: str) -> None:
        """Have the next look go over all of the bucket."""
        with self._lock:
            self._walked.pop(bucket, None)

    def take(self, bucket: str, *, whole: bool) -> set[str] | None:
        """The paths to look at now; None means all of the folder.

        Args:
            whole: whether the caller can look at all of the folder, and not only at a prefix.
        """
        with self._lock:
            now = self._clock()
            if self._watching and now - self._walked.get(bucket, -WALK_AGAIN) < WALK_AGAIN:
                return self._paths.pop(bucket, set())
            if self._watching and whole:
                self._walked[bucket] = now
                self._paths.pop(bucket, None)
            return None

    def _set(self, *, watching: bool) -> None:
        with self._lock:
            self._watching = watching
            self._walked.clear()
            self._paths.clear()


class FolderWatch:
    """A thread that passes the changes which the file system reports below `root` to Changes."""

    def __init__(self, root: Path, changes: Changes) -> None:
        self._root, self._changes = root, changes
        self._failure = ""
        self._loop = Loop("s3-watch", self._follow)

    def start(self) -> None:
        self._loop.start()

    def close(self) -> None:
        """Returns when the thread has ended. The watch may not have been started."""
        self._loop.stop()
        self._loop.wait_for_end()

    def _follow(self) -> None:
        """Pass changes on until the loop is stopped, or the file system reports no more."""
        batches = watch(
            self._root,
            watch_filter=self._is_in_a_bucket,
            debounce=LONGEST_GATHERING_MS,
            step=QUIET_MS,
            rust_timeout=WAIT_MS,
            yield_on_timeout=True,
            stop_event=self._loop.stopping,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        try:
            self._changes.begin()
            for changes in batches:
                for _, path in changes:
                    bucket, *parts = Path(path).relative_to(self._root).parts
                    self._changes.add(bucket, ["/".join(parts)])
        except OSError as error:
            self._report(error)
        finally:
            self._changes.end()
            batches.close()
        self._loop.stopping.wait(WALK_AGAIN if self._failure else 0)

    def _is_in_a_bucket(self, _: Change, path: str) -> bool:
        parts = Path(path).relative_to(self._root).parts
        return len(parts) > 1 and parts[0] != STATE_FOLDER

    def _report(self, error: OSError) -> None:
        if not self._failure:
            log.warning(
                "The file system does not report changes in %s (%s). Every listing of a bucket "
                "looks at all of its files, which is slow if there are many.",
                *(self._root, error),
            )
        self._failure = str(error)


@dataclass(frozen=True)
class Difference:
    """A key whose row and file do not match.

    Attributes:
        row: the object of its row; None if it has none.
        file: the object of its file; None if there is no file.
    """

    key: str
    row: Object | None
    file: Object | None

    @property
    def is_same_object(self) -> bool:
        """Whether the file has the bytes of the row: then it was only touched, moved or copied."""
        return bool(self.row and self.file and self.row.md5 == self.file.md5)

    def is_current(self, folder: Folder) -> bool:
        """Whether the folder has not changed since the survey."""
        if self.file is None:
            return folder.find(self.key) is None
        return folder.identity(self.file.path) == self.file.identity


@dataclass(frozen=True)
class Survey:
    """The differences between a folder and its rows.

    Attributes:
        recent: the paths of files that changed so recently that a program may still be writing
            them.
    """

    differences: list[Difference]
    recent: list[str]


Places = dict[str, tuple[str, Identity]]
"""Key -> the path of its file, and the file's identity."""


def survey(
    database: Database,
    folder: Folder,
    bucket: str,
    prefix: str,
    last_moments: range = range(0),
    paths: Collection[str] | None = None,
) -> Survey:
    """Compare the files of a folder with the rows of its bucket. Those of files that are there
    come first, in the order of their keys, so that a batch of events is of neighbours, which one
    listing tells of.

    Args:
        prefix: keys without this prefix are left out.
        last_moments: files that changed in these nanoseconds since 1970 are recent. A file of a
            later time was copied with that time, or the clock was set back since.
        paths: look at these and below them only; None means all of the folder.
    """
    present, recorded = _places(database, folder, bucket, prefix, paths)
    keys, recent = [], []
    for key, (path, identity) in present.items():
        if (path, identity) != recorded.get(key):
            if identity.mtime_ns in last_moments:
                recent.append(path)
            else:
                keys.append(key)
    keys = sorted(keys) + sorted(recorded.keys() - present.keys())
    rows = {key: index.get(database, bucket, key) for key in keys}
    return Survey([examine(folder, bucket, key, rows[key]) for key in keys], recent)


def _places(
    database: Database, folder: Folder, bucket: str, prefix: str, paths: Collection[str] | None
) -> tuple[Places, Places]:
    """The places of the files, and of the objects in the rows."""
    if paths is None:
        present = {key: (path, identity) for key, path, identity in folder.walk(prefix)}
        return present, index.identities(database, bucket, prefix)
    present, recorded = {}, {}
    for path in paths:
        names = path.split("/")
        key, start = layout.key_at(names), layout.prefix_at(names)
        if key and (row := index.get(database, bucket, key)):
            recorded[key] = row.path, row.identity
        if identity := folder.identity(path):
            present |= {key: (path, identity)} if key else {}
        elif start is not None:  # a folder, or nothing: there may have been a folder before
            present |= {key: (at, identity) for key, at, identity in folder.walk_below(path, start)}
            recorded |= index.identities(database, bucket, start.decode(errors="ignore"))
    return present, recorded


def examine(folder: Folder, bucket: str, key: str, row: Object | None) -> Difference:
    """Compare one key's file with its row. A file that may not be read counts as none."""
    path = folder.find(key)
    if path is None:
        return Difference(key, row, None)
    try:
        return Difference(key, row, _read(folder, bucket, key, path, row))
    except (FileNotFoundError, PermissionError):
        return Difference(key, row, None)


def _read(folder: Folder, bucket: str, key: str, path: str, row: Object | None) -> Object:
    for _ in range(_MOST_READS):
        with folder.at(path).open("rb") as file:
            identity = Identity.of_file(file)
            digest = hashlib.file_digest(file, md5).hexdigest()
            if Identity.of_file(file) == identity:
                break
    if row and row.md5 == digest:
        return replace(row, path=path, identity=identity)
    return Object(
        bucket=bucket,
        key=key,
        version=new_version(),
        path=path,
        identity=identity,
        md5=digest,
        etag=digest,
        attributes=ObjectAttributes(guess_type(key)),
    )


class FolderScanner:
    """A thread that records changes in the buckets that have notifications, and in no others.

    It looks at the paths that FolderWatch reports, or at all files if the file system reports
    none.
    """

    def __init__(
        self, buckets: "Buckets", interval: float = INTERVAL, quiet: float = QUIET
    ) -> None:
        self._buckets, self._interval, self._quiet = buckets, interval, quiet
        self._watch = FolderWatch(buckets.root, buckets.changes)
        self._loop = Loop("s3-scanner", self._step, passing=(OSError, sqlite3.Error))

    def start(self) -> None:
        self._watch.start()
        self._loop.start()

    def close(self) -> None:
        """Returns when the thread has ended. The scanner may not have been started."""
        self._loop.stop()
        self._loop.wait_for_end()
        self._watch.close()

    def scan(self) -> None:
        """Look once at each of these buckets."""
        for bucket in self._buckets.buckets_with_notifications():
            if self._loop.stopping.is_set():
                return
            with suppress(NoSuchBucket):
                self._buckets.refresh(bucket, quiet=self._quiet)
        self._buckets.outbox.deliver()

    def _step(self) -> None:
        pause = min(SOON, self._interval) if self._buckets.changes.is_waiting else self._interval
        if not self._loop.stopping.wait(pause):
            self.scan()
