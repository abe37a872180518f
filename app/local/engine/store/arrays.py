"""Arrays in a file that is there as a whole or not at all.

    signature (16) | CRC-32 (4) | size of the header (4) | header | arrays | matrix

The header is JSON: the name, type, shape and place of each array. A file is written under another
name, synced to the disk and renamed, so that its own name never stands for a part of it. It is
mapped into memory, so that arrays which nobody reads take none.

The checksum covers everything up to the matrix, and is compared when the file is loaded. The matrix
is a large array of which few rows are read at a time: each has a checksum of its own, among the
arrays, which is compared when the row is read for the first time.
"""

import json
import mmap
import zlib
from collections.abc import Callable, Iterator, Mapping
from io import BufferedReader
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.local.durability import sync, sync_folder

Arrays = Mapping[str, NDArray[Any]]

SIGNATURE = b"outcrop arrays 3"
PREFIX = len(SIGNATURE) + 8
ALIGNMENT = 64  # bytes: the width of the widest vector registers
BLOCK = 1 << 20  # bytes
HELD = 2048  # rows of a large matrix that are read before its pages are given back to the system
SLICE = 512  # rows that are checked in one step
LARGE = 1 << 27  # bytes; with each row that is read, Linux maps the 64 kB around it


def no_pause() -> None:
    """Do nothing between two steps of long work."""


class Damaged(Exception):
    """The file differs from the one that was saved, or is missing."""


class Matrix:
    """Rows of an array. They are checked when they are read, if they come from a file.

    Attributes:
        shape: (n, ...) of the array.
    """

    def __init__(
        self,
        array: NDArray[Any],
        file: "_Mapped | None" = None,
        sums: NDArray[np.uint32] | None = None,
    ) -> None:
        self._array, self._file, self._sums = array, file, sums
        self.shape = array.shape

    def __len__(self) -> int:
        return len(self._array)

    def rows(self, rows: NDArray[Any]) -> NDArray[Any]:
        """The rows at these places, in this order.

        Raises:
            Damaged: one of them is not what was saved.
        """
        if self._file:
            self._file.check(rows)
        chosen: NDArray[Any] = self._array.take(rows, axis=0)  # several times as fast as [rows]
        return chosen

    def all(self, pause: Callable[[], None] = no_pause) -> NDArray[Any]:
        """All rows.

        Args:
            pause: called between two steps.

        Raises:
            Damaged: one of them is not what was saved.
        """
        if self._file:
            self._file.check(pause=pause)
        return self._array

    @property
    def sums(self) -> NDArray[np.uint32]:
        """The checksum of each row, as it was written: (n,)."""
        if self._file:
            return self._file.sums
        if self._sums is None:
            self._sums = _sums(self._array)
        return self._sums


class _Mapped:
    """The matrix of a file, mapped into memory, and which of its rows were checked."""

    def __init__(self, path: Path, memory: mmap.mmap, start: int, size: int, sums: Any) -> None:
        self._path, self._memory, self._start, self._size = path, memory, start, size
        self.sums: NDArray[np.uint32] = sums  # (n,)
        self._is_checked = np.zeros(len(sums), np.bool_)  # (n,)
        self._is_whole = False
        self._read = 0

    def check(self, rows: NDArray[Any] | None = None, pause: Callable[[], None] = no_pause) -> None:
        """Check some rows, or all."""
        if not self._is_whole:
            chosen = np.arange(len(self.sums)) if rows is None else rows
            new = chosen[~self._is_checked[chosen]]
            for first in range(0, len(new), SLICE):
                self._check(new[first : first + SLICE])
                pause()
            self._is_whole = rows is None
        self._read += len(self.sums if rows is None else rows)
        if self._read > HELD and len(self._memory) - self._start > LARGE:
            self._release()

    def _check(self, rows: NDArray[Any]) -> None:
        bytes_, size, crc32 = memoryview(self._memory)[self._start :], self._size, zlib.crc32
        sums = [crc32(bytes_[row * size : (row + 1) * size]) for row in rows.tolist()]
        if sums != self.sums[rows].tolist():
            raise Damaged(f"{self._path} is not what was written")
        self._is_checked[rows] = True

    def _release(self) -> None:
        """Take the pages out of this process's memory. The system still has them in its own, as
        long as there is room.
        """
        self._read = 0
        if hasattr(mmap, "MADV_DONTNEED"):
            start = -(-self._start // mmap.PAGESIZE) * mmap.PAGESIZE
            if start < len(self._memory):
                self._memory.madvise(mmap.MADV_DONTNEED, start, len(self._memory) - start)


def save(
    path: Path, arrays: Arrays, matrix: NDArray[Any], sums: NDArray[np.uint32] | None = None
) -> None:
    """Write a file durably. A crash leaves the whole file or none.

    Args:
        sums: the checksum of each row of the matrix, where it is known.
    """
    rows = _bytes(matrix)
    pieces = list(_pieces({**arrays, "": _sums(matrix) if sums is None else sums}, matrix))
    checksum = 0
    for piece in pieces:
        checksum = zlib.crc32(piece, checksum)
    aside = path.with_suffix(".aside")
    try:
        with aside.open("wb") as file:
            file.writelines([SIGNATURE, checksum.to_bytes(4, "little"), *pieces, rows])
            file.flush()
            sync(file.fileno())
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)  # a full disk needs its room
        raise
    sync_folder(path.parent)


