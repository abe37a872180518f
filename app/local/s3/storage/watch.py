"""Which files of the buckets' folders may have changed, told by the file system.

Without this, whoever lists a bucket has to look at every file in it. Where the file system cannot
tell (a network drive, no more watches to be had), `Changes.take` says of every bucket that all of
it has to be looked at, and the log says why.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock

from watchfiles import Change, watch

from app.local.loop import Loop

STATE = ".state"
WALK_AGAIN = 600.0  # seconds; the system drops changes where too many come at once
GATHERED_MS = 200  # for so long at most changes are gathered before they are told
SETTLED_MS = 20  # and told earlier where for so long no other has come
WAIT_MS = 500  # for the first, before the thread looks whether it is to stop

log = logging.getLogger(__name__)


class Changes:
    """What has changed since somebody looked, by bucket. Any thread may call it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = Lock()
        self._clock = clock
        self._watching = False
        self._walked: dict[str, float] = {}
        self._paths: dict[str, set[str]] = defaultdict(set)

    def begin(self) -> None:
        """From now on, all changes are noted."""
        self._set(watching=True)

    def end(self) -> None:
        """From now on, changes may go unnoticed."""
        self._set(watching=False)

    def note(self, bucket: str, paths: Iterable[str]) -> None:
        """These paths may have changed; they are relative to the bucket's folder."""
        with self._lock:
            self._paths[bucket].update(paths)

    def forget(self, bucket: str) -> None:
        """Nothing is known of a bucket any more: all of it has to be looked at."""
        with self._lock:
            self._walked.pop(bucket, None)

    def take(self, bucket: str, *, whole: bool) -> set[str] | None:
        """The paths to look at now, or None: all of the folder has to be looked at.

        Args:
            whole: whether the caller will then look at all of it.
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


class Watch:
    """A thread that notes what the file system tells of the folders below `root`."""

    def __init__(self, root: Path, changes: Changes) -> None:
        self._root, self._changes = root, changes
        self._refused = ""
        self._loop = Loop("s3-watch", self._follow)

    def start(self) -> None:
        self._loop.start()

    def close(self) -> None:
        """Returns when the thread has ended. The watch may not have been started."""
        self._loop.stop()
        self._loop.wait_for_end()

    def _follow(self) -> None:
        """Follow the changes until the loop is to stop, or until that is not possible."""
        told = watch(
            self._root,
            watch_filter=self._is_in_a_bucket,
            debounce=GATHERED_MS,
            step=SETTLED_MS,
            rust_timeout=WAIT_MS,
            yield_on_timeout=True,
            stop_event=self._loop.stopping,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )
        try:
            self._changes.begin()
            for changes in told:
                for _, path in changes:
                    bucket, *parts = Path(path).relative_to(self._root).parts
                    self._changes.note(bucket, ["/".join(parts)])
        except OSError as error:
            self._report(error)
        finally:
            self._changes.end()
            told.close()
        self._loop.stopping.wait(WALK_AGAIN if self._refused else 0)

    def _is_in_a_bucket(self, _: Change, path: str) -> bool:
        parts = Path(path).relative_to(self._root).parts
        return len(parts) > 1 and parts[0] != STATE

    def _report(self, error: OSError) -> None:
        if not self._refused:
            log.warning(
                "The file system does not tell what changes in %s (%s). Every listing of a bucket "
                "looks at all of its files, which is slow where there are many.",
                *(self._root, error),
            )
        self._refused = str(error)
