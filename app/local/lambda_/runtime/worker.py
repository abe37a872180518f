"""A process that runs a function: starts it, sends it requests, reads its answers, kills it."""

import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from threading import Event
from typing import IO, Any

from app.local.loop import Loop

JSON = dict[str, Any]

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
INIT_SECONDS = 10.0  # by "Lambda execution environment lifecycle"
LOG_BYTES = 1 << 20  # of a function's log file, and of the one before it
TAIL_BYTES = 4096  # what LogType=Tail shows, by the API of Invoke
LINE_BYTES = 1 << 16
LOG_SECONDS = 2.0  # that the last lines of a log may take


class FunctionTimedOut(Exception):
    """The process did not answer in time and was killed."""


class Exited(Exception):
    """The process ended before it answered. The message says how, as Lambda's does."""


class InitFailed(Exception):
    """The function could not be loaded. `body` is Lambda's error for that."""

    def __init__(self, body: JSON) -> None:
        super().__init__(body["errorMessage"])
        self.body = body


class Log:
    """A function's log file, of bounded size, which all its processes write to."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1)

    def write(self, line: str) -> None:
        self._handler.handle(logging.makeLogRecord({"msg": line.rstrip("\n")}))

    def close(self) -> None:
        self._handler.close()


class FunctionProcess:
    """A process with a session of its own, so that the processes it starts can be killed with it.
    One thread uses it at a time; another may call `kill` only.

    Attributes:
        tail: the end of what the last invocation printed.
        memory: bytes, the most that it had taken when it answered last.
        init_seconds: what it took to load the function, if the last invocation waited for it.
        run_seconds: what the last invocation took, without that.
    """

    def __init__(self, code: Path, environment: Mapping[str, str], log: Log) -> None:
        self._log = log
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-u", str(BOOTSTRAP)],
            cwd=code,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._requests, self._answers, printed = _pipes(self._process)
        self._ready = False
        self._started = time.monotonic()
        self.tail = b""
        self.memory = 0
        self.init_seconds: float | None = None
        self.run_seconds = 0.0
        self._printed = Event()
        self._output = printed
        self._reader = Loop(f"lambda-log-{self._process.pid}", self._read_line)
        self._reader.start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def invoke(self, request: JSON, seconds: float) -> JSON:
        """The process's answer: {"result": text} or {"error": {...}}. The time for loading the
        function, up to INIT_SECONDS, does not count.

        Raises:
            InitFailed, FunctionTimedOut, Exited: there is no answer, and the process has ended.
        """
        self.init_seconds, self.run_seconds = None, 0.0
        if not self._ready:
            self._wait_ready(max(seconds, INIT_SECONDS))
        self.tail = b""
        self._printed.clear()
        line = json.dumps(request | {"deadline": time.time() + seconds})
        with suppress(BrokenPipeError):  # it has exited: _answer finds out
            self._requests.write(line.encode() + b"\n")
            self._requests.flush()
        started = time.monotonic()
        try:
            return self._answer(started + seconds)
        finally:
            self.run_seconds = time.monotonic() - started

    def append_to_log(self, line: str) -> None:
        """Write a line into the function's log, after all that the invocation printed."""
        self._printed.wait(LOG_SECONDS)
        self._log.write(line)
        self.tail = (self.tail + line.encode() + b"\n")[-TAIL_BYTES:]

    def kill(self) -> None:
        """Kill the process and all that it has started, and wait until it has ended."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """Kill the process and close its streams."""
        self.kill()
        self._reader.join(LOG_SECONDS)
        with suppress(BrokenPipeError):
            self._requests.close()
        self._answers.close()

    def _wait_ready(self, seconds: float) -> None:
        try:
            answer = self._answer(time.monotonic() + seconds)
        finally:
            self.init_seconds = time.monotonic() - self._started
        if "error" in answer:
            self.kill()
            raise InitFailed(answer["error"])
        self._ready = True

    def _answer(self, deadline: float) -> JSON:
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        line = bytearray()
        while not line.endswith(b"\n"):
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not poll.poll(remaining * 1000):
                self.kill()
                raise FunctionTimedOut
            chunk = os.read(self._answers.fileno(), LINE_BYTES)
            if not chunk:
                raise Exited(self._exit_reason())
            line += chunk
        answer: JSON = json.loads(line)
        self.memory = answer.pop("memory")
        return answer

    def _exit_reason(self) -> str:
        """How the process ended, in the words of Lambda's log."""
        self.kill()
        status = self._process.returncode
        if status == 0:
            return "Runtime exited without providing a reason"
        reason = f"exit status {status}"
        if status < 0:
            reason = f"signal: {(signal.strsignal(-status) or str(-status)).lower()}"
        return f"Runtime exited with error: {reason}"

    def _read_line(self) -> None:
        """Write the next line that the function prints into its log."""
        line = self._output.readline(LINE_BYTES)
        if not line:
            self._reader.stop()
            self._output.close()
            self._printed.set()
            return
        if line.startswith(b"START RequestId: "):
            self.tail = b""  # lines printed while loading may arrive only now
        self.tail = (self.tail + line)[-TAIL_BYTES:]
        if line.startswith(b"END RequestId: "):
            self._printed.set()
        self._log.write(line.decode(errors="replace"))


def _pipes(process: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    """The parent's ends of stdin, stdout and stderr."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    return process.stdin, process.stdout, process.stderr
