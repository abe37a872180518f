"""Arrays that come from a file, and are checked when they are read: little of them is at a time.

    Columns     arrays of which slices are read; each block has a checksum
    Matrix      an array of which single rows are read; each row has a checksum

What is read for the first time is compared with its checksum. So damage is noticed before it is in
an answer, and a file is opened without reading all of it.
"""

import mmap
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HELD = 2048  # rows of a large matrix that are read before its pages are given back to the system
SLICE = 512  # rows that are checked in one step
CHECKED = 1 << 14  # elements of a column that have one checksum
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
        file: "Mapped | None" = None,
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
        chosen: NDArray[Any] = self._array.take(rows, axis=0)  # several times as fast as [rows]
        if self._file:
            self._file.check(rows, chosen)
        return chosen

    def all(self, pause: Callable[[], None] = no_pause) -> NDArray[Any]:
        """All rows.

        Args:
            pause: called between two steps.

        Raises:
            Damaged: one of them is not what was saved.
        """
        if self._file:
            self._file.check_all(self._array, pause)
        return self._array

    @property
    def sums(self) -> NDArray[np.uint32]:
        """The checksum of each row, as it was written: (n,)."""
        if self._file:
            return self._file.sums
        if self._sums is None:
            self._sums = sums_of(self._array)
        return self._sums


class Columns:
    """Arrays of one length, (n,) each, of which slices are read at a time. If they come from a
    file, what is read is checked before.
    """

    def __init__(
        self,
        *columns: NDArray[Any],
        path: Path | None = None,
        places: Sequence[int] = (),
        sums: NDArray[np.uint32] | None = None,
    ) -> None:
        """Args:
        path: the file that they come from.
        places: where in it each of them begins.
        sums: the checksum of each block, as it was written.
        """
        self._columns, self._path, self._places = columns, path, places
        self._sums: list[int] = [] if sums is None else sums.tolist()
        self._is_checked = bytearray(len(self._sums))

    def __len__(self) -> int:
        return len(self._columns[0])

    def part(self, at: slice) -> tuple[NDArray[Any], ...]:
        """The same slice of each array, from its start to its stop.

        Raises:
            Damaged: something about there is not what was saved.
        """
        if self._sums and at.start < at.stop:
            first, last = at.start // CHECKED, (at.stop - 1) // CHECKED + 1
            if self._is_checked.find(0, first, last) >= 0:
                self._check(first, last)
        return tuple([column[at] for column in self._columns])

    def all(self, pause: Callable[[], None] = no_pause) -> tuple[NDArray[Any], ...]:
        """The whole arrays.

        Args:
            pause: called between two steps.

        Raises:
            Damaged: something in them is not what was saved.
        """
        for block in range(len(self._sums)):
            if not self._is_checked[block]:
                self._check(block, block + 1)
                pause()
        return self._columns

    def sums(self) -> NDArray[np.uint32]:
        """The checksum of each block: (n / CHECKED,)."""
        blocks = range(-(-len(self) // CHECKED))
        return np.array([_sum(self._views(block)) for block in blocks], np.uint32)

    def check_file(self, pause: Callable[[], None] = no_pause) -> None:
        """Check what nobody has read yet. The file is read and not mapped, so that it takes no
        memory.

        Args:
            pause: called between two steps.

        Raises:
            Damaged: something in it is not what was saved.
        """
        if self._path is None or all(self._is_checked):
            return
        with self._path.open("rb", buffering=0) as file:
            for block in range(len(self._sums)):
                if not self._is_checked[block]:
                    self._compare(block, self._pieces(file.fileno(), block))
                    pause()

    def _check(self, first: int, last: int) -> None:
        for block in range(first, last):
            if not self._is_checked[block]:
                self._compare(block, self._views(block))

    def _compare(self, block: int, pieces: Iterable[memoryview | bytes]) -> None:
        if _sum(pieces) != self._sums[block]:
            raise Damaged(f"{self._path} is not what was written")
        self._is_checked[block] = 1

    def _views(self, block: int) -> Iterator[memoryview]:
        for column in self._columns:
            yield column[block * CHECKED : (block + 1) * CHECKED].data

    def _pieces(self, descriptor: int, block: int) -> Iterator[bytes]:
        """The same bytes as `_views`, from the file."""
        for column, place in zip(self._columns, self._places, strict=True):
            size = CHECKED * column.itemsize
            end = min((block + 1) * size, column.nbytes)
            yield os.pread(descriptor, end - block * size, place + block * size)


def _sum(pieces: Iterable[memoryview | bytes]) -> int:
    sum_ = 0
    for piece in pieces:
        sum_ = zlib.crc32(piece, sum_)
    return sum_


class Mapped:
    """The matrix of a file, mapped into memory, and which of its rows were checked."""

    def __init__(self, path: Path, memory: mmap.mmap, start: int, sums: Any) -> None:
        self._path, self._memory, self._start = path, memory, start
        self.sums: NDArray[np.uint32] = sums  # (n,)
        self._is_checked = np.zeros(len(sums), np.bool_)  # (n,)
        self._is_whole = False
        self._read = 0
        self._advise("MADV_RANDOM")  # else Linux reads megabytes of a cold file around each row

    def check(self, rows: NDArray[Any], content: NDArray[Any]) -> None:
        """Check some rows, of which this is a copy.

        A copy is what is used, and NumPy makes it while other threads run. A checksum of a short
        row is computed while none does; where that had to read the row from a cold disk first, all
        of them would wait for the disk.
        """
        if not self._is_whole:
            is_new = ~self._is_checked[rows]
            if is_new.any():
                self._compare(rows[is_new], content[is_new])
        self._count(len(rows))

    def check_all(self, array: NDArray[Any], pause: Callable[[], None] = no_pause) -> None:
        """Check all rows of the array that is mapped."""
        if not self._is_whole:
            self._advise("MADV_NORMAL")
            new = np.flatnonzero(~self._is_checked)
            for first in range(0, len(new), SLICE):
                some = new[first : first + SLICE]
                self._compare(some, array.take(some, axis=0))
                pause()
            self._is_whole = True
        self._count(len(self.sums))

    def _compare(self, rows: NDArray[Any], content: NDArray[Any]) -> None:
        if (sums_of(content) != self.sums[rows]).any():
            raise Damaged(f"{self._path} is not what was written")
        self._is_checked[rows] = True

    def _count(self, rows: int) -> None:
        self._read += rows
        if self._read > HELD and len(self._memory) - self._start > LARGE:
            self._release()

    def _release(self) -> None:
        """Take the pages out of this process's memory. The system still has them in its own, as
        long as there is room.
        """
        self._read = 0
        self._advise("MADV_DONTNEED")

    def _advise(self, advice: str) -> None:
        """Tell the system how the pages of the matrix are used, where it can be told."""
        start = -(-self._start // mmap.PAGESIZE) * mmap.PAGESIZE
        if hasattr(mmap, advice) and start < len(self._memory):
            self._memory.madvise(getattr(mmap, advice), start, len(self._memory) - start)


def sums_of(matrix: NDArray[Any]) -> NDArray[np.uint32]:
    """The checksum of each row: (n,)."""
    rows = bytes_of(matrix)
    size = max(1, len(rows) // max(1, len(matrix)))
    sums = [zlib.crc32(rows[first : first + size]) for first in range(0, len(rows), size)]
    return np.array(sums, np.uint32)


def bytes_of(array: NDArray[Any]) -> memoryview:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
