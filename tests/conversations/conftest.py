"""A stand-in's S3 for each file of tests, and a bucket of conversations for each test."""

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

import pytest

from app.conversations import Conversations
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
    name = f"conversations-{next(_numbers)}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def own(s3: "S3Client", bucket: str) -> Conversations:
    return Conversations(s3, bucket, "alice")
