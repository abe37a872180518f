"""Room on the disk that is kept for what makes room.

A delete has to be written down before it frees anything: on a disk without a free byte it fails,
and so does all else, for ever. So a file of the home holds some room. A delete that finds the disk
full gives that room up and is made again. Until the room is back, nothing that takes room is let
in.
"""

import errno
import logging
import os
import shutil
import sqlite3
from collections.abc import Mapping
from inspect import iscoroutinefunction
from pathlib import Path
from threading import Lock

from app.local.disk import is_full
from app.local.wire import JSON, Call, Handler, ServiceError, WaitingHandler, WaitingService

BYTES = 8 * 2**20
"""What the deletes of some thousand documents write down."""

LEAST = 2**16  # bytes; with less the reserve is of no use
FREE_SHARE = 4  # the reserve takes at most one such part of what is free at the start

MAKE_ROOM: Mapping[str, frozenset[str]] = {
    "s3": frozenset({"DeleteObject", "DeleteObjects", "DeleteBucket", "AbortMultipartUpload"}),
    "sqs": frozenset({"DeleteMessage", "DeleteMessageBatch", "DeleteQueue", "PurgeQueue"}),
    "bedrock-agent": frozenset(
        {"DeleteKnowledgeBaseDocuments", "DeleteDataSource", "DeleteKnowledgeBase"}
    ),
    "dynamodb": frozenset({"DeleteItem", "DeleteTable"}),
    "lambda": frozenset({"DeleteFunction"}),
}
TAKE_ROOM: Mapping[str, frozenset[str]] = {
    "s3": frozenset(
        {"PutObject", "PostObject", "CopyObject", "UploadPart", "UploadPartCopy"}
        | {"CompleteMultipartUpload", "CreateBucket"}
    ),
    "sqs": frozenset({"SendMessage", "SendMessageBatch"}),
    "bedrock-agent": frozenset({"IngestKnowledgeBaseDocuments", "StartIngestionJob"}),
    "dynamodb": frozenset(
        {"CreateTable", "PutItem", "UpdateItem", "BatchWriteItem", "TransactWriteItems"}
    ),
    "lambda": frozenset({"CreateFunction", "UpdateFunctionCode"}),
}

log = logging.getLogger(__name__)


class Reserve:
    """The room that one home keeps. Any thread may call it."""

    def __init__(self, home: Path, size: int = BYTES) -> None:
        self._home = home
        self._path = home / "reserve"
        self._lock = Lock()
        home.mkdir(parents=True, exist_ok=True)
        self._size = max(LEAST, min(size, self._free() // FREE_SHARE))
        self._restore()

    def over(self, services: Mapping[str, WaitingService]) -> dict[str, WaitingService]:
        """The services, with handlers that mind the disk."""
        return {
            service: {
                operation: self._minding(service, operation, handler)
                for operation, handler in handlers.items()
            }
            for service, handlers in services.items()
        }

    def _minding(self, service: str, operation: str, handler: WaitingHandler) -> WaitingHandler:
        if iscoroutinefunction(handler):
            return handler
        if operation in MAKE_ROOM.get(service, ()):
            return self._spending(handler)  # type: ignore[arg-type]  # it does not wait
        if operation in TAKE_ROOM.get(service, ()):
            return self._sparing(handler)  # type: ignore[arg-type]  # as above
        return handler

    def _spending(self, handler: Handler) -> Handler:
        """The handler, which may have the reserve where the disk is full."""

        def call(request: Call) -> JSON:
            try:
                return handler(request)
            except (OSError, sqlite3.Error, ServiceError) as error:
                # S3's handlers have put the error into S3's words already.
                cause = error.__cause__ if isinstance(error, ServiceError) else error
                if cause is None or not is_full(cause) or not self._release():
                    raise
            return handler(request)

        return call

    def _sparing(self, handler: Handler) -> Handler:
        """The handler, which is not called while the reserve is given up."""
        spending = self._spending(handler)

        def call(request: Call) -> JSON:
            if request.operation == "PutObject" and request.body and not request.body.size:
                return spending(request)  # a name, such as the tombstone of a conversation
            if not self._path.exists() and not self._restore():
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._home))
            return handler(request)

        return call

    def _release(self) -> bool:
        """Give the reserve up; False where that has happened already."""
        with self._lock:
            try:
                self._path.unlink()
            except FileNotFoundError:
                return False
            log.warning("The disk of %s is full. Deletes go on; what takes room waits.", self._home)
            return True

    def _restore(self) -> bool:
        """Take the room again where there is enough, and say whether it is there."""
        with self._lock:
            if self._path.exists():
                return True
            if self._free() < 2 * self._size:
                return False
            try:
                with self._path.open("wb") as file:
                    for _ in range(0, self._size, LEAST):  # not every system can allocate
                        file.write(bytes(LEAST))
            except OSError:
                self._path.unlink(missing_ok=True)
                return False
            return True

    def _free(self) -> int:
        return shutil.disk_usage(self._home).free
