"""What a power cut leaves of a folder: recorded once, replayed for every moment.

    record = Record(folder)
    with record.running():
        store.put(...)
        record.acknowledge()
    for crash in record.crashes():
        with crash.folder() as left: ...    holds what crash.acknowledged says, and nothing halved

`Record` notes in which order a program writes, syncs, renames and removes, in Python and in SQLite.
`tests.disk` then follows these steps, and knows what is left when the power is cut between two.
"""

import builtins
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.disk import POLICIES, Disk, Make, Policy, Remove, Rename, Step, Sync, Write
from tests.sqlite_vfs import watching


@dataclass(frozen=True)
class Crash:
    """A moment, and what it leaves.

    Attributes:
        step: after how many steps the power is cut.
        acknowledged: how often `acknowledge` was called by then.
        files: the content by path; None is a folder.
    """

    step: int
    policy: Policy
    acknowledged: int
    files: dict[str, bytes | None]

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """What is left, as a folder that goes away at the end."""
        root = Path(tempfile.mkdtemp(dir=_MEMORY if _MEMORY.is_dir() else None))
        try:
            for path in sorted(self.files):
                content = self.files[path]
                if content is None:
                    (root / path).mkdir(exist_ok=True)
                else:
                    (root / path).write_bytes(content)
            yield root
        finally:
            shutil.rmtree(root)


_open = os.open  # not the one that is watched
_MEMORY = Path("/dev/shm")  # only to be fast: what is replayed need not last


