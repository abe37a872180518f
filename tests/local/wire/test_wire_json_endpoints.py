"""Endpoints without a service model of botocore: errors that no handler raises on purpose."""

import errno
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from app.local.wire import JSON
from tests import http_calls
from tests.wire_server import serving


@pytest.mark.parametrize(
    ("error", "message", "level"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "home is full", logging.WARNING),
        (KeyError("x"), "KeyError: 'x'. The log has more, under ", logging.ERROR),
    ],
)
def test_an_endpoint_that_fails_answers_500_and_says_why(
    error: Exception, message: str, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(_body: JSON, _headers: Mapping[str, str]) -> Any:
        raise error

    with serving({}, endpoints={("GET", "/v1/failing"): fail}) as server:
        answer = http_calls.get(server.url + "/v1/failing", trust_env=False)
    assert answer.status_code == 500
    assert message in answer.json()["error"]["message"]
    assert answer.json()["error"]["type"] == "server_error"
    [record] = [each for each in caplog.records if each.name.startswith("app.local.wire")]
    assert record.levelno == level
