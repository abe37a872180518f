"""By which call data goes to the disk, on this system and on one whose disks have a memory."""

import fcntl
import os
from pathlib import Path
from typing import Any

import pytest

from app.local.durability import sync, sync_folder

FULL = 51  # F_FULLFSYNC, as macOS numbers it


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The calls that bring data to the disk, in order; none is made."""
    recorded_calls: list[object] = []
    monkeypatch.setattr(os, "fsync", lambda _: recorded_calls.append("fsync"))
    monkeypatch.setattr(fcntl, "fcntl", lambda _, command: recorded_calls.append(command))
    monkeypatch.delattr(fcntl, "F_FULLFSYNC", raising=False)
    return recorded_calls


def test_data_and_folders_are_synced_by_fsync(calls: list[object], tmp_path: Path) -> None:
    sync(1)
    sync_folder(tmp_path)
    assert calls == ["fsync", "fsync"]


def test_on_macos_the_disks_own_memory_is_emptied(
    calls: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", FULL, raising=False)
    sync(1)
    sync_folder(tmp_path)
    assert calls == [FULL, FULL]


def test_a_file_system_that_does_not_know_that_is_synced_as_elsewhere(
    calls: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(45, "Operation not supported")

    monkeypatch.setattr(fcntl, "F_FULLFSYNC", FULL, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", refuse)
    sync(1)
    assert calls == ["fsync"]
