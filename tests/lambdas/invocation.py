"""One invocation of a function, read as its caller reads it: chunk by chunk, then how it ended.

An answer that is meant for HTTP, of type application/vnd.awslambda.http-integration-response,
begins with a prelude, the head of the HTTP response, which eight NUL bytes end:

    {"statusCode": 200, "headers": {..}, "cookies": [..]} NUL NUL NUL NUL NUL NUL NUL NUL the body

API Gateway looks for the NUL bytes in the first 16 KB, and sends on every chunk as it comes.
"""

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from queue import Empty, Queue

NULS = b"\0" * 8
LONGEST_PRELUDE = 16 * 1024


@dataclass(frozen=True, slots=True)
class Ended:
    """How an invocation ended: well, or with an error of this type.

    Lambda's own types: `Runtime.ExitError`, the process ended; `Runtime.TruncatedResponse`, the
    answer broke off; `Sandbox.Timedout`, the deadline passed.
    """

    error: str | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of the HTTP response that an answer is."""

    status: int
    headers: Mapping[str, str]


@dataclass
class Invocation:
    """An event that the function has been given, and what comes back: the reader's side.

    Attributes:
        deadline: by when it has to have ended, in seconds since the epoch.
        ended: how it did; None while it is under way, as far as it has been read.
    """

    event: bytes
    deadline: float
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    ended: Ended | None = None
    _arrived: "Queue[bytes | Ended]" = field(default_factory=Queue)

    def chunks(self) -> Iterator[bytes]:
        """The chunks, each as soon as it is there; then `ended` is known."""
        while not self.ended:
            try:
                arrived = self._arrived.get(timeout=max(0, self.deadline - time.time()))
            except Empty:
                arrived = Ended("Sandbox.Timedout", "Task timed out")
            if isinstance(arrived, Ended):
                self.ended = arrived
            else:
                yield arrived

    def http(self) -> tuple[Head, Iterator[bytes]]:
        """The answer as API Gateway reads it: the head, as soon as it is whole, and the body.

        Raises:
            BadGateway: what API Gateway answers 502 to.
        """
        chunks, begun = self.chunks(), b""
        while NULS not in begun[:LONGEST_PRELUDE]:
            chunk = next(chunks, None)
            if chunk is None or len(begun) > LONGEST_PRELUDE:
                raise BadGateway(f"no prelude in {begun[:200]!r}, {self.ended}")
            begun += chunk
        prelude, _, rest = begun.partition(NULS)
        head = json.loads(prelude)
        return Head(head["statusCode"], head["headers"]), _joined(rest, chunks)

    def read(self) -> bytes:
        """All that came back, once it has ended."""
        return b"".join(self.chunks())

    def put(self, arrived: bytes | Ended) -> None:
        """The server's side: something has come in."""
        self._arrived.put(arrived)


class BadGateway(Exception):
    """An answer that API Gateway can make nothing of."""


def _joined(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from chunks
