"""A model server (OpenAI's protocol) that says when it is called, and when a call is hung up on.

It writes one word of an answer, holds, and writes the rest when it is released. A question with the
word `silently` is held before the first word.
"""

import asyncio
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

NUMBER = re.compile(rb"number (\d+)")


def answer_to(number: int) -> tuple[str, ...]:
    """The words of the answer to the question that has `number ..` in it."""
    return ("Granite", f" is igneous, {number} times", " [1].")


@dataclass
class Call:
    """A call of the model.

    Attributes:
        begun: set when the server has the request, and has written its first word, if it does.
        ended: set when the server has written all, or its caller has hung up.
        hung_up_at: when the caller hung up, by `time.monotonic`.
    """

    begun: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    hung_up_at: float | None = None


class ModelServer:
    """Takes calls on the loopback interface.

    Attributes:
        url: for `--model-url`.
    """

    def __init__(self) -> None:
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._released = asyncio.Event()
        self._calls: dict[int, list[Call]] = {}
        self._lock = threading.Lock()

    def calls(self, number: int) -> list[Call]:
        """The calls for the question with this number in it."""
        with self._lock:
            return list(self._calls.get(number, ()))

    def release(self) -> None:
        """Let all calls end, those that come later too."""
        self._loop.call_soon_threadsafe(self._released.set)

    def hold(self) -> None:
        """Hold the calls that come from now on."""
        self._loop.call_soon_threadsafe(self._released.clear)

    @contextmanager
    def serving(self) -> Iterator["ModelServer"]:
        """Serve for as long as the context lasts."""
        ready = threading.Event()

        async def main() -> None:
            server = await asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=1024)
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
            ready.set()
            async with server:
                await server.serve_forever()

        def run() -> None:
            asyncio.set_event_loop(self._loop)
            serving = self._loop.create_task(main())
            self._loop.run_forever()
            serving.cancel()
            left = [task for task in asyncio.all_tasks(self._loop) if task.cancel()]
            self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            self._loop.close()

        thread = threading.Thread(target=run, name="model", daemon=True)
        thread.start()
        ready.wait(10)
        try:
            yield self
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(10)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = re.search(rb"(?i)content-length: (\d+)", head)
                body = await reader.readexactly(int(length[1]) if length else 0)
                if head.startswith(b"GET"):
                    _whole(writer, json.dumps({"data": [{"id": "held"}]}).encode())
                else:
                    await self._write(body, reader, writer)
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _write(
        self, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        call = Call()
        number = int((NUMBER.findall(body) or [b"-1"])[-1])
        with self._lock:
            self._calls.setdefault(number, []).append(call)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
        words = iter(answer_to(number))
        if b"silently" not in body:
            writer.write(_event({"delta": {"content": next(words)}}))
        await writer.drain()
        call.begun.set()
        released = asyncio.ensure_future(self._released.wait())
        hung_up = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({released, hung_up}, return_when=asyncio.FIRST_COMPLETED)
            if hung_up.done():
                call.hung_up_at = time.monotonic()
                return
            for word in words:
                writer.write(_event({"delta": {"content": word}}))
            writer.write(_event({"delta": {}, "finish_reason": "stop"}) + b"data: [DONE]\n\n")
            await writer.drain()
        except ConnectionError:
            call.hung_up_at = time.monotonic()
        finally:
            released.cancel()
            hung_up.cancel()
            call.ended.set()


def _event(choice: dict[str, object]) -> bytes:
    return b"data: " + json.dumps({"choices": [{"index": 0, **choice}]}).encode() + b"\n\n"


def _whole(writer: asyncio.StreamWriter, body: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    writer.write(head.encode() + b"\r\n" + body)
