"""Arrays in a file that is there as a whole or not at all.

    signature (16) | CRC-32 (4) | size of the header (4) | header | arrays | columns | matrix

The header is JSON: the name, type, shape and place of each array. A file is written under another
name, synced to the disk and renamed, so that its own name never stands for a part of it. It is
mapped into memory, so that arrays which nobody reads take none.

The checksum covers everything up to the columns, and is compared when the file is loaded. Columns
and the matrix are large, and little of them is read at a time: each block of a column and each row
of the matrix has a checksum of its own, among the arrays, which is compared when something of it is
read for the first time.
"""

import json
import mmap
import zlib
from collections.abc import Iterable, Mapping
from io import BufferedReader, BufferedWriter
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.local.durability import sync, sync_folder
from app.local.engine.store.checked import (
    Columns,
    Damaged,
    Mapped,
    Matrix,
    bytes_of,
    sums_of,
)

Arrays = Mapping[str, NDArray[Any]]

SIGNATURE = b"outcrop arrays 4"
BEFORE = b"outcrop arrays 3"  # had no columns, and is read as well
PREFIX = len(SIGNATURE) + 8
ALIGNMENT = 64  # bytes: the width of the widest vector registers
BLOCK = 1 << 20  # bytes
SYNCED = 1 << 23  # bytes; a commit meanwhile waits until as many are on the disk


class LoadedFile(NamedTuple):
    """What a file holds, mapped and read-only."""

    arrays: Arrays
    columns: Mapping[str, Columns]
    matrix: Matrix


def save(
    path: Path,
    arrays: Arrays,
    matrix: NDArray[Any],
    sums: NDArray[np.uint32] | None = None,
    columns: Mapping[str, Columns] = MappingProxyType({}),
) -> None:
    """Write a file durably. A crash leaves the whole file or none.

    Args:
        sums: the checksum of each row of the matrix, where it is known.
    """
    sums_of_columns = {f"{name} sums": each.sums() for name, each in columns.items()}
    checked = {**arrays, "": sums_of(matrix) if sums is None else sums, **sums_of_columns}
    pieces, unchecked = _pieces(checked, columns, matrix)
    checksum = 0
    for piece in pieces:
        checksum = zlib.crc32(piece, checksum)
    aside = path.with_suffix(".aside")
    try:
        with aside.open("wb") as file:
            file.writelines([SIGNATURE, checksum.to_bytes(4, "little")])
            _write(file, [*pieces, *unchecked])
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)  # a full disk needs its room
        raise
    sync_folder(path.parent)


def _write(file: BufferedWriter, pieces: Iterable[bytes | memoryview]) -> None:
    """Write and sync. A large file is synced in parts: the disk would write all of it before what
    others sync meanwhile.
    """
    left = SYNCED
    for piece in pieces:
        for first in range(0, len(piece), BLOCK):
            left -= file.write(piece[first : first + BLOCK])
            if left <= 0:
                file.flush()
                sync(file.fileno())
                left = SYNCED
    file.flush()
    sync(file.fileno())


def load(path: Path) -> LoadedFile:
    """What a file holds.

    Raises:
        Damaged: the file is missing, cut short, or differs in any byte before its columns from what
            was saved.
    """
    try:
        with path.open("rb") as file:
            start, end = _check(path, file)
            memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise Damaged(str(error)) from error
    entries, type_, shape, *more = json.loads(memory[PREFIX : start - 8])
    in_columns, room = more or ([], 0)
    end += room
    if len(memory) - end != int(np.prod(shape)) * np.dtype(type_).itemsize:
        raise Damaged(f"{path} was cut short")

    def array(dtype: str, shape: list[int], offset: int) -> NDArray[Any]:
        return np.frombuffer(memory, dtype, int(np.prod(shape)), start + offset).reshape(shape)

    arrays = {name: array(*place) for name, *place in entries}
    columns = {
        name: Columns(
            *(array(*place) for _, *place in its_entries),
            path=path,
            places=[start + offset for *_, offset in its_entries],
            sums=arrays.pop(f"{name} sums"),
        )
        for name, group in groupby(in_columns, key=lambda entry: entry[0])
        for its_entries in [list(group)]
    }
    mapped = Mapped(path, memory, end, arrays.pop(""))
    return LoadedFile(arrays, columns, Matrix(array(type_, shape, end - start), mapped))


def _check(path: Path, file: BufferedReader) -> tuple[int, int]:
    """The places of the arrays and of what follows them, if all before that is what was written. It
    is read, not mapped, so that it takes no memory.
    """
    damage = Damaged(f"{path} is not what was written, or not by this version of Outcrop")
    signature, stored_checksum = file.read(len(SIGNATURE)), int.from_bytes(file.read(4), "little")
    size = file.read(4)
    header = file.read(int.from_bytes(size, "little"))
    if signature not in (SIGNATURE, BEFORE):
        raise damage
    checksum = zlib.crc32(header, zlib.crc32(size))
    left = int.from_bytes(header[-8:], "little")
    start = file.tell()
    block = memoryview(bytearray(BLOCK))
    while left and (count := file.readinto(block[: min(left, BLOCK)])):
        checksum = zlib.crc32(block[:count], checksum)
        left -= count
    if left or checksum != stored_checksum:
        raise damage
    return start, file.tell()


def _pieces(
    arrays: Arrays, columns: Mapping[str, Columns], matrix: NDArray[Any]
) -> tuple[list[bytes | memoryview], list[bytes | memoryview]]:
    """The bytes that the checksum covers, in order: the header's size, the header, the arrays; and
    those that follow. The last 8 bytes of the header say how long the arrays are.
    """
    entries, blocks, length = _placed(arrays.items(), 0)
    pairs = [(name, column) for name, each in columns.items() for column in each.all()]
    in_columns, more_blocks, end = _placed(pairs, length)
    header = json.dumps((entries, matrix.dtype.str, matrix.shape, in_columns, end - length))
    header += " " * (-(PREFIX + len(header) + 8) % ALIGNMENT)
    size, place = (len(header) + 8).to_bytes(4, "little"), length.to_bytes(8, "little")
    return [size, header.encode(), place, *blocks], [*more_blocks, bytes_of(matrix)]


def _placed(
    arrays: Iterable[tuple[str, NDArray[Any]]], offset: int
) -> tuple[list[Any], list[bytes | memoryview], int]:
    """The entries in the header of arrays that begin at an offset, their bytes, and where they
    end.
    """
    entries: list[Any] = []
    blocks: list[bytes | memoryview] = []
    for name, array in arrays:
        entries.append((name, array.dtype.str, array.shape, offset))
        padding = bytes(-array.nbytes % ALIGNMENT)
        blocks += [bytes_of(array), padding]
        offset += array.nbytes + len(padding)
    return entries, blocks, offset
