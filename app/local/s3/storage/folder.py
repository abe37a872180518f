"""A bucket's folder on the disk: the places of files, and changes that survive a power cut."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from app.local.durability import make_folder, sync_folder
from app.local.s3.storage import layout
from app.local.s3.storage.layout import State

STATE_FOLDER = ".state"  # beside the buckets: no bucket can have this name
JUNK = (".DS_Store",)  # files that file managers leave in the folders that they show


@dataclass(frozen=True)
class Identity:
    """Identifies a state of a file, so that a change can be noticed without reading it."""

    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Identity":
        return cls(status.st_size, status.st_mtime_ns, status.st_ino)

    @classmethod
    def of_file(cls, file: BinaryIO) -> "Identity":
        return cls.of(os.fstat(file.fileno()))


@dataclass(frozen=True)
class Folder:
    """A bucket's folder. Paths in it are relative, with slashes. Symbolic links are not followed,
    so that neither a key nor a link leads out of the folder.
    """

    root: Path

    def at(self, path: str) -> Path:
        return self.root / path

    def identity(self, path: str) -> Identity | None:
        """The identity of the regular file at this path; None if there is none."""
        try:
            status = self.at(path).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return Identity.of(status) if stat.S_ISREG(status.st_mode) else None

    def find(self, key: str) -> str | None:
        return layout.find(key, self._look)

    def place(self, key: str) -> str:
        return layout.place(key, self._look)

    def walk(self, prefix: str = "") -> Iterator[tuple[str, str, Identity]]:
        """Key, path and identity of every object whose key begins with `prefix`, in no order."""
        return self.walk_below("", b"", prefix)

    def walk_below(
        self, path: str, start: bytes, prefix: str = ""
    ) -> Iterator[tuple[str, str, Identity]]:
        """As `walk`, of one folder below the root, whose keys all begin with `start`."""
        prefix_bytes = prefix.encode()
        folders: list[tuple[str, bytes]] = [(path, start)]
        while folders:
            parent, start = folders.pop()
            for entry in _entries(self.root / parent):
                path = f"{parent}/{entry.name}" if parent else entry.name
                if entry.is_dir(follow_symlinks=False):
                    inner = layout.descend(start, entry.name)
                    if inner is not None and _meet(inner, prefix_bytes):
                        folders.append((path, inner))
                elif entry.is_file(follow_symlinks=False):
                    key = layout.key_of(start, entry.name)
                    if key is not None and key.startswith(prefix):
                        with suppress(FileNotFoundError):
                            yield key, path, Identity.of(entry.stat(follow_symlinks=False))

    def make_room(self, path: str) -> None:
        """Make the folders above a file at this path, durably."""
        make_folder(self.at(path).parent)

    def receive(self, file: Path, path: str) -> None:
        """Move a file of the same file system to this path, durably, in place of the one there."""
        target = self.at(path)
        file.replace(target)
        sync_folder(target.parent)

    def release(self, path: str, aside: Path) -> None:
        """Move the file at this path out of the folder, durably."""
        source = self.at(path)
        source.replace(aside)
        sync_folder(aside.parent)
        sync_folder(source.parent)

    def prune(self, path: str) -> None:
        """Remove the folders above a file at this path that are empty."""
        for parent in list(self.at(path).parents):
            if parent == self.root or not _remove_if_empty(parent):
                return

    def remove(self) -> str | None:
        """Remove the folder if it holds no files; else return the path of one that it holds."""
        for parent, _, names in os.walk(self.root, topdown=False):
            for name in set(names) & set(JUNK):
                Path(parent, name).unlink()
            if not _remove_if_empty(Path(parent)):
                remaining = next(_entries(Path(parent)))
                return str(Path(remaining.path).relative_to(self.root))
        sync_folder(self.root.parent)
        return None

    def _look(self, path: str) -> State:
        target = self.at(path)
        try:
            mode = target.lstat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None
        if self._folds and target not in target.parent.iterdir():
            return "taken"  # by a name that differs only in case, or in the encoding of its accents
        return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else "taken"

    @cached_property
    def _folds(self) -> bool:
        """Whether this file system treats two spellings as one name."""
        swapped = self.root.with_name(self.root.name.swapcase())
        return swapped.exists() and swapped.samefile(self.root)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except (FileNotFoundError, NotADirectoryError):  # removed by hand since it was listed
        return


def _meet(start: bytes, prefix: bytes) -> bool:
    """Whether a key can begin with both."""
    return start.startswith(prefix) or prefix.startswith(start)


def _remove_if_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True
