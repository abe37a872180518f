"""The folder of staged bytes: durable files that lie in no bucket's folder.

A file is named by its version. It holds an object on its way in or out, a part of an upload, or an
older version; one rename moves it into a bucket's folder. After a crash the row of a version says
what becomes of its file.
"""

import os
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.local.durability import make_folder, sync
from app.local.s3.storage.checksums import ALGORITHMS, encode, md5
from app.local.s3.storage.folder import Identity

CHUNK = 1 << 20  # bytes


def new_version() -> str:
    """A new name, which no other state of an object has."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Staged:
    """Bytes in the staging folder.

    Attributes:
        md5: of all bytes, in hexadecimal.
        checksums: by algorithm, in base64: {"CRC32": "..."}.
    """

    path: Path
    identity: Identity
    md5: str
    checksums: Mapping[str, str]

    @property
    def version(self) -> str:
        return self.path.name


class Staging:
    """The staging folder of a home."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._own_files: set[str] = set()
        make_folder(root)

    def at(self, version: str) -> Path:
        return self._root / version

    @contextmanager
    def stage(self, chunks: Iterable[bytes], algorithms: Collection[str] = ()) -> Iterator[Staged]:
        """Write bytes to a file, durably. It is removed at the end, unless `hand_over` was called.

        The folder is not synced: on a journalling file system the fsync of a new file covers its
        name, and no answer depends on the file before the folder that it moves to is synced.
        """
        path = self.at(new_version())
        self._own_files.add(path.name)
        digests = {name: ALGORITHMS[name]() for name in algorithms}
        etag = md5()
        try:
            with path.open("xb") as file:
                for chunk in chunks:
                    file.write(chunk)
                    for digest in (etag, *digests.values()):
                        digest.update(chunk)
                file.flush()
                sync(file.fileno())
                identity = Identity.of_file(file)
            checksums = {name: encode(digest.digest()) for name, digest in digests.items()}
            yield Staged(path, identity, etag.hexdigest(), checksums)
        finally:
            if path.name in self._own_files:
                self._own_files.remove(path.name)
                path.unlink(missing_ok=True)

    def hand_over(self, staged: Staged) -> None:
        """Leave the file in place: a row refers to it from now on."""
        self._own_files.remove(staged.version)

    def files(self) -> Sequence[Path]:
        """All files of the folder."""
        return list(self._root.iterdir())


def chunks(path: Path, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """The bytes of a file, `length` of them, from `start` on."""
    with path.open("rb") as file:
        file.seek(start)
        remaining = os.fstat(file.fileno()).st_size - start if length is None else length
        while remaining > 0 and (chunk := file.read(min(CHUNK, remaining))):
            remaining -= len(chunk)
            yield chunk
