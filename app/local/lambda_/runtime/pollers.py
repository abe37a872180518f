"""Threads that invoke functions for messages: of mapped queues, and of InvocationType=Event.

A message stays in its queue until its invocation is done, so that what was accepted survives a
crash of the stand-in. It may then be processed twice, as in Lambda.
"""

import json
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from threading import Lock
from typing import Any

from app.local.lambda_.runtime.catalogue import (
    EventSourceMapping,
    FunctionCatalogue,
    NoSuchFunction,
)
from app.local.lambda_.runtime.queues import MessageQueues
from app.local.lambda_.runtime.records import event_of, failures
from app.local.lambda_.runtime.runner import InvocationOutcome, TooManyAtOnce
from app.local.loop import Loop
from app.local.messaging import INTERNAL_PREFIX, NoSuchQueue, NotInFlight, QueueMessage

JSON = dict[str, Any]
# Takes the function's name, the payload, and a request id; without one it makes its own.
Invoke = Callable[[str, str, str | None], InvocationOutcome]

EVENTS = f"{INTERNAL_PREFIX}lambda-events"
EVENT_THREADS = 4
MAPPING_THREADS = 2  # of a queue, of which Lambda has five and more: a slow batch holds up no other
RETRIES = (60, 120)  # seconds before the second and the third attempt, by Lambda
WAIT = 20  # seconds that a thread waits for messages, the longest that SQS has; `stop` ends it
BUSY_WAIT = 0.5  # seconds before it is tried again whether an invocation can run
MARGIN = 30  # seconds that a message stays hidden after the timeout of its function
MOST_RECEIVED = 10  # messages in one receive
PASSING = (
    NoSuchFunction,
    NoSuchQueue,
    NotInFlight,
    OSError,
    sqlite3.Error,
)  # the next step may succeed
log = logging.getLogger(__name__)


class _Poller(Loop):
    """A thread that invokes functions."""

    def __init__(self, name: str) -> None:
        super().__init__(name, self.take_step, PASSING)

    def take_step(self) -> None:
        raise NotImplementedError

    def invoke_when_free(self, invoke: Callable[[], InvocationOutcome]) -> InvocationOutcome | None:
        """The outcome, once fewer invocations are running; None if stopped before."""
        while not self.stopping.is_set():
            try:
                return invoke()
            except TooManyAtOnce:
                self.stopping.wait(BUSY_WAIT)
        return None


class EventPoller(_Poller):
    """Runs asynchronous invocations, up to three times each."""

    def __init__(
        self,
        number: int,
        queues: MessageQueues,
        catalogue: FunctionCatalogue,
        invoke: Invoke,
        retries: Sequence[int],
    ) -> None:
        super().__init__(f"lambda-events-{number}")
        self._queues, self._catalogue, self._invoke = queues, catalogue, invoke
        self._retries = retries

    def stop(self) -> None:
        super().stop()
        self._queues.wake(EVENTS)

    def take_step(self) -> None:
        for message in self._queues.receive(
            EVENTS, visibility=MARGIN, wait=WAIT, stopping=self.stopping
        ):
            event = json.loads(message.body)
            try:
                seconds = self._catalogue.get(event["function"]).timeout + MARGIN
                self._queues.change_visibility(EVENTS, message.receipt, seconds)
                self._attempt(message, event)
            except NoSuchFunction:
                self._queues.delete(EVENTS, message.receipt)

    def _attempt(self, message: QueueMessage, event: JSON) -> None:
        arguments = event["function"], event["payload"], event["id"]
        outcome = self.invoke_when_free(lambda: self._invoke(*arguments))
        if outcome is None or (outcome.error and self.stopping.is_set()):
            return  # the message comes again after the next start
        if outcome.error and message.received <= len(self._retries):
            seconds = self._retries[message.received - 1]
            self._queues.change_visibility(EVENTS, message.receipt, seconds)
            return
        if outcome.error:
            log.warning(
                "An event for %s is dropped after its last attempt: %s",
                event["function"],
                outcome.payload,
            )
        self._queues.delete(EVENTS, message.receipt)


class MappingPoller(_Poller):
    """Gives the messages of a queue to a function.

    Attributes:
        result: of the last batch, as LastProcessingResult has it.
        ended: when that was, in seconds of the monotonic clock.
    """

    def __init__(
        self,
        number: int,
        mapping: EventSourceMapping,
        queues: MessageQueues,
        invoke: Invoke,
        account: str,
    ) -> None:
        super().__init__(f"lambda-mapping-{mapping.uuid}-{number}")
        self._mapping, self._queues, self._invoke = mapping, queues, invoke
        self._account = account
        self._queue = ""  # whose messages it waits for
        self.result, self.ended = "No records processed", 0.0

    def stop(self) -> None:
        super().stop()
        self._queues.wake(self._queue)

    def take_step(self) -> None:
        queue = self._queue = self._queues.name_of(self._mapping.queue)
        messages = self._collect(queue)
        if not messages:
            return
        payload = json.dumps(event_of(messages, self._mapping.queue, self._account))
        outcome = self.invoke_when_free(lambda: self._invoke(self._mapping.function, payload, None))
        if outcome is None:  # of the pollers that follow, one will process them
            self._queues.give_back(messages)
            return
        partial = "ReportBatchItemFailures" in self._mapping.settings["FunctionResponseTypes"]
        failed = failures(outcome, messages, partial=partial)
        self.result = "PROBLEM: Function call failed" if outcome.error else "OK"
        self.ended = time.monotonic()
        for message in messages:
            if message.id not in failed:
                self._queues.delete(queue, message.receipt)

    def _collect(self, queue: str) -> Sequence[QueueMessage]:
        """A batch: the messages that are there, and those that come within the batching window."""
        size = self._mapping.settings["BatchSize"]
        receive = partial(self._queues.receive, queue, stopping=self.stopping)
        messages = list(receive(min(size, MOST_RECEIVED), wait=WAIT))
        deadline = time.monotonic() + self._mapping.settings["MaximumBatchingWindowInSeconds"]
        while messages and len(messages) < size and not self.stopping.is_set():
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                break
            most = min(size - len(messages), MOST_RECEIVED)
            messages += receive(most, wait=min(remaining, WAIT))
        return messages


class Pollers:
    """The pollers of a home.

    Args:
        catalogue: has the functions and mappings.
        queues: have the messages of mappings, and keep events until they are processed.
        invoke: runs a function.
        account: the id of the queues' owner.
        retries: seconds before the second and the third attempt of an event.
    """

    def __init__(
        self,
        catalogue: FunctionCatalogue,
        queues: MessageQueues,
        invoke: Invoke,
        account: str,
        retries: Sequence[int] = RETRIES,
    ) -> None:
        self._catalogue, self._queues, self._invoke = catalogue, queues, invoke
        self._account = account
        self._lock = Lock()
        self._mappings: dict[str, Sequence[MappingPoller]] = {}
        self._started = False
        self._events = [
            EventPoller(number, queues, catalogue, invoke, retries)
            for number in range(EVENT_THREADS)
        ]
        queues.create(EVENTS, {})

    def start(self) -> None:
        """Start all threads. Messages that an earlier process had received when it ended are
        visible again at once, not only after their visibility timeout: their receiver is gone.
        """
        self._started = True
        for name in (EVENTS, *map(self._queue_name, self._catalogue.mappings())):
            if name is not None:
                self._queues.take_back(name)
        for loop in self._events:
            loop.start()
        for mapping in self._catalogue.mappings():
            self.refresh(mapping.uuid)

    def stop(self) -> None:
        """Tell all threads to stop. `join` waits for the invocations under way."""
        for loop in self._loops():
            loop.stop()

    def join(self) -> None:
        for loop in self._loops():
            loop.wait_for_end()

    def submit(self, function: str, payload: str, request_id: str) -> None:
        """Keep an asynchronous invocation, durably, to be run soon."""
        event = {"function": function, "payload": payload, "id": request_id}
        self._queues.send(EVENTS, json.dumps(event))

    def refresh(self, identifier: str) -> None:
        """Start, restart or stop the pollers of a mapping that is new, changed or deleted."""
        with self._lock:
            for old in self._mappings.pop(identifier, ()):
                old.stop()
            mapping = next((m for m in self._catalogue.mappings() if m.uuid == identifier), None)
            if self._started and mapping and mapping.settings["Enabled"]:
                self._mappings[identifier] = [
                    MappingPoller(number, mapping, self._queues, self._invoke, self._account)
                    for number in range(MAPPING_THREADS)
                ]
                for loop in self._mappings[identifier]:
                    loop.start()

    def result(self, identifier: str) -> str:
        loops = self._mappings.get(identifier)
        last = max(loops, key=lambda loop: loop.ended) if loops else None
        return last.result if last else "No records processed"

    def _queue_name(self, mapping: EventSourceMapping) -> str | None:
        try:
            return self._queues.name_of(mapping.queue)
        except NoSuchQueue:
            return None

    def _loops(self) -> list[Loop]:
        with self._lock:
            return [*self._events, *chain.from_iterable(self._mappings.values())]
