"""An agent's turn: its events, the parts of its stream, and what is stored of it."""

from typing import Any

from app.events import Event
from app.web.streams import ui_message_stream
from tests.agent.wire import Shop
from tests.web.backend import BUCKET, parts_of

TEXT_PARTS = {
    "start", "start-step", "text-start", "text-delta", "text-end", "finish-step", "finish",
    "data-nearest",
}  # fmt: skip
MOST_EVENT_CHARACTERS = 1_000_000


class Turn:
    """An agent's turn, read as events and as the UI stream of the same events."""

    def __init__(self, events: Any) -> None:
        self.events: list[Event] = []
        lines = b"".join(ui_message_stream(self._kept(events))).decode()
        self.parts = parts_of(lines.split("\n"))

    def _kept(self, events: Any) -> Any:
        for event in events:
            self.events.append(event)
            yield event

    @property
    def last(self) -> Event:
        return self.events[-1]


def stored_turns(shop: Shop, conversation: str) -> str:
    """The objects of a conversation, of whomever it is."""
    s3 = shop.turn.clients.s3
    keys = [
        one["Key"]
        for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", ())
        if conversation in one["Key"]
    ]
    return "".join(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys)
