"""A disk that forgets: which steps of a program it has kept, and what a power cut leaves.

A sync of a file covers its content, and the name that it was made under, as journalling file
systems have it. A sync of a folder covers what was made, removed or renamed in it. What one of
these steps needs (the folder above, the file's own name before) survives with it. Of the rest a
power cut keeps anything or nothing, as a `Policy` says:

    nothing     neither contents nor names that were not synced
    names       all names, but no content: what a rename without an fsync leaves
    contents    all contents, but no name
    all         what SIGKILL leaves
    a number    each by chance, with this seed

Each write of SQLite's, and the whole content of a file of Python's, survives or does not.

A disk that is not `journalling` keeps no more than POSIX promises: the sync of a file does not
cover its name, and a rename is a new name in one folder and a removal in the other, each of which
the sync of its own folder covers.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

Policy = Literal["nothing", "names", "contents", "all"] | int
POLICIES: tuple[Policy, ...] = ("nothing", "names", "contents", "all", 1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class Make:
    """A file, or a folder, gets a name."""

    path: str
    file: int  # 0: a folder


@dataclass(frozen=True, slots=True, eq=False)
class Rename:
    source: str
    target: str
    file: int


@dataclass(frozen=True, slots=True, eq=False)
class Remove:
    path: str
    file: int


@dataclass(frozen=True, slots=True)
class Write:
    """`data` at `offset`; None cuts the file off there."""

    file: int
    offset: int
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Sync:
    """Of a file, or of the folder `path`."""

    file: int
    path: str = ""
    full: bool = False


Naming = Make | Rename | Remove
Step = Naming | Write | Sync


@dataclass
class _File:
    synced: bytearray = field(default_factory=bytearray)
    unsynced: list[Write] = field(default_factory=list)


class Disk:
    """What the steps so far have brought to the disk, and what they have not."""

    def __init__(self, start: dict[str, bytes | None], *, journalling: bool = True) -> None:
        self._journalling = journalling
        self._names: dict[str, int] = {}
        self._files: dict[int, _File] = {}
        for number, (path, content) in enumerate(start.items(), 1):
            self._names[path] = 0 if content is None else number
            if content is not None:
                self._files[number] = _File(bytearray(content))
        self._unsynced: list[Naming] = []

    def follow(self, step: Step) -> None:
        match step:
            case Write():
                self._files[step.file].unsynced.append(step)
            case Sync(file=0):
                self._sync_names(lambda naming: step.path in _folders(naming))
            case Sync():
                file = self._files[step.file]
                for write in file.unsynced:
                    _apply(file.synced, write)
                file.unsynced.clear()
                if self._journalling:
                    self._sync_names(
                        lambda naming: isinstance(naming, Make) and naming.file == step.file
                    )
            case Rename() if not self._journalling:
                self._unsynced.append(Make(step.target, step.file))
                self._unsynced.append(Remove(step.source, step.file))
            case _:
                if isinstance(step, Make) and step.file:
                    self._files[step.file] = _File()
                self._unsynced.append(step)

    def left(self, policy: Policy) -> dict[str, bytes | None]:
        """The files, by path, if the power is cut now; None is a folder."""
        chance = random.Random(policy) if isinstance(policy, int) else None

        def survives(kind: str) -> bool:
            return chance.random() < 0.5 if chance else policy in (kind, "all")

        chosen = [naming for naming in self._unsynced if survives("names")]
        names = self._renamed(self._with_needs(chosen))
        files: dict[str, bytes | None] = {}
        for path, number in sorted(names.items()):
            if _parent(path) and _parent(path) not in files:
                continue  # its folder is not there
            if not number:
                files[path] = None
                continue
            content = bytearray(self._files[number].synced)
            for write in self._files[number].unsynced:
                if survives("contents"):
                    _apply(content, write)
            files[path] = bytes(content)
        return files

    def _sync_names(self, covers: Callable[[Naming], bool]) -> None:
        covered = self._with_needs([each for each in self._unsynced if covers(each)])
        self._names = self._renamed(covered)
        self._unsynced = [each for each in self._unsynced if each not in covered]

    def _with_needs(self, chosen: list[Naming]) -> list[Naming]:
        return _with_needs(self._unsynced, chosen) if self._journalling else chosen

    def _renamed(self, namings: Sequence[Naming]) -> dict[str, int]:
        names = dict(self._names)
        for naming in namings:
            match naming:
                case Make():
                    names[naming.path] = naming.file
                case Rename():
                    names.pop(naming.source, None)
                    names[naming.target] = naming.file
                case Remove() if names.get(naming.path) == naming.file:
                    del names[naming.path]
        return names


def _with_needs(namings: Sequence[Naming], chosen: Sequence[Naming]) -> list[Naming]:
    """Those that were chosen, and what has to have been done before; in order."""
    kept: list[Naming] = []
    files, folders = set[int](), set[str]()
    for naming in reversed(namings):
        needed = naming.file in files if naming.file else naming.path in folders  # type: ignore[union-attr]  # only files are renamed
        if naming in chosen or needed:
            kept.append(naming)
            files |= {naming.file} - {0}
            folders |= {above for folder in _folders(naming) for above in _above(folder)}
    return kept[::-1]


def _folders(naming: Naming) -> set[str]:
    """The folders whose names it changes."""
    if isinstance(naming, Rename):
        return {_parent(naming.source), _parent(naming.target)}
    return {_parent(naming.path)}


def _above(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = _parent(folder)


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _apply(content: bytearray, write: Write) -> None:
    if write.data is None:
        del content[write.offset :]
        return
    content.extend(bytes(max(0, write.offset - len(content))))
    content[write.offset : write.offset + len(write.data)] = write.data
