"""Where a key lies in its bucket's folder: under its own name, wherever a folder can hold it.

    reports/2024.pdf       reports/2024.pdf
    a//b                   a/%=/b                an empty segment
    ../x                   %=../x                a name that means something to the file system
    .env                   %=.env                names with a dot in front are never objects
    notes/                 notes/%=              what consoles write for "a folder"
    notes (and notes/x)    %=notes               one name cannot be a file and a folder

A segment (what stands between two slashes) has two forms: the *plain* one, itself, and the
*escaped* one, `%=` and the segment in percent-encoding, which every segment can take. A segment of
over 80 bytes is escaped in steps, `%+` and 80 bytes for each folder on the way, since a name holds
255 bytes at most. The escaped form is lower-case ASCII, so that it is unique on file systems that
fold case or normalise Unicode. Each name tells by itself what it stands for: `key_at` needs no
table, and a folder that was copied elsewhere is still the bucket.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

State = Literal["file", "folder", "taken"] | None
Look = Callable[[str], State]  # a path in the bucket's folder -> what is there; None: nothing

WHOLE, PART = "%=", "%+"
STEP = 80  # bytes of a segment in one escaped name: 2 + 3 * 80 characters at most
LONGEST_NAME = 255  # bytes, on every file system in use
LONGEST_KEY = 1024  # bytes, by S3
_SAFE = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_.-")
_CODE = re.compile(rb"%([0-9A-F]{2})")


class Blocked(Exception):
    """Something that is no object lies where the key has to go."""


def find(key: str, look: Look) -> str | None:
    """Where the key's file lies, or None. The plain form goes before the escaped one."""
    paths = [""]
    for segment, wanted in _segments(key):
        paths = [
            path for parent in paths for path in _forms(parent, segment) if look(path) == wanted
        ]
    return paths[0] if paths else None


def place(key: str, look: Look) -> str:
    """Where the key's file can be written: through names that are free, or its own already.

    Raises:
        Blocked: both forms of a segment are taken.
    """
    path = ""
    for segment, wanted in _segments(key):
        free = (form for form in _forms(path, segment) if look(form) in (wanted, None))
        form = next(free, None)
        if form is None:
            raise Blocked(f"The key {key!r} needs the name {path!r}, which something else has.")
        path = form
    return path


def key_at(names: Sequence[str]) -> str | None:
    """The key of the file at this path, or None: a file there is no object.

    >>> key_at(["reports", "%=", "%=..", "caf\u00e9.txt"])
    'reports//../caf\u00e9.txt'
    """
    prefix = b""
    for name in names[:-1]:
        inner = descend(prefix, name)
        if inner is None:
            return None
        prefix = inner
    return key_of(prefix, names[-1])


def descend(prefix: bytes, folder: str) -> bytes | None:
    """What the keys of all files in a folder begin with, or None: it holds no objects."""
    if (piece := _piece(prefix, folder)) is None:
        return None
    return prefix + piece + (b"" if folder.startswith(PART) else b"/")


def key_of(prefix: bytes, file: str) -> str | None:
    """The key of a file in a folder whose keys begin with `prefix`, or None: it is no object."""
    piece = _piece(prefix, file)
    if piece is None or file.startswith(PART) or not 0 < len(prefix + piece) <= LONGEST_KEY:
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


def _forms(parent: str, segment: bytes) -> list[str]:
    names = [_escaped(segment)]
    if _is_plain(segment):
        names.insert(0, segment.decode())
    return [f"{parent}/{name}" if parent else name for name in names]


def _is_plain(segment: bytes) -> bool:
    reserved = segment.startswith((b".", WHOLE.encode(), PART.encode())) or b"\0" in segment
    return 0 < len(segment) <= LONGEST_NAME and not reserved


def _escaped(segment: bytes) -> str:
    steps = [segment[start : start + STEP] for start in range(0, len(segment), STEP)] or [b""]
    *folders, last = map(_encode, steps)
    return "/".join([*(PART + folder for folder in folders), WHOLE + last])


def _piece(prefix: bytes, name: str) -> bytes | None:
    """The bytes of a segment that one name stands for; None if it is none that we would write."""
    inside = bool(prefix) and not prefix.endswith(b"/")
    if name.startswith((WHOLE, PART)):
        piece = _decode(name[len(WHOLE) :])
        whole = name.startswith(WHOLE)
        fits = piece is not None and (len(piece) <= STEP if whole else len(piece) == STEP)
        return piece if fits and (piece or not inside) else None
    try:
        segment = name.encode()
    except UnicodeEncodeError:  # the name's bytes are no UTF-8
        return None
    return segment if _is_plain(segment) and not inside else None


def _encode(segment: bytes) -> str:
    return "".join(chr(byte) if byte in _SAFE else f"%{byte:02X}" for byte in segment)


def _decode(text: str) -> bytes | None:
    if not text.isascii():
        return None
    segment = _CODE.sub(lambda code: bytes.fromhex(code[1].decode()), text.encode())
    return segment if _encode(segment) == text and b"/" not in segment else None
