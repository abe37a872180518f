"""A home as two processes, which can be killed, told to stop, and started again."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx2 as httpx

from app.aws import Clients, Deployer, clients, deployer
from app.deploy.endpoint import StandIn, endpoint_variables, misleading_names
from app.deploy.laptop.provision import provision
from app.documents.names import document_id
from app.guardrail_definition import GuardrailChoice
from app.local.faults import Fault, FaultClient
from app.settings import Settings, adopt, environment, variables
from tests.hard.forks import Fork

SECONDS = 60
"""How long one call may take."""

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""With no certificates in it: to read them takes longer than most calls."""

Json = dict[str, Any]


@dataclass
class Process:
    """A server in a process of its own; its log is a file of the home."""

    name: str
    log: Path
    module: str
    arguments: list[str]
    forked: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    ready: Json = field(default_factory=dict)
    _popen: "subprocess.Popen[str] | Fork | None" = None

    def begin(self) -> None:
        """Start it, and wait for nothing."""
        variables = environment(dict(self.environment))
        if self.forked:
            self._popen = Fork(self.module, self.arguments, variables, self.log)
        else:
            self._popen = _popen(
                [sys.executable, "-m", self.module, *self.arguments], variables, self.log
            )

    def start(self) -> None:
        """Start it, and wait until it serves."""
        self.begin()
        assert self._popen
        assert self._popen.stdout
        line = self._popen.stdout.readline()
        if not line:
            self._popen.wait(SECONDS)
            raise RuntimeError(f"{self.name} did not start: {self.last_words}")
        self.ready = json.loads(line)
        self.url = self.ready["url"]

    @property
    def pid(self) -> int:
        assert self._popen
        return self._popen.pid

    @property
    def alive(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    @property
    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return " | ".join(lines[-3:])

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._popen
        self._popen.send_signal(number)

    def wait(self, seconds: float = SECONDS) -> int:
        """Its exit code, once it has ended."""
        assert self._popen
        return self._popen.wait(seconds)

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Let it end, and wait until it has."""
        if self._popen is None:
            return
        if self.alive:
            self.tell(number)
        try:
            self._popen.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe:
                pipe.close()
        self._popen = None


def _popen(command: list[str], variables: dict[str, str], log: Path) -> "subprocess.Popen[str]":
    with log.open("a") as errors:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=variables,
        )


class Home:
    """The laptop's home. boto3 of this process leads to it between `start` and `stop`.

    Args:
        options: of the stand-in's command line.
        forked: whether its servers start in a moment (`forks.py`); for suites that start many.
        guardrail: what judges; without one nothing does.
    """

    def __init__(
        self,
        folder: Path,
        *options: str,
        forked: bool = False,
        guardrail: GuardrailChoice | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        port = str(free_port())
        self.stand_in = Process(
            "stand-in",
            folder / "stand-in.log",
            "app.local",
            ["--faults", "--home", str(folder), "--port", port, *options],
            forked,
        )
        self.application = Process(
            "application",
            folder / "application.log",
            "app.web",
            ["--port", str(free_port())],
            forked,
        )
        self._guardrail = guardrail
        self.settings: Settings
        self.aws: Clients
        self.deployer: Deployer

    def start(self) -> None:
        """Start whatever does not run, and make what is not there."""
        if not self.stand_in.alive:
            self.stand_in.end()
            self.stand_in.start()
            ready = self.stand_in.ready
            keys = ready["accessKeyId"], ready["secretAccessKey"]
            adopt(
                endpoint_variables(StandIn(self.stand_in.url, *keys)),
                dropped=misleading_names(os.environ),
            )
            if not hasattr(self, "aws"):  # it takes a while, and a program may keep its keys
                self.aws, self.deployer = clients(SECONDS), deployer(SECONDS)
            self.settings = provision(self.aws, self.deployer, guardrail=self._guardrail)
        if not self.application.alive:
            self.application.end()
            self.application.environment = variables(self.settings)
            self.application.start()

    def stop(self) -> None:
        self.application.end()
        self.stand_in.end()

    def http(self, **options: Any) -> httpx.Client:
        return httpx.Client(
            base_url=self.application.url, timeout=SECONDS, verify=_NO_TLS, **options
        )

    def order(self, *faults: Fault) -> None:
        """Let these faults strike, after those that wait."""
        FaultClient(self.stand_in.url).add(*faults)

    def clear_faults(self) -> None:
        FaultClient(self.stand_in.url).clear()

    def upload(self, http: httpx.Client, name: str, content: bytes) -> None:
        """A document, put into the bucket by its form."""
        form = http.post("/documents", json={"name": name}).raise_for_status().json()
        files = {"file": (name, content)}
        # By its whole URL, with the client at hand: to make one takes longer than the upload.
        http.post(form["url"], data=form["fields"], files=files).raise_for_status()

    def until_indexed(self, http: httpx.Client, names: list[str], seconds: float = SECONDS) -> None:
        """Returns once these documents are indexed."""
        deadline = time.monotonic() + seconds
        for name in names:
            while status(http, name) != "INDEXED":
                assert time.monotonic() < deadline, f"{name}: {status(http, name)} at last"
                time.sleep(0.05)


@contextmanager
def serving(
    folder: Path, *options: str, forked: bool = False, guardrail: GuardrailChoice | None = None
) -> Iterator[Home]:
    """A home that is served for as long as the context lasts; arguments as of `Home`."""
    with patch.dict(os.environ):
        home = Home(folder, *options, forked=forked, guardrail=guardrail)
        try:
            home.start()
            yield home
        finally:
            home.stop()


def status(http: httpx.Client, name: str) -> str | None:
    """What became of a document; None where there is none."""
    answer = http.get(f"/documents/{document_id(name)}")
    return answer.json()["status"] if answer.is_success else None


def free_port() -> int:
    """A port that nothing listens on now; so that a server that starts again has the same."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
