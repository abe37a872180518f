"""Sessions as they are kept, and for how long."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.local.bedrock_agent_runtime.generation.sessions import LIFETIME, MEMORY, Sessions
from app.local.wire import ServiceError

CONFIGURATION = {
    "type": "KNOWLEDGE_BASE",
    "knowledgeBaseConfiguration": {"knowledgeBaseId": "BASE", "modelArn": "model"},
}


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 29, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_session_is_over_a_day_after_it_began_whatever_happens_in_it(tmp_path: Path) -> None:
    clock = Clock()
    sessions = Sessions(tmp_path, clock)
    session = sessions.begin(CONFIGURATION, None)
    clock.now += LIFETIME
    sessions.add(session, "question", "answer")
    assert sessions.resume(session.id, None, None).turns == (("question", "answer"),)
    clock.now += timedelta(seconds=1)
    with pytest.raises(ServiceError, match=f"Session with Id {session.id} is not valid"):
        sessions.resume(session.id, None, None)
    sessions.begin(CONFIGURATION, None)  # which forgets what is over
    sessions.add(session, "question", "answer")
    clock.now -= timedelta(seconds=1)
    with pytest.raises(ServiceError, match="is not valid"):
        sessions.resume(session.id, None, None)
    sessions.close()


def test_the_latest_turns_are_remembered_in_their_order(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path)
    session = sessions.begin(CONFIGURATION, None)
    for number in range(MEMORY + 2):
        sessions.add(session, f"q{number}", f"a{number}")
    turns = sessions.resume(session.id, None, None).turns
    assert turns == tuple((f"q{number}", f"a{number}") for number in range(2, MEMORY + 2))
    sessions.close()


def test_a_session_goes_on_by_the_configuration_of_its_latest_answer(tmp_path: Path) -> None:
    sessions = Sessions(tmp_path)
    session = sessions.begin(CONFIGURATION, None)
    base = {"knowledgeBaseId": "BASE", "modelArn": "another"}
    changed = {"type": "KNOWLEDGE_BASE", "knowledgeBaseConfiguration": base}
    resumed = sessions.resume(session.id, changed, None)
    assert resumed.configuration == changed
    assert sessions.resume(session.id, None, None).configuration == CONFIGURATION
    sessions.add(resumed, "question", "answer")
    assert sessions.resume(session.id, None, None).configuration == changed
    sessions.close()
