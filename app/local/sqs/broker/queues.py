"""The queues and their messages: who receives which message, and for how long it is hidden."""

import asyncio
import json
import sqlite3
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event, Lock
from typing import Any

from app.local.database import Database
from app.local.messaging import INTERNAL_PREFIX, NoSuchQueue, NotInFlight, QueueMessage
from app.local.sqs.broker.arrivals import Arrivals
from app.local.sqs.broker.messages import BadReceipt, message_of, read_receipt
from app.local.sqs.broker.queue import DEFAULTS, SCHEMA, Attributes, Queue
from app.local.steady import SteadyClock


class Queues:
    """All queues of a home, for one account in one region.

    Args:
        clock: seconds since 1970, which never go back; by default a SteadyClock.

    Raises:
        InUse: another process works on this home.
    """

    def __init__(
        self,
        home: Path,
        account: str = "000000000000",
        region: str = "us-east-1",
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._database = Database(home / "queues.sqlite", SCHEMA)
        self._prefix = f"arn:aws:sqs:{region}:{account}:"
        self._clock = clock or SteadyClock(not_before=self._latest())
        self._opened = self._clock()
        self._arrivals = Arrivals()
        self._taking = Lock()
        self._closed = False

    def close(self) -> None:
        """Close the database. Receivers that wait get no message."""
        with self._taking:
            self._closed = True
            self._database.close()
        self._arrivals.wake_all()

    def arn(self, name: str) -> str:
        return self._prefix + name

    def name_of(self, arn: str) -> str:
        """The name of the queue with this ARN.

        Raises:
            NoSuchQueue: there is none, or it is of another account or region.
        """
        if not arn.startswith(self._prefix):
            raise NoSuchQueue(arn)
        return self.get(arn.removeprefix(self._prefix)).name

    def create(self, name: str, attributes: Attributes, tags: Attributes | None = None) -> None:
        now = self._clock()
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO queues VALUES (?, ?, ?, ?, ?)",
                (name, json.dumps(DEFAULTS | dict(attributes)), json.dumps(tags or {}), now, now),
            )

    def remove(self, name: str) -> None:
        self.get(name)
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM queues WHERE name = ?", (name,))
        self._arrivals.wake(name)

    def get(self, name: str) -> Queue:
        row = self._database.first("SELECT * FROM queues WHERE name = ?", name)
        if row is None:
            raise NoSuchQueue(name)
        return Queue(
            name,
            json.loads(row["attributes"]),
            json.loads(row["tags"]),
            row["created"],
            row["modified"],
        )

    def visibility_timeout(self, name: str) -> int:
        """In seconds. Raises NoSuchQueue."""
        return self.get(name).seconds("VisibilityTimeout")

    def names(self) -> Sequence[str]:
        rows = self._database.query("SELECT name FROM queues ORDER BY name")
        return [row["name"] for row in rows if not row["name"].startswith(INTERNAL_PREFIX)]

    def configure(self, name: str, attributes: Attributes) -> None:
        new_attributes = {**self.get(name).attributes, **attributes}
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE queues SET attributes = ?, modified = ? WHERE name = ?",
                (json.dumps(new_attributes), self._clock(), name),
            )

    def counts(self, name: str) -> tuple[int, int, int]:
        """The numbers of messages that wait, that are in flight and that are delayed."""
        now = self._clock()
        rows = self._database.query(
            "SELECT visible > ? AS hidden, received > 0 AS received, COUNT(*) AS number"
            " FROM messages WHERE queue = ? AND sent >= ? GROUP BY 1, 2",
            *(now, name, self._expiry(self.get(name), now)),
        )
        count = {(row["hidden"], row["received"]): row["number"] for row in rows}
        return (
            count.get((0, 0), 0) + count.get((0, 1), 0),
            count.get((1, 1), 0),
            count.get((1, 0), 0),
        )

    def send(
        self,
        name: str,
        body: str,
        attributes: Mapping[str, Any] | None = None,
        delay: int | None = None,
    ) -> str:
        """Keep a message, durably. Returns its id."""
        queue = self.get(name)
        identifier, now = str(uuid.uuid4()), self._clock()
        wait = queue.seconds("DelaySeconds") if delay is None else delay
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO messages (queue, id, body, attributes, sent, visible)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (name, identifier, body, json.dumps(attributes or {}), now, now + wait),
            )
        self._arrivals.wake(name)
        return identifier

    def send_to_arn(self, arn: str, body: str) -> None:
        self.send(self.name_of(arn), body)

    def receive(
        self,
        name: str,
        most: int = 1,
        visibility: int | None = None,
        wait: float | None = None,
        stopping: Event | None = None,
    ) -> Sequence[QueueMessage]:
        """Receive up to `most` messages, each hidden from others for `visibility` seconds. If
        there is none, wait for one for `wait` seconds, or until `close`. None stands for the
        queue's own setting.

        Args:
            stopping: once it is set, the receiver waits no longer; `wake` lets it look.
        """
        arrival = Event()
        began = time.monotonic()
        with self._arrivals.listening(name, arrival.set):
            while True:
                arrival.clear()
                messages, pause = self._look(name, most, visibility, wait, began)
                if messages or pause <= 0 or (stopping and stopping.is_set()):
                    return messages
                arrival.wait(pause)

    async def receive_async(
        self, name: str, most: int = 1, visibility: int | None = None, wait: float | None = None
    ) -> Sequence[QueueMessage]:
        """As `receive`, for the event loop: waiting costs no thread. If it is cancelled while it
        takes a message, the message is given back.
        """
        loop, arrival = asyncio.get_running_loop(), asyncio.Event()
        began = time.monotonic()
        with self._arrivals.listening(name, partial(loop.call_soon_threadsafe, arrival.set)):
            while True:
                arrival.clear()
                look = loop.run_in_executor(None, self._look, name, most, visibility, wait, began)
                try:
                    messages, pause = await asyncio.shield(look)
                except asyncio.CancelledError:
                    look.add_done_callback(self._give_back)
                    raise
                if messages or pause <= 0:
                    return messages
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await arrival.wait()

    def wake(self, name: str) -> None:
        """Let those who wait for a message of this queue look again."""
        self._arrivals.wake(name)

    def has_listener(self, name: str) -> bool:
        """Whether a receiver waits for a message of this queue."""
        return self._arrivals.has_listener(name)

    def _look(
        self, name: str, most: int, visibility: int | None, wait: float | None, began: float
    ) -> tuple[Sequence[QueueMessage], float]:
        """The messages that can be received now; or none, and the seconds after which to look again
        at the latest, 0 for never.
        """
        with self._taking:
            if self._closed:
                return [], 0
            queue = self.get(name)
            if messages := self._take(queue, most, visibility):
                return messages, 0
            patience = queue.seconds("ReceiveMessageWaitTimeSeconds") if wait is None else wait
            remaining = began + patience - time.monotonic()
            return [], min(remaining, self._until_next(name))

    def _give_back(self, look: "asyncio.Future[tuple[Sequence[QueueMessage], float]]") -> None:
        """Make messages visible again whose receiver was cancelled meanwhile."""
        if look.cancelled() or look.exception():
            return
        messages, _ = look.result()
        if messages:
            look.get_loop().run_in_executor(None, self.give_back, messages)

    def delete(self, name: str, receipt: str) -> None:
        """Delete a received message. An outdated receipt handle deletes nothing.

        Raises:
            BadReceipt: it is no receipt handle of this queue.
        """
        number, received = self._read_receipt(name, receipt)
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM messages WHERE number = ? AND received = ? AND queue = ?",
                (number, received, name),
            )

    def change_visibility(self, name: str, receipt: str, seconds: int) -> None:
        """Hide a message in flight for so many seconds from now; 0 makes it visible.

        Raises:
            BadReceipt: it is no receipt handle of this queue.
            NotInFlight: the message is no longer in flight for this receipt handle.
        """
        number, received = self._read_receipt(name, receipt)
        now = self._clock()
        with self._database.transaction() as connection:
            changed = connection.execute(
                "UPDATE messages SET visible = ?"
                " WHERE number = ? AND received = ? AND queue = ? AND visible > ?",
                (now + seconds, number, received, name, now),
            )
            if changed.rowcount == 0:
                raise NotInFlight(receipt)
        self._arrivals.wake(name)

    def give_back(self, messages: Sequence[QueueMessage]) -> None:
        """Make received messages visible again, as if they had not been received, because their
        receiver will not process them.
        """
        receipts = [read_receipt(message.receipt) for message in messages]
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE messages SET visible = ?, received = received - 1"
                " WHERE queue = ? AND number = ? AND received = ?",
                [(self._clock(), *receipt) for receipt in receipts],
            )
        for name in {queue for queue, _, _ in receipts}:
            self._arrivals.wake(name)

    def take_back(self, name: str) -> None:
        """Make the messages in flight visible again, as if they had not been received, because
        their receivers are gone. It does not count towards the dead-letter queue's maximum.
        """
        now = self._clock()
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE messages SET visible = ?, received = received - 1"
                " WHERE queue = ? AND visible > ? AND received > 0",
                (now, name, now),
            )
        self._arrivals.wake(name)

    def purge(self, name: str) -> None:
        self.get(name)
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM messages WHERE queue = ?", (name,))

    def _take(self, queue: Queue, most: int, visibility: int | None) -> Sequence[QueueMessage]:
        """Receive the messages that are visible now. The caller holds the lock."""
        now = self._clock()
        if not self._database.first(
            "SELECT 1 FROM messages WHERE queue = ? AND visible <= ? LIMIT 1", queue.name, now
        ):
            return []  # the usual case, which should not cost an fsync
        hidden = queue.seconds("VisibilityTimeout") if visibility is None else visibility
        with self._database.transaction() as connection:
            connection.execute(
                "DELETE FROM messages WHERE queue = ? AND sent < ?",
                (queue.name, self._expiry(queue, now)),
            )
            self._move_dead_letters(connection, queue, now)
            rows = connection.execute(
                "SELECT * FROM messages WHERE queue = ? AND visible <= ? ORDER BY number LIMIT ?",
                (queue.name, now, most),
            ).fetchall()
            for row in rows:
                connection.execute(
                    "UPDATE messages SET received = received + 1, visible = ?,"
                    " first_received = COALESCE(first_received, ?) WHERE number = ?",
                    (now + hidden, now, row["number"]),
                )
        return [message_of(row, now) for row in rows]

    def _move_dead_letters(self, connection: sqlite3.Connection, queue: Queue, now: float) -> None:
        """Move messages that were received too often to the dead-letter queue, if there is one."""
        policy = json.loads(queue.attributes.get("RedrivePolicy") or "{}")
        target = policy.get("deadLetterTargetArn", "").removeprefix(self._prefix)
        if connection.execute("SELECT 1 FROM queues WHERE name = ?", (target,)).fetchone():
            rows = connection.execute(
                "UPDATE messages SET queue = ?, received = 0, first_received = NULL, source = ?"
                " WHERE queue = ? AND visible <= ? AND received >= ?",
                (target, self.arn(queue.name), queue.name, now, int(policy["maxReceiveCount"])),
            )
            if rows.rowcount:
                self._arrivals.wake(target)

    def _expiry(self, queue: Queue, now: float) -> float:
        """The moment before which a message has to have been sent to be given up. None is given up
        for the time in which nobody could receive it: its age counts from the opening.
        """
        expiry = now - queue.seconds("MessageRetentionPeriod")
        return expiry if expiry > self._opened else 0.0

    def _latest(self) -> float:
        """The latest moment that is written down."""
        [row] = self._database.query(
            "SELECT MAX(MAX(sent), COALESCE(MAX(first_received), 0)) AS latest FROM messages"
        )
        return row["latest"] or 0.0

    def _until_next(self, name: str) -> float:
        """Seconds until a hidden message becomes visible."""
        row = self._database.first(
            "SELECT MIN(visible) AS visible FROM messages WHERE queue = ?", name
        )
        if row is None or row["visible"] is None:
            return float("inf")
        return max(0.001, float(row["visible"]) - self._clock())

    def _read_receipt(self, name: str, receipt: str) -> tuple[int, int]:
        self.get(name)
        queue, number, received = read_receipt(receipt)
        if queue != name:
            raise BadReceipt(receipt)
        return number, received
