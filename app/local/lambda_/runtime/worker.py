"""One process that runs one function: started, asked, killed."""

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
LOG_BYTES = 1 << 20  # of a function's log file; as much again of what came before
TAIL_BYTES = 4096  # what LogType=Tail shows, by the API of Invoke
LINE_BYTES = 1 << 16
PATIENCE = 2.0  # seconds for the last lines of a log to come through


class TimedOut(Exception):
    """The process has not answered in time, and is killed."""


class Exited(Exception):
    """The process has ended instead of answering. Says how, as Lambda does."""


class InitFailed(Exception):
    """The function could not be loaded. Holds what Lambda says of it."""

    def __init__(self, said: JSON) -> None:
        super().__init__(said["errorMessage"])
        self.said = said


class Log:
    """A function's log file, bounded. Many processes of the function write to it through this."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1)

    def write(self, line: str) -> None:
        self._handler.handle(logging.makeLogRecord({"msg": line.rstrip("\n")}))

    def close(self) -> None:
        self._handler.close()


class Worker:
    """A process of its own session, so that what it starts can be killed with it. It belongs to one
    thread at a time; only `kill` may be called by another.

    Attributes:
        tail: the end of what the last invocation has printed.
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
        self.tail = b""
        self._printed = Event()
        self._output = printed
        self._reader = Loop(f"lambda-log-{self._process.pid}", self._read_line)
        self._reader.start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def invoke(self, request: JSON, seconds: float) -> JSON:
        """The process's answer: {"result": text} or {"error": {...}}. The time that it takes to
        load the function, up to INIT_SECONDS, is not counted.

        Raises:
            InitFailed, TimedOut, Exited: there is none, and the process is no more.
        """
        if not self._ready:
            self._wait_ready(max(seconds, INIT_SECONDS))
        self.tail = b""
        self._printed.clear()
        line = json.dumps(request | {"deadline": time.time() + seconds})
        with suppress(BrokenPipeError):  # it has exited, which the answer will tell
            self._requests.write(line.encode() + b"\n")
            self._requests.flush()
        return self._answer(time.monotonic() + seconds)

    def note(self, line: str) -> None:
        """A line of ours into the function's log, after all that the invocation has printed."""
        self._printed.wait(PATIENCE)
        self._log.write(line)
        self.tail = (self.tail + line.encode() + b"\n")[-TAIL_BYTES:]

    def kill(self) -> None:
        """End the process and all that it has started; returns when it has ended."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """End it, and let go of it."""
        self.kill()
        self._reader.join(PATIENCE)
        with suppress(BrokenPipeError):
            self._requests.close()
        self._answers.close()

    def _wait_ready(self, seconds: float) -> None:
        answer = self._answer(time.monotonic() + seconds)
        if "error" in answer:
            self.kill()
            raise InitFailed(answer["error"])
        self._ready = True

    def _answer(self, deadline: float) -> JSON:
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        line = bytearray()
        while not line.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                self.kill()
                raise TimedOut
            chunk = os.read(self._answers.fileno(), LINE_BYTES)
            if not chunk:
                raise Exited(self._how_it_ended())
            line += chunk
        answer: JSON = json.loads(line)
        return answer

    def _how_it_ended(self) -> str:
        self.kill()
        status = self._process.returncode
        if status == 0:
            return "Runtime exited without providing a reason"
        reason = f"exit status {status}"
        if status < 0:
            reason = f"signal: {(signal.strsignal(-status) or str(-status)).lower()}"
        return f"Runtime exited with error: {reason}"

    def _read_line(self) -> None:
        """The next line that the function prints goes into its log."""
        line = self._output.readline(LINE_BYTES)
        if not line:
            self._reader.stop()
            self._output.close()
            self._printed.set()
            return
        if line.startswith(b"START RequestId: "):
            self.tail = b""  # what was printed while loading may come only now
        self.tail = (self.tail + line)[-TAIL_BYTES:]
        if line.startswith(b"END RequestId: "):
            self._printed.set()
        self._log.write(line.decode(errors="replace"))


def _pipes(process: "subprocess.Popen[bytes]") -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    """The other ends of stdin, stdout and stderr."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    return process.stdin, process.stdout, process.stderr
