"""The application's process, before it serves."""

import sys

import pytest

from app.settings import environment
from app.web import __main__ as process


def test_threads_take_short_turns_and_settings_that_are_missing_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    intervals: list[float] = []
    monkeypatch.setattr(sys, "setswitchinterval", intervals.append)
    monkeypatch.setattr(sys, "argv", ["app.web"])
    monkeypatch.setattr(process, "share_one_arena", lambda: None)
    monkeypatch.setattr(process, "_log", lambda: None)
    for name in environment({}):
        if name.startswith("OUTCROP_"):
            monkeypatch.delenv(name)
    with pytest.raises(SystemExit) as ended:
        process.main()
    assert [one for one in intervals if one <= 0.0005]
    assert "OUTCROP_KNOWLEDGE_BASE_ID" in str(ended.value)
