"""Errors of the disk, as sentences for a person: it is full, read-only, or a file on it is
damaged.
"""

import errno
import sqlite3

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def is_full(error: BaseException) -> bool:
    """Whether there is no room left on the disk, or for this user.

    >>> is_full(OSError(errno.ENOSPC, "No space left on device"))
    True
    """
    if isinstance(error, sqlite3.Error):
        return _code(error) == sqlite3.SQLITE_FULL
    return isinstance(error, OSError) and error.errno in FULL


def is_read_only(error: BaseException) -> bool:
    """Whether the home is read-only, or not this user's to write."""
    if isinstance(error, sqlite3.Error):
        return _code(error) in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
    return isinstance(error, OSError) and error.errno in READ_ONLY


def is_damaged(error: BaseException) -> bool:
    """Whether SQLite found a file damaged."""
    return isinstance(error, sqlite3.Error) and _code(error) in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    )


def disk_problem(error: BaseException) -> str | None:
    """The problem and its remedy, for an error of the disk; None for every other error."""
    if is_full(error):
        return (
            "The disk that holds the stand-in's home is full. Nothing of this request was stored. "
            "Delete documents, which still works, or make room otherwise; then send it again."
        )
    if is_read_only(error):
        return (
            "The stand-in's home is not writable. Nothing of this request was stored. "
            f"The system says: {error}"
        )
    if is_damaged(error):
        return (
            "A file of the stand-in's home is damaged. Stop the stand-in, and run "
            f"`outcrop doctor --repair`. SQLite says: {error}"
        )
    return None


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code: the low byte
