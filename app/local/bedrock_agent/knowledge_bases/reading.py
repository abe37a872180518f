"""Documents to chunks, in two lanes, so that what is quick never waits behind what is slow.

    quick   one thread: whatever is asked for. What turns out to be large or slow is set aside
    slow    two threads: what was set aside, as long as a document may take

Every thread has a parser's process of its own.
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

CLAIM = 16  # documents that the quick lane takes in hand at a time
IN_HAND = 4 * CLAIM  # at most
QUICK = Pace(seconds=3, characters=1_000_000)
SLOW_READERS = 2

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sources:
    """What reading reads from, and what it reads with."""

    state: State
    fetch: Fetch
    engine: Engine


class Readers:
    """The threads of both lanes.

    Args:
        sources: where documents come from.
        drafted: where they go.
        passing: errors that may pass by themselves, such as a full disk; all others are the
            document's.
    """

    def __init__(
        self,
        sources: Sources,
        drafted: Embedding,
        passing: tuple[type[Exception], ...],
    ) -> None:
        quick = _Reader("knowledge-reader", sources, drafted, passing, QUICK)
        slow = [
            _Reader(f"knowledge-slow-reader-{n}", sources, drafted, passing, None)
            for n in range(SLOW_READERS)
        ]
        quick.others = slow
        self._readers = [quick, *slow]
        self.loops: list[Loop] = [reader.loop for reader in self._readers]

    def wake(self) -> None:
        """Look for documents to read: a request has come, or room."""
        for reader in self._readers:
            reader.wakeup.set()

    def close(self) -> None:
        """Stop what they parse. Their loops are told to stop before that."""
        for reader in self._readers:
            reader.parser.close()
        self.wake()


class _Reader:
    """One thread. With a pace it is the quick lane's, and `others` read what it sets aside."""

    def __init__(
        self,
        name: str,
        sources: Sources,
        drafted: Embedding,
        passing: tuple[type[Exception], ...],
        pace: Pace | None,
    ) -> None:
        self._sources, self._drafted, self._passing = sources, drafted, passing
        self._pace = pace
        self._tasks: list[Task] = []  # in hand; a step that fails takes the first once more
        self._late = False  # others may have come during the last step
        self.parser = sources.engine.new_parser()
        self.wakeup = threading.Event()
        self.others: list[_Reader] = []
        self.loop = Loop(name, self._step, passing)

    def _step(self) -> None:
        """Read one document. Of those in hand the smallest comes first."""
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
        """The document as it was read.

        Raises:
            SetAside: that would hold up the others.
        """
        if task.origin is None:
            return Ready(task)
        sources = self._sources
        try:
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
            return Ready(task, reason=unexpected(error))
        ready = Ready(task, drafts)
        if self._pace and ready.large and not self._drafted.has_room(ready):
            raise SetAside
        return ready


def unexpected(error: Exception) -> str:
    """The reason of a failure that nobody foresaw."""
    return f"An internal error, which the log tells more of: {type(error).__name__}: {error}"
