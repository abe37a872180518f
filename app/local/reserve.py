"""A reserve of disk space, with which deletes work on a full disk.

A delete has to write to the disk before it frees anything. On a disk without a free byte it would
fail, and so would everything else, for ever. So a file in the home reserves some space. When a
delete finds the disk full, that file is removed and the delete is tried again. Until there is space
for the file again, operations that take space are refused.
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
"""Enough for what a delete writes, and for a log that has grown before the disk was full
(`write_ahead_log`)."""

BEHIND = 2**20
"""Bytes that the rest of a delete may take: a document leaves the store behind the answer."""

LEAST = 2**16  # bytes; a smaller reserve would be useless
FREE_SHARE = 4  # the reserve takes at most this part of the free space: one fourth

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
    """The reserve of one home. Any thread may call any method."""

    def __init__(self, home: Path, size: int = BYTES) -> None:
        self._home = home
        self._path = home / "reserve"
        self._lock = Lock()
        home.mkdir(parents=True, exist_ok=True)
        self._size = max(LEAST, min(size, self._free() // FREE_SHARE))
        self._restore()

    def wrap(self, services: Mapping[str, WaitingService]) -> dict[str, WaitingService]:
        """The services, with handlers that use the reserve."""
        return {
            service: {
                operation: self._wrap(service, operation, handler)
                for operation, handler in handlers.items()
            }
            for service, handlers in services.items()
        }

    def _wrap(self, service: str, operation: str, handler: WaitingHandler) -> WaitingHandler:
        if iscoroutinefunction(handler):
            return handler
        if operation in MAKE_ROOM.get(service, ()):
            return self._with_reserve(handler)  # type: ignore[arg-type]  # it does not wait
        if operation in TAKE_ROOM.get(service, ()):
            return self._refuse_when_released(handler)  # type: ignore[arg-type]  # as above
        return handler

    def _with_reserve(self, handler: Handler) -> Handler:
        """Wrap a handler: if the disk is full, the reserve is released and the handler called
        again. It is released too if there is hardly room for what is done behind the answer.
        """

        def call(request: Call) -> JSON:
            try:
                answer = handler(request)
                if self._free() < BEHIND:
                    self._release()
                return answer
            except (OSError, sqlite3.Error, ServiceError) as error:
                # S3's handlers have translated the error to S3's already.
                cause = error.__cause__ if isinstance(error, ServiceError) else error
                if cause is None or not is_full(cause) or not self._release():
                    raise
            return handler(request)

        return call

    def _refuse_when_released(self, handler: Handler) -> Handler:
        """Wrap a handler, so that it is refused while the reserve is released."""
        spending = self._with_reserve(handler)

        def call(request: Call) -> JSON:
            if request.operation == "PutObject" and request.body and not request.body.size:
                return spending(request)  # a name, such as the tombstone of a conversation
            if not self._path.exists() and not self._restore():
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._home))
            return handler(request)

        return call

    def _release(self) -> bool:
        """Release the reserve; False if it is released already."""
        with self._lock:
            try:
                self._path.unlink()
            except FileNotFoundError:
                return False
            log.warning(
                "The disk of %s is full. Deletes work; operations that need space are refused.",
                self._home,
            )
            return True

    def _restore(self) -> bool:
        """Restore the reserve if there is enough space; whether it is there."""
        with self._lock:
            if self._path.exists():
                return True
            if self._free() < 2 * self._size:
                return False
            try:
                with self._path.open("wb") as file:
                    for _ in range(0, self._size, LEAST):  # not every system has this call
                        file.write(bytes(LEAST))
            except OSError:
                self._path.unlink(missing_ok=True)
                return False
            return True

    def _free(self) -> int:
        return shutil.disk_usage(self._home).free
