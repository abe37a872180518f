"""The check of an index's postings beside the questions.

A question checks what it is the first to read, and somebody waits for it. So once the first
question has its answer, a thread checks what is left, a little at a time. Vectors are left to the
questions, which read few of them.
"""

import logging
from contextlib import suppress
from threading import Event, Lock, Thread

from app.local.engine.store.checked import Damaged
from app.local.engine.store.contract import StoreError
from app.local.engine.store.live_index import LiveIndex

PAUSE = 0.001  # seconds between two blocks of 96 kB: less than 96 MB a second

log = logging.getLogger(__name__)


class BackgroundCheck:
    """The check of an index, which is done once."""

    def __init__(self, live: LiveIndex) -> None:
        self._live = live
        self._beginning = Lock()
        self._thread: Thread | None = None
        self._closed = Event()

    def begin(self) -> None:
        """Begin, unless it has begun before."""
        if self._thread is not None:
            return
        with self._beginning:
            if self._thread is None and not self._closed.is_set():
                self._thread = Thread(target=self._run, name="check", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Give it up, if it has not ended."""
        with self._beginning:
            self._closed.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        with suppress(_Closed):
            for part in self._live.current.parts:
                try:
                    part.segment.check_postings(self._pause)
                except FileNotFoundError:  # it has been merged
                    continue
                except Damaged as damage:
                    self._mend(damage)

    def _mend(self, damage: Damaged) -> None:
        try:
            self._live.mend(self._live.current, damage)
        except StoreError as error:  # a question that needs this part will say so
            log.warning("%s", error)

    def _pause(self) -> None:
        if self._closed.wait(PAUSE):
            raise _Closed


class _Closed(Exception):
    """The store is being closed."""
