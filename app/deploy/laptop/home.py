"""The folder of the laptop's home, and the locks in it.

    lock    held by the processes that serve the home, so that it tells whether they live
    door    held by a command while it starts or stops those processes
    users   shared by all commands that use the home; one that gets it alone is the last

The system releases a lock when its last holder ends, in whatever way.
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

NEEDED = 1 << 20  # bytes of free space; with less, not even a document could be deleted
LONGEST_PATH = 400  # bytes; SQLite opens none of 512, and its files are some folders below
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
    """The home: it is made if it does not exist, and written to once.

    Raises:
        OperatorError: it cannot be written to, with the reason.
    """
    length = len(os.fsencode(home.absolute()))
    if length > LONGEST_PATH:
        raise OperatorError(
            f"{home} cannot be the home: its path has {length} bytes, and {LONGEST_PATH} is the "
            "most. Set OUTCROP_HOME to a folder with a shorter one."
        )
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


def identity(home: Path) -> tuple[int, int] | None:
    """The device and the inode of the home's folder; None if it is not there."""
    try:
        status = home.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def private(path: Path, flags: int) -> IO[str]:
    """Open a file for writing; a new one is readable by this user alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | flags, 0o600), "w")


@contextmanager
def locked(path: Path, how: int = fcntl.LOCK_EX) -> Iterator[IO[str]]:
    """A lock by `flock`; with LOCK_NB at once or not at all.

    Raises:
        BlockingIOError: another process has it.
    """
    with private(path, os.O_APPEND) as lock:
        fcntl.flock(lock, how)
        yield lock


def take(path: Path, seconds: float) -> IO[str] | None:
    """Take a lock whose holder is about to release it; None if that takes longer than `seconds`.
    Closing the file releases the lock.
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
    """Whether a process holds a lock that excludes this kind of lock."""
    try:
        with path.open() as lock:
            fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
