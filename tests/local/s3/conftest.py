"""One stand-in for a whole file of tests, and a fresh bucket for each test. Or buckets alone."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.local.s3.storage import Buckets
from tests.local.home import Home
from tests.local.home import home as serving
from tests.local.s3.putting import scratch

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_numbers = count(1)


@pytest.fixture(scope="module")
def stand_in() -> Iterator[Home]:
    with scratch() as folder, serving(folder) as running:
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
    return stand_in.bucket(bucket)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder without a stand-in."""
    with scratch() as folder:
        yield folder


@pytest.fixture
def buckets(home: Path) -> Iterator[Buckets]:
    """Its buckets, of which there is `documents`."""
    opened = Buckets(home)
    opened.create("documents")
    yield opened
    opened.close()
