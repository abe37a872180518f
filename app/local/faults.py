"""Faults to order: how a test makes the stand-in behave as AWS does on a bad day.

A fault waits in the queue of its operation, strikes one request, and is gone:

    Fail     answer with an error; or end the stream with an exception, after so many events
    Delay    be slow to answer; or stall, after so many events
    Cut      drop the connection: before the answer, after so many events, within a frame
    Flip     damage a frame

    faults = FaultClient("http://127.0.0.1:4566")
    faults.add(
        Fail(service="bedrock-runtime", operation="Converse", code="ThrottlingException"),
        Cut(service="bedrock-runtime", operation="ConverseStream", after=2, abrupt=True),
    )
"""

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Annotated, Literal

import httpx2
from pydantic import Field, TypeAdapter

PATH = "/_outcrop/faults"


@dataclass(frozen=True, kw_only=True)
class _Fault:
    """What all faults have: whom they strike, and when.

    Attributes:
        service: as boto3 names it: "bedrock-runtime".
        operation: as the model names it: "ConverseStream".
        nth: which of the operation's requests it strikes, counted from when it came to the front
            of its queue.
        after: how many events, or pieces of a body, are sent before it strikes; None is before
            the answer's head.
    """

    service: str
    operation: str
    nth: int = 1
    after: int | None = None


@dataclass(frozen=True, kw_only=True)
class Fail(_Fault):
    """`code` is the name of the error's shape. With `after` it takes a stream of events."""

    code: str
    message: str = "A fault that was asked for."
    kind: Literal["fail"] = "fail"


@dataclass(frozen=True, kw_only=True)
class Delay(_Fault):
    """The wait ends early when the client goes away in a stream."""

    seconds: float
    kind: Literal["delay"] = "delay"


@dataclass(frozen=True, kw_only=True)
class Cut(_Fault):
    """The stream ends, as if complete. With `mid_frame`, half of the next event goes out first;
    `abrupt` resets the connection in place of ending it. So does a cut before the head, or in a
    body that is no stream of events: its length was promised.
    """

    mid_frame: bool = False
    abrupt: bool = False
    kind: Literal["cut"] = "cut"


@dataclass(frozen=True, kw_only=True)
class Flip(_Fault):
    """One bit of the next event is wrong, so that its checksum does not fit."""

    after: int | None = 0
    kind: Literal["flip"] = "flip"


Fault = Fail | Delay | Cut | Flip
_LIST = TypeAdapter(list[Annotated[Fault, Field(discriminator="kind")]])


class Faults:
    """The faults that wait, one queue an operation."""

    def __init__(self) -> None:
        self._queues: dict[tuple[str, str], deque[Fault]] = defaultdict(deque)
        self._passed: dict[tuple[str, str], int] = defaultdict(int)

    def add(self, *faults: Fault) -> None:
        for fault in faults:
            self._queues[fault.service, fault.operation].append(fault)

    def add_json(self, data: bytes) -> None:
        """As FaultClient sends them.

        Raises:
            ValueError: naming the field that is wrong.
        """
        self.add(*_LIST.validate_json(data))

    def clear(self) -> None:
        self._queues.clear()
        self._passed.clear()

    def take(self, service: str, operation: str) -> Fault | None:
        """The fault that strikes this request, if one does; called once for each request."""
        key = service, operation
        if not self._queues.get(key):
            return None
        self._passed[key] += 1
        if self._passed[key] < self._queues[key][0].nth:
            return None
        self._passed[key] = 0
        return self._queues[key].popleft()


class FaultClient:
    """Orders faults from a running stand-in."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/") + PATH

    def add(self, *faults: Fault) -> None:
        self._send("POST", _LIST.dump_json(list(faults)))

    def clear(self) -> None:
        self._send("DELETE")

    def _send(self, method: str, content: bytes = b"") -> None:
        answer = httpx2.request(method, self._url, content=content, trust_env=False)
        answer.raise_for_status()