def load(path: Path) -> tuple[Arrays, Matrix]:
    """A file's arrays and its matrix, mapped and read-only.

    Raises:
        Damaged: the file is missing, cut short, or differs in any byte before its matrix from what
            was saved.
    """
    try:
        with path.open("rb") as file:
            start, end = _check(path, file)
            memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise Damaged(str(error)) from error
    entries, type_, shape = json.loads(memory[PREFIX : start - 8])
    arrays = {
        name: np.frombuffer(memory, dtype, int(np.prod(shape)), start + offset).reshape(shape)
        for name, dtype, shape, offset in entries
    }
    sums = arrays.pop("")
    size = int(np.prod(shape[1:])) * np.dtype(type_).itemsize
    if len(memory) - end != int(np.prod(shape)) * np.dtype(type_).itemsize:
        raise Damaged(f"{path} was cut short")
    matrix = np.frombuffer(memory, type_, int(np.prod(shape)), end).reshape(shape)
    return arrays, Matrix(matrix, _Mapped(path, memory, end, size, sums))


def _check(path: Path, file: BufferedReader) -> tuple[int, int]:
    """The places of the arrays and of the matrix, if all before the matrix is what was written. It
    is read, not mapped, so that it takes no memory.
    """
    damage = Damaged(f"{path} is not what was written, or not by this version of Outcrop")
    signature, stored_checksum = file.read(len(SIGNATURE)), int.from_bytes(file.read(4), "little")
    size = file.read(4)
    header = file.read(int.from_bytes(size, "little"))
    if signature != SIGNATURE:
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


def _sums(matrix: NDArray[Any]) -> NDArray[np.uint32]:
    rows = _bytes(matrix)
    size = max(1, len(rows) // max(1, len(matrix)))
    sums = [zlib.crc32(rows[first : first + size]) for first in range(0, len(rows), size)]
    return np.array(sums, np.uint32)


def _bytes(array: NDArray[Any]) -> memoryview:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data


def _pieces(arrays: Arrays, matrix: NDArray[Any]) -> Iterator[bytes | memoryview]:
    """The bytes that the checksum covers, in order: the header's size, the header, the arrays. The
    last 8 bytes of the header say how long the arrays are.
    """
    entries: list[Any] = []
    blocks: list[bytes | memoryview] = []
    offset = 0
    for name, array in arrays.items():
        entries.append((name, array.dtype.str, array.shape, offset))
        padding = bytes(-array.nbytes % ALIGNMENT)
        blocks += [_bytes(array), padding]
        offset += array.nbytes + len(padding)
    header = json.dumps((entries, matrix.dtype.str, matrix.shape)).encode()
    header += b" " * (-(PREFIX + len(header) + 8) % ALIGNMENT)
    yield (len(header) + 8).to_bytes(4, "little")
    yield header
    yield offset.to_bytes(8, "little")
    yield from blocks
