"""S3's checksums, with the CRCs that neither Python nor a dependency has.

A CRC is linear over GF(2): the register after `head + tail` is the register after `head`, advanced
by `len(tail)` zero bytes, XOR the register after `tail` alone. So NumPy computes many lanes of the
data at once, a column of bytes in each step, and the lanes are joined afterwards.
"""

import base64
import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

LANE = 1024  # bytes of a lane
FEWEST_LANES = 64  # below, a plain loop is faster


class Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


class Polynomial:
    """A CRC whose bits are reflected and whose register begins and ends inverted.

    >>> hex(Polynomial(32, 0x82F63B78).checksum(b"123456789"))     # CRC-32C, RFC 3720 B.4
    '0xe3069283'
    >>> hex(Polynomial(64, 0x9A6C9329AC4BC9B5).checksum(b"123456789"))     # CRC-64/NVME
    '0xae8b14860a799888'
    """

    def __init__(self, width: int, reflected: int) -> None:
        self.width, self.inverted = width, (1 << width) - 1
        self._reflected = reflected

    def checksum(self, data: bytes) -> int:
        return self.advance(self.inverted, data) ^ self.inverted

    def advance(self, register: int, data: bytes) -> int:
        """The register after these bytes."""
        lanes = len(data) // LANE if len(data) >= FEWEST_LANES * LANE else 0
        if lanes:
            register = self._advance_by_lanes(register, data[: lanes * LANE])
        table = self._integers
        for byte in memoryview(data)[lanes * LANE :]:
            register = table[(register ^ byte) & 0xFF] ^ (register >> 8)
        return register

    def _advance_by_lanes(self, register: int, data: bytes) -> int:
        columns = (
            np.frombuffer(data, np.uint8).reshape(-1, LANE).T.astype(np.uint64)
        )  # (LANE, lanes)
        registers = np.zeros(columns.shape[1], np.uint64)  # (lanes,)
        for column in columns:
            registers = self._step(registers ^ column)
        for lane in registers.tolist():
            for place, move in enumerate(self._moves):
                lane ^= move[(register >> 8 * place) & 0xFF]  # noqa: PLW2901 - the sum over places
            register = lane
        return register

    def _step(self, registers: Words) -> Words:
        result: Words = self._table[registers & np.uint64(0xFF)] ^ (registers >> np.uint64(8))
        return result

    @cached_property
    def _table(self) -> Words:
        table = np.arange(256, dtype=np.uint64)  # (256,)
        for _ in range(8):
            odd = (table & np.uint64(1)).astype(bool)
            table = (table >> np.uint64(1)) ^ np.where(
                odd, np.uint64(self._reflected), np.uint64(0)
            )
        return table

    @cached_property
    def _integers(self) -> list[int]:
        return list(map(int, self._table))

    @cached_property
    def _moves(self) -> list[list[int]]:
        """For each byte at each place of the register, it advanced by a lane of zero bytes."""
        places = np.arange(0, self.width, 8, dtype=np.uint64)[:, None]  # (width / 8, 1)
        registers = np.arange(256, dtype=np.uint64) << places  # (width / 8, 256)
        for _ in range(LANE):
            registers = self._step(registers)
        return [list(map(int, place)) for place in registers]


CRC32C = Polynomial(32, 0x82F63B78)
CRC64NVME = Polynomial(64, 0x9A6C9329AC4BC9B5)


class _Crc:
    def __init__(self, polynomial: Polynomial) -> None:
        self._polynomial = polynomial
        self._register = polynomial.inverted

    def update(self, data: bytes, /) -> None:
        self._register = self._polynomial.advance(self._register, data)

    def digest(self) -> bytes:
        value = self._register ^ self._polynomial.inverted
        return value.to_bytes(self._polynomial.width // 8, "big")


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes, /) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


def md5() -> "hashlib._Hash":
    """MD5 for ETags, which protect nothing, also where it is barred for security."""
    return hashlib.md5(usedforsecurity=False)


ALGORITHMS: Mapping[str, Callable[[], Digest]] = {
    "CRC32": _Crc32,
    "CRC32C": lambda: _Crc(CRC32C),
    "CRC64NVME": lambda: _Crc(CRC64NVME),
    "MD5": md5,
    "SHA1": lambda: hashlib.sha1(usedforsecurity=False),
    "SHA256": hashlib.sha256,
    "SHA512": hashlib.sha512,
}
FULL_OBJECT_ONLY = frozenset({"CRC64NVME"})


def encode(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def composite(algorithm: str, parts: Iterable[str]) -> str:
    """The COMPOSITE checksum: the checksum of the parts' checksums, and the number of parts.

    >>> composite("SHA1", ["qZk+NkcGgWq6PiVxeFDCbJzQ2J0="])
    'DTztm+wQp3euwjzMNTqMCKYzBF4=-1'
    """
    digests = [base64.b64decode(part) for part in parts]
    whole = ALGORITHMS[algorithm]()
    whole.update(b"".join(digests))
    return f"{encode(whole.digest())}-{len(digests)}"
