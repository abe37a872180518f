"""What an agent remembers across sessions: its memoryConfiguration.

https://docs.aws.amazon.com/bedrock/latest/userguide/agents-memory.html
"""

from dataclasses import dataclass

from app.local.wire import JSON

DAYS = 30
"""How long a summary is kept, where the agent does not say it."""
SESSIONS = 20
"""How many summaries an agent is shown, where it does not say it."""


@dataclass(frozen=True, slots=True)
class MemorySettings:
    """Attributes:
    days: how long a summary is kept.
    sessions: how many summaries a session is begun with, the latest.
    """

    days: int
    sessions: int


def read_memory(agent: JSON) -> MemorySettings | None:
    """The memory of an agent, from its description; None where it has none."""
    memory = agent.get("memoryConfiguration", {})
    if "SESSION_SUMMARY" not in memory.get("enabledMemoryTypes", ()):
        return None
    summaries = memory.get("sessionSummaryConfiguration", {})
    return MemorySettings(
        memory.get("storageDays", DAYS), summaries.get("maxRecentSessions", SESSIONS)
    )
