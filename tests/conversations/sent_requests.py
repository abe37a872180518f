"""The requests that a client of S3 sends, seen before each is sent."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@contextmanager
def at_each_request(s3: "S3Client", act: Callable[[int, str], None]) -> Iterator[list[str]]:
    """Calls `act` with each request's number, from 0, and its operation, before it is sent."""
    sent: list[str] = []

    def before(model: Any, **_: Any) -> None:
        sent.append(model.name)
        act(len(sent) - 1, model.name)

    s3.meta.events.register("before-call.s3", before, unique_id="test")
    try:
        yield sent
    finally:
        s3.meta.events.unregister("before-call.s3", unique_id="test")


def nothing(_number: int, _operation: str) -> None:
    pass
