"""The turns under way: each has a thread of its own, and the event loop reads it.

boto3 blocks, so a turn needs a thread. It is not one of those for short calls: however many turns
wait for a model, a short call does not wait for them. The pieces of a turn go through a bounded
channel, so that a slow reader slows its turn down and nothing piles up.

To wake the loop takes a system call, and from then on the two threads take the interpreter from
each other. So pieces that follow each other closely are handed over together: the first at once,
the next ones no sooner than `PAUSE_SECONDS` after it, and whatever is there at the end.

    turn = turns.start(lambda: flow())     refused at once if too many are under way
    await turn.begun                       raises the error of a faulty request
    await turn.take()                      the pieces since the last call; none at the end

A turn is cancelled, and its call to the model closed, when its reader leaves, when its deadline
passes, and when the process stops.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from contextvars import copy_context
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from app.aws import Cancellation, Cancelled
from app.errors import OutcropError, Throttled, TimedOut, Unavailable

log = logging.getLogger(__name__)

CAPACITY = 128  # the most pieces that a turn may be ahead of its reader: those of a pause and more
PAUSE_SECONDS = 0.016  # between two handovers: a screen shows sixty pictures in a second
STACK = 2**20  # bytes of address space; json needs most of them for the deepest text that it takes
STOPPING = "Outcrop is stopping. Ask again in a moment."
GONE = "The caller has gone."

T = TypeVar("T")


class Turns:
    """The turns under way; more than `limit` are refused.

    Args:
        limit: the most turns at the same time.
        seconds: the deadline of each.
    """

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._live: set[Turn[Any]] = set()
        self._stopping = False
        self._new: SimpleQueue[Turn[Any]] = SimpleQueue()
        self._starter = threading.Thread(target=_start_all, args=(self._new,), daemon=True)

    def start(self, begin: Callable[[], Iterable[T]]) -> "Turn[T]":
        """Start a turn. `begin` and its result run in a thread.

        Raises:
            Throttled: too many are under way.
            Unavailable: the process is stopping.
        """
        if self._stopping:
            raise Unavailable(STOPPING)
        if len(self._live) >= self._limit:
            raise Throttled(
                f"{self._limit} questions are being answered, and no more can be at "
                "once. Ask again in some seconds."
            )
        turn = Turn(begin, on_end=self._live.discard)
        self._live.add(turn)
        if self._starter.ident is None:
            self._starter.start()
        self._new.put(turn)
        timeout = TimedOut(f"The answer took longer than {self._seconds:g} seconds. Ask again.")
        turn.expire(self._seconds, timeout)
        return turn

    def stop(self, seconds: float) -> None:
        """Start no more turns, and give those under way so many seconds to end."""
        self._stopping = True
        asyncio.get_running_loop().call_later(seconds, self._break_off)

    def _break_off(self) -> None:
        for turn in tuple(self._live):
            turn.cancel(Unavailable(STOPPING))


class Turn(Generic[T]):
    """One turn.

    Attributes:
        begun: done once `begin` has returned; failed if `begin` has.
    """

    def __init__(
        self, begin: Callable[[], Iterable[T]], on_end: Callable[["Turn[T]"], None]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[None] = self._loop.create_future()
        self._cancellation = Cancellation()
        # Thousands of turns may wait, and what queues and semaphores take is half a kilobyte each.
        self._pieces: list[T] = []  # appended to by the turn's thread, taken from by the loop
        self._room: threading.Event | None = None  # for its thread, where it is too far ahead
        self._is_announced = False  # the loop has been told, or will be, that there are pieces
        self._is_due = False  # they may be taken
        self._last_taken = -PAUSE_SECONDS
        self._arrival: asyncio.Future[None] | None = None  # for its reader, where nothing is due
        self._has_left = False
        self._ended = False
        self._on_end = on_end
        self._deadline: asyncio.TimerHandle | None = None
        self._begin_with = begin
        self._context = copy_context()

    def start(self) -> None:
        """Run it in a thread of its own."""
        thread = threading.Thread(
            target=self._context.run, args=(self._run,), name="turn", daemon=True
        )
        try:
            thread.start()
        except RuntimeError:  # the system has no more threads
            self._on_end(self)
            self._call_in_loop(self._fail, Throttled("No more can be answered at once. Ask again."))
            self._call_in_loop(self._end)

    def expire(self, seconds: float, reason: OutcropError) -> None:
        """Cancel it after so many seconds."""
        self._deadline = self._loop.call_later(seconds, self.cancel, reason)

    def cancel(self, reason: OutcropError) -> None:
        """Cancel it, unless it is being stored: then it goes on to its end."""
        self._cancellation.cancel(reason)

    def leave(self) -> None:
        """Cancel it, because its reader has left."""
        self._has_left = True
        self.cancel(Unavailable(GONE))
        self._make_room()
        self._wake_reader()

    async def has_news(self, seconds: float) -> bool:
        """Whether within so many seconds there is something to take, or it ends.

        No exception says that there is not, as of a timeout: each would leave a cycle of objects to
        the garbage collector, which comes by rarely where a thousand turns wait.
        """
        if not self._has_something():
            self._arrival = self._loop.create_future()
            timer = self._loop.call_later(seconds, self._wake_reader)
            try:
                await self._arrival
            finally:
                timer.cancel()
        return self._has_something()

    async def take(self) -> list[T]:
        """The pieces since the last call; waits for the first. None at the end, or when its reader
        has left.
        """
        while not self._has_something():
            self._arrival = self._loop.create_future()
            await self._arrival
        # In this order: a piece that comes from now on is announced again.
        self._is_announced = self._is_due = False
        pieces = self._pieces[:]
        del self._pieces[: len(pieces)]
        self._last_taken = self._loop.time()
        self._make_room()
        return pieces

    def _has_something(self) -> bool:
        return self._is_due or self._ended or self._has_left

    def _make_room(self) -> None:
        if room := self._room:
            room.set()

    # in its thread

    def _run(self) -> None:
        try:
            with self._cancellation.active():
                self._yield_all(self._begin_with)
        finally:
            self._on_end(self)
            self._call_in_loop(self._end)

    def _yield_all(self, begin: Callable[[], Iterable[T]]) -> None:
        try:
            pieces = iter(begin())
        except Cancelled:
            self._call_in_loop(self._fail, self._cancellation.reason)
            return
        except Exception as error:  # noqa: BLE001  # the reader raises it
            self._call_in_loop(self._fail, self._cancellation.reason or error)
            return
        self._call_in_loop(self._begin)
        try:
            for piece in pieces:
                self._wait_for_room()
                if self._has_left:
                    break
                self._pieces.append(piece)
                self._announce()
        except (Exception, Cancelled):
            log.exception("a turn broke off")
        finally:
            getattr(pieces, "close", lambda: None)()

    def _announce(self) -> None:
        if not self._is_announced:
            self._is_announced = True
            self._call_in_loop(self._schedule)

    def _wait_for_room(self) -> None:
        if self._is_full():
            self._call_in_loop(self._offer)  # now, without the rest of a pause
        while self._is_full():
            self._room = room = threading.Event()
            if self._is_full():  # still, now that whoever takes a piece will say so
                room.wait()
            self._room = None

    def _is_full(self) -> bool:
        return len(self._pieces) >= CAPACITY and not self._has_left

    def _call_in_loop(self, callback: Callable[..., object], *arguments: object) -> None:
        with suppress(RuntimeError):  # the loop is closed, so nobody listens
            self._loop.call_soon_threadsafe(callback, *arguments)

    # in the loop

    def _begin(self) -> None:
        if not self.begun.done():
            self.begun.set_result(None)

    def _fail(self, error: Exception) -> None:
        if not self.begun.done():
            self.begun.set_exception(error)
            self.begun.exception()  # mark it as seen: its reader has left, so nobody else will

    def _schedule(self) -> None:
        """Offer the pieces when the pause after the last ones is over."""
        rest = self._last_taken + PAUSE_SECONDS - self._loop.time()
        if rest > 0:
            self._loop.call_later(rest, self._offer)
        else:
            self._offer()

    def _offer(self) -> None:
        if self._pieces:
            self._is_due = True
            self._wake_reader()

    def _wake_reader(self) -> None:
        if self._arrival and not self._arrival.done():
            self._arrival.set_result(None)

    def _end(self) -> None:
        self._ended = True
        self._wake_reader()
        if self._deadline:
            self._deadline.cancel()


def _start_all(turns: "SimpleQueue[Turn[Any]]") -> None:
    """Start turns as they come. Starting a thread waits until it runs, which the loop must not."""
    while True:
        turn = turns.get()
        with _STARTING:
            usual = threading.stack_size(STACK)
            try:
                turn.start()
            finally:
                threading.stack_size(usual)


_STARTING = threading.Lock()  # the size of a stack is the whole process's
