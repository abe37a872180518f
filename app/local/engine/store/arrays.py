"""Arrays in a file that is there as a whole or not at all.

    signature (16) | CRC-32 of the rest (4) | size of the header (4) | header | arrays

The header is JSON: the name, type, shape and place of each array. A file is written under another
name, synced to the disk and renamed, so that its own name never stands for a part of it. It is
mapped into memory, so that arrays which nobody reads take none.
"""

import json
import mmap
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from app.local.durability import sync, sync_folder

Arrays = Mapping[str, NDArray[Any]]

SIGNATURE = b"outcrop arrays 1"
PREFIX = len(SIGNATURE) + 8
ALIGNMENT = 64  # bytes: the width of the widest vector registers
BLOCK = 1 << 20  # bytes


class Damaged(Exception):
    """The file differs from the one that was saved, or is missing."""


def save(path: Path, arrays: Arrays) -> None:
    """Write a file durably. A crash leaves the whole file or none."""
    pieces = list(_pieces(arrays))
    checksum = 0
    for piece in pieces:
        checksum = zlib.crc32(piece, checksum)
    aside = path.with_suffix(".aside")
    with aside.open("wb") as file:
        file.writelines([SIGNATURE, checksum.to_bytes(4, "little"), *pieces])
        file.flush()
        sync(file.fileno())
    aside.replace(path)
    sync_folder(path.parent)


def load(path: Path) -> Arrays:
    """A file's arrays, mapped and read-only.

    Raises:
        Damaged: the file is missing, cut short, or differs in any byte from what was saved.
    """
    try:
        with path.open("rb") as file:
            _check(file)
            memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise Damaged(str(error)) from error
    start = PREFIX + int.from_bytes(memory[PREFIX - 4 : PREFIX], "little")
    return {
        name: np.frombuffer(memory, dtype, int(np.prod(shape)), start + offset).reshape(shape)
        for name, dtype, shape, offset in json.loads(memory[PREFIX:start])
    }


def _pieces(arrays: Arrays) -> Iterator[bytes | memoryview]:
    """The bytes that the checksum covers, in order: the header's size, the header, the arrays."""
    entries: list[Any] = []
    blocks: list[bytes | memoryview] = []
    offset = 0
    for name, array in arrays.items():
        entries.append((name, array.dtype.str, array.shape, offset))
        padding = bytes(-array.nbytes % ALIGNMENT)
        blocks += [np.ascontiguousarray(array).reshape(-1).view(np.uint8).data, padding]
        offset += array.nbytes + len(padding)
    header = json.dumps(entries).encode()
    header += b" " * (-(PREFIX + len(header)) % ALIGNMENT)
    yield len(header).to_bytes(4, "little")
    yield header
    yield from blocks


def _check(file: BinaryIO) -> None:
    signature, stored_checksum = file.read(len(SIGNATURE)), int.from_bytes(file.read(4), "little")
    checksum = 0
    while block := file.read(BLOCK):
        checksum = zlib.crc32(block, checksum)
    if signature != SIGNATURE or checksum != stored_checksum:
        raise Damaged(f"{file.name} is not what was written")
