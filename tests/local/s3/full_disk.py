"""A process whose files may not grow beyond a size: to it the disk is full. Run as a program.

The limit is the operating system's own, RLIMIT_FSIZE, so that the body of an object meets it in
write(), and SQLite in its write-ahead log.
"""

import resource
import sys
from pathlib import Path

import pytest

from app.local import s3
from app.local.s3.storage import Buckets
from app.local.wire import BodyFile, Call, Service, ServiceError

LIMIT = 200_000  # bytes


def main(folder: Path) -> None:
    buckets = Buckets(folder)
    service = s3.handlers(buckets, lambda _arn, _body: None)
    buckets.create("documents")
    put(service, folder, "kept", b"kept")
    body = folder / "large"
    body.write_bytes(b"x" * (LIMIT + 1))
    limit(LIMIT)
    with pytest.raises(ServiceError, match="InternalError"):
        call(service, "kept", BodyFile(body, LIMIT + 1))
    check(buckets, ["kept"])
    print("body")
    written = fill(service, folder)
    assert written
    check(buckets, ["kept", *written])
    print("index")
    limit(resource.RLIM_INFINITY)
    put(service, folder, "last", b"last")
    check(buckets, ["kept", *written, "last"])
    buckets.close()
    again = Buckets(folder)
    check(again, ["kept", *written, "last"])
    again.close()
    print("again")


def limit(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def fill(service: Service, folder: Path) -> list[str]:
    """Small objects, until the index cannot grow any more."""
    written: list[str] = []
    while True:
        key = f"small/{len(written):04}"
        try:
            put(service, folder, key, b"small")
        except ServiceError as error:
            return written if error.code == "InternalError" else []
        written.append(key)


def put(service: Service, folder: Path, key: str, data: bytes) -> None:
    body = folder / "body"
    body.write_bytes(data)
    call(service, key, BodyFile(body, len(data)))


def call(service: Service, key: str, body: BodyFile) -> None:
    params = {"Bucket": "documents", "Key": key}
    service["PutObject"](Call("s3", "PutObject", params, {}, "id", body))


def check(buckets: Buckets, keys: list[str]) -> None:
    assert [item.key for item in buckets.list("documents")] == sorted(keys)
    for key in keys:
        item, file = buckets.open("documents", key)
        with file:
            assert file.read() == key.split("/")[0].encode(), key
        assert item.key == key
    assert list((buckets.root / ".state" / "staged").iterdir()) == []


if __name__ == "__main__":
    main(Path(sys.argv[1]))
