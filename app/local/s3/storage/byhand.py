"""What a person did to a bucket's folder: files dropped in, edited, moved, removed.

A file that is not as its row says is read again. With the same bytes it is the same object, however
it was touched or copied; with others it is a new one, described by its file alone, and its version
is called "null".
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace

from app.local.database import Database
from app.local.s3.storage import index, layout
from app.local.s3.storage.checksums import md5
from app.local.s3.storage.folder import Folder, Identity
from app.local.s3.storage.objects import Attributes, Object, guess_type
from app.local.s3.storage.staging import new_version

_PATIENCE = 3  # readings of a file that keeps changing


@dataclass(frozen=True)
class Finding:
    """A key whose row and file do not fit: `before` is what the row says, `now` what is there."""

    key: str
    before: Object | None
    now: Object | None

    @property
    def same(self) -> bool:
        """Whether it is the object that was there, in another file or touched."""
        return bool(self.before and self.now and self.before.md5 == self.now.md5)

    def holds(self, folder: Folder) -> bool:
        """Whether the folder is still as it was found."""
        if self.now is None:
            return folder.find(self.key) is None
        return folder.identity(self.now.path) == self.now.identity


@dataclass(frozen=True)
class Survey:
    """What was found in a folder.

    Attributes:
        late: the paths of files that have changed so recently that they may still be written to.
    """

    findings: list[Finding]
    late: list[str]


Places = dict[str, tuple[str, Identity]]
"""Key -> where its file lies, and the file's identity."""


def survey(
    database: Database,
    folder: Folder,
    bucket: str,
    prefix: str,
    until_ns: int | None,
    paths: Collection[str] | None = None,
) -> Survey:
    """All findings of a folder.

    Args:
        prefix: keys that begin otherwise are passed over.
        until_ns: files changed after this moment are late.
        paths: look at these only, and below them; else at all of the folder.
    """
    present, known = _places(database, folder, bucket, prefix, paths)
    keys, late = [], []
    for key, (path, identity) in present.items():
        if (path, identity) != known.get(key):
            if until_ns is not None and identity.mtime_ns > until_ns:
                late.append(path)
            else:
                keys.append(key)
    keys += known.keys() - present.keys()
    before = {key: index.get(database, bucket, key) for key in keys}
    return Survey([examine(folder, bucket, key, before[key]) for key in keys], late)


def _places(
    database: Database, folder: Folder, bucket: str, prefix: str, paths: Collection[str] | None
) -> tuple[Places, Places]:
    """What is there, and what the rows say is there."""
    if paths is None:
        present = {key: (path, identity) for key, path, identity in folder.walk(prefix)}
        return present, index.identities(database, bucket, prefix)
    present, known = {}, {}
    for path in paths:
        names = path.split("/")
        key, start = layout.key_at(names), layout.prefix_at(names)
        if key and (row := index.get(database, bucket, key)):
            known[key] = row.path, row.identity
        if identity := folder.identity(path):
            present |= {key: (path, identity)} if key else {}
        elif start is not None:  # a folder, or nothing any more: a folder may have been here
            present |= {key: (at, identity) for key, at, identity in folder.walk_below(path, start)}
            known |= index.identities(database, bucket, start.decode(errors="ignore"))
    return present, known


def examine(folder: Folder, bucket: str, key: str, before: Object | None) -> Finding:
    """What there is of one key. A file that may not be read is as good as none."""
    path = folder.find(key)
    try:
        return Finding(key, before, (path and _read(folder, bucket, key, path, before)) or None)
    except (FileNotFoundError, PermissionError):
        return Finding(key, before, None)


def _read(folder: Folder, bucket: str, key: str, path: str, before: Object | None) -> Object:
    for _ in range(_PATIENCE):
        with folder.at(path).open("rb") as file:
            identity = Identity.of_file(file)
            digest = hashlib.file_digest(file, md5).hexdigest()
            if Identity.of_file(file) == identity:
                break
    if before and before.md5 == digest:
        return replace(before, path=path, identity=identity)
    return Object(
        bucket=bucket,
        key=key,
        version=new_version(),
        path=path,
        identity=identity,
        md5=digest,
        etag=digest,
        attributes=Attributes(guess_type(key)),
    )
