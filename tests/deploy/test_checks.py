"""The checks of this machine, without a terminal."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from app.deploy import laptop
from app.deploy.laptop import checks
from app.deploy.laptop.record import Record, write_record
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


def test_a_home_that_cannot_be_is_a_finding_among_others(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    [finding] = checks._home(LaptopSettings(home=tmp_path / "file"))
    assert not finding.well
    assert "it, or a folder above it, is a file. Or set OUTCROP_HOME" in finding.found


def test_a_home_that_nobody_serves_is_looked_at_without_starting_anything(tmp_path: Path) -> None:
    findings = list(checks.examine(LaptopSettings(home=tmp_path)))
    assert [finding.check for finding in findings][:3] == [
        "Python",
        "The laptop's packages",
        "Room",
    ]
    assert all(finding.well for finding in findings)
    assert not list(tmp_path.iterdir())


EVERY_POLICY = Path(__file__).parents[1] / "guardrail_definition" / "every_policy.toml"


@pytest.mark.parametrize(
    ("choice", "well", "says"),
    [
        ("none", True, "none: no question, passage or answer is judged"),
        ("ab12cd34ef56:2", True, "ab12cd34ef56:2"),
        (str(EVERY_POLICY), True, "content filters, words, sensitive information, contextual"),
        ("nowhere.toml", False, "The guardrail's definition nowhere.toml cannot be read"),
        ("mine", False, "mine is no choice of a guardrail"),
    ],
)
def test_which_guardrail_will_judge(tmp_path: Path, choice: str, *, well: bool, says: str) -> None:
    [finding] = checks._guardrail(LaptopSettings(home=tmp_path, guardrail=choice))
    assert finding.well is well
    assert says in finding.found


def test_which_guardrail_judges_in_a_home_that_is_served(tmp_path: Path) -> None:
    with laptop.serving_alone(LaptopSettings(home=tmp_path)):
        addresses = laptop.Addresses("http://here", "", "", "", "ab12cd34ef56", "2")
        write_record(tmp_path, Record(addresses, stays=True))
        [finding] = checks._guardrail(LaptopSettings(home=tmp_path, guardrail="none"))
    assert finding.found == "ab12cd34ef56, version 2, judges"
