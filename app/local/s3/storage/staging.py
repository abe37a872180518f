"""Where bytes lie, durable and whole, that are in no bucket's folder; one rename brings them there.

    <version>    of an object on its way in or out, of a part of an upload, or of an older version

What lies here after a crash is looked up by its name: does a row speak of it, and as of what?
"""

import os
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.local.s3.storage.checksums import ALGORITHMS, encoded, md5
from app.local.s3.storage.folder import Identity, sync_folder

CHUNK = 1 << 20  # bytes


def new_version() -> str:
    """A name that no other state of an object has."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Staged:
    """Bytes beside the buckets.

    Attributes:
        md5: of all bytes, in hex.
        checksums: those that were asked for, in base64, by algorithm: {"CRC32": "..."}.
    """

    path: Path
    identity: Identity
    md5: str
    checksums: Mapping[str, str]

    @property
    def version(self) -> str:
        return self.path.name


class Staging:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._held: set[str] = set()
        root.mkdir(parents=True, exist_ok=True)
        sync_folder(root.parent)

    def at(self, version: str) -> Path:
        return self._root / version

    @contextmanager
    def hold(self, chunks: Iterable[bytes], algorithms: Collection[str] = ()) -> Iterator[Staged]:
        """Write bytes down, durably. They are removed at the end, unless `keep` was called.

        The fsync of a new file keeps its name as well, on every journalling file system; and
        nothing has been promised of it before its new folder is synced.
        """
        path = self.at(new_version())
        self._held.add(path.name)
        digests = {name: ALGORITHMS[name]() for name in algorithms}
        etag = md5()
        try:
            with path.open("xb") as file:
                for chunk in chunks:
                    file.write(chunk)
                    for digest in (etag, *digests.values()):
                        digest.update(chunk)
                file.flush()
                os.fsync(file.fileno())
                identity = Identity.of_file(file)
            checksums = {name: encoded(digest.digest()) for name, digest in digests.items()}
            yield Staged(path, identity, etag.hexdigest(), checksums)
        finally:
            if path.name in self._held:
                self._held.remove(path.name)
                path.unlink(missing_ok=True)

    def keep(self, staged: Staged) -> None:
        """The database speaks of these bytes from now on: they are no longer ours to remove."""
        self._held.remove(staged.version)

    def leftovers(self) -> Sequence[Path]:
        """All that lies here."""
        return list(self._root.iterdir())


def chunks(path: Path, start: int = 0, length: int | None = None) -> Iterator[bytes]:
    """The bytes of a file from `start` on."""
    with path.open("rb") as file:
        file.seek(start)
        left = os.fstat(file.fileno()).st_size - start if length is None else length
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk
