"""Reads documents into chunks, in two lanes, so that quick documents never wait for slow ones.

    quick   one thread, for all requests; it sets aside documents that are large or slow
    slow    two threads, for the documents that were set aside, up to the parser's own limits

Every thread has a parser process of its own.
"""

import logging
import threading
from dataclasses import dataclass

from app.local.bedrock_agent.knowledge_bases import queue
from app.local.bedrock_agent.knowledge_bases.backlog import Embedding, Ready
from app.local.bedrock_agent.knowledge_bases.drafts import (
    Pace,
    SetAside,
    draft,
)
from app.local.bedrock_agent.knowledge_bases.fetch import Fetch
from app.local.bedrock_agent.knowledge_bases.queue import Task
from app.local.bedrock_agent.knowledge_bases.state import State
from app.local.engine import Engine
from app.local.engine.parsers import Unreadable
from app.local.loop import Loop

CLAIM = 16  # documents that the quick lane claims at a time
IN_HAND = 4 * CLAIM  # at most
QUICK = Pace(seconds=3, characters=250_000)  # that many are cut into chunks in a second or two
SLOW_READERS = 2

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sources:
    """The services that readers use."""

    state: State
    fetch: Fetch
    engine: Engine


class Readers:
    """The threads of both lanes.

    Args:
        sources: the services that readers use.
        embedding: takes the documents that were read.
        passing: errors that may pass by themselves, such as a full disk; any other error fails the
            document.
    """

    def __init__(
        self,
        sources: Sources,
        embedding: Embedding,
        passing: tuple[type[Exception], ...],
    ) -> None:
        quick = _Reader("knowledge-reader", sources, embedding, passing, QUICK)
        slow = [
            _Reader(f"knowledge-slow-reader-{n}", sources, embedding, passing, None)
            for n in range(SLOW_READERS)
        ]
        quick.others = slow
        self._readers = [quick, *slow]
        self.loops: list[Loop] = [reader.loop for reader in self._readers]

    def wake(self) -> None:
        """Look for documents to read: there is a new request, or new room."""
        for reader in self._readers:
            reader.wakeup.set()

    def close(self) -> None:
        """End the parsers. The threads' loops have to be stopped before."""
        for reader in self._readers:
            reader.parser.close()
        self.wake()


class _Reader:
    """One thread. If it has a pace, it is the quick lane's, and `others` read what it sets
    aside.
    """

    def __init__(
        self,
        name: str,
        sources: Sources,
        embedding: Embedding,
        passing: tuple[type[Exception], ...],
        pace: Pace | None,
    ) -> None:
        self._sources, self._drafted, self._passing = sources, embedding, passing
        self._pace = pace
        self._tasks: list[Task] = []  # claimed; a step that fails reads the first again
        self._late = False  # there may be new requests since the last step
        self.parser = sources.engine.new_parser()
        self.wakeup = threading.Event()
        self.others: list[_Reader] = []
        self.loop = Loop(name, self._step, passing)

    def _step(self) -> None:
        """Read the smallest of the claimed documents."""
        self.wakeup.clear()
        if not self._tasks or (self._late and len(self._tasks) < IN_HAND):
            self._claim()
        if not self._tasks:
            self.wakeup.wait()
            return
        try:
            ready = self._ready(self._tasks[0])
            if not self.loop.stopping.is_set():
                self._drafted.put(ready)
        except SetAside:
            self._set_aside(self._tasks[0])
        del self._tasks[0]

    def _claim(self) -> None:
        slow = self._pace is None
        with self._sources.state.transaction() as db:
            self._tasks += queue.claim(db, 1 if slow else CLAIM, set_aside=slow)
        self._tasks.sort(key=lambda task: (task.job is not None, self._size(task)))
        self._late = False

    def _size(self, task: Task) -> int:
        return self._sources.fetch.size(task.origin) if task.origin else 0

    def _set_aside(self, task: Task) -> None:
        with self._sources.state.transaction() as db:
            queue.set_aside(db, task)
        self._late = True
        for other in self.others:
            other.wakeup.set()

    def _ready(self, task: Task) -> Ready:
        """Read a document.

        Raises:
            SetAside: it would hold up the others.
        """
        if task.origin is None:
            return Ready(task)
        sources = self._sources
        try:
            data = None
            if task.origin.content is None:  # else the caller sent no bytes
                with sources.state.transaction() as db:
                    data = queue.data(db, task)
            drafts = draft(
                task,
                task.origin,
                data,
                sources.fetch,
                self.parser,
                sources.engine.encoder,
                self._pace,
            )
        except Unreadable as error:
            return Ready(task, reason=str(error))
        except SetAside:
            raise
        except self._passing:
            raise
        except Exception as error:
            log.exception("Reading %s failed", task.uri)
            return Ready(task, reason=unexpected_reason(error))
        ready = Ready(task, drafts)
        if self._pace and ready.large and not self._drafted.has_room(ready):
            raise SetAside
        return ready


def unexpected_reason(error: Exception) -> str:
    """The reason of a failure by an unexpected_reason error."""
    return f"An internal error, which the log tells more of: {type(error).__name__}: {error}"
