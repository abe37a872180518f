"""The laptop's home as a folder: whether it can be one, and the locks in it.

    lock    held by the processes that serve it, so that it says whether they live
    door    held by whoever starts or stops them, for as long as that takes
    users   held together by all commands that use them; who has it alone was the last

The system gives a lock back when its last holder ends, however it ends.
"""

import errno
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.errors import OperatorError

NEEDED = 1 << 20  # bytes that have to be free, or not even a document could be removed
PAUSE_SECONDS = 0.05

_REASONS = {
    errno.EEXIST: "it, or a folder above it, is a file",
    errno.ENOTDIR: "it, or a folder above it, is a file",
    errno.EACCES: "it may not be written to",
    errno.EPERM: "it may not be written to",
    errno.EROFS: "its disk is read-only",
    errno.ENOSPC: "its disk is full; free some room there",
    errno.EDQUOT: "the quota of its disk is used up; free some room there",
}


def usable(home: Path) -> Path:
    """The home, made if need be, and written to once.

    Raises:
        OperatorError: nothing can be kept there. Says why.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=home, prefix="probe-") as probe:
            probe.write(bytes(4096))
            probe.flush()
            os.fsync(probe.fileno())
        if shutil.disk_usage(home).free < NEEDED:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        why = _REASONS.get(error.errno or 0, str(error.strerror or error))
        raise OperatorError(
            f"{home} cannot be the home: {why}. Or set OUTCROP_HOME to a folder that can be "
            "written to."
        ) from error
    return home


def private(path: Path, flags: int) -> IO[str]:
    """A file to write; if it is made, no other user may read it."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600), "w")


@contextmanager
def locked(path: Path, how: int = fcntl.LOCK_EX) -> Iterator[IO[str]]:
    """A lock, as `flock` takes it; with LOCK_NB at once or not at all.

    Raises:
        BlockingIOError: another process has it.
    """
    with private(path, os.O_APPEND) as lock:
        fcntl.flock(lock, how)
        yield lock


def take(path: Path, seconds: float) -> IO[str] | None:
    """A lock that its holder is about to give back; None if that did not come in time. Closing
    gives it back.
    """
    deadline = time.monotonic() + seconds
    lock = private(path, os.O_APPEND)
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                lock.close()
                return None
            time.sleep(PAUSE_SECONDS)
        else:
            return lock


def is_locked(path: Path, how: int = fcntl.LOCK_SH) -> bool:
    """Whether a process has a lock that keeps others from taking it so."""
    try:
        with path.open() as lock:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
