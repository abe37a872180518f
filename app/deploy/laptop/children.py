"""The processes that serve a home, and what they log.

A child prints one line of JSON once it serves, and ends when its standard input does. That is a
pipe with a name, `<home>/alive`: every command that uses the home holds its other end, so that the
children live as long as the longest of them, however each of them ends.
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
LARGEST_LOG = 5_000_000  # bytes; one older file is kept beside it
LAST_WORDS = 4096  # bytes of a log's end, in which its last line is looked for


class Child:
    """A process that serves, and logs to `<home>/<name>.log`.

    Attributes:
        ready: what it printed once it served.
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
        """Start it, and wait until it serves. It reads `alive`, and holds the `lock` as well.

        Raises:
            OperatorError: it ended before.
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
                process_group=0,  # Ctrl-C is for the command: in a chat it stops an answer only
            )
        assert self._process.stdout
        with self._process.stdout as stdout:
            line = stdout.readline()
        if not line:
            self.stop()
            raise OperatorError(
                f"The {name} did not start: {last_words(self.log)} ({self.log} has it all.)"
            )
        self.ready: dict[str, str] = json.loads(line)

    def death(self) -> OperatorError | None:
        """How it ended, if it did."""
        code = self._process.poll()
        if code is None:
            return None
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return OperatorError(
            f"The {self.name} {how}. Its last words: {last_words(self.log)} ({self.log} has it "
            "all.) What was put in is kept; start again."
        )

    def leave(self) -> None:
        """Let it go on, for the commands that use it yet. It is still waited for, as long as we
        are there: else it would stay in the system's list.
        """
        Thread(target=self._process.wait, daemon=True).start()

    def stop(self) -> None:
        """End it, gracefully if it does so in time."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def staying_alive(home: Path) -> Iterator[int]:
    """The end of a new pipe for children to read; its other end stays open as long as this.

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
        OSError: none of them is there any more.
    """
    writer = os.open(home / "alive", os.O_WRONLY | os.O_NONBLOCK)
    try:
        yield
    finally:
        os.close(writer)


def rotate(log: Path) -> None:
    """Begin a log again that has grown too large; it may be one that is being written."""
    try:
        if log.stat().st_size <= LARGEST_LOG:
            return
    except OSError:
        return
    older = log.with_suffix(".log.1")
    with suppress(OSError):  # a full disk: then room is worth more than what was logged
        shutil.copyfile(log, older)
        older.chmod(0o600)
    os.truncate(log, 0)  # whoever writes it appends, and so goes on at its beginning


def last_words(log: Path) -> str:
    """The last line of a log."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - LAST_WORDS))
        lines = file.read().decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing."
