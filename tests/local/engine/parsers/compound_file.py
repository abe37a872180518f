"""Compound files (MS-CFB), written by hand: Outlook's messages are such files."""

from collections.abc import Mapping
from struct import pack

SECTOR = 512
LEAST = 4096  # bytes: shorter streams would need a file system of their own
_NONE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_ROOT, _STORAGE, _STREAM = 5, 1, 2


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """A file with these streams, by their paths with slashes; each is filled up with zeros."""
    folders = {
        path.rsplit("/", number)[0] for path in streams for number in range(1, path.count("/") + 1)
    }
    names = ["", *sorted({*streams, *folders})]
    contents = {
        name: data + bytes(max(LEAST, -(-len(data) // SECTOR) * SECTOR) - len(data))
        for name, data in streams.items()
    }
    table: list[int] = []
    starts: dict[str, int] = {}
    body = b""
    for name, data in contents.items():
        starts[name] = len(table)
        _chain(table, len(data) // SECTOR)
        body += data
    entries = b"".join(_entry(names, number, starts, contents) for number in range(len(names)))
    entries += bytes(-len(entries) % SECTOR)
    directory = len(table)
    _chain(table, len(entries) // SECTOR)
    fats = 1
    while (len(table) + fats) * 4 > fats * SECTOR:
        fats += 1
    first_fat = len(table)
    table += [_FAT] * fats
    table += [_NONE] * (fats * SECTOR // 4 - len(table))
    header = pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        62,
        3,
        0xFFFE,
        9,
        6,
        0,
        fats,
        directory,
        0,
        LEAST,
        _END,
        0,
        _END,
        0,
    )
    difat = [*range(first_fat, first_fat + fats)]
    header += pack("<109I", *difat, *[_NONE] * (109 - fats))
    return header + body + entries + pack(f"<{len(table)}I", *table)


def _chain(table: list[int], sectors: int) -> None:
    """Add a chain of sectors to the table of those that follow them."""
    first = len(table)
    table += [*range(first + 1, first + sectors), _END]


def _entry(
    names: list[str], number: int, starts: Mapping[str, int], contents: Mapping[str, bytes]
) -> bytes:
    """An entry of the directory. Those of one folder hang on each other's right."""
    path = names[number]
    parent, _, name = path.rpartition("/")
    siblings = [n for n, other in enumerate(names) if n and other.rpartition("/")[0] == parent]
    children = [n for n, other in enumerate(names) if n and other.rpartition("/")[0] == path]
    following = [n for n in siblings if n > number] if number else []
    kind = _ROOT if not number else _STREAM if path in contents else _STORAGE
    written = ("Root Entry" if not number else name).encode("utf-16-le") + b"\0\0"
    return pack(
        "<64sHBBIII16x4x16xIQ", written, len(written), kind, 1, _NONE,
        following[0] if following else _NONE,
        children[0] if children and kind != _STREAM else _NONE,
        starts.get(path, _END), len(contents.get(path, b"")),
    )  # fmt: skip
