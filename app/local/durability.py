"""To the disk, and past the memory of its own: what was written survives a power cut.

On macOS `fsync` leaves data in the disk's memory, and F_FULLFSYNC takes it on from there, where the
file system knows it. SQLite does the same by `PRAGMA fullfsync`; elsewhere `fsync` does all of it.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


def sync(descriptor: int) -> None:
    """Bring an open file's content to the disk."""
    if command := getattr(fcntl, "F_FULLFSYNC", None):
        with suppress(OSError):  # a file system of another kind, such as one of the network
            fcntl.fcntl(descriptor, command)
            return
    os.fsync(descriptor)


def sync_folder(path: Path) -> None:
    """Bring a folder's names to the disk: the sync of a file need not cover its name."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make a folder, if it is not there, and those above it; their names are on the disk then."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)
