"""Notices by itself what a person does to a bucket's folder, where somebody waits to hear of it."""

import logging
import sqlite3
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType

from app.local.buckets.buckets import Buckets
from app.local.buckets.objects import NoSuchBucket

INTERVAL = 2.0  # seconds
QUIET = 1.0  # seconds that a file must have been left alone: it may still be copied
log = logging.getLogger(__name__)


class Scanner:
    """A thread that looks over the buckets that have notifications, and over no others."""

    def __init__(self, buckets: Buckets, interval: float = INTERVAL, quiet: float = QUIET) -> None:
        self._buckets, self._interval, self._quiet = buckets, interval, quiet
        self._stop = Event()
        self._thread = Thread(target=self._run, name="s3-scanner", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Returns when the thread has ended. The scanner may not have been started."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

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
            if self._stop.is_set():
                return
            with suppress(NoSuchBucket):
                self._buckets.refresh(bucket, quiet=self._quiet)
        self._buckets.outbox.deliver()

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            try:
                self.scan()
            except (OSError, sqlite3.Error) as error:
                log.warning("The buckets could not be looked over: %s", error)
