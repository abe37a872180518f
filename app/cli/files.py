"""The files to upload for paths on the command line, and their names as documents.

    reports/2024.pdf        reports/2024.pdf       a path as it is typed
    docs/                   docs/guides/setup.md   a folder: all its files of supported types
    .  ../docs  /x/docs     docs/guides/setup.md   a path outside of this folder: its last part

A prefix comes before all names. In a folder, files that a `.outcropignore` there or above names, in
the syntax of `.gitignore`, are left out, and so are hidden files and those that programs write for
themselves (MACHINE_FILES), unless the ignore file says `!package-lock.json`.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from pathspec import GitIgnoreSpec

from app.cli.sidecar import ENDING

IGNORE = ".outcropignore"
# fmt: off
MACHINE_FILES = (
    "package-lock.json", "npm-shrinkwrap.json", "packages.lock.json", "project.assets.json",
    "*.lock.json", "*-lock.json", "*.lock", "*-lock.yaml", "bun.lockb", "go.sum",
    "*.min.*", "*.map", "*.deps.json", "*.runtimeconfig.json", "*.tsbuildinfo", "CMakeCache.txt",
    "~$*",  # who has a document open in Office
    "node_modules/", "bower_components/", "site-packages/", "*.dist-info/", "*.egg-info/",
    "__pycache__/", "__snapshots__/", "htmlcov/", "__MACOSX/",
)
# fmt: on
BACKEND: Final = "simple"
"""pathspec's own matcher: RE2, which it prefers where that is installed, takes no name that is not
Unicode."""

_OF_MACHINES = GitIgnoreSpec.from_lines(MACHINE_FILES, backend=BACKEND)


class BadSelection(Exception):
    """Two files would be one document, or an ignore file cannot be read. The message says which."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to upload, and its name as a document."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The files to upload, and the paths that are left out, each with the reason."""

    files: list[File] = field(default_factory=list)
    left_out: list[tuple[Path, str]] = field(default_factory=list)


def select(
    paths: Iterable[Path],
    types: Sequence[str],
    prefix: str = "",
    *,
    with_machine_files: bool = False,
) -> Selection:
    """The files to upload.

    Args:
        paths: files and folders.
        types: the supported suffixes. A file in `paths` itself is selected whatever its suffix; the
            application may then refuse it by name.
        prefix: the folder before every document's name.
        with_machine_files: whether to take files that programs write for themselves.

    Raises:
        BadSelection: two files would be one document, or an ignore file cannot be read.
    """
    selection = Selection()
    for path in paths:
        name = PurePosixPath(prefix.strip("/")) / _name(path)
        if path.is_dir():
            rules = () if with_machine_files else ((path, _OF_MACHINES),)
            _walk(path, name, types, rules, selection)
        else:
            selection.files.append(File(path, str(name)))
    return Selection(_distinct(selection.files), selection.left_out)


def _name(path: Path) -> PurePosixPath:
    """The name of a path: as it is typed, if it is inside of the current folder."""
    normal_path = Path(os.path.normpath(path))
    if normal_path.is_absolute() or normal_path.parts[:1] in ((), ("..",)):
        return PurePosixPath(path.resolve().name)
    return PurePosixPath(normal_path.as_posix())


def _distinct(files: Iterable[File]) -> list[File]:
    by_name: dict[str, File] = {}
    for file in files:
        other = by_name.setdefault(file.name, file)
        if other.path.resolve() != file.path.resolve():
            raise BadSelection(
                f"{other.path} and {file.path} would both be the document {file.name}. Nothing "
                "was uploaded. Name them by paths that differ, from a folder above both, or ingest "
                "them one after the other with different --prefix."
            )
    return list(by_name.values())


IgnoreRules = tuple[tuple[Path, GitIgnoreSpec], ...]  # each with its folder


def _walk(
    folder: Path,
    name: PurePosixPath,
    types: Sequence[str],
    above: IgnoreRules,
    selection: Selection,
) -> None:
    try:
        entries = sorted(folder.iterdir())
        rules = (*above, *_read_ignore_file(folder))
    except OSError as error:
        selection.left_out.append((folder, f"it cannot be read: {error.strerror}"))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if ignoring := _ignoring(entry, rules):
            if ignoring is _OF_MACHINES:
                selection.left_out.append((entry, "a program wrote it for itself; --all takes it"))
            continue
        if entry.is_dir() and not entry.is_symlink():
            _walk(entry, name / entry.name, types, rules, selection)
        elif entry.suffix.lower() in types and entry.is_file():
            selection.files.append(File(entry, str(name / entry.name)))
        elif entry.is_dir():
            selection.left_out.append((entry, "a link to a folder; name it itself to take it"))
        elif entry.is_symlink() and not entry.exists():
            selection.left_out.append((entry, "a link to nothing"))
        elif entry.is_file() and not entry.name.endswith(ENDING):
            selection.left_out.append((entry, "not of a type that is read"))


def _read_ignore_file(folder: Path) -> Iterator[tuple[Path, GitIgnoreSpec]]:
    """The patterns of a folder's ignore file, if it has one."""
    file = folder / IGNORE
    if not file.is_file():
        return
    try:
        yield folder, GitIgnoreSpec.from_lines(file.read_text().splitlines(), backend=BACKEND)
    except ValueError as error:
        raise BadSelection(f"{file} cannot be read: {error}.") from error


def _ignoring(entry: Path, rules: IgnoreRules) -> GitIgnoreSpec | None:
    """The patterns by which an entry of a folder is left out, if it is: those of the nearest ignore
    file that match it decide.
    """
    for folder, patterns in reversed(rules):
        name = entry.relative_to(folder).as_posix() + ("/" if entry.is_dir() else "")
        verdict = patterns.check_file(name).include
        if verdict is not None:
            return patterns if verdict else None
    return None
