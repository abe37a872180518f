"""CRCs against their definition, bit by bit, and pieces against the whole."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.local.s3.storage.checksums import (
    ALGORITHMS,
    CRC32C,
    CRC64NVME,
    LANE,
    Polynomial,
)

CRC32 = Polynomial(32, 0xEDB88320)


def by_bits(polynomial: Polynomial, reflected: int, data: bytes) -> int:
    register = polynomial.inverted
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ (reflected if register & 1 else 0)
    return register ^ polynomial.inverted


@given(st.binary(max_size=200))
def test_the_crcs_are_what_their_polynomials_say(data: bytes) -> None:
    assert CRC32C.checksum(data) == by_bits(CRC32C, 0x82F63B78, data)
    assert CRC64NVME.checksum(data) == by_bits(CRC64NVME, 0x9A6C9329AC4BC9B5, data)


@pytest.mark.parametrize("size", [64 * LANE - 1, 64 * LANE, 100 * LANE + 17])
def test_many_lanes_make_the_checksum_of_the_whole(size: int) -> None:
    data = bytes(number * number % 251 for number in range(size))
    assert CRC32.checksum(data) == zlib.crc32(data)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_pieces_have_the_digest_of_the_whole(algorithm: str) -> None:
    data = bytes(range(256)) * 700
    whole, pieces = ALGORITHMS[algorithm](), ALGORITHMS[algorithm]()
    whole.update(data)
    for start in range(0, len(data), 70_001):
        pieces.update(data[start : start + 70_001])
    assert pieces.digest() == whole.digest()
