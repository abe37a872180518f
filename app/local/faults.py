"""Faults that a test injects into the stand-in, to make it behave as AWS does on a bad day.

    Fail     answer with an error; or end the stream with an exception, after some events
    Delay    be slow to answer; or stall, after some events
    Cut      drop the connection: before the answer, after some events, or within a frame
    Flip     damage a frame

A schedule (`app.local.wire.fault_schedule`) says which calls they affect. One that is ordered waits
in the queue of its operation, affects one request, and is used up:

    faults = FaultClient("http://127.0.0.1:4566")
    faults.add(
        Fail(service="bedrock-runtime", operation="Converse", code="ThrottlingException"),
        Cut(service="bedrock-runtime", operation="ConverseStream", after=2, abrupt=True),
    )
"""

from collections import defaultdict, deque
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, Protocol

import httpx2
from pydantic import ConfigDict, Field, TypeAdapter

PATH = "/_outcrop/faults"
LONGEST_HISTORY = 10_000

JSON = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class _Fault:
    """The members of every fault: the request it affects, and the moment.

    Attributes:
        service: its name in boto3, such as "bedrock-runtime".
        operation: its name in the model, such as "ConverseStream".
        nth: the number of the affected request, counted while the fault is first in its queue.
        after: the number of events, or pieces of a body, that are sent before; None for a fault
            before the head of the response.
    """

    service: str
    operation: str
    nth: int = 1
    after: int | None = None


@dataclass(frozen=True, kw_only=True)
class Fail(_Fault):
    """Answer with an error. `code` is the name of its shape. `after` is only for a stream of
    events.
    """

    code: str
    message: str = "A fault that a test has injected."
    kind: Literal["fail"] = "fail"


@dataclass(frozen=True, kw_only=True)
class Delay(_Fault):
    """Wait. In a stream, the wait ends early when the client closes the connection."""

    seconds: float
    kind: Literal["delay"] = "delay"


@dataclass(frozen=True, kw_only=True)
class Cut(_Fault):
    """End the stream as if it were complete. With `mid_frame`, half of the next event is sent
    first. `abrupt` resets the connection instead of closing it; so does a cut before the head, or
    in a body with a content length.
    """

    mid_frame: bool = False
    abrupt: bool = False
    kind: Literal["cut"] = "cut"


@dataclass(frozen=True, kw_only=True)
class Flip(_Fault):
    """Flip one bit of the next event, so that its checksum does not match."""

    after: int | None = 0
    kind: Literal["flip"] = "flip"


Fault = Fail | Delay | Cut | Flip
_LIST = TypeAdapter(
    list[Annotated[Fault, Field(discriminator="kind")]], config=ConfigDict(defer_build=True)
)


class Schedule(Protocol):
    """Faults by the number of a call (`app.local.wire.fault_schedule`)."""

    def fault(self, service: str, operation: str, call: int) -> tuple[int, Fault] | None:
        """The fault that affects this call, and the line that it stands in; None for none."""
        ...


class Faults:
    """The faults of a stand-in: those ordered one by one, which come first, a queue an operation;
    and those of a schedule.
    """

    def __init__(self, schedule: Schedule | None = None) -> None:
        self._queues: dict[tuple[str, str], deque[Fault]] = defaultdict(deque)
        self._passed: dict[tuple[str, str], int] = defaultdict(int)
        self._schedule = schedule
        self._calls: dict[tuple[str, str], int] = defaultdict(int)
        self._history: deque[JSON] = deque(maxlen=LONGEST_HISTORY)

    def add(self, *faults: Fault) -> None:
        for fault in faults:
            self._queues[fault.service, fault.operation].append(fault)

    def add_json(self, data: bytes) -> None:
        """Add the faults that FaultClient sends.

        Raises:
            ValueError: naming the field that is wrong.
        """
        self.add(*_LIST.validate_json(data))

    def set_schedule(self, schedule: Schedule) -> None:
        """Begin a schedule: the next call of each operation is its first."""
        self._schedule = schedule
        self._calls.clear()
        self._history.clear()

    def clear(self) -> None:
        self._queues.clear()
        self._passed.clear()
        self._calls.clear()
        self._history.clear()
        self._schedule = None

    def history(self) -> list[JSON]:
        """The faults that had an effect since the schedule began, or since the last `clear`."""
        return list(self._history)

    def take(self, service: str, operation: str) -> Fault | None:
        """The fault for this request, if there is one. Called once for each request."""
        key = service, operation
        self._calls[key] += 1
        call, line = self._calls[key], None
        fault = self._ordered(key)
        if fault is None and self._schedule:
            line, fault = self._schedule.fault(service, operation, call) or (None, None)
        if fault:
            fields = asdict(fault)
            fields.pop("nth")  # the call's own number says more
            self._history.append({**fields, "call": call, "line": line})
        return fault

    def _ordered(self, key: tuple[str, str]) -> Fault | None:
        if not self._queues.get(key):
            return None
        self._passed[key] += 1
        if self._passed[key] < self._queues[key][0].nth:
            return None
        self._passed[key] = 0
        return self._queues[key].popleft()


class FaultClient:
    """Adds faults to a running stand-in, over HTTP."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/") + PATH

    def add(self, *faults: Fault) -> None:
        self._send("POST", _LIST.dump_json(list(faults)))

    def schedule(self, text: str) -> None:
        """Begin the schedule of a file's text."""
        self._send("PUT", text.encode())

    def history(self) -> list[JSON]:
        """The faults that had an effect."""
        faults: list[JSON] = self._send("GET").json()["faults"]
        return faults

    def clear(self) -> None:
        self._send("DELETE")

    def _send(self, method: str, content: bytes = b"") -> httpx2.Response:
        answer = httpx2.request(method, self._url, content=content, trust_env=False)
        answer.raise_for_status()
        return answer
