"""What a line of the API function's log tells, and what it does not."""

import json
import logging
import sys
from typing import Any

import pytest

from app.events import Usage
from app.meter import LogMeter, MeteredCall
from lambdas.api.logs import JsonLines, log_json

QUESTION = "What ails me?"


def failing() -> None:
    try:
        raise KeyError(QUESTION)
    except KeyError as error:
        raise ValueError(f"Not a number: {QUESTION}") from error


def logged(level: int, message: str, *arguments: object, failed: bool = False) -> Any:
    error = sys.exc_info() if failed else None
    record = logging.LogRecord("app.answer", level, __file__, 1, message, arguments, error)
    record.created = 1775738096.789
    return json.loads(JsonLines().format(record))


def test_a_log_line_has_time_level_logger_and_message() -> None:
    assert logged(logging.WARNING, "a turn ended %s", "early") == {
        "timestamp": "2026-04-09T12:34:56.789Z",
        "level": "WARNING",
        "logger": "app.answer",
        "message": "a turn ended early",
    }


def test_the_meter_s_line_has_its_figures_as_members(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging.root, "handlers", [])
    level = logging.root.level, logging.getLogger("app.meter").level
    try:
        log_json()
        LogMeter().record(MeteredCall("ada", "nova", "answer", "complete", Usage(9, 4)))
        logging.getLogger("app.answer").info("nobody reads this")
    finally:
        logging.root.setLevel(level[0])
        logging.getLogger("app.meter").setLevel(level[1])
    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["usage"] == {
        "principal": "ada",
        "model": "nova",
        "purpose": "answer",
        "outcome": "complete",
        "inputTokens": 9,
        "outputTokens": 4,
    }


def test_an_exception_is_told_by_its_type_and_place_and_not_by_what_it_says() -> None:
    try:
        failing()
    except ValueError:
        line = logged(logging.ERROR, "unexpected", failed=True)
    assert [one["type"] for one in line["exceptions"]] == ["ValueError", "KeyError"]
    assert all(one["frames"][-1].endswith(" failing") for one in line["exceptions"])
    assert QUESTION not in json.dumps(line)
