"""The place of a key in its bucket's folder: under its own name, if a folder can hold that.

    reports/2024.pdf       reports/2024.pdf
    a//b                   a/%~/b                an empty segment
    ../x                   %~../x                a name that means something to the file system
    .env                   %=.env                names with a dot in front are never objects
    notes/                 notes/%=              what consoles write for "a folder"
    notes (and notes/x)    %=notes               one name cannot be a file and a folder

A segment, the text between two slashes, has two forms: the *plain* one, itself, and the
*escaped* one, which every segment can take: `%=` and the segment in percent-encoding for a file,
`%~` for a folder. A name holds 255 bytes at most, so that a segment of over 80 bytes is escaped in
steps, `%+` and 80 bytes for each folder on the way. The escaped form is lower-case ASCII, and so
unique on file systems that fold case or normalise Unicode. A name says by itself which segment
it is: `key_at` needs no table, and a folder that was copied elsewhere is still the bucket.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from app.local import lazy_re as re

State = Literal["file", "folder", "taken"] | None
Look = Callable[[str], State]  # a path in the bucket's folder -> what is there; None: nothing

FILE, FOLDER, STEP = "%=", "%~", "%+"
STEP_BYTES = 80  # of a segment in one escaped name: 2 + 3 * 80 characters at most
LONGEST_NAME = 255  # bytes, on every file system in use
LONGEST_KEY = 1024  # bytes, by S3
_SAFE = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_.-")
_CODE = re.compile(rb"%([0-9A-F]{2})")


class Blocked(Exception):
    """The names that a key could have in the folder are taken by something that is no object."""


def find(key: str, look: Look) -> str | None:
    """The path of the key's file, or None. The plain form is tried before the escaped one."""
    paths = [""]
    for segment, kind in _segments(key):
        forms = (form for parent in paths for form in _forms(parent, segment, kind))
        paths = [form for form in forms if look(form) == kind]
    return paths[0] if paths else None


def place(key: str, look: Look) -> str:
    """The path at which the key's file can be written: its own, or one of free names.

    Raises:
        Blocked: both forms of a segment are taken.
    """
    path = ""
    for segment, kind in _segments(key):
        forms = _forms(path, segment, kind)
        path = next((form for form in forms if look(form) in (kind, None)), "")
        if not path:
            raise Blocked(f"The key {key!r} needs the name {forms[-1]!r}, which is taken.")
    return path


def key_at(names: Sequence[str]) -> str | None:
    """The key of the file at this path, or None: a file there is no object.

    >>> key_at(["reports", "%~", "%=.."])
    'reports//..'
    """
    prefix = prefix_at(names[:-1])
    return None if prefix is None else key_of(prefix, names[-1])


def prefix_at(names: Sequence[str]) -> bytes | None:
    """The common prefix of the keys below this path; None if it holds no objects.

    >>> prefix_at(["reports", "%~"])
    b'reports//'
    """
    prefix: bytes | None = b""
    for name in names:
        prefix = None if prefix is None else descend(prefix, name)
    return prefix


def descend(prefix: bytes, folder: str) -> bytes | None:
    """The common prefix of the keys in a folder; None if it holds no objects.

    `prefix` is that of the folder above. It ends with a slash, or within a long segment.
    """
    if folder.startswith(STEP):
        piece = _decoded(folder)
        return prefix + piece if piece and len(piece) == STEP_BYTES else None
    piece = _last_piece(prefix, folder, FOLDER)
    return None if piece is None else prefix + piece + b"/"


def key_of(prefix: bytes, file: str) -> str | None:
    """The key of a file in a folder whose keys begin with `prefix`, or None: it is no object."""
    piece = _last_piece(prefix, file, FILE)
    if piece is None or not 0 < len(prefix + piece) <= LONGEST_KEY:
        return None
    try:
        return (prefix + piece).decode()
    except UnicodeDecodeError:
        return None


def _segments(key: str) -> Iterator[tuple[bytes, Literal["file", "folder"]]]:
    *folders, file = key.encode().split(b"/")
    for folder in folders:
        yield folder, "folder"
    yield file, "file"


def _forms(parent: str, segment: bytes, kind: str) -> list[str]:
    names = [_escaped(segment, FILE if kind == "file" else FOLDER)]
    if _is_plain(segment):
        names.insert(0, segment.decode())
    return [f"{parent}/{name}" if parent else name for name in names]


def _is_plain(segment: bytes) -> bool:
    reserved = segment.startswith((b".", b"%=", b"%~", b"%+")) or b"\0" in segment
    return 0 < len(segment) <= LONGEST_NAME and not reserved


def _escaped(segment: bytes, marker: str) -> str:
    starts = range(0, len(segment), STEP_BYTES)
    steps = [_encoded(segment[start : start + STEP_BYTES]) for start in starts] or [""]
    return "/".join([*(STEP + step for step in steps[:-1]), marker + steps[-1]])


def _last_piece(prefix: bytes, name: str, marker: str) -> bytes | None:
    """The bytes that end a segment; None if this module would not write such a name."""
    inside = bool(prefix) and not prefix.endswith(b"/")
    if name.startswith(marker):
        piece = _decoded(name)
        fits = piece is not None and len(piece) <= STEP_BYTES and (piece or not inside)
        return piece if fits else None
    try:
        segment = name.encode()
    except UnicodeEncodeError:  # the name's bytes are no UTF-8
        return None
    return segment if _is_plain(segment) and not inside else None


def _encoded(segment: bytes) -> str:
    return "".join(chr(byte) if byte in _SAFE else f"%{byte:02X}" for byte in segment)


def _decoded(name: str) -> bytes | None:
    """The text after the marker; None if it is no canonical percent-encoding."""
    text = name[len(FILE) :]
    if not text.isascii():
        return None
    segment = _CODE.sub(lambda code: bytes.fromhex(code[1].decode()), text.encode())
    return segment if _encoded(segment) == text and b"/" not in segment else None
