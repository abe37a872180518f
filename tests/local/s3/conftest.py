"""One stand-in for a whole file of tests, and a fresh bucket for each test."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.local.home import Home, home
from tests.local.s3.putting import scratch

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_numbers = count(1)


@pytest.fixture(scope="module")
def stand_in() -> Iterator[Home]:
    with scratch() as folder, home(folder) as running:
        yield running


@pytest.fixture
def s3(stand_in: Home) -> "S3Client":
    return stand_in.s3


@pytest.fixture
def bucket(s3: "S3Client") -> str:
    name = f"bucket-{next(_numbers)}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def folder(stand_in: Home, bucket: str) -> Path:
    """The folder that is the bucket."""
    return stand_in.bucket(bucket)