class Record:
    """The steps that are taken below a folder, which is as it is on the disk when this begins."""

    def __init__(self, root: Path, *, sqlite_syncs_folders: bool = True) -> None:
        """SQLite can be built so that it never syncs a folder (SQLITE_DISABLE_DIRSYNC)."""
        self._root = os.path.realpath(root)
        self._sqlite_syncs_folders = sqlite_syncs_folders
        self.steps: list[Step] = []
        self._acknowledged: list[int] = []
        self._files: dict[str, int] = {}
        self._inodes: dict[tuple[int, int], str] = {}  # of folders and files, to the path
        self._contents: dict[int, bytes | None] = {}  # of files of Python's, as noted last
        self._start: dict[str, bytes | None] = {}
        for path in sorted(Path(self._root).rglob("*")):
            name = self._name(path) or ""
            self._start[name] = None if path.is_dir() else path.read_bytes()
            self._files[name] = 0 if path.is_dir() else len(self._files) + 1
            self._inodes[_inode(path)] = name
        self._inodes[_inode(self._root)] = ""
        self._next = len(self._files) + 1

    def acknowledge(self) -> None:
        """What was done until now must survive."""
        self._acknowledged.append(len(self.steps))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Note what is done in here."""
        with ExitStack() as stack:
            stack.enter_context(watching(self))
            for name in ("mkdir", "rmdir", "remove", "unlink", "rename", "replace", "fsync"):
                act = self._watched(getattr(os, name), getattr(self, f"_{name}"))
                stack.enter_context(patch.object(os, name, act))
            for module in (io, builtins, os):
                opening = self._watched_opening(module.open)
                stack.enter_context(patch.object(module, "open", opening))
            yield
            self._note_contents()

    def crashes(
        self, policies: Sequence[Policy] = POLICIES, *, journalling: bool = True
    ) -> Iterator[Crash]:
        """What is left at every moment, each state once: before each step but a write, of which
        any may be lost until the sync that follows, and at the end.

        Of a disk that is not journalling, what is left at the moments of acknowledgements: between
        them, half a rename may be left, and only what was acknowledged counts.
        """
        disk = Disk(self._start, journalling=journalling)
        seen = set[tuple[int, bytes]]()
        for number in range(len(self.steps) + 1):
            if number:
                disk.follow(self.steps[number - 1])
            if number < len(self.steps) and isinstance(self.steps[number], Write):
                continue
            if not journalling and number not in self._acknowledged:
                continue
            done = sum(step <= number for step in self._acknowledged)
            for policy in policies:
                files = disk.left(policy)
                state = (done, _digest(files))
                if state not in seen:
                    seen.add(state)
                    yield Crash(number, policy, done, files)

    # what Python does

    def _watched(self, original: Callable[..., Any], note: Callable[..., None]) -> Any:
        """The original, which is noted once it has been done."""

        def act(*arguments: Any, **others: Any) -> Any:
            self._note_contents()
            result = original(*arguments, **others)
            note(*arguments)
            return result

        return act

    def _watched_opening(self, original: Callable[..., Any]) -> Any:
        """The original, of whose files those that are new, or emptied, are noted."""

        def act(path: Any, *arguments: Any, **others: Any) -> Any:
            name = self._name(path) if isinstance(path, str | os.PathLike) else None
            is_new = name is not None and not os.path.lexists(path)
            self._note_contents()
            opened = original(path, *arguments, **others)
            if name and is_new:
                self._make(name, path)
            if name and (is_new or (arguments and _writes(arguments[0]))):
                self._contents.setdefault(self._files[name], None)
            return opened

        return act

    def _mkdir(self, path: Any, *_: Any) -> None:
        if (name := self._name(path)) is not None:
            self._files[name] = 0
            self._inodes[_inode(path)] = name
            self.steps.append(Make(name, 0))

    def _remove(self, path: Any) -> None:
        if (name := self._name(path)) is not None:
            self.steps.append(Remove(name, self._files.pop(name)))

    _unlink = _rmdir = _remove

    def _replace(self, source: Any, target: Any) -> None:
        names = self._name(source), self._name(target)
        if names[0] is not None and names[1] is not None:
            file = self._files.pop(names[0])
            self._files[names[1]] = file
            self._inodes[_inode(target)] = names[1]
            self.steps.append(Rename(names[0], names[1], file))

    _rename = _replace

    def _fsync(self, descriptor: int) -> None:
        status = os.fstat(descriptor)
        name = self._inodes.get((status.st_dev, status.st_ino))
        if name is not None:
            file = self._files.get(name, 0)
            self.steps.append(Sync(file) if file else Sync(0, name))

    def _note_contents(self) -> None:
        """What was written to Python's own files since the last step; it is not synced."""
        for name, file in self._files.items():
            if file in self._contents:
                content = _read(Path(self._root, name))
                if content != self._contents[file]:
                    self._contents[file] = content
                    self.steps += (Write(file, 0, None), Write(file, 0, content))

    # what SQLite does

    def opened(self, path: str, *, is_new: bool) -> None:
        name = self._name(path)
        if name is not None and is_new:
            self._make(name, path)

    def wrote(self, path: str, offset: int, data: bytes) -> None:
        self._database_step(path, lambda file: Write(file, offset, data))

    def truncated(self, path: str, size: int) -> None:
        self._database_step(path, lambda file: Write(file, size, None))

    def synced(self, path: str, *, full: bool) -> None:
        self._database_step(path, lambda file: Sync(file, full=full))

    def synced_folder(self, path: str) -> None:
        if self._sqlite_syncs_folders and (name := self._name(path)) is not None:
            self.steps.append(Sync(0, name))

    def removed(self, path: str) -> None:
        self._note_contents()
        self._remove(path)

    def _database_step(self, path: str, step: Callable[[int], Step]) -> None:
        self._note_contents()
        if (name := self._name(path)) is not None:
            self.steps.append(step(self._files[name]))

    def _make(self, name: str, path: Any) -> None:
        self._files[name] = self._next
        self._next += 1
        self._inodes[_inode(path)] = name
        self.steps.append(Make(name, self._files[name]))

    def _name(self, path: Any) -> str | None:
        """The path below the folder; None of what is not there."""
        whole = str(Path(path).parent.resolve() / Path(path).name)
        if whole == self._root:
            return ""
        return whole[len(self._root) + 1 :] if whole.startswith(self._root + os.sep) else None


def _read(path: Path) -> bytes:
    descriptor = _open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)


def _writes(mode: str | int) -> bool:
    """Whether a file that was opened so, by `open` or `os.open`, can be written to."""
    if isinstance(mode, int):
        return bool(mode & (os.O_WRONLY | os.O_RDWR))
    return not set(mode).isdisjoint("wxa+")


def _inode(path: Any) -> tuple[int, int]:
    status = Path(path).stat()
    return status.st_dev, status.st_ino


def _digest(files: dict[str, bytes | None]) -> bytes:
    digest = blake2b()
    for path, content in files.items():
        digest.update(f"{path}\0{None if content is None else len(content)}\0".encode())
        digest.update(content or b"")
    return digest.digest()
