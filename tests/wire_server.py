"""A stand-in in a thread, for tests: handlers behind real HTTP, and real clients in front of it.

    with serving({"bedrock-runtime": {"Converse": converse}}) as server:
        server.client("bedrock-runtime").converse(...)

What handlers return is held against the model as well: a result that AWS could not have sent fails
the call.
"""

import asyncio
import threading
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
    Mapping,
)
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, partial
from inspect import isawaitable
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from typing import Any

import boto3
from botocore.config import Config

from app.local.faults import Faults
from app.local.wire import JSON, Application, Call, Endpoints, WaitingHandler, WaitingService
from app.local.wire.connection import listen
from app.local.wire.models import model
from app.local.wire.server import serve_on
from app.local.wire.validation import violations

REGION = "us-east-1"


@dataclass
class Server:
    """A running stand-in.

    Attributes:
        url: where it listens, without a slash at the end.
        faults: what may be ordered to go wrong.
        stop: tells it to stop; the block's end does so anyway, and waits for it.
    """

    url: str
    faults: Faults
    stop: Callable[[], None]
    _clients: list[Any] = field(default_factory=list)

    def client(self, service: Any, **config: Any) -> Any:
        """A client of boto3's. It sends every request once, unless its `Config` says otherwise."""
        once = {"retries": {"total_max_attempts": 1}, "proxies": {}}
        client = _session().client(service, endpoint_url=self.url, config=Config(**(once | config)))
        self._clients.append(client)
        return client

    def close(self) -> None:
        for client in self._clients:
            client.close()


@contextmanager
def serving(
    services: Mapping[str, WaitingService],
    spool: Path | None = None,
    *,
    grace: float = 1,
    endpoints: Endpoints | None = None,
) -> Iterator[Server]:
    """Handlers behind HTTP. `grace`: what is under way at the end may take so many seconds."""
    faults = Faults()
    checked = {name: _checked(name, service) for name, service in services.items()}
    with TemporaryDirectory() as temporary:
        application = Application(checked, spool or Path(temporary), faults, endpoints)
        with in_thread(application, grace) as (url, stop):
            server = Server(url, faults, stop)
            try:
                yield server
            finally:
                server.close()


@contextmanager
def in_thread(asgi: Any, grace: float = 1) -> Iterator[tuple[str, Callable[[], None]]]:
    """An ASGI application on a free port; gives its URL, and how to stop it before the end."""
    started: Queue[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Queue()

    async def main() -> None:
        stop = asyncio.Event()
        ready = partial(started.put, (asyncio.get_running_loop(), stop))
        await serve_on(listener, asgi, ready, stop, grace)

    with listen("127.0.0.1", 0) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=asyncio.run, args=(main(),), name="server")
        thread.start()
        loop, stopping = started.get(timeout=10)

        def stop() -> None:
            with suppress(RuntimeError):  # it has stopped already
                loop.call_soon_threadsafe(stopping.set)

        try:
            yield url, stop
        finally:
            stop()
            thread.join()


@cache
def _session() -> boto3.Session:
    return boto3.Session(
        aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION
    )  # fmt: skip


def _checked(service: str, handlers: WaitingService) -> WaitingService:
    return {name: _check(service, name, handler) for name, handler in handlers.items()}


def _check(service: str, operation: str, handler: WaitingHandler) -> WaitingHandler:
    shape: Any = model(service).operation_model(operation).output_shape

    def checked(call: Call) -> JSON | Awaitable[JSON]:
        result = handler(call)
        return waited(result) if isawaitable(result) else valid(result)

    async def waited(result: Awaitable[JSON]) -> JSON:
        return valid(await result)

    def valid(result: JSON) -> JSON:
        result = dict(result)
        members = dict(shape.members) if shape else {}
        for name, member in members.items():
            if member.serialization.get("eventstream"):
                result[name] = _checked_events(member, result[name])
        plain = {name: value for name, value in result.items() if name in members}
        streams = {name for name, value in plain.items() if _is_stream(value)}
        for name in streams:
            del plain[name]
        wrong = (
            [one for one in violations(shape, plain) if one.path not in streams] if shape else []
        )
        assert not wrong, f"{operation} returned what its model does not allow: {wrong}"
        return result

    return checked


def _is_stream(value: object) -> bool:
    return isinstance(value, Iterator | AsyncIterator)


def _checked_events(shape: Any, events: Any) -> Iterator[JSON] | AsyncIterator[JSON]:
    if isinstance(events, AsyncIterator):
        return _CheckedWaiting(shape, events)
    return _checked_plain(shape, events)


def _checked_plain(shape: Any, events: Iterable[JSON]) -> Iterator[JSON]:
    try:
        for event in events:
            _check_event(shape, event)
            yield event
    finally:
        getattr(events, "close", lambda: None)()


class _CheckedWaiting:
    def __init__(self, shape: Any, events: Any) -> None:
        self._shape, self._events = shape, events

    def __aiter__(self) -> "_CheckedWaiting":
        return self

    async def __anext__(self) -> JSON:
        event: JSON = await anext(self._events)
        _check_event(self._shape, event)
        return event

    async def aclose(self) -> None:
        await self._events.aclose()


def _check_event(shape: Any, event: JSON) -> None:
    [(name, value)] = event.items()
    wrong = violations(shape.members[name], value)
    assert not wrong, f"the event {name} is not what its model allows: {wrong}"
