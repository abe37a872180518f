"""A server started in a moment: forked from a process that has imported all of it.

A start of Python takes seconds on a busy machine, nearly all of them for imports. Here one process
imports the servers once and does nothing else; each server is a fork of it, and runs the same
`main` with the same arguments. What it knows of an earlier server it has from the disk, as ever.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TextIO

_CONTEXT = get_context("forkserver")
_IMPORTED = ["app.local.__main__", "app.web.__main__"]


class Fork:
    """`python -m module arguments`, without the imports; as a `subprocess.Popen` of it is used.

    Args:
        module: one of `_IMPORTED`, without the `.__main__`.
        variables: its environment.
        log: the file that gets its standard error.
    """

    def __init__(
        self, module: str, arguments: Sequence[str], variables: Mapping[str, str], log: Path
    ) -> None:
        _CONTEXT.set_forkserver_preload(_IMPORTED)
        read_stdin, write_stdin = _CONTEXT.Pipe(duplex=False)
        read_stdout, write_stdout = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(
            target=_serve,
            args=(module, list(arguments), dict(variables), str(log), read_stdin, write_stdout),
        )
        self._process.start()
        read_stdin.close()
        write_stdout.close()
        self.stdin: TextIO = _text(write_stdin, "w")
        self.stdout: TextIO = _text(read_stdout, "r")

    @property
    def pid(self) -> int:
        assert self._process.pid
        return self._process.pid

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once there is one.

        Raises:
            subprocess.TimeoutExpired: it still runs.
        """
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has ended, and its code is not here yet
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _text(end: Connection, mode: str) -> TextIOWrapper:
    """An end of a pipe as a file that closes it."""
    file = os.fdopen(os.dup(end.fileno()), mode)
    end.close()
    assert isinstance(file, TextIOWrapper)
    return file


def _serve(
    module: str,
    arguments: list[str],
    variables: dict[str, str],
    log: str,
    stdin: Connection,
    stdout: Connection,
) -> None:
    """In the fork: become what `Popen` would have made, and serve."""
    with Path(log).open("a") as errors:
        os.dup2(errors.fileno(), 2)
    os.dup2(stdin.fileno(), 0)
    os.dup2(stdout.fileno(), 1)
    stdin.close()
    stdout.close()
    sys.stdin = os.fdopen(0)
    os.environ.clear()
    os.environ.update(variables)
    sys.argv = [module, *arguments]
    import_module(f"{module}.__main__").main()
