"""Sees what SQLite does to files, in the process that loaded it.

A VFS is SQLite's way to its files (https://www.sqlite.org/vfs.html). `watching` registers one that
is the usual VFS but for the calls that change a file or bring it to the disk: those are passed on
to an observer after they have been done. It becomes the default, so `sqlite3.connect` uses it.

The structures are those of sqlite3.h. Members that are not touched are copied as pointers.
"""

import _sqlite3
import ctypes
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path
from typing import Any, Protocol

import pytest

OK = 0
CREATE, JOURNALS = 0x4, 0x00000800 | 0x00004000 | 0x00080000
"""SQLITE_OPEN_CREATE; and of a main journal, of a super-journal and of a write-ahead log."""
FULL = 0x3
"""SQLITE_SYNC_FULL: past the disk's own memory, where a system can tell the difference."""


class Observer(Protocol):
    """Is told of a change once it has been made. Paths are absolute."""

    def opened(self, path: str, *, is_new: bool) -> None: ...
    def wrote(self, path: str, offset: int, data: bytes) -> None: ...
    def truncated(self, path: str, size: int) -> None: ...
    def synced(self, path: str, *, full: bool) -> None: ...
    def synced_folder(self, path: str) -> None: ...
    def removed(self, path: str) -> None: ...


_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
_Delete = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_Close = CFUNCTYPE(c_int, c_void_p)
_Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = CFUNCTYPE(c_int, c_void_p, c_int)


class _Methods(ctypes.Structure):
    """sqlite3_io_methods."""

    _fields_ = (
        ("version", c_int),
        ("close", _Close),
        ("read", c_void_p),
        ("write", _Write),
        ("truncate", _Truncate),
        ("sync", _Sync),
        ("others", c_void_p * 13),
    )


class _VFS(ctypes.Structure):
    """sqlite3_vfs."""

    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", _Open),
        ("delete", _Delete),
        ("others", c_void_p * 14),
    )


class _File:
    """An open file: its path, and whether its folder is still to be brought to the disk."""

    def __init__(self, path: str, original: _Methods, *, syncs_folder: bool) -> None:
        self.path, self.original, self.syncs_folder = path, original, syncs_folder


class _Shim:
    """The VFS. There is one, for good: a connection that was opened by it may outlive a test."""

    def __init__(self, library: Any) -> None:
        library.sqlite3_vfs_find.restype = POINTER(_VFS)
        library.sqlite3_vfs_register.argtypes = (c_void_p, c_int)
        library.sqlite3_vfs_unregister.argtypes = (c_void_p,)
        self.library = library
        self.observer: Observer | None = None
        self._usual = library.sqlite3_vfs_find(None)
        self._files: dict[int, _File] = {}
        self._methods: dict[int, _Methods] = {}
        self.vfs = _VFS.from_buffer_copy(self._usual.contents)
        self.vfs.next, self.vfs.name = None, b"outcrop-watching"
        self.vfs.open, self.vfs.delete = _Open(self._open), _Delete(self._delete)

    def _open(self, _: int, name: int | None, file: int, flags: int, told: Any) -> int:
        path = os.fsdecode(ctypes.string_at(name)) if name else ""
        is_new = not os.path.lexists(path)
        code: int = self._usual.contents.open(
            ctypes.addressof(self._usual.contents), name, file, flags, told
        )
        if code == OK and path:
            pointer = ctypes.cast(file, POINTER(c_void_p))
            address = pointer[0]
            syncs_folder = bool(flags & CREATE and flags & JOURNALS)  # as os_unix.c does
            original = _Methods.from_address(address)
            self._files[file] = _File(path, original, syncs_folder=syncs_folder)
            pointer[0] = ctypes.addressof(self._watched(address))
            if self.observer:
                self.observer.opened(path, is_new=is_new)
        return code

    def _watched(self, address: int) -> _Methods:
        if address not in self._methods:
            methods = _Methods.from_buffer_copy(_Methods.from_address(address))
            methods.close, methods.write = _Close(self._close), _Write(self._write)
            methods.truncate, methods.sync = _Truncate(self._truncate), _Sync(self._sync)
            self._methods[address] = methods
        return self._methods[address]

    def _close(self, file: int) -> int:
        code: int = self._files.pop(file).original.close(file)
        return code

    def _write(self, file: int, data: int, size: int, offset: int) -> int:
        opened = self._files[file]
        code: int = opened.original.write(file, data, size, offset)
        if self.observer and code == OK:
            self.observer.wrote(opened.path, offset, ctypes.string_at(data, size))
        return code

    def _truncate(self, file: int, size: int) -> int:
        opened = self._files[file]
        code: int = opened.original.truncate(file, size)
        if self.observer and code == OK:
            self.observer.truncated(opened.path, size)
        return code

    def _sync(self, file: int, flags: int) -> int:
        opened = self._files[file]
        code: int = opened.original.sync(file, flags)
        if self.observer and code == OK:
            self.observer.synced(opened.path, full=flags & 0xF == FULL)
            if opened.syncs_folder:
                opened.syncs_folder = False
                self.observer.synced_folder(str(Path(opened.path).parent))
        return code

    def _delete(self, _: int, name: bytes, sync: int) -> int:
        code: int = self._usual.contents.delete(ctypes.addressof(self._usual.contents), name, sync)
        if self.observer and code == OK:
            self.observer.removed(os.fsdecode(name))
            if sync:
                self.observer.synced_folder(str(Path(os.fsdecode(name)).parent))
        return code


_shims: list[_Shim] = []


@contextmanager
def watching(observer: Observer) -> Iterator[None]:
    """Every database that is opened in here tells the observer what becomes of its files."""
    if not _shims:
        library = ctypes.CDLL(getattr(_sqlite3, "__file__", None))
        if not hasattr(library, "sqlite3_vfs_find"):
            pytest.skip(f"this Python's SQLite {sqlite3.sqlite_version} shows no symbols")
        _shims.append(_Shim(library))
    shim = _shims[0]
    vfs = ctypes.addressof(shim.vfs)
    shim.library.sqlite3_vfs_register(vfs, 1)
    shim.observer = observer
    try:
        yield
    finally:
        shim.observer = None
        shim.library.sqlite3_vfs_unregister(vfs)
