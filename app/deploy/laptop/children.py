"""The processes that serve a home, and their logs.

A child prints one line of JSON when it is ready, and ends when its standard input is closed. That
is a named pipe, `<home>/alive`. Every command that uses the home holds the other end of the pipe,
so that the children live as long as the last of them, in whatever way each of them ends.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import IO

from app.deploy.laptop.home import private
from app.errors import OperatorError
from app.settings import environment

STOP_SECONDS = 10
LARGEST_LOG = 5_000_000  # bytes; one older file is kept
LAST_WORDS = 4096  # bytes at the end of a log that are searched for its last line


class Child:
    """A process that serves, and logs to `<home>/<name>.log`.

    Attributes:
        ready: the line that it printed, as JSON.
    """

    def __init__(
        self,
        name: str,
        home: Path,
        command: Sequence[str],
        *,
        alive: int,
        lock: IO[str],
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Start it, and wait until it is ready. It reads from `alive`, and holds the `lock` as
        well.

        Raises:
            OperatorError: it ended before it was ready.
        """
        self.name, self.log = name, home / f"{name}.log"
        rotate(self.log)
        with private(self.log, os.O_APPEND) as stderr:
            self._process = subprocess.Popen(
                command,
                stdin=alive,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=environment(variables or {}),
                text=True,
                pass_fds=(lock.fileno(),),
                process_group=0,  # Ctrl-C is for the command: in a chat it only stops an answer
            )
        assert self._process.stdout
        try:
            with self._process.stdout as stdout:
                line = stdout.readline()
        except BaseException:  # Ctrl-C: nobody else knows of the process yet
            self.stop()
            raise
        if not line:
            self.stop()
            raise OperatorError(
                f"The {name} did not start: {last_words(self.log)} ({self.log} has it all.)"
            )
        self.ready: dict[str, str] = json.loads(line)

    def death(self) -> OperatorError | None:
        """The error of its end, if it has ended."""
        code = self._process.poll()
        if code is None:
            return None
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return OperatorError(
            f"The {self.name} {how}. Its last words: {last_words(self.log)} ({self.log} has it "
            "all.) The stored data is kept; start again."
        )

    def leave(self) -> None:
        """Let it go on, for the commands that still use it. A thread waits for its end as long as
        this process lives, because otherwise it would stay in the system's list of processes.
        """
        Thread(target=self._process.wait, daemon=True).start()

    def stop(self) -> None:
        """End it: gracefully, if it ends in time."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def staying_alive(home: Path) -> Iterator[int]:
    """A new pipe for children to read from; its other end stays open as long as the context.

    Yields:
        the file descriptor, which is closed at the end as well.
    """
    pipe = home / "alive"
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe, 0o600)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        writer = os.open(pipe, os.O_WRONLY)
        try:
            os.set_blocking(reader, True)
            yield reader
        finally:
            os.close(writer)
    finally:
        os.close(reader)


@contextmanager
def keeping_alive(home: Path) -> Iterator[None]:
    """Keep the children that another command started.

    Raises:
        OSError: they have ended.
    """
    writer = os.open(home / "alive", os.O_WRONLY | os.O_NONBLOCK)
    try:
        yield
    finally:
        os.close(writer)


def rotate(log: Path) -> None:
    """Move a log aside that has grown too large, even while a process writes to it."""
    try:
        if log.stat().st_size <= LARGEST_LOG:
            return
    except OSError:
        return
    older = log.with_suffix(".log.1")
    with suppress(OSError):  # on a full disk, space is worth more than an old log
        shutil.copyfile(log, older)
        older.chmod(0o600)
    os.truncate(log, 0)  # its writer appends, so it goes on at the start of the file


def last_words(log: Path) -> str:
    """The last line of a log, which may have been removed."""
    lines = []
    with suppress(FileNotFoundError), log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - LAST_WORDS))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing."
