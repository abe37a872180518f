"""Durable writes: data that has been synced survives a power cut.

On macOS, `fsync` leaves data in the disk's own cache, and F_FULLFSYNC writes that out, on file
systems that support it. SQLite does the same by `PRAGMA fullfsync`. On other systems `fsync` is
enough.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


def sync(descriptor: int) -> None:
    """Write an open file's content to the disk."""
    if command := getattr(fcntl, "F_FULLFSYNC", None):
        with suppress(OSError):  # the file system does not support it, such as a network's
            fcntl.fcntl(descriptor, command)
            return
    os.fsync(descriptor)


def sync_folder(path: Path) -> None:
    """Write a folder's names to the disk: to sync a file need not sync its name."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, durably. No error if it exists."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)
