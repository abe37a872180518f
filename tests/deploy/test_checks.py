"""The checks of this machine, without a terminal."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from app.deploy.laptop import checks
from app.settings import LaptopSettings


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """The address of a server that answers every GET so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


PROBLEM = json.dumps({"title": "Not ready", "detail": "The store is being rebuilt."}).encode()


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (200, b"{}", None),
        (503, PROBLEM, "Not ready: The store is being rebuilt."),
        (503, b"no JSON", "does not answer as the application does"),
        (503, b"{}", "does not answer as the application does"),
    ],
)
def test_why_the_application_is_not_ready(status: int, body: bytes, says: str | None) -> None:
    with answering(status, body) as url:
        problem = checks._problem(url)
    assert problem is None if says is None else says in str(problem)


def test_an_application_that_is_gone_does_not_answer() -> None:
    with answering(200, b"{}") as url:
        pass
    assert "does not answer" in str(checks._problem(url))


def test_a_home_that_nobody_serves_is_looked_at_without_starting_anything(tmp_path: Path) -> None:
    findings = list(checks.examine(LaptopSettings(home=tmp_path)))
    assert [finding.check for finding in findings][:3] == [
        "Python",
        "The laptop's packages",
        "Room",
    ]
    assert all(finding.well for finding in findings)
    assert not list(tmp_path.iterdir())
