"""The queues that Lambda reads from and keeps its own events in, as far as it needs them."""

from collections.abc import Mapping, Sequence
from threading import Event
from typing import Protocol

from app.local.messaging import QueueMessage


class MessageQueues(Protocol):
    """Standard queues, by name. Each method but `create` and `name_of` raises NoSuchQueue for a
    name that no queue has.
    """

    def name_of(self, arn: str) -> str:
        """The name of the queue with this ARN. Raises NoSuchQueue."""

    def visibility_timeout(self, name: str) -> int:
        """Seconds that a received message stays hidden if the receiver does not say how long."""

    def create(self, name: str, attributes: Mapping[str, str]) -> None:
        """Make a queue, unless there is one of this name."""

    def send(self, name: str, body: str) -> str:
        """Keep a message, durably. Returns its id."""

    def receive(
        self,
        name: str,
        most: int = 1,
        visibility: int | None = None,
        wait: float | None = None,
        stopping: Event | None = None,
    ) -> Sequence[QueueMessage]:
        """Up to `most` messages, each hidden from other receivers for `visibility` seconds. Waits
        up to `wait` seconds for the first; no longer once `stopping` is set and `wake` is called.
        """

    def wake(self, name: str) -> None:
        """Let those who wait for a message of this queue look again."""

    def change_visibility(self, name: str, receipt: str, seconds: int) -> None:
        """Hide a message in flight for so many seconds from now. Raises NotInFlight."""

    def delete(self, name: str, receipt: str) -> None:
        """Remove a received message."""

    def give_back(self, messages: Sequence[QueueMessage]) -> None:
        """Make received messages visible again, as if they had not been received."""

    def take_back(self, name: str) -> None:
        """Make the messages in flight visible again, as if they had not been received."""
