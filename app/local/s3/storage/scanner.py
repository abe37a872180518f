"""Notices by itself what a person does to a bucket's folder, where somebody waits to hear of it."""

import sqlite3
from contextlib import suppress
from types import TracebackType

from app.local.loop import Loop
from app.local.s3.storage.buckets import Buckets
from app.local.s3.storage.objects import NoSuchBucket
from app.local.s3.storage.watch import Watch

INTERVAL = 1.0  # seconds
QUIET = 1.0  # seconds that a file must have been left alone: it may still be copied


class Scanner:
    """A thread that takes note of changes in the buckets that have notifications, and in no others.

    Where the file system tells what changes (`watch.py`), it looks at that alone; else at all.
    """

    def __init__(self, buckets: Buckets, interval: float = INTERVAL, quiet: float = QUIET) -> None:
        self._buckets, self._interval, self._quiet = buckets, interval, quiet
        self._watch = Watch(buckets.root, buckets.changes)
        self._loop = Loop("s3-scanner", self._step, passing=(OSError, sqlite3.Error))

    def start(self) -> None:
        self._watch.start()
        self._loop.start()

    def close(self) -> None:
        """Returns when the thread has ended. The scanner may not have been started."""
        self._loop.stop()
        self._loop.wait_for_end()
        self._watch.close()

    def __enter__(self) -> "Scanner":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def scan(self) -> None:
        """One look over all of them."""
        for bucket in self._buckets.notifying():
            if self._loop.stopping.is_set():
                return
            with suppress(NoSuchBucket):
                self._buckets.refresh(bucket, quiet=self._quiet)
        self._buckets.outbox.deliver()

    def _step(self) -> None:
        if not self._loop.stopping.wait(self._interval):
            self.scan()
