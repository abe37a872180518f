"""A stand-in as a process, its environment, and its faults."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

if TYPE_CHECKING:
    import pytest

SECONDS = 30  # for one request, and for the process to end
COMMAND = ("-P", "-m", "app", "local", "--json", "--until-eof")  # -P: our `app`, not one of here


class DidNotStart(Exception):
    """The stand-in ended before it served. Has what it said."""


class WrongFault(ValueError):
    """The stand-in does not take a fault, or a line of a schedule. Says which and why."""


class Faults:
    """What goes wrong in a stand-in. docs/faults.md of Outcrop has every field."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/_outcrop/faults"
        self._opener = build_opener(ProxyHandler({}))

    def schedule(self, *lines: Mapping[str, Any], seed: int = 0) -> None:
        """Begin a schedule, each fault a line, in place of the one before. The next call of each
        operation is its first.

        Raises:
            WrongFault: by the number of the line, of which the seed is the first.
        """
        values = ({"seed": seed}, *map(dict, lines))
        self._send("PUT", "\n".join(map(json.dumps, values)).encode())

    def add(self, *faults: Mapping[str, Any]) -> None:
        """Order faults one by one, each for one call.

        Raises:
            WrongFault: naming the field.
        """
        self._send("POST", json.dumps([dict(fault) for fault in faults]).encode())

    def history(self) -> list[dict[str, Any]]:
        """The faults that had an effect, since the schedule began or the test did."""
        faults: list[dict[str, Any]] = self._send("GET")["faults"]
        return faults

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._send("DELETE")

    def _send(self, method: str, content: bytes | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        request = Request(self._url, content, headers, method=method)  # noqa: S310 - loopback
        try:
            with self._opener.open(request, timeout=SECONDS) as response:
                answer: dict[str, Any] = json.load(response)
        except HTTPError as error:
            with error:
                raise WrongFault(json.load(error)["message"]) from None
        return answer


@dataclass(frozen=True)
class StandIn:
    """A running stand-in.

    Attributes:
        url: where it answers, for `endpoint_url` of any AWS client.
        environment: variables that lead AWS clients to it.
        misleading: variables that would lead them elsewhere.
        faults: what goes wrong in it.
    """

    url: str
    environment: Mapping[str, str]
    misleading: Sequence[str]
    faults: Faults

    def set_environment(self, monkeypatch: "pytest.MonkeyPatch") -> None:
        """Lead clients that are made from now on to this stand-in, until monkeypatch's end."""
        for name in (*self.misleading, *_service_endpoints()):
            monkeypatch.delenv(name, raising=False)
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)
        if boto3 := sys.modules.get("boto3"):  # its session has kept what the variables were
            monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


def _service_endpoints() -> list[str]:
    return [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL_")]


@contextmanager
def running() -> Iterator[StandIn]:
    """A stand-in in a process of its own, empty. It ends with the context, or with this process,
    however that ends.

    Raises:
        DidNotStart: it is not installed whole, or has no room.
    """
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    with subprocess.Popen(
        [sys.executable, *COMMAND],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield _ready(process)
        finally:
            assert process.stdin
            process.stdin.close()
            try:
                process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _ready(process: "subprocess.Popen[str]") -> StandIn:
    assert process.stdout
    assert process.stderr
    line = process.stdout.readline()
    if not line:
        raise DidNotStart(process.stderr.read().strip())
    answer = json.loads(line)
    url = answer["stand_in"]
    return StandIn(url, answer["variables"], answer["unset"], Faults(url))
