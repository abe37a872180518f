"""When something in a turn began and ended, as traces tell it in Bedrock's Metadata.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Metadata.html
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from app.local.wire import JSON


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """The time that an invocation took, and its own id."""

    start: datetime
    end: datetime
    request_id: str

    @property
    def milliseconds(self) -> int:
        return round((self.end - self.start).total_seconds() * 1000)

    def metadata(self, **more: object) -> JSON:
        """Bedrock's Metadata of it."""
        return {
            "startTime": self.start,
            "endTime": self.end,
            "totalTimeMs": self.milliseconds,
            "clientRequestId": self.request_id,
            **more,
        }


@dataclass(frozen=True, slots=True)
class Timer:
    """Begins when it is made."""

    start: datetime = field(default_factory=lambda: datetime.now(UTC))
    request_id: str = field(default_factory=lambda: str(uuid4()))

    def span(self) -> TimeSpan:
        """The time from its beginning to now."""
        return TimeSpan(self.start, datetime.now(UTC), self.request_id)
