"""Writing to buckets without S3's operations in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from app.local.s3.storage import Buckets, Object, ObjectAttributes
from app.local.s3.storage.buckets import Condition, always


class AlreadyThere(Exception):
    pass


def if_absent(item: Object | None) -> None:
    if item:
        raise AlreadyThere(item.key)


def put(
    buckets: Buckets,
    bucket: str,
    key: str,
    data: bytes,
    attributes: ObjectAttributes | None = None,
    condition: Condition = always,
) -> Object:
    with buckets.staging.stage([data]) as staged:
        return buckets.put(
            bucket, key, staged, attributes or ObjectAttributes(), condition=condition
        )


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in memory where the system has such; an fsync costs nothing there."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)
